//! What the server logs of whole runs, beside what `--dry-run` says.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;
use sqlsift::db::sent::{self, fits};

use crate::server::Server;

const SHOP: &str = "
CREATE EXTENSION pg_stat_statements;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, note text);
INSERT INTO orders SELECT n, n % 100, 'x' FROM generate_series(1, 5000) n;
CREATE VIEW dear AS SELECT * FROM orders WHERE id > 10;
ANALYZE;
SELECT count(*) FROM orders WHERE customer_id = 5;
SELECT count(*) FROM orders WHERE customer_id = 6;
";

/// Statements of our sessions, as logged.
fn logged(server: &Server) -> BTreeSet<String> {
    let file = fs::read_to_string(server.log_dir().join("sent.json")).expect("jsonlog");
    let entries = file.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ours = entries.filter(|entry| entry["application_name"] == "sqlsift");
    let text = |entry: Value| {
        let message = entry["message"].as_str()?.to_owned();
        let (kind, text) = message.split_once(": ")?;
        (kind == "statement" || kind.starts_with("execute")).then(|| text.to_owned())
    };
    ours.filter_map(text).collect()
}

#[test]
fn a_dry_run_knows_every_statement_of_a_run() {
    let server = Server::start(&[
        ("shared_preload_libraries", "pg_stat_statements"),
        ("logging_collector", "on"),
        ("log_destination", "jsonlog"),
        ("log_filename", "sent"),
        ("log_statement", "all"),
    ]);
    let _ = server.psql("postgres", SHOP);
    let hypopg = server.try_psql("postgres", "CREATE EXTENSION hypopg").is_ok();
    let folder = tempfile::tempdir().unwrap();
    let query = folder.path().join("query.sql");
    fs::write(&query, "SELECT * FROM dear WHERE customer_id = 5;\nSELECT * FROM orders WHERE note = $1;\n").unwrap();
    let query = query.display().to_string();
    let dsn = server.dsn("postgres");
    for arguments in [
        vec!["analyze", "--dsn", &dsn, "--format", "json"],
        vec!["snapshot", "--dsn", &dsn],
        vec!["explain", "--dsn", &dsn, &query],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_sqlsift")).args(&arguments).output().expect("sqlsift runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let known: Vec<String> =
        sent::catalog_steps().into_iter().chain(sent::planning_steps()).flat_map(|step| step.statements).collect();
    let logged = logged(&server);
    assert!(logged.len() > 30, "{logged:?}");
    let unknown: Vec<&String> =
        logged.iter().filter(|sent| !known.iter().any(|text| fits(text, sent.trim_end_matches(';')))).collect();
    assert!(unknown.is_empty(), "add to src/db/sent.rs (HypoPG: {hypopg}): {unknown:#?}");
}

#[test]
fn a_dry_run_connects_to_nothing() {
    for command in ["analyze", "explain", "lint", "snapshot"] {
        let output = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
            .args([command, "--dry-run", "--dsn", "postgres://u:s3cret@127.0.0.1:1/d"])
            .output()
            .expect("sqlsift runs");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(output.status.success() && output.stderr.is_empty());
        assert!(text.contains("BEGIN READ ONLY") && text.contains("pg_catalog.pg_class"), "{command}: {text}");
        assert!(!text.contains("s3cret"));
    }
}
