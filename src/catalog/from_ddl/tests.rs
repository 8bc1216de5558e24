use super::*;
use crate::catalog::model::{ConstraintKind, Table, TableKind, TableName};

/// `a,b`
fn listed(texts: &[Text]) -> String {
    texts.iter().map(Text::as_str).collect::<Vec<_>>().join(",")
}

fn read(text: &str) -> FromDdl {
    from_files(&[SchemaFile { path: "schema.sql", text }])
}

fn table<'c>(catalog: &'c Catalog, name: &str) -> &'c Table {
    catalog.tables.get(&TableName::from(name.to_owned())).unwrap_or_else(|| panic!("no table {name}"))
}

/// One line for each fact of a table, so that expectations can be written as text.
fn describe(catalog: &Catalog, name: &str) -> Vec<String> {
    let table = table(catalog, name);
    let columns = table.columns.iter().map(|column| {
        let flags = [(column.not_null, " not null"), (column.identity, " identity"), (column.generated, " generated")];
        let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, text)| *text).collect();
        let default = column.default.as_ref().map(|text| format!(" = {text}")).unwrap_or_default();
        format!("{} {}{flags}{default}", column.name, column.type_name)
    });
    let constraints = table.constraints.iter().map(|constraint| {
        let what = match &constraint.kind {
            ConstraintKind::PrimaryKey => "primary key".to_owned(),
            ConstraintKind::Unique => "unique".to_owned(),
            ConstraintKind::ForeignKey { references, referenced_columns } => {
                format!("-> {references}({})", listed(referenced_columns))
            }
            ConstraintKind::Check { expression } => format!("check {expression}"),
            ConstraintKind::Exclusion => "exclusion".to_owned(),
            ConstraintKind::NotNull => "not null".to_owned(),
        };
        let flags = if constraint.deferrable { " deferrable" } else { "" };
        let valid = if constraint.validated { "" } else { " not valid" };
        format!("{}: ({}) {what}{flags}{valid}", constraint.name, listed(&constraint.columns))
    });
    let indexes = table.indexes.iter().map(|index| {
        let keys = index.keys.iter().map(|key| {
            let desc = if key.descending { " desc" } else { "" };
            let nulls = match (key.descending, key.nulls_first) {
                (false, true) => " nulls first",
                (true, false) => " nulls last",
                _ => "",
            };
            let opclass = key.opclass.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
            let text = if key.expression { format!("({})", key.text) } else { key.text.to_string() };
            format!("{text}{opclass}{desc}{nulls}")
        });
        let keys: Vec<String> = keys.collect();
        let unique = if index.unique { "unique " } else { "" };
        let include =
            if index.include.is_empty() { String::new() } else { format!(" include {}", listed(&index.include)) };
        let predicate = index.predicate.as_ref().map(|text| format!(" where {text}")).unwrap_or_default();
        let valid = if index.valid { "" } else { " invalid" };
        format!("{}: {unique}{} ({}){include}{predicate}{valid}", index.name, index.method, keys.join(","))
    });
    columns.chain(constraints).chain(indexes).collect()
}

#[track_caller]
fn check(sql: &str, name: &str, expected: &[&str]) {
    let out = read(sql);
    assert_eq!(out.problems, [], "{sql}");
    assert_eq!(describe(&out.catalog, name), expected, "{sql}");
}

#[test]
fn columns_keys_and_the_names_that_postgres_chooses() {
    check(
        "CREATE TABLE a (id bigserial PRIMARY KEY, email varchar(20) NOT NULL UNIQUE, n int4 DEFAULT -1 NOT NULL CHECK (n > 0), at timestamptz);",
        "a",
        &[
            "id bigint not null = nextval('a_id_seq'::regclass)",
            "email character varying(20) not null",
            "n integer not null = -1",
            "at timestamp with time zone",
            "a_pkey: (id) primary key",
            "a_email_key: (email) unique",
            "a_n_check: (n) check n > 0",
            "a_pkey: unique btree (id)",
            "a_email_key: unique btree (email)",
        ],
    );
}

#[test]
fn a_foreign_key_without_columns_points_at_the_primary_key() {
    check(
        "create table p (x int, y int, primary key (x, y)); create table c (a int, b int, foreign key (a, b) references p on delete set null (a) deferrable initially deferred);",
        "c",
        &["a integer", "b integer", "c_a_b_fkey: (a,b) -> public.p(x,y) deferrable"],
    );
}

#[test]
fn alter_table_changes_what_it_says() {
    check(
        "CREATE TABLE t (id int, a text, b text);
         ALTER TABLE t ADD COLUMN IF NOT EXISTS c numeric(10) DEFAULT 0, DROP b, ALTER a SET NOT NULL, ALTER COLUMN id TYPE bigint USING id::bigint;
         ALTER TABLE t RENAME a TO label;
         CREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id);
         ALTER TABLE t ADD CONSTRAINT t_pk PRIMARY KEY USING INDEX t_id;
         ALTER TABLE ONLY t ADD CONSTRAINT low CHECK (c < 10) NOT VALID;
         ALTER TABLE t VALIDATE CONSTRAINT low;
         ALTER TABLE t RENAME CONSTRAINT low TO lower_than;
         ALTER TABLE t ALTER c SET DEFAULT round(1, 2), ALTER c SET STATISTICS 10, OWNER TO x;",
        "t",
        &[
            "id bigint not null",
            "label text not null",
            "c numeric(10,0) = round(1, 2)",
            "t_pk: (id) primary key",
            "lower_than: (c) check c < 10",
            "t_pk: unique btree (id)",
        ],
    );
}

#[test]
fn indexes_in_every_form() {
    check(
        "CREATE TABLE t (a int, b text, c jsonb, \"D\" text);
         CREATE INDEX ON t (a DESC NULLS LAST, lower(b) text_pattern_ops) INCLUDE (c) WHERE a > 0;
         CREATE INDEX ON t USING gin (c jsonb_path_ops);
         CREATE UNIQUE INDEX IF NOT EXISTS u ON ONLY public.t (b COLLATE \"C\" ASC NULLS FIRST) NULLS NOT DISTINCT WITH (fillfactor = 70);
         CREATE INDEX e ON t ((a + 1), \"D\" text_ops);
         CREATE INDEX gone ON t (a); DROP INDEX CONCURRENTLY IF EXISTS gone, never;
         ALTER INDEX e RENAME TO \"E\";",
        "t",
        &[
            "a integer",
            "b text",
            "c jsonb",
            "D text",
            "t_a_lower_c_idx: btree (a desc nulls last,(lower(b)) text_pattern_ops) include c where a > 0",
            "t_c_idx: gin (c jsonb_path_ops)",
            "u: unique btree (b nulls first)",
            "E: btree ((a + 1),D)",
        ],
    );
}

#[test]
fn partitions_take_columns_indexes_and_foreign_keys_from_their_parent() {
    let sql = "CREATE TABLE u (id int PRIMARY KEY);
         CREATE TABLE m (id int NOT NULL, at date NOT NULL, u int REFERENCES u, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
         CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
         CREATE TABLE m2 (LIKE m INCLUDING ALL);
         ALTER TABLE m ATTACH PARTITION m2 DEFAULT;
         CREATE INDEX ON m (u);
         ALTER TABLE m ADD COLUMN note text;";
    check(
        sql,
        "m1",
        &[
            "id integer not null",
            "at date not null",
            "u integer",
            "note text",
            "m_u_fkey: (u) -> public.u(id)",
            "m1_pkey: (id,at) primary key",
            "m1_pkey: unique btree (id,at)",
            "m1_u_idx: btree (u)",
        ],
    );
    let out = read(sql);
    assert_eq!(table(&out.catalog, "m").kind, TableKind::Partitioned);
    assert_eq!(table(&out.catalog, "m2").kind, TableKind::Partition);
    assert_eq!(table(&out.catalog, "m2").indexes.len(), 2);
    assert_eq!(table(&out.catalog, "m").partition_key.as_deref(), Some("RANGE (at)"));
}

#[test]
fn a_dump_attaches_the_indexes_of_partitions_one_by_one() {
    let start = "SELECT pg_catalog.set_config('search_path', '', false);
         CREATE TABLE public.m (id int, at date) PARTITION BY RANGE (at);
         CREATE TABLE public.m1 (id int, at date);
         ALTER TABLE ONLY public.m ATTACH PARTITION public.m1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
         CREATE INDEX m_id ON ONLY public.m USING btree (id);
         CREATE INDEX m1_id ON public.m1 USING btree (id);";
    assert!(!table(&read(start).catalog, "m").indexes[0].valid);
    let whole = format!("{start} ALTER INDEX public.m_id ATTACH PARTITION public.m1_id;");
    let out = read(&whole);
    assert_eq!(out.problems, []);
    assert!(table(&out.catalog, "m").indexes[0].valid);
    assert_eq!(table(&out.catalog, "m1").indexes.len(), 1);
}

#[test]
fn renames_reach_foreign_keys_expressions_and_types() {
    check(
        "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE SCHEMA s;
         CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p int REFERENCES p (id), m mood, ms mood[]);
         CREATE INDEX i ON t (upper(m::text)) WHERE m IS NOT NULL;
         ALTER TABLE p RENAME TO parents; ALTER TABLE parents SET SCHEMA s; ALTER TABLE s.parents RENAME id TO key;
         ALTER TYPE mood RENAME TO feeling; ALTER TABLE t RENAME COLUMN m TO f;",
        "t",
        &[
            "p integer",
            "f feeling",
            "ms feeling[]",
            "t_p_fkey: (p) -> s.parents(key)",
            "i: btree ((upper(f::text))) where f IS NOT NULL",
        ],
    );
}

#[test]
fn drops_take_along_what_depends() {
    check(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int, p int REFERENCES p, q int, UNIQUE (id, q));
         CREATE INDEX i ON t (p, q); CREATE INDEX k ON t (p) WHERE q > 1; ALTER TABLE t DROP COLUMN q; DROP TABLE p CASCADE;",
        "t",
        &["id integer", "p integer"],
    );
}

#[test]
fn do_blocks_are_read_as_if_their_conditions_held() {
    check(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p int);
         DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES p(id); EXCEPTION WHEN duplicate_object THEN null; END $$;
         DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN CREATE INDEX i ON t (p); END IF; END $$;",
        "t",
        &["p integer", "fk: (p) -> public.p(id)", "i: btree (p)"],
    );
}

#[test]
fn problems_have_a_place_and_the_rest_goes_on() {
    let out = read(
        "CREATE TABLE a (id int);\nALTER TABLE nowhere ADD x int;\nCREATE TABLE b (id,\n  );\nCREATE TABLE c (id int);\n",
    );
    let said: Vec<String> = out.problems.iter().map(|p| format!("{}: {}", p.line.unwrap_or(0), p.message)).collect();
    assert_eq!(said, ["2: unknown table nowhere", "4: statement not understood: a name expected, found \")\""]);
    assert_eq!(out.catalog.tables.len(), 2);
}

#[test]
fn down_migrations_temporary_tables_and_copy_data_leave_nothing_behind() {
    let files = [
        SchemaFile { path: "1.up.sql", text: "CREATE TABLE a (id int);" },
        SchemaFile { path: "1.down.sql", text: "DROP TABLE a;" },
        SchemaFile { path: "2.sql", text: "-- migrate:up\nALTER TABLE a ADD b int;\n-- migrate:down\nDROP TABLE a;\n" },
        SchemaFile {
            path: "3.sql",
            text: "CREATE TEMP TABLE a (x int); DROP TABLE a;\nCOPY a FROM stdin;\nDROP TABLE a;\n\\.\nCREATE TABLE z ();",
        },
    ];
    let out = from_files(&files);
    assert_eq!(out.problems, []);
    assert_eq!(out.skipped_files, ["1.down.sql"]);
    assert_eq!(describe(&out.catalog, "a"), ["id integer", "b integer"]);
    assert_eq!(table(&out.catalog, "z").defined_at, Some(SourceLine { path: "3.sql".into(), line: 5 }));
}

#[test]
fn columns_and_constraints_have_lines_of_their_own() {
    let text = "\n-- a table\nCREATE TABLE a (\n  id bigint\n    PRIMARY KEY,\n  b text,\n  CHECK (b <> '')\n);\n\n\
                ALTER TABLE a\n  ADD COLUMN c int,\n  ALTER COLUMN b TYPE varchar(3);\nDO $$ BEGIN\n  ALTER TABLE a\n    \
                ADD COLUMN d int;\nEND $$;\n";
    let out = read(text);
    assert!(out.problems.is_empty(), "{:?}", out.problems);
    let a = table(&out.catalog, "a");
    let line = |at: &Option<SourceLine>| at.as_ref().map(|at| at.line);
    assert_eq!(line(&a.defined_at), Some(3));
    let columns: Vec<_> = a.columns.iter().map(|column| (column.name.as_str(), line(&column.defined_at))).collect();
    assert_eq!(columns, [("id", Some(4)), ("b", Some(12)), ("c", Some(11)), ("d", Some(15))]);
    let constraints: Vec<_> = a.constraints.iter().map(|one| line(&one.defined_at)).collect();
    assert_eq!(constraints, [Some(5), Some(7)]);
}

#[test]
fn policies_routines_sequences_and_properties_are_as_they_were_left() {
    let out = read(
        "CREATE TABLE a (id serial PRIMARY KEY, b text UNIQUE) WITH (fillfactor = 70, autovacuum_enabled = off);
         ALTER TABLE a ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, REPLICA IDENTITY USING INDEX a_b_key;
         ALTER TABLE a RESET (autovacuum_enabled);
         ALTER INDEX a_b_key RENAME TO a_b;
         CREATE POLICY p ON a FOR INSERT TO public WITH CHECK ((b = 'x'));
         CREATE POLICY q ON a AS RESTRICTIVE TO one, two USING (true);
         ALTER POLICY q ON a TO three USING (b > 'y');
         CREATE POLICY r ON a;
         DROP POLICY r ON a;
         COMMENT ON TABLE a IS 'rows';
         CREATE VIEW v WITH (security_invoker) AS SELECT id FROM a;
         CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
         CREATE FUNCTION f(x text) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
         CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1';
         ALTER FUNCTION f(text) SET search_path = '';
         DROP FUNCTION g();
         CREATE SEQUENCE s AS smallint;
         ALTER SEQUENCE a_id_seq AS bigint;
         DROP SEQUENCE s;",
    );
    assert!(out.problems.is_empty(), "{:?}", out.problems);
    let a = table(&out.catalog, "a");
    assert!(a.row_security && a.row_security_forced && a.commented);
    assert_eq!(a.replica_identity.as_deref(), Some("a_b"));
    let parameters: Vec<_> = a.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(parameters, [("fillfactor", "70")]);
    let policies: Vec<_> = a
        .policies
        .iter()
        .map(|p| (p.name.as_str(), p.permissive, p.roles.join(" "), p.using.as_deref(), p.check.as_deref()))
        .collect();
    assert_eq!(
        policies,
        [("p", true, String::new(), None, Some("b = 'x'")), ("q", false, "three".into(), Some("b > 'y'"), None)]
    );
    let v = table(&out.catalog, "v");
    assert_eq!((v.query.as_deref(), v.parameters["security_invoker"].as_str()), (Some("SELECT id FROM a"), "true"));
    let routines: Vec<_> =
        out.catalog.routines.iter().map(|f| (f.arguments.as_str(), f.security_definer, f.sets_search_path)).collect();
    assert_eq!(routines, [("x int", true, false), ("x text", true, true)]);
    let sequences: Vec<_> =
        out.catalog.sequences.iter().map(|(n, s)| (n.name.as_str(), s.type_name.as_str())).collect();
    assert_eq!(sequences, [("a_id_seq", "bigint")]);
}

#[test]
fn a_custom_format_dump_is_named() {
    let out = read("PGDMP\u{1}\u{e}");
    assert!(out.problems[0].hint.as_deref().expect("as written above").contains("pg_restore"));
}

#[test]
fn a_table_is_never_a_part_of_itself() {
    let out = read(
        "CREATE TABLE a (x int) PARTITION BY HASH (x); CREATE TABLE b (x int) PARTITION BY HASH (x); CREATE TABLE r ();
         ALTER TABLE a ATTACH PARTITION b DEFAULT; ALTER TABLE b ATTACH PARTITION a DEFAULT; ALTER TABLE a ATTACH PARTITION a DEFAULT;
         CREATE INDEX ON a (x); ALTER TABLE a INHERIT r; DROP TABLE r CASCADE;",
    );
    assert_eq!(out.problems.len(), 2);
    assert!(out.catalog.tables.is_empty());
}

#[test]
fn an_included_column_takes_its_key_along_and_a_column_in_parentheses_is_a_column() {
    check(
        "CREATE TABLE t (a int, b int, UNIQUE (a) INCLUDE (b)); CREATE INDEX ON t ((a)); ALTER TABLE t DROP b;",
        "t",
        &["a integer", "t_a_idx: btree (a)"],
    );
}

const STATEMENT: &str = "(CREATE TABLE (a|b|s\\.c) \\((x int PRIMARY KEY|x int, y text UNIQUE|y int REFERENCES (a|b|nowhere)|LIKE (a|b) INCLUDING ALL)\\)( PARTITION BY HASH \\(x\\))?\
    |CREATE TABLE b PARTITION OF (a|b) DEFAULT|ALTER TABLE (ONLY )?(a|b|s\\.c) (ATTACH PARTITION (a|b)|DETACH PARTITION (a|b)|INHERIT (a|b)|ADD (x|y) int|DROP (x|y)|RENAME (x|y) TO (x|z)|RENAME TO (a|b|q)|SET SCHEMA (s|public)|ADD UNIQUE \\((x|y)\\)|ALTER x TYPE text)\
    |DROP (TABLE|INDEX|SCHEMA) (a|b|s|a_pkey|a_x_idx) CASCADE|CREATE INDEX ON (ONLY )?(a|b) \\((x|y|\\(x \\+ 1\\))\\)|ALTER INDEX a_x_idx (ATTACH PARTITION b_x_idx|RENAME TO b_x_idx))";

proptest::proptest! {
    #[test]
    fn no_order_of_statements_makes_it_panic(statements in proptest::collection::vec(STATEMENT, 0..16)) {
        let text = statements.join(";\n");
        let _ = read(&text);
    }

    #[test]
    fn no_text_makes_it_panic(text in proptest::prelude::any::<String>()) {
        let _ = read(&text);
        let _ = crate::catalog::snapshot::read(&text);
        let _ = crate::catalog::expression::normalise(&text);
        let _ = crate::catalog::expression::rename_column(&text, "a", "B");
        let _ = crate::catalog::names::foreign_key_guess(&text, &text);
    }
}
