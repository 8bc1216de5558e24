//! What folds and what stays, by example.

mod properties;

use super::*;

fn shown(text: &str) -> String {
    normalize(text.as_bytes())
}

fn scanned(text: &str) -> Scan {
    scan(text.as_bytes(), &mut Scratch::default())
}

/// Every text has the display text `expected`, the same fingerprint, and is a fixed point.
fn all_are(expected: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(shown(text), expected, "{text}");
        assert_eq!(fingerprint(text.as_bytes()), fingerprint(expected.as_bytes()), "{text}");
    }
    assert_eq!(shown(expected), expected);
}

fn differ(one: &str, other: &str) {
    assert_ne!(fingerprint(one.as_bytes()), fingerprint(other.as_bytes()), "{one} | {other}");
}

#[test]
fn in_lists_of_any_length_are_one() {
    all_are(
        "select a from t where id in (...)",
        &[
            "SELECT a FROM t WHERE id IN (1,2,3)",
            "SELECT a FROM t WHERE id IN (1)",
            "SELECT a FROM t WHERE id IN ($1,$2,$3)",
            "SELECT a FROM t WHERE id IN ($1 /*, ... */)",
            "select a from t where id in (-1, +2, null, 'x')",
            "select a from t where id in (?)",
        ],
    );
    all_are("x in (?::uuid)", &["x in ($1::uuid, $2::uuid)", "x in ('a'::uuid)"]);
    all_are("x in (lower(?))", &["x in (lower('a'), lower('b'), lower('c'))"]);
}

#[test]
fn tuples_collapse() {
    all_are("(a, b) in ((...))", &["(a,b) IN ((1,2),(3,4))", "(a, b) in (($1, $2))"]);
    all_are("(a, b) in (row(...))", &["(a,b) IN (ROW(1,2),ROW(3,4))"]);
}

#[test]
fn values_of_any_length_are_one() {
    all_are(
        "insert into t (a, b) values (...)",
        &[
            "INSERT INTO t (a, b) VALUES (1, 'x')",
            "insert into t(a,b) values (1,'x'),(2,NULL),($1,$2)",
            "insert into t(a,b) values (default, true)",
        ],
    );
    all_are(
        "insert into t values (..., now()) returning id",
        &["insert into t values (1, 2, now()), (3, 4, now()) returning id;"],
    );
    all_are("select * from (values (...)) as v(a, b)", &["select * from (values (1,2),(3,4)) as v(a,b)"]);
}

#[test]
fn sub_selects_in_lists_keep_their_columns() {
    all_are("select a in (select ?, ?, b from t)", &["select a in (select 1, 2, b from t)"]);
    all_are("insert into t values ((select ?, ?), ...)", &["insert into t values ((select 1, 2), 3)"]);
}

#[test]
fn arrays_collapse() {
    all_are("x = any(?)", &["x = ANY($1)", "x = ANY('{1,2}')"]);
    all_are("x = any(array[...])", &["x = ANY(ARRAY[1,2,3])", "x = any(array[$1])"]);
    all_are("array[[...]]", &["ARRAY[[1,2],[3,4]]"]);
    all_are("a[?]", &["a[1]"]);
}

#[test]
fn literals_in_every_notation_are_a_question_mark() {
    for literal in [
        "'it''s'",
        r"E'it\'s'",
        "$$it's$$",
        "$tag$x$tag$",
        "5.3e10",
        "0x1F",
        "0b11",
        "1_000",
        ".5",
        "1.",
        "-1",
        "- 1",
        "- -1",
        "+1",
        "$1",
        "-$1",
        "?",
        "'a'\n'b'",
        "U&'x'",
        "X'1F'",
        "b'1'",
        "N'x'",
        ":name",
    ] {
        all_are("select ? from t where a = ?", &[&format!("SELECT {literal} FROM t WHERE a={literal}")]);
    }
}

#[test]
fn operators_and_columns_stay() {
    all_are("select a - ?, b + ?", &["select a-1, b+2"]);
    all_are("select now() - interval ?", &["select now() - interval '1 day'", "select now() - interval $1"]);
    all_are("a <> ?", &["a != 1", "a<>2"]);
    all_are("data ->> ? = ?", &["data->>'a' = 'b'"]);
    all_are("a > ?", &["a>-1"]);
    all_are("x is null and y is not true", &["x IS NULL AND y IS NOT TRUE"]);
}

#[test]
fn the_display_text_reads_like_sql() {
    all_are(
        "select count(*) from t where not exists (select ? from u where a.b::int > ?)",
        &["SELECT COUNT ( * ) FROM t WHERE NOT EXISTS(SELECT 1 FROM u WHERE a . b :: int>2)"],
    );
    all_are("copy s.t (a, b) from stdin", &["COPY s.t(a,b) FROM STDIN"]);
}

#[test]
fn identifiers_stay() {
    all_are("select \"Quoted\".\"Col\" from \"Tab\"", &["SELECT \"Quoted\".\"Col\" FROM \"Tab\""]);
    differ("select * from users_2009", "select * from users_2010");
    differ("select \"id\"", "select id");
    differ("select \"A\"", "select \"a\"");
}

#[test]
fn limit_alone_and_limit_with_offset_are_two() {
    differ("select a limit 10", "select a limit 10 offset 40");
    all_are("select a limit ? offset ?", &["select a LIMIT 10 OFFSET 40", "select a limit $1 offset $2"]);
}

#[test]
fn comments_and_trailing_semicolons_fold() {
    all_are(
        "select id, total from t",
        &[
            "/* ctl='a' */ SELECT id, total FROM t",
            "select id, total from t /* n */;",
            "select id, total -- comment with it's\nfrom t",
            "select id, total from t;;",
            " ;select id,total\nfrom t -- end",
        ],
    );
}

#[test]
fn ordinals_and_type_modifiers_stay() {
    all_are(
        "select a, b from t group by 1, 2 order by 2 desc, 1 limit ?",
        &["select a, b from t group by 1,2 order by 2 desc, 1 limit 5"],
    );
    all_are("select a order by ? + x, a <-> ?, f(?), ?", &["select a order by 1+x, a <-> 5, f(1), 12345"]);
    all_are("select a order by ?::int", &["select a order by 1::int"]);
    all_are(
        "select a::numeric(10, 2), cast(b as varchar(20)), ?::public.vector(3) in (...)",
        &["select a::numeric(10,2), cast(b as varchar(20)), '[1]'::public.vector(3) in (5, 6)"],
    );
    differ("select a::numeric(10,2)", "select a::numeric(12,2)");
    all_are(
        "create table t (a character varying(20), b vector(3) default ?)",
        &["create table t (a character varying(20), b vector(3) default 'x')"],
    );
}

#[test]
fn generated_names_fold() {
    all_are(
        "declare ? cursor for select a",
        &["DECLARE c_123 CURSOR FOR SELECT a", "declare \"curs-1\" cursor for select a"],
    );
    all_are("fetch forward ? from ?", &["FETCH FORWARD 100 FROM c_123"]);
    all_are("fetch ? ?", &["fetch 100 c_1"]);
    all_are("close ?", &["CLOSE c_1"]);
    all_are("close all", &["close all"]);
    all_are("savepoint ?", &["SAVEPOINT sp_1"]);
    all_are("release savepoint ?", &["RELEASE SAVEPOINT sp_1"]);
    all_are("release ?", &["release \"sp_2\";"]);
    all_are("rollback to savepoint ?", &["ROLLBACK TO SAVEPOINT sp_1"]);
    all_are("rollback to ?", &["rollback to sp_1"]);
    all_are("prepare ? as select ?", &["PREPARE pdo_stmt_0001 AS SELECT $1"]);
    all_are("execute ?(?, ?)", &["EXECUTE s1(1, 'x')"]);
    all_are("deallocate ?", &["DEALLOCATE pdo_stmt_0001"]);
    all_are("deallocate prepare ?", &["deallocate prepare p"]);
    all_are("deallocate all", &["deallocate all"]);
    all_are("update t set a = ? where current of ?", &["update t set a = 1 where current of c_9"]);
    all_are("begin; declare ? cursor for select ?", &["begin; declare c1 cursor for select 1;"]);
}

#[test]
fn bounds_are_those_of_the_outermost_query() {
    let scan = scanned("select * from (select 1 limit 3 offset 9) x limit 20 offset 400");
    assert_eq!(scan.limit, Some(Bound::Number(20)));
    assert_eq!(scan.offset, Some(Bound::Number(400)));
    let scan = scanned("select a offset $3 rows fetch next $2 rows only");
    assert_eq!(scan.limit, Some(Bound::Parameter(2)));
    assert_eq!(scan.offset, Some(Bound::Parameter(3)));
    let scan = scanned("select a where b=? limit ? offset ?");
    assert_eq!(scan.limit, Some(Bound::Unknown));
    assert_eq!(scan.offset, Some(Bound::Unknown));
    assert_eq!(scanned("select a fetch first row only").limit, Some(Bound::Number(1)));
    assert_eq!(scanned("select a limit '10'").limit, Some(Bound::Number(10)));
    assert_eq!(scanned("select a limit all").limit, None);
    assert_eq!(scanned("select a limit 10 + 5").limit, Some(Bound::Unknown));
    assert_eq!(scanned("select a limit (5)").limit, Some(Bound::Unknown));
    assert_eq!(scanned("select a limit 1e3").limit, Some(Bound::Unknown));
    assert_eq!(scanned("fetch first from c").limit, None);
}

#[test]
fn truth_and_null_are_literals_where_they_are_values() {
    let same = |a: &str, b: &str| assert_eq!(normalize(a.as_bytes()), normalize(b.as_bytes()));
    same("select * from t where active = true", "select * from t where active = FALSE");
    same("update t set a = null where b = 1", "update t set a = 'x' where b = 1");
    same("select null, a from t", "select $1, a from t");
    let kept = |text: &str| assert_eq!(normalize(text.as_bytes()), text);
    kept("select a from t where b is null and c is not null and d is true and e is not false");
    kept("alter table t alter column a set not null");
    kept("create table t (a integer default null, b boolean not null default true)");
}

#[test]
fn literals_are_hashed_in_order() {
    let hash = |text| scanned(text).literals;
    assert_eq!(hash("select 1 where a = 'x'"), hash("SELECT 1\nWHERE b = 'x' -- 5"));
    assert_ne!(hash("select 1, 2"), hash("select 2, 1"));
    assert_ne!(hash("select 1"), hash("select '1'"));
    assert_ne!(hash("a in (1, null)"), hash("a in (1, true)"));
    let one = scanned("select a where b = 1 limit 10 offset 20");
    let two = scanned("select a where b = 1 limit 10 offset 30");
    assert_ne!(one.literals, two.literals);
    assert_eq!(one.literals_but_offset, two.literals_but_offset);
}

#[test]
fn kinds_come_from_the_head() {
    for (text, kind) in [
        ("", Verb::Empty),
        (" /* x */ ;", Verb::Empty),
        ("((select 1))", Verb::Select),
        ("with a as (delete from t returning *) select * from a", Verb::Select),
        ("with a as (select 1) insert into t select * from a", Verb::Insert),
        ("START TRANSACTION", Verb::Begin),
        ("explain analyze select 1", Verb::Explain),
        ("nonsense", Verb::Other),
        ("begin; select 1", Verb::Begin),
    ] {
        assert_eq!(scanned(text).verb, kind, "{text}");
    }
}

#[test]
fn tag_comments_and_truncation_are_seen() {
    let scan = scanned("/*a:b*/ select 1 /* plain */ /*k='v'*/");
    assert_eq!(scan.tags.count, 2);
    assert_eq!(scan.tags.first, Some((0, 7)));
    assert_eq!(scan.tags.last, Some((29, 38)));
    for text in ["select 'a", "select (1", "select \"a", "select 1 /* a", "select $$a"] {
        assert!(scanned(text).truncated, "{text}");
    }
    assert!(!scanned("select (1), 'a'").truncated);
}

#[test]
fn a_fingerprint_is_sixteen_hex_digits() {
    assert_eq!(Fingerprint(0xab).to_string(), "00000000000000ab");
    assert_eq!("00000000000000ab".parse(), Ok(Fingerprint(0xab)));
    assert!("ab".parse::<Fingerprint>().is_err());
    assert!("+0000000000000ab".parse::<Fingerprint>().is_err());
}

/// Whoever changes these changes every stored fingerprint: raise [`FINGERPRINT_VERSION`].
#[test]
fn version_1_is_pinned() {
    let all = ["select 1", "INSERT INTO t VALUES (1),(2)", "select \"A\".b from c where d in (1,2)"]
        .map(|text| fingerprint(text.as_bytes()).to_string());
    assert_eq!(all, ["61a0463a1c92eb55", "92931870b953e8d0", "fdc5ed309b0e1546"]);
}

#[test]
fn a_dot_and_a_number_stay_apart() {
    all_are("numeric(. 1", &["numeric(. 1", "NUMERIC ( .  1"]);
}
