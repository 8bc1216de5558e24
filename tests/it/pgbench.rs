//! Logs of pgbench, in each of its protocols: short transactions over few rows, in tight loops, and nothing is wrong with
//! them; and what a log of only a sample of them can still show.

use std::process::Command;

use sqlsift::report::model::Report;

use crate::server::Server;

fn server() -> Server {
    let server = Server::start(&[
        ("logging_collector", "on"),
        ("log_filename", "pgbench.log"),
        ("log_line_prefix", "%m [%p] %q%u@%d/%a "),
    ]);
    // Not logged, the loading: pgbench inserts its tellers one by one, and that is a write loop.
    pgbench(&server, &["-i", "-q", "-s", "1"]);
    server
}

fn pgbench(server: &Server, arguments: &[&str]) {
    let mut command = server.client("pgbench");
    command.args(["-U", "postgres"]).args(arguments).arg("postgres");
    let output = command.output().expect("pgbench runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn set(server: &Server, setting: &str) {
    let _ = server.psql("postgres", &format!("ALTER SYSTEM SET {setting}"));
    let _ = server.psql("postgres", "SELECT pg_reload_conf()");
}

fn analyze(server: Server) -> Report {
    server.stop().expect("stops");
    let output = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(["analyze", "--format", "json"])
        .arg(server.log_dir().join("pgbench.log"))
        .output()
        .expect("sqlsift runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a report")
}

#[test]
fn pgbench_gives_no_finding_about_sessions() {
    let server = server();
    set(&server, "log_min_duration_statement = 0");
    for protocol in ["simple", "extended", "prepared"] {
        pgbench(&server, &["-c", "2", "-t", "150", "-M", protocol]);
        pgbench(&server, &["-S", "-c", "2", "-t", "300", "-M", protocol]);
    }
    let report = analyze(server);
    assert!(report.workload.calls > 3_000, "{:?}", report.coverage);
    // The times of single calls are the machine's: an outlier may be one.
    let of_the_machine = ["workload/slow_outlier", "workload/lock_waits"];
    let found: Vec<_> = report.findings.iter().filter(|f| !of_the_machine.contains(&f.rule.as_str())).collect();
    assert!(found.is_empty(), "{found:#?}");
    let run = |rule: &str| report.coverage.rules_run.iter().any(|name| name == rule);
    assert!(run("workload/n_plus_one"), "{:?}", report.coverage.rules_not_run);
    let partly: Vec<_> = report.coverage.rules_not_run.iter().filter(|r| r.rule == "workload/n_plus_one").collect();
    assert!(partly.is_empty(), "{partly:?}");
}

#[test]
fn a_log_of_sampled_statements_says_that_repetition_does_not_show() {
    for protocol in ["simple", "prepared"] {
        let server = server();
        set(&server, "log_min_duration_sample = 0");
        set(&server, "log_statement_sample_rate = 0.3");
        pgbench(&server, &["-c", "2", "-t", "400", "-M", protocol]);
        let report = analyze(server);
        let not_run = &report.coverage.rules_not_run;
        let said = not_run.iter().any(|r| r.rule == "workload/n_plus_one" && r.reason.contains("sample"));
        assert!(said, "{protocol}: {:?}", report.coverage);
    }
}
