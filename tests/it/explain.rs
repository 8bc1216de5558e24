//! `sqlsift explain` on the real program: its JSON fits the schema and itself, the same plan gives the same figures however it
//! comes in, and exit codes follow.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::report::{list, root, sqlsift, valid};

const EXAMPLES: [&str; 5] =
    ["delete-addresses", "disputed-orders", "disputed-orders-indexed", "revenue-report", "sessions"];

fn path(name: &str) -> String {
    format!("fixtures/plans/examples/{name}.txt")
}

fn explained(arguments: &[&str]) -> Value {
    let output = sqlsift(&[&["explain", "--format", "json"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    valid(std::str::from_utf8(&output.stdout).unwrap())
}

fn piped(text: &[u8], arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .arg("explain")
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_report_fits_its_schema_and_itself() {
    let paths: Vec<String> = EXAMPLES.iter().map(|name| path(name)).collect();
    let arguments: Vec<&str> =
        paths.iter().map(String::as_str).chain(["--schema", "fixtures/schemas/shop.sql"]).collect();
    let report = explained(&arguments);
    assert_eq!(list(&report, "/plans").len(), EXAMPLES.len());
    assert_eq!(report["problems"], Value::Array(Vec::new()));
    let ids: Vec<&Value> = list(&report, "/findings").iter().map(|f| &f["id"]).collect();
    for plan in list(&report, "/plans") {
        let nodes = plan["nodes"].as_array().unwrap();
        let numbers: Vec<u64> = nodes.iter().map(|n| n["number"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (1..=nodes.len() as u64).collect::<Vec<_>>());
        for node in nodes {
            let parent = node["parent"].as_u64();
            assert_eq!(parent.is_none(), node["role"] == "root", "{node}");
            assert!(parent.is_none_or(|parent| parent < node["number"].as_u64().unwrap()), "{node}");
            let of_node = node["findings"].as_array().unwrap();
            let of_plan = plan["findings"].as_array().unwrap();
            assert!(of_node.iter().all(|id| of_plan.contains(id) && ids.contains(&id)), "{node}");
        }
        // The self times of all nodes, and what no node could be charged with, make up the root's time.
        let own: f64 = nodes.iter().filter_map(|n| n["self_ms"].as_f64()).sum();
        let (root_ms, tolerance) = (plan["root_ms"].as_f64().unwrap(), plan["tolerance_ms"].as_f64().unwrap());
        let whole = own + plan["unattributed_ms"].as_f64().unwrap();
        assert!((whole - root_ms).abs() <= tolerance + 0.001, "{whole} of {root_ms} ± {tolerance}: {}", plan["path"]);
    }
}

#[test]
fn the_same_plan_says_the_same_from_a_file_a_pipe_and_an_archive() {
    let name = path("sessions");
    let named = explained(&[&name]);
    let bytes = std::fs::read(root().join(&name)).unwrap();
    let from_pipe = piped(&bytes, &["--format", "json"]);
    let from_pipe = valid(std::str::from_utf8(&from_pipe.stdout).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("plan.txt.gz");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&bytes).unwrap();
    std::fs::write(&archive, packed.finish().unwrap()).unwrap();
    let from_archive = explained(&[&archive.display().to_string()]);
    for other in [&from_pipe, &from_archive] {
        assert_eq!(named["plans"][0]["nodes"], other["plans"][0]["nodes"]);
        assert_eq!(named["plans"][0]["query"], other["plans"][0]["query"]);
    }
}

/// Each plan of a log stands where its record stands, with the statement of the record.
#[test]
fn plans_of_a_log_are_read_where_they_stand() {
    let log = "fixtures/logs/formats/stderr-plans-only-pg15.log";
    let report = explained(&[log]);
    let text = std::fs::read_to_string(root().join(log)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(!list(&report, "/plans").is_empty());
    for plan in list(&report, "/plans") {
        assert!(plan["query"].as_str().is_some_and(|q| !q.is_empty()), "{plan}");
        let line = usize::try_from(plan["line"].as_u64().unwrap()).unwrap();
        let near = lines[line - 1..].iter().take(40).any(|l| l.contains(plan["nodes"][0]["title"].as_str().unwrap()));
        assert!(near, "{}: {}", line, lines[line - 1]);
    }
    let piped = piped(text.as_bytes(), &["--format", "json"]);
    let piped = valid(std::str::from_utf8(&piped.stdout).unwrap());
    assert_eq!(list(&piped, "/plans").len(), list(&report, "/plans").len());
}

#[test]
fn what_cannot_be_read_is_an_error_only_when_nothing_else_was() {
    let good = path("sessions");
    let both = sqlsift(&["explain", &good, "Cargo.toml", "no/such/plan.txt"]);
    assert_eq!(both.status.code(), Some(0));
    let said = String::from_utf8_lossy(&both.stderr);
    assert!(said.contains("Cargo.toml") && said.contains("no/such/plan.txt"), "{said}");
    assert!(sqlsift(&["--quiet", "explain", &good, "Cargo.toml"]).stderr.is_empty());
    assert_eq!(sqlsift(&["explain", "Cargo.toml"]).status.code(), Some(2));
    assert_eq!(sqlsift(&["explain", "no/such/plan.txt"]).status.code(), Some(2));
    assert_eq!(sqlsift(&["explain", &good, "--dsn", "postgres://localhost/shop"]).status.code(), Some(2));
    assert_eq!(piped(b"", &[]).status.code(), Some(2));
    let torn =
        piped(b"Sort  (cost=1.00..2.00 rows=1 width=4) (actual time=1.0..2.0 rows=1 loops=1)\n", &["-f", "json"]);
    assert_eq!(torn.status.code(), Some(0), "what is certain is shown");
    let torn = valid(std::str::from_utf8(&torn.stdout).unwrap());
    assert!(!list(&torn, "/plans/0/warnings").is_empty() && !list(&torn, "/problems").is_empty(), "{torn}");
}

/// `--schema` takes several files; what holds a plan is one.
#[test]
fn a_plan_behind_schema_is_a_plan() {
    let report = explained(&["--schema", "fixtures/schemas/shop.sql", &path("sessions")]);
    assert_eq!(list(&report, "/plans").len(), 1);
}

/// What auto_explain did not measure is said once for the whole log, with the setting that measures it.
#[test]
fn plans_of_a_log_without_analyze_are_noted_once() {
    let output = sqlsift(&["analyze", "fixtures/logs/not-analyzed-pg15.log", "--format", "json"]);
    let report = valid(std::str::from_utf8(&output.stdout).unwrap());
    assert_eq!(report["coverage"]["plans"], 9);
    let notes = list(&report, "/coverage/rules_not_run");
    let notes: Vec<&Value> = notes.iter().filter(|note| note["rule"] == "plan/missing_data").collect();
    let [note] = notes.as_slice() else { panic!("{notes:?}") };
    assert!(note["reason"].as_str().unwrap().contains("auto_explain.log_analyze = on"), "{note}");
    assert!(list(&report, "/findings").iter().all(|finding| finding["rule"] != "plan/missing_data"));
}
