//! What the server logs of whole runs, beside what `--dry-run` says: no statement more, and none less.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;
use sqlsift::db::planner::Depth;
use sqlsift::db::sent::{self, Step, fits, stands_in};

use crate::server::Server;

const SHOP: &str = "
CREATE EXTENSION pg_stat_statements;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, note text);
INSERT INTO orders SELECT n, n % 5000, 'x' FROM generate_series(1, 50000) n;
CREATE VIEW dear AS SELECT * FROM orders WHERE id > 10;
VACUUM ANALYZE;
";

/// Statements that only some servers, settings or faults ask for.
const SELDOM: [(&str, &str); 11] = [
    ("SELECT pg_catalog.pg_is_in_recovery()", "target_session_attrs"),
    ("SHOW transaction_read_only", "target_session_attrs"),
    ("NULL::float8, NULL::int8", "pg_stat_statements before 1.9"),
    ("hypopg.use_real_oids", "thousands of indexes at once"),
    ("hypopg_drop_index(o)", "a set that shrinks"),
    ("hypopg_hide_index", "HypoPG 1.4"),
    ("hypopg_unhide_all_indexes", "HypoPG 1.4"),
    ("ROLLBACK TO SAVEPOINT", "a statement that failed"),
    ("VACUUM (ANALYZE)", "a table that was never analysed"),
    ("; ANALYZE {table}", "an index on an expression"),
    ("pg_stat_checkpointer", "Postgres 17"),
];

fn sqlsift(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sqlsift")).args(arguments).output().expect("sqlsift runs")
}

/// Statements of our sessions after the last mark, as logged.
fn logged(server: &Server, mark: &str) -> Vec<String> {
    let file = fs::read_to_string(server.log_dir().join("sent.json")).expect("jsonlog");
    let entries: Vec<Value> = file.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let marked = |entry: &Value| entry["message"].as_str().is_some_and(|text| text.contains(mark));
    let begin = entries.iter().position(marked).expect("the mark");
    let ours = entries[begin..].iter().filter(|entry| entry["application_name"] == "sqlsift");
    let text = |entry: &Value| {
        let message = entry["message"].as_str()?.to_owned();
        let (kind, text) = message.split_once(": ")?;
        (kind == "statement" || kind.starts_with("execute")).then(|| text.trim_end_matches(';').to_owned())
    };
    ours.filter_map(text).collect()
}

/// A run, and its dry run: both ways.
fn compare(server: &Server, arguments: &[&str], steps: &[Step]) {
    let mark = format!("mark of {} alone", arguments.join(" ").replace('\'', ""));
    let _ = server.psql("postgres", &format!("SELECT '{mark}'"));
    let output = sqlsift(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let logged = logged(server, &mark);
    let known: Vec<&String> = steps.iter().flat_map(|step| &step.statements).collect();
    let unknown: Vec<&String> = logged.iter().filter(|sent| !known.iter().any(|text| fits(text, sent))).collect();
    assert!(unknown.is_empty(), "{arguments:?} sends what the dry run does not list: {unknown:#?}");
    let seldom = |text: &str| SELDOM.iter().any(|(part, _)| text.contains(part));
    let idle: Vec<&&String> =
        known.iter().filter(|text| !seldom(text) && !logged.iter().any(|sent| stands_in(text, sent))).collect();
    assert!(idle.is_empty(), "{arguments:?} does not send what its dry run lists: {idle:#?}");

    let dry = sqlsift(&[arguments, &["--dry-run"]].concat());
    let mut rest = String::from_utf8(dry.stdout).expect("UTF-8");
    for text in known {
        let at = rest.find(&format!("{text};\n")).unwrap_or_else(|| panic!("{arguments:?} --dry-run has no {text}"));
        rest.replace_range(at..at + text.len() + 2, "");
    }
    let more: Vec<&str> = rest.lines().filter(|line| !line.is_empty() && !line.starts_with("-- ")).collect();
    assert!(more.is_empty(), "{arguments:?} --dry-run lists more: {more:?}");
}

#[test]
fn a_dry_run_lists_what_is_sent_and_nothing_else() {
    let server = Server::start(&[
        ("shared_preload_libraries", "pg_stat_statements"),
        ("logging_collector", "on"),
        ("log_destination", "jsonlog"),
        ("log_filename", "sent"),
        ("log_statement", "all"),
    ]);
    let _ = server.psql("postgres", SHOP);
    let hypopg = server.try_psql("postgres", "CREATE EXTENSION hypopg").is_ok();
    let _ = server.psql("postgres", &"SELECT count(*) FROM orders WHERE customer_id = 5;".repeat(200));
    let _ = server.psql("template1", "CREATE DATABASE copy TEMPLATE postgres");
    let folder = tempfile::tempdir().unwrap();
    let query = folder.path().join("query.sql");
    fs::write(&query, "SELECT * FROM dear WHERE customer_id = 5;\nSELECT * FROM orders WHERE note = $1;\n").unwrap();
    let migration = folder.path().join("V1__a.sql");
    fs::write(&migration, "SET lock_timeout = '2s';\nCREATE INDEX CONCURRENTLY o ON orders (note);\n").unwrap();
    let (query, migration) = (query.display().to_string(), migration.display().to_string());
    let (dsn, copy) = (server.dsn("postgres"), server.dsn("copy"));
    let common = [sent::connection(), sent::catalog()].concat();
    let all = [common.clone(), sent::health(), sent::queries()].concat();

    let taken = |more: &[&str], steps: &[Step]| {
        compare(&server, &[&["snapshot", "--dsn", &dsn], more].concat(), &[&all, steps].concat());
    };
    taken(&["--without-indexes"], &[]);
    taken(&["--without-indexes", "--with-values"], &sent::values());
    compare(
        &server,
        &["lint", "--fail-on", "none", "--dsn", &dsn, &migration],
        &[common.clone(), sent::queries()].concat(),
    );
    let explained = |depth| [common.clone(), sent::health(), sent::explained(depth)].concat();
    compare(&server, &["explain", "--dsn", &dsn, &query], &explained(Depth::Shown));
    fs::write(&query, "SELECT count(*) FROM dear WHERE customer_id = 5;\n").unwrap();
    compare(&server, &["explain", "--analyze", "--dsn", &dsn, &query], &explained(Depth::Measured));
    if hypopg {
        taken(&[], &[sent::values(), sent::tried()].concat());
        let analyzed = [all.clone(), sent::values(), sent::tried()].concat();
        compare(&server, &["analyze", "--dsn", &dsn, "--format", "json"], &analyzed);
        let verified = [analyzed, sent::verified()].concat();
        compare(&server, &["analyze", "--dsn", &dsn, "--verify", &copy, "--format", "json"], &verified);
    }
}

#[test]
fn a_dry_run_connects_to_nothing() {
    for command in ["analyze", "explain", "lint", "snapshot"] {
        let output = sqlsift(&[command, "--dry-run", "--dsn", "postgres://u:s3cret@127.0.0.1:1/d"]);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(output.status.success() && output.stderr.is_empty());
        assert!(text.contains("BEGIN READ ONLY") && text.contains("pg_catalog.pg_class"), "{command}: {text}");
        assert!(!text.contains("s3cret"));
    }
}
