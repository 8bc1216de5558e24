//! Bytes, words of SQL in any order, and migrations with parts cut out, doubled, exchanged and replaced.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{migrations, passes};
use crate::script::model::Framework;

static MIGRATIONS: LazyLock<Vec<(String, String)>> = LazyLock::new(migrations);

const WORDS: &str = "CREATE ALTER DROP TABLE INDEX VIEW TYPE DOMAIN SEQUENCE FUNCTION TRIGGER POLICY SCHEMA EXTENSION DATABASE \
    UNIQUE CONCURRENTLY IF NOT EXISTS ON ONLY ADD COLUMN CONSTRAINT PRIMARY KEY FOREIGN REFERENCES CHECK EXCLUDE USING gist btree \
    DEFAULT NULL NOW() GENERATED ALWAYS AS IDENTITY STORED VALID VALIDATE RENAME TO SET UNSET OWNER CASCADE RESTRICT ATTACH DETACH \
    PARTITION OF FOR VALUES FROM IN WITH INCLUDE WHERE SELECT INSERT UPDATE DELETE MERGE INTO RETURNING LIMIT OFFSET ORDER BY GROUP \
    HAVING DISTINCT UNION ALL EXCEPT JOIN LEFT NATURAL CROSS LATERAL AND OR LIKE ILIKE BETWEEN IS a b a.b public.a \"A b\" \"\" x$ é \
    U&\"d\\0061\" integer bigint text varchar(10) char(3) timestamp timestamptz numeric(10,2) jsonb serial int[] a_b_idx ( ) ( ) , , ; \
    ; ; . :: = <> < -> ->> || * + - / % @> ~ 1 -1 1e400 99999999999999999999 'x' '' 'it''s' E'\\' $$ $a$ $1 :v ${v} {{ }} ? BEGIN \
    COMMIT ROLLBACK START TRANSACTION SAVEPOINT END DO LANGUAGE plpgsql sql RETURNS TRIGGER DECLARE LOOP END LOOP EXECUTE format('%I',a) \
    THEN ELSIF ELSE EXCEPTION WHEN RAISE COPY stdin \\. \\i \\gexec LOCK MODE VACUUM FULL CLUSTER REINDEX REFRESH MATERIALIZED \
    TRUNCATE GRANT REVOKE ALL PUBLIC ROLE PASSWORD SECURITY DEFINER INVOKER ROW LEVEL ENABLE DISABLE FORCE REPLICA FULL INHERIT NO \
    COMMENT search_path lock_timeout statement_timeout RESET LOCAL ATOMIC RETURN COLLATE \"C\" TABLESPACE LOGGED UNLOGGED TEMP METHOD";

const LINES: &[&str] = &[
    "\n-- +goose Up\n",
    "\n-- +goose Down\n",
    "\n-- +goose StatementBegin\n",
    "\n-- +goose StatementEnd\n",
    "\n-- +goose NO TRANSACTION\n",
    "\n-- migrate:up transaction:false\n",
    "\n-- migrate:down\n",
    "\n--liquibase formatted sql\n",
    "\n--changeset me:1 runInTransaction:false splitStatements:false endDelimiter:/\n",
    "\n--rollback DROP TABLE a;\n",
    "\n--> statement-breakpoint\n",
    "\n-- sqlsift: allow migration/drop_table because of é\n",
    "\n-- squawk-ignore-file\n",
    "\n-- squawk-ignore ban-drop-table\n",
    "\n-- eugene: ignore E1, E2\n",
    "\n-- name: GetA :one\n",
    "\n/* one /* two */",
    "*/",
    "--\n",
    "\r\n",
    "\r",
    "\u{feff}",
    "\u{0}",
    "\u{1b}[31m",
    "\u{202e}",
    "]]>",
    "::error::x\n",
];

fn piece() -> impl Strategy<Value = String> {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    prop_oneof![
        12 => prop::sample::select(words).prop_map(str::to_owned),
        1 => prop::sample::select(LINES.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}

fn framework() -> impl Strategy<Value = Option<Framework>> {
    prop::option::of(prop::sample::select(Framework::ALL.to_vec()).prop_map(|(framework, _)| framework))
}

/// Where a statement begins, or any place.
fn place(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at % (text.len() + 1));
    if at.is_multiple_of(2) { text[..at].rfind([';', ',', ' ', '(']).unwrap_or(at) } else { at }
}

/// All rules run on each input; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16)
}

fn holds(files: &[(&str, &[u8])], framework: Option<Framework>) -> Result<(), TestCaseError> {
    passes(files, framework).map(|_| ()).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300), name in "[a-zA-Z0-9_./-]{0,12}") {
        holds(&[(&format!("{name}.sql"), &bytes)], None)?;
    }

    #[test]
    fn any_text(text in "\\PC{0,200}", framework in framework()) {
        holds(&[("1.sql", text.as_bytes())], framework)?;
    }

    #[test]
    fn words_of_sql(words in prop::collection::vec(piece(), 0..120), framework in framework()) {
        let text = words.join(" ");
        let setup = "CREATE TABLE a (id bigint PRIMARY KEY, b text UNIQUE); CREATE INDEX a_b_idx ON a (b);";
        holds(&[("1_a.sql", setup.as_bytes()), ("2_b.sql", text.as_bytes())], framework)?;
    }

    #[test]
    fn damaged_migrations(
        which in any::<prop::sample::Index>(),
        cuts in [any::<u16>(); 3],
        noise in prop::collection::vec(piece(), 0..4),
        framework in framework(),
    ) {
        let (path, text) = which.get(&MIGRATIONS);
        let mut cuts = cuts.map(|at| place(text, at.into()));
        cuts.sort_unstable();
        let [a, b, c] = cuts;
        let noise = noise.join(" ");
        let cut = format!("{}{noise}{}", &text[..a], &text[b..]);
        let exchanged = format!("{}{noise}{}{}", &text[..a], &text[b..c], &text[a..b]);
        let doubled = format!("{text}{noise}{}", &text[a..]);
        let other = path.replace(".sql", "_2.sql");
        holds(&[(path, cut.as_bytes()), (&other, doubled.as_bytes())], framework)?;
        holds(&[(path, text.as_bytes()), (&other, exchanged.as_bytes())], framework)?;
    }
}
