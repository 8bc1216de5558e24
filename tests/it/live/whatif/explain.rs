//! `sqlsift explain --dsn` asks the server for the plan of a statement.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use super::plain;
use crate::server::Server;

fn explain(dsn: &str, options: &[&str], sql: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(["explain", "--dsn", dsn, "--format", "json"])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sqlsift");
    child.stdin.take().expect("stdin").write_all(sql.as_bytes()).expect("written");
    child.wait_with_output().expect("ends")
}

fn report(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn statements_are_explained_and_only_harmless_ones_executed() {
    let server = Server::shared();
    let dsn = plain(
        "whatif_explain",
        "CREATE TABLE t (a int, b text); INSERT INTO t SELECT i, 'x' FROM generate_series(1, 200000) i; ANALYZE t",
    );
    let planned = report(&explain(
        &dsn,
        &[],
        "-- two\nSELECT * FROM t WHERE a = 5;\nDELETE FROM t WHERE a = $1;\nSELECT 1; DROP TABLE t",
    ));
    assert_eq!(planned["plans"].as_array().expect("plans").len(), 3, "{planned:#}");
    assert!(planned["problems"].to_string().contains("not sent to the server"), "{:#}", planned["problems"]);
    assert!(planned["plans"][0]["query"].to_string().contains("a = 5") || planned.to_string().contains("a = 5"));

    let executed = report(&explain(&dsn, &["--analyze"], "SELECT * FROM t WHERE a = 5"));
    assert!(executed["plans"][0]["execution_ms"].as_f64().is_some(), "{:#}", executed["plans"]);
    for text in ["DELETE FROM t", "SELECT random()", "SELECT * FROM t WHERE a = $1", "SELECT * FROM t FOR UPDATE"] {
        let refused = explain(&dsn, &["--analyze"], text);
        assert_eq!(refused.status.code(), Some(2), "{text}: {}", String::from_utf8_lossy(&refused.stderr));
    }
    assert_eq!(server.psql("whatif_explain", "SELECT count(*) FROM t").trim(), "200000");
}
