use super::*;

fn names() -> Names {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    Names {
        functions: set(&["spend", "Spend It"]),
        attributes: set(&["of_row"]),
        operators: set(&["<==>", "~~"]),
        types: set(&["money2"]),
        relations: [("ledger".to_owned(), "is a view".to_owned())].into(),
        volatile: set(&["random", "clock_timestamp"]),
        unexecutable: BTreeMap::new(),
    }
}

#[test]
fn what_reads_or_changes_rows_passes_without_its_semicolon() {
    for text in [
        "SELECT 1",
        "select * from t where a = $1 -- ; drop table t",
        "(SELECT 1) UNION (SELECT 2)",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "INSERT INTO t (a, b) VALUES (1, 'a;b')",
        "TABLE t",
        "VALUES (1)",
        "/* spend(1); */ UPDATE t SET a = $$;$$ WHERE lower(b) = 'spend(1)'",
        "SELECT $a$; DROP TABLE t; $a$",
        "SELECT spend FROM t",
        r"SELECT '\'",
        "SELECT lpad(a, 20), repeat(b, 3) FROM t",
        "DELETE FROM t WHERE a IN (1, 2) AND b BETWEEN 1 AND 2",
    ] {
        let expected = text.split(" --").next().unwrap();
        assert_eq!(plannable(&format!("{text} \n;;"), &names()), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_not_one_query_is_refused() {
    use Refusal as R;
    for (text, refusal) in [
        ("", R::Empty),
        (" -- SELECT 1", R::Empty),
        ("SELECT 1; DROP TABLE t", R::Several),
        ("SELECT 1; SELECT 2;", R::Several),
        ("SELECT 'a", R::CutShort),
        ("SELECT $x$ a", R::CutShort),
        ("SELECT 1 /* /* */", R::CutShort),
        ("ANALYZE SELECT 1", R::NotAQuery),
        ("EXPLAIN ANALYZE DELETE FROM t", R::NotAQuery),
        ("((EXPLAIN ANALYZE DELETE FROM t))", R::NotAQuery),
        ("COPY t TO PROGRAM 'rm -rf /'", R::NotAQuery),
        ("DO $$ BEGIN PERFORM 1; END $$", R::NotAQuery),
        ("CALL p()", R::NotAQuery),
        ("DECLARE c CURSOR FOR SELECT 1", R::NotAQuery),
        ("CREATE TABLE x AS SELECT 1", R::NotAQuery),
        ("LOCK TABLE t", R::NotAQuery),
        ("SELECT * INTO u FROM t", R::Creates),
        ("SELECT 1\0; DROP TABLE t", R::Unreadable),
        ("SELECT U&\"\\0070g_sleep\"(1)", R::Unreadable),
    ] {
        assert_eq!(plannable(text, &names()), Err(refusal), "{text:?}");
    }
    assert_eq!(plannable(&format!("SELECT {}1", "1+".repeat(LONGEST)), &names()), Err(R::TooLong));
}

#[test]
fn what_runs_code_of_others_or_does_more_than_compute_is_refused() {
    use Refusal as R;
    let denied = |name: &str| R::Denied(name.into());
    for (text, refusal) in [
        ("SELECT pg_sleep(100)", denied("pg_sleep")),
        ("SELECT PG_CATALOG . \"pg_sleep\" /* x */ -- y\n (1)", denied("pg_sleep")),
        ("SELECT pg_advisory_lock(1)", denied("pg_advisory_lock")),
        ("SELECT pg_try_advisory_xact_lock(1)", denied("pg_try_advisory_xact_lock")),
        ("SELECT nextval('s')", denied("nextval")),
        ("SELECT 1 WHERE set_config('a.b', 'c', false) = 'c'", denied("set_config")),
        ("SELECT txid_current()", denied("txid_current")),
        ("SELECT lo_import('/etc/passwd')", denied("lo_import")),
        ("SELECT pg_read_file('/etc/passwd')", denied("pg_read_file")),
        ("SELECT * FROM dblink('x', 'y') AS t(a int)", denied("dblink")),
        ("SELECT query_to_xml('DELETE FROM t', true, true, '')", denied("query_to_xml")),
        ("SELECT pg_terminate_backend(1)", denied("pg_terminate_backend")),
        ("SELECT spend(1)", R::Function("spend".into())),
        ("SELECT public.SPEND(1)", R::Function("spend".into())),
        ("SELECT \"Spend It\"(1)", R::Function("Spend It".into())),
        ("SELECT (t).of_row FROM t", R::Function("of_row".into())),
        ("SELECT 1 <==> 2", R::Operator("<==>".into())),
        ("SELECT 1 OPERATOR(public.<==>) 2", R::Operator("<==>".into())),
        ("SELECT a LIKE 'b' FROM t", R::Operator("~~".into())),
        ("SELECT '1'::money2", R::Type("money2".into())),
        ("SELECT * FROM public.ledger", R::Relation("ledger".into(), "is a view".into())),
        ("SELECT repeat('x', 1000000000)", R::Costly("repeat".into())),
        ("SELECT repeat(repeat('x', 50000), 50000)", R::Costly("repeat".into())),
        ("SELECT length(rpad('x', 9999 * 99999))", R::Costly("rpad".into())),
    ] {
        assert_eq!(plannable(text, &names()), Err(refusal), "{text:?}");
    }
}

#[test]
fn only_a_select_without_volatile_functions_is_executed() {
    assert!(executable("SELECT count(*) FROM t WHERE a = lower('X')", &names()).is_ok());
    assert!(executable("WITH a AS (SELECT 1) SELECT * FROM a", &names()).is_ok());
    for text in [
        "INSERT INTO t VALUES (1)",
        "WITH x AS (DELETE FROM t RETURNING a) SELECT * FROM x",
        "SELECT * FROM t FOR UPDATE",
        "SELECT * FROM t FOR NO KEY UPDATE",
        "MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE",
    ] {
        assert_eq!(executable(text, &names()), Err(Refusal::Changes), "{text}");
    }
    assert_eq!(executable("SELECT random()", &names()), Err(Refusal::Volatile("random".into())));
    assert!(executable("SELECT spend(1)", &names()).is_err());
}

#[test]
fn an_index_for_hypopg_is_one_create_index_and_nothing_else() {
    assert!(index("CREATE INDEX ON t (a)", &names()).is_ok());
    assert!(index("CREATE UNIQUE INDEX ON t (lower(a)) WHERE b = 'x;y';", &names()).is_ok());
    for ddl in
        ["CREATE TABLE t (a int)", "CREATE INDEX ON t (a); DROP TABLE t", "CREATE INDEX ON t (spend(a))", "SELECT 1"]
    {
        assert!(index(ddl, &names()).is_err(), "{ddl}");
    }
}
