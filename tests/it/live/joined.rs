//! A log beside a server: what both know counts once, and what only the server knows is examined too.

use std::fmt::Write as _;
use std::process::Command;

use sqlsift::report::model::Report;

use crate::server::Server;

#[test]
fn what_only_the_server_knows_is_examined_too() {
    let server = Server::start(&[("shared_preload_libraries", "pg_stat_statements")]);
    let _ = server.psql(
        "postgres",
        "CREATE EXTENSION pg_stat_statements; CREATE TABLE t (id int PRIMARY KEY, c int, d int);
         INSERT INTO t SELECT n, n % 5000, n % 7000 FROM generate_series(1, 100000) n; VACUUM ANALYZE; SELECT pg_stat_statements_reset();",
    );
    let _ = server.psql("postgres", &"SELECT * FROM t WHERE c = 5; SELECT * FROM t WHERE d = 7;".repeat(50));
    // The log has the first of them alone, and calls of it that the server has, too.
    let now = server.psql("postgres", "SELECT to_char(now() - interval '1 s', 'YYYY-MM-DD HH24:MI:SS')");
    let mut log = String::new();
    for call in 0..10 {
        writeln!(
            log,
            "{}.{call:03} UTC [123] LOG:  duration: 9.000 ms  statement: SELECT * FROM t WHERE c = {call}",
            now.trim()
        )
        .unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("postgresql.log");
    std::fs::write(&path, log).unwrap();
    let analyzed = |more: &[&str]| -> Report {
        let output = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
            .args(["analyze", "--format", "json", "--dsn", &server.dsn("postgres"), path.to_str().unwrap()])
            .args(more)
            .output()
            .unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    };
    let report = analyzed(&[]);
    let calls = |column: &str| {
        let text = format!("select * from t where {column} = ?");
        report.workload.queries.iter().filter(|query| query.text == text).map(|query| query.calls).collect::<Vec<_>>()
    };
    assert_eq!(calls("c"), [10], "of the log alone");
    let known = calls("d");
    let [beside] = known.as_slice() else { panic!("{:?}", report.workload.queries) };
    assert!((1..=50).contains(beside), "of the part of the time that the log covers: {beside}");
    let notes = report.coverage.notes.join("\n");
    assert!(notes.contains("1 queries of the log are in pg_stat_statements too"), "{notes}");
    assert!(notes.contains("are not in the log: they are examined with"), "{notes}");
    let notes = analyzed(&["--application", "psql"]).coverage.notes.join("\n");
    assert!(
        notes.contains("pg_stat_statements does not know --application") || !notes.contains("are examined"),
        "{notes}"
    );
}

/// The role's own search_path decides which table a statement is planned for.
#[test]
fn statements_are_planned_where_their_role_finds_the_tables() {
    let server = Server::start(&[("shared_preload_libraries", "pg_stat_statements")]);
    if server.try_psql("postgres", "CREATE EXTENSION hypopg").is_err() {
        eprintln!("not tested: HypoPG is not installed");
        return;
    }
    let _ = server.psql(
        "postgres",
        "CREATE EXTENSION pg_stat_statements; CREATE SCHEMA app; CREATE ROLE web LOGIN; ALTER ROLE web SET search_path = app;
         GRANT USAGE ON SCHEMA app TO web;
         CREATE TABLE app.orders (id int PRIMARY KEY, customer int, pad text); GRANT SELECT ON app.orders TO web;
         INSERT INTO app.orders SELECT n, n % 5000, repeat('x', 50) FROM generate_series(1, 200000) n; VACUUM ANALYZE;",
    );
    let _ = server.try_psql_as("web", "postgres", &"SELECT * FROM orders WHERE customer = 5;".repeat(100)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(["analyze", "--format", "json", "--dsn", &server.dsn("postgres")])
        .output()
        .unwrap();
    let report: Report = serde_json::from_slice(&output.stdout).unwrap();
    let set = report.index_set.expect("indexes were tried");
    assert!(set.queries_examined >= 1, "{:?}", report.coverage.notes);
    let index = report.recommendations.iter().find(|advice| advice.sql.contains("app.orders (customer)"));
    let index = index.unwrap_or_else(|| panic!("{:#?}", report.recommendations));
    let range = index.range.as_ref().expect("a range");
    assert!(range.after_least <= range.after_most && Some(range.after_most) < index.before, "{index:#?}");
}
