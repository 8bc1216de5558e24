//! The JSON report and its schema, redaction and exit codes, on the real program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use sqlsift::report::schema;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn sqlsift(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(arguments)
        .current_dir(root())
        .env_remove("SQLSIFT_CONFIG")
        .output()
        .expect("the program starts")
}

const LOG: &str = "fixtures/logs/shop/postgresql.log";
const SCHEMA: &str = "fixtures/schemas/shop.sql";

/// `BLESS=1` rewrites the committed schema. Within version 1 a property may be added, never taken away.
#[test]
fn the_committed_schema_is_the_one_of_the_types() {
    let now = schema::generate();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(root().join("src/report/schema/v1.json"), &now).unwrap();
        return;
    }
    assert!(
        now == schema::COMMITTED,
        "src/report/schema/v1.json is not what the types say: BLESS=1 cargo test --test it"
    );
}

#[test]
fn the_schema_command_prints_the_committed_schema() {
    let output = sqlsift(&["schema"]);
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), schema::COMMITTED);
}

pub fn valid(text: &str) -> Value {
    let schema = serde_json::from_str(schema::COMMITTED).unwrap();
    let report: Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new());
    report
}

#[test]
fn a_produced_report_is_valid_ordered_and_the_same_twice() {
    let run = |threads: &str| {
        let output = sqlsift(&["analyze", LOG, "--schema", SCHEMA, "--format", "json", "--threads", threads]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let text = run("1");
    assert_eq!(text, run("2"), "the same input must give the same bytes");
    let report = valid(&text);
    let totals: Vec<f64> = list(&report, "/workload/queries").iter().map(|q| q["total_ms"].as_f64().unwrap()).collect();
    assert!(totals.is_sorted_by(|a, b| a >= b), "queries by total time: {totals:?}");
    let impacts: Vec<f64> =
        list(&report, "/findings").iter().map(|f| f["impact_ms_per_day"].as_f64().unwrap_or(-1.0)).collect();
    assert!(impacts.is_sorted_by(|a, b| a >= b), "findings by impact: {impacts:?}");
    let shares: f64 = list(&report, "/workload/queries").iter().map(|q| q["share"].as_f64().unwrap()).sum();
    assert!(shares <= 1.000_001, "{shares}");
}

pub fn list<'v>(report: &'v Value, pointer: &str) -> &'v [Value] {
    report.pointer(pointer).and_then(Value::as_array).expect("a list")
}

#[test]
fn every_id_that_is_named_is_there() {
    let output = sqlsift(&["analyze", LOG, "--schema", SCHEMA, "-f", "json"]);
    let report = valid(std::str::from_utf8(&output.stdout).unwrap());
    let ids = |pointer| list(&report, pointer).iter().map(|v| v["id"].clone()).collect::<Vec<_>>();
    let (findings, recommendations) = (ids("/findings"), ids("/recommendations"));
    assert!(!findings.is_empty());
    for finding in list(&report, "/findings") {
        assert!(!finding["locations"].as_array().unwrap().is_empty(), "{finding}");
        for id in finding["recommendations"].as_array().unwrap() {
            assert!(recommendations.contains(id), "{id} of {finding}");
        }
    }
    for query in list(&report, "/workload/queries") {
        for id in query["findings"].as_array().unwrap() {
            assert!(findings.contains(id), "{id}");
        }
    }
}

/// What must not be in any output, wherever it stood in the log.
const SECRETS: [&str; 14] = [
    "S3CRETliteral",
    "S3CRETparameter",
    "S3CRETerror",
    "S3CRETdetail",
    "S3CRETcontext",
    "S3CRETplan",
    "S3CRETtag",
    "S3CRETcomment",
    "S3CRETcopy",
    "S3CRETin",
    "S3CRETdollar",
    "S3CRETlock",
    "4111222233334444",
    "198.51.100.77",
];

/// A log with a secret in every place that a stranger can write to, repeated so that rules have something to say.
fn planted() -> String {
    let mut log = String::new();
    let mut second = 0;
    let mut record = |pid: u32, text: &str| {
        second += 1;
        let (minute, rest) = (second / 60, second % 60);
        log.push_str(&format!(
            "2026-11-20 10:{minute:02}:{rest:02}.125 UTC [{pid}] shop@shop web 198.51.100.77(5{pid}) {text}\n"
        ));
    };
    for round in 0..40 {
        record(11, "LOG:  duration: 0.055 ms  statement: BEGIN");
        record(
            11,
            "LOG:  duration: 812.125 ms  statement: SELECT * FROM orders WHERE note LIKE '%S3CRETliteral%' AND card = \
             4111222233334444 ORDER BY id LIMIT 20 OFFSET 100000 -- S3CRETcomment",
        );
        record(
            11,
            "LOG:  duration: 612.125 ms  statement: SELECT id FROM orders WHERE lower(email) = 'S3CRETin' /* \
             route='S3CRETtag' */",
        );
        record(
            11,
            "LOG:  duration: 512.125 ms  execute <unnamed>: SELECT id FROM orders WHERE status = $1 AND kind IN \
             ('S3CRETin', 'x')\n\tDETAIL:  parameters: $1 = 'S3CRETparameter'"
                .replace("\n\t", "\n")
                .replace("DETAIL", "2026-11-20 10:59:59.125 UTC [11] shop@shop web 198.51.100.77(511) DETAIL")
                .as_str(),
        );
        record(
            11,
            "LOG:  duration: 712.125 ms  plan:\n\tQuery Text: SELECT id FROM orders WHERE status = 'S3CRETplan'\n\tSeq Scan \
             on orders  (cost=0.00..99.00 rows=1 width=4) (actual time=0.1..700.0 rows=1 loops=1)\n\t  Filter: (status = \
             'S3CRETplan'::text)\n\t  Rows Removed by Filter: 100000",
        );
        record(
            12,
            "ERROR:  invalid input syntax for type integer: \"S3CRETerror\"\n2026-11-20 10:59:59.125 UTC [12] shop@shop web \
             198.51.100.77(512) DETAIL:  Key (email)=(S3CRETdetail) already exists.\n2026-11-20 10:59:59.125 UTC [12] \
             shop@shop web 198.51.100.77(512) CONTEXT:  COPY orders, line 3: \"S3CRETcontext\"\n2026-11-20 10:59:59.125 UTC \
             [12] shop@shop web 198.51.100.77(512) STATEMENT:  COPY orders FROM stdin; S3CRETcopy",
        );
        record(12, "LOG:  duration: 2.125 ms  statement: DO $$ BEGIN PERFORM 'S3CRETdollar'; END $$");
        record(
            12,
            &format!(
                "LOG:  process 12 still waiting for ShareLock on transaction {} after 1000.125 ms\n2026-11-20 10:59:59.125 UTC \
                 [12] shop@shop web 198.51.100.77(512) STATEMENT:  UPDATE orders SET note = 'S3CRETlock' WHERE id = 7",
                700 + round
            ),
        );
        record(11, "LOG:  duration: 0.050 ms  statement: COMMIT");
    }
    log
}

fn file(folder: &Path, name: &str) -> (PathBuf, String) {
    let path = folder.join(name);
    let text = path.display().to_string();
    (path, text)
}

#[test]
fn redaction_leaves_no_planted_secret_in_any_output() {
    let folder = tempfile::tempdir().unwrap();
    let (log, log_name) = file(folder.path(), "postgresql.log");
    std::fs::write(&log, planted()).unwrap();
    let (digest, digest_name) = file(folder.path(), "out.digest");
    let (json, json_name) = file(folder.path(), "out.json");
    let (all, all_name) = file(folder.path(), "all.json");
    let run = |more: &[&str]| {
        let mut arguments = vec!["analyze", log_name.as_str(), "--schema", SCHEMA, "--top", "100"];
        arguments.extend(more);
        let output = sqlsift(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    run(&["-f", "json", "-o", &all_name]);
    let plain = std::fs::read_to_string(all).unwrap();
    let known = SECRETS.iter().filter(|s| plain.contains(**s)).count();
    assert!(known >= 8, "the test is worth little: only {known} secrets reach the plain report");
    let report = valid(&plain);

    let table = run(&["--redact", "-o", &format!("json={json_name}"), "-o", &format!("digest={digest_name}")]);
    let mut outputs = vec![
        ("table".to_string(), table),
        ("json".to_string(), std::fs::read(&json).unwrap()),
        ("digest".to_string(), std::fs::read(&digest).unwrap()),
    ];
    for query in list(&report, "/workload/queries") {
        let fingerprint = query["fingerprint"].as_str().unwrap();
        outputs.push((format!("--query {fingerprint}"), run(&["--redact", "--query", fingerprint])));
    }
    for (name, bytes) in outputs {
        let text = String::from_utf8_lossy(&bytes);
        for secret in SECRETS {
            let at = text.find(secret);
            assert!(at.is_none(), "{secret} is in {name}: …{}…", &text[at.unwrap().saturating_sub(200)..]);
        }
    }
    let redacted = valid(&std::fs::read_to_string(json).unwrap());
    let rules = |report: &Value| list(report, "/findings").iter().map(|f| f["id"].clone()).collect::<Vec<_>>();
    assert_eq!(rules(&redacted), rules(&report), "redaction takes values away, not findings");
}

#[test]
fn exit_codes_follow_the_findings_and_the_input() {
    let code = |arguments: &[&str]| sqlsift(arguments).status.code();
    assert_eq!(code(&["analyze", LOG, "--schema", SCHEMA]), Some(0));
    assert_eq!(code(&["analyze", LOG, "--schema", SCHEMA, "--fail-on", "warning"]), Some(1));
    assert_eq!(code(&["analyze", "no/such/file.log"]), Some(2));
    assert_eq!(code(&["analyze", "Cargo.toml"]), Some(2), "not a log");
    assert_eq!(code(&["analyze", "--dsn", "postgres://localhost/shop"]), Some(2));
    assert_eq!(code(&["analyze", LOG, "--no-such-option"]), Some(2));
    assert_eq!(code(&["analyze", LOG, "--query", "ffffffffffffffff"]), Some(2));
}

/// `sqlsift … | head -1` ends without a word.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::Stdio;
    let mut child = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(["analyze", LOG, "--format", "json"])
        .current_dir(root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_log_reads_the_same_from_a_pipe() {
    use std::process::Stdio;
    let log = std::fs::File::open(root().join(LOG)).unwrap();
    let piped = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(["analyze", "--format", "json"])
        .stdin(Stdio::from(log))
        .output()
        .unwrap();
    assert!(piped.status.success(), "{}", String::from_utf8_lossy(&piped.stderr));
    let piped = valid(std::str::from_utf8(&piped.stdout).unwrap());
    let named = sqlsift(&["analyze", LOG, "--format", "json"]);
    let named = valid(std::str::from_utf8(&named.stdout).unwrap());
    assert_eq!(piped["workload"]["total_ms"], named["workload"]["total_ms"]);
    assert_eq!(piped["workload"]["calls"], named["workload"]["calls"]);
}

/// The README's configuration is read by the program without complaint.
#[test]
fn the_readme_shows_a_valid_configuration() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let example = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a toml block");
    if let Err(e) = sqlsift::config::Config::parse("README.md", example, Vec::new(), None) {
        panic!("{e}");
    }
}

/// A statement that only ever failed has no sample; its finding names the record of the failure, not the top of the file.
#[test]
fn a_statement_that_only_failed_is_found_where_it_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    let head = "2026-11-20 10:00:01.123 UTC [7] web@shop/app ";
    let log = format!(
        "{head}LOG:  duration: 1.000 ms  statement: SELECT 1\n{head}ERROR:  deadlock detected\n\
         {head}STATEMENT:  update carts set total = 5\n"
    );
    let path = folder.path().join("failed.log");
    std::fs::write(&path, log).expect("a log");
    let path = path.display().to_string();
    let out = sqlsift(&["analyze", &path, "no/such.log", "--format", "json"]);
    let report: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let found = list(&report, "/findings").iter().find(|f| f["rule"] == "query/missing_where").expect("a finding");
    assert_eq!(found["locations"][0]["line"], 2, "{found}");
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(said.starts_with("warning: cannot read no/such.log") && said.contains("other inputs were read"), "{said}");
    assert!(sqlsift(&["--quiet", "analyze", &path, "no/such.log"]).stderr.is_empty());
}
