//! Whatever text comes from outside, the database stays as it was.

use std::collections::BTreeSet;

use sqlsift::advise::whatif::WhatIf;
use sqlsift::db::hypopg::{HypoPg, Route};
use sqlsift::db::names;
use sqlsift::db::planner::{Depth, Planner};
use sqlsift::db::session::{Limits, Session};
use sqlsift::sql::guard::{executable, plannable};

use super::{database, sample};
use crate::server::Server;

const SCHEMA: &str = r#"
CREATE TABLE t (a int, b text DEFAULT 'x'); INSERT INTO t SELECT i, 'b' FROM generate_series(1, 100) i;
CREATE TABLE traces (a int);
CREATE SEQUENCE s;
CREATE FUNCTION spend(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN PERFORM pg_advisory_lock(4711); PERFORM nextval('s'); INSERT INTO traces VALUES ($1); RETURN $1; END $$;
CREATE FUNCTION "Spend It"(int) RETURNS int LANGUAGE plpgsql STABLE AS
    $$ BEGIN PERFORM pg_advisory_lock(4712); RETURN $1; END $$;
CREATE FUNCTION lower(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT spend($1)';
CREATE FUNCTION of_row(t) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM spend(1); RETURN 1; END $$;
CREATE FUNCTION less(int, int) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM spend(1); RETURN true; END $$;
CREATE OPERATOR <==> (FUNCTION = less, LEFTARG = int, RIGHTARG = int);
CREATE TYPE pair AS (x int, y int);
CREATE FUNCTION to_pair(int) RETURNS pair LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM spend(1); RETURN row(1, 1); END $$;
CREATE CAST (int AS pair) WITH FUNCTION to_pair(int);
CREATE VIEW v AS SELECT spend(1) AS a;
CREATE VIEW over_v AS SELECT a FROM v;
CREATE VIEW dice AS SELECT random() AS a;
"#;

const HOSTILE: &[&str] = &[
    "SELECT 1; DROP TABLE t",
    "SELECT 1;; DELETE FROM t",
    "; DROP TABLE t",
    "ANALYZE SELECT 1",
    "EXPLAIN ANALYZE DELETE FROM t",
    "ANALYZE t",
    r"SELECT '\'; DELETE FROM t; --'",
    "SELECT $$ ; $$; TRUNCATE t",
    "COMMIT; DROP TABLE t",
    "SELECT * INTO u FROM t",
    "CREATE TABLE u AS SELECT 1",
    "COPY t TO PROGRAM 'touch /tmp/sqlsift-hostile'",
    "DO $$ BEGIN DELETE FROM t; END $$",
    "SELECT spend(1)",
    "SELECT public.spend ( 1 )",
    "SELECT \"spend\"/* */(1)",
    "SELECT U&\"\\0073pend\"(1)",
    "SELECT \"Spend It\"(1)",
    "SELECT lower(1)",
    "SELECT (t).of_row FROM t",
    "SELECT 1 <==> 2",
    "SELECT 1 OPERATOR(public.<==>) 2",
    "SELECT 1::pair",
    "SELECT CAST(1 AS pair)",
    "SELECT * FROM v",
    "SELECT * FROM over_v",
    "SELECT a FROM t WHERE a = spend(1)",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_try_advisory_lock_shared(1)",
    "SELECT nextval('s')",
    "SELECT setval('s', 100)",
    "SELECT set_config('application_name', 'taken', false)",
    "SELECT txid_current()",
    "SELECT pg_current_xact_id()",
    "SELECT lo_creat(-1)",
    "SELECT pg_sleep(60)",
    "SELECT pg_terminate_backend(pg_backend_pid())",
    "SELECT pg_notify('a', 'b')",
    "SELECT query_to_xml('DELETE FROM t RETURNING 1', true, true, '')",
    "SELECT repeat('x', 1000000000)",
    "CALL nothing()",
    "VACUUM",
    "SELECT 1 UNION SELECT spend(1)",
];

/// Harmless to plan: nothing of it is executed.
const PLANNED: &[&str] = &[
    "DELETE FROM t; --",
    "INSERT INTO t SELECT * FROM t",
    "UPDATE t SET a = 1 WHERE a = 2",
    "WITH gone AS (DELETE FROM t RETURNING a) SELECT * FROM gone",
    "SELECT * FROM t FOR UPDATE",
    "SELECT random(), clock_timestamp()",
    "SELECT * FROM dice",
    "SELECT a FROM t WHERE b = 'X' -- ; DROP TABLE t",
    r"SELECT E'\'; DELETE FROM t; --'",
];

fn state(server: &Server, name: &str) -> String {
    server.psql(
        name,
        "SELECT count(*), sum(a) FROM t; SELECT count(*) FROM traces; SELECT last_value, is_called FROM s; \
         SELECT count(*), max(oid) FROM pg_class; SELECT count(*) FROM pg_largeobject_metadata; \
         SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()); \
         SELECT n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables WHERE relname IN ('t', 'traces') ORDER BY relname",
    )
}

#[test]
fn hostile_texts_change_nothing() {
    let server = Server::shared();
    let dsn = database("whatif_hostile", SCHEMA);
    // Where a backslash ends no string, the server must not read it otherwise than the guard.
    let _ = server.psql("postgres", "ALTER DATABASE whatif_hostile SET standard_conforming_strings = off");
    let before = state(server, "whatif_hostile");
    let mut session = Session::connect(&dsn).expect("connects");
    let names = names::read(&mut session, Limits::default()).expect("names");
    let functions: BTreeSet<&str> = names.functions.iter().map(String::as_str).collect();
    assert!(
        ["spend", "Spend It", "lower", "of_row", "hypopg_reset"].iter().all(|name| functions.contains(name)),
        "{functions:?}"
    );

    for text in HOSTILE {
        assert!(plannable(text, &names).is_err(), "{text} must not be sent");
        assert!(executable(text, &names).is_err(), "{text} must not be executed");
    }
    for text in PLANNED {
        assert!(plannable(text, &names).is_ok(), "{text}: {:?}", plannable(text, &names));
    }
    assert!(PLANNED[..7].iter().all(|text| executable(text, &names).is_err()), "volatile or changing: not executed");

    for route in [Route::Direct, Route::Pooled] {
        let mut hypopg = HypoPg::open(&mut session, route, Limits::default(), names.clone()).expect("HypoPG");
        for text in HOSTILE {
            assert!(hypopg.plan(&sample(text), &[]).is_err(), "{text}");
        }
        for text in PLANNED {
            hypopg.plan(&sample(text), &[]).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }
    // Even past the guard one statement is one statement, nothing is executed, and nothing is written.
    let mut planner = Planner::new(Limits { statement_ms: 1000, lock_ms: 100 });
    for text in HOSTILE.iter().filter(|text| !text.contains("spend") && !text.contains("Spend")) {
        let _ = planner.explain(&mut session, text, Depth::Plan);
    }
    drop(session);
    assert_eq!(state(server, "whatif_hostile"), before);
    assert!(!std::path::Path::new("/tmp/sqlsift-hostile").exists());
}
