//! `sqlsift analyze --dsn --verify` puts what a copy measured in the place of estimates.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use sqlsift::report::model::{RecommendationKind, Report, VerifiedBy};

use super::plain;
use crate::server::Server;

fn analyze(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(["analyze", "--format", "json"])
        .args(arguments)
        .output()
        .expect("sqlsift")
}

/// A log of slow calls on `t`, by `c`.
fn slow_log(folder: &Path) -> String {
    let mut log = String::new();
    for i in 0..60 {
        let query = format!("SELECT * FROM t WHERE c = {}", 4000 + i);
        writeln!(log, "2026-11-20 10:00:{i:02}.000 UTC [123] LOG:  duration: 300.000 ms  statement: {query}")
            .expect("written");
    }
    let path = folder.join("postgresql.log");
    std::fs::write(&path, log).expect("written");
    path.display().to_string()
}

#[test]
fn advice_is_measured_on_a_copy() {
    let server = Server::shared();
    let table = "CREATE TABLE t (id int PRIMARY KEY, c int, pad text); \
        INSERT INTO t SELECT i, i % 50000, repeat('x', 100) FROM generate_series(1, 300000) i; ANALYZE t";
    let dsn = plain("whatif_cli", table);
    let _ = server.psql("postgres", "CREATE DATABASE whatif_cli_copy TEMPLATE whatif_cli");
    let folder = tempfile::tempdir().expect("a folder");
    let log = &slow_log(folder.path());

    let output = analyze(&[log, "--dsn", &dsn, "--verify", &server.dsn("whatif_cli_copy")]);
    let report: Report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let index =
        report.recommendations.iter().find(|r| r.kind == RecommendationKind::CreateIndex).expect("an index on c");
    assert_eq!(index.verified_by, VerifiedBy::ExplainAnalyze, "{index:#?}");
    assert!(index.before > index.after, "{index:#?}");
    // 300,000 entries of 50,000 values, which btree stores once each: between 6 and 16 bytes an entry.
    assert!((1_800_000..4_800_000).contains(&index.size_bytes.expect("measured")), "{index:#?}");
    assert!(index.detail.contains("Built on the clone"), "{}", index.detail);
    assert!(report.coverage.notes.iter().any(|note| note.contains("ran on the clone")), "{:?}", report.coverage.notes);
    assert_eq!(
        server.psql("whatif_cli_copy", "SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass").trim(),
        "1"
    );

    let same = analyze(&[log, "--dsn", &dsn, "--verify", &dsn]);
    assert_eq!(same.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&same.stderr).contains("it has to be a copy"), "{same:?}");
    let alone = analyze(&[log, "--verify", &dsn]);
    assert!(String::from_utf8_lossy(&alone.stderr).contains("--verify needs --dsn"), "{alone:?}");
}

/// The copy goes away while it is worked on: what was learnt before is reported.
#[test]
fn a_copy_that_is_lost_in_the_middle_costs_only_what_it_had_not_said() {
    let copy = Server::start(&[]);
    let table = "CREATE TABLE t (id int PRIMARY KEY, c int, pad text); \
        INSERT INTO t SELECT i, i % 50000, repeat('x', 100) FROM generate_series(1, 300000) i; ANALYZE t";
    let dsn = plain("whatif_lost", table);
    let _ = copy.psql("postgres", table);
    let _ = copy.psql("postgres", "VACUUM t");
    // The server shuts down as soon as the index is there.
    let _ = copy.psql(
        "postgres",
        "CREATE FUNCTION stop() RETURNS event_trigger LANGUAGE plpgsql AS
             $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END $$;
         CREATE EVENT TRIGGER stop ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION stop();",
    );
    let folder = tempfile::tempdir().expect("a folder");
    let log = slow_log(folder.path());
    let output = analyze(&[&log, "--dsn", &dsn, "--verify", &copy.dsn("postgres")]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Report = serde_json::from_slice(&output.stdout).expect("a report");
    let index =
        report.recommendations.iter().find(|r| r.kind == RecommendationKind::CreateIndex).expect("an index on c");
    assert_ne!(index.verified_by, VerifiedBy::ExplainAnalyze, "{index:#?}");
    let notes = report.coverage.notes.join("\n");
    assert!(notes.contains("the trial on the clone ended early") && notes.contains("administrator command"), "{notes}");
    // Not reachable from the start: told before any work.
    copy.stop().expect("stopped");
    let gone = analyze(&[&log, "--dsn", &dsn, "--verify", &copy.dsn("postgres")]);
    assert_eq!(gone.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&gone.stderr).contains("the copy that --verify names"), "{gone:?}");
}

/// The planner takes an index on `b` to give the first row at once; it stands at the end. With room for one index, the other query gets it
/// once the copy has refuted that one.
#[test]
fn what_the_copy_refutes_leaves_room_for_another_index() {
    let server = Server::shared();
    let table = "CREATE SCHEMA ext; CREATE EXTENSION hypopg SCHEMA ext; CREATE TABLE t (a int, b int, c int, pad text); \
        INSERT INTO t SELECT CASE WHEN b > 297000 THEN 5 ELSE 10 + b % 100 END, b, i, repeat('x', 100) \
            FROM (SELECT i, (i::bigint * 7919 % 300007)::int AS b FROM generate_series(1, 300000) i) s; VACUUM ANALYZE t";
    let dsn = plain("whatif_again", "SELECT 1");
    for statement in table.split("; ") {
        let _ = server.psql("whatif_again", statement);
    }
    let _ = server.psql("postgres", "CREATE DATABASE whatif_again_copy TEMPLATE whatif_again");
    let folder = tempfile::tempdir().expect("a folder");
    let mut log = String::new();
    for i in 0..60 {
        for (ms, query) in [
            (900, "SELECT * FROM t WHERE to_char(a, 'FM999') = '5' ORDER BY b LIMIT 1".to_owned()),
            (100, format!("SELECT * FROM t WHERE c = {}", 4000 + i)),
        ] {
            writeln!(log, "2026-11-20 10:00:{i:02}.000 UTC [123] LOG:  duration: {ms}.000 ms  statement: {query}")
                .expect("written");
        }
    }
    let path = folder.path().join("postgresql.log");
    std::fs::write(&path, log).expect("written");
    let log = path.display().to_string();
    let found = |arguments: &[&str]| -> Report {
        let output = analyze(&[&[log.as_str(), "--dsn", &dsn, "--max-indexes", "1"], arguments].concat());
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
    };
    let definitions = |report: &Report| -> Vec<String> {
        let set = report.index_set.as_ref().expect("the planner was asked");
        set.indexes.iter().map(|index| index.definition.clone()).collect()
    };
    assert_eq!(definitions(&found(&[])), ["CREATE INDEX ON t (b)"]);
    let copy = server.dsn("whatif_again_copy");
    let report = found(&["--verify", &copy]);
    assert_eq!(definitions(&report), ["CREATE INDEX ON t (c)"], "{:?}", report.coverage.notes);
    let index =
        report.recommendations.iter().find(|r| r.kind == RecommendationKind::CreateIndex).expect("an index on c");
    assert_eq!(index.verified_by, VerifiedBy::ExplainAnalyze, "{index:#?}");
    let notes = report.coverage.notes.join("\n");
    assert!(notes.contains("slower on the clone") && notes.contains("the search went on without it"), "{notes}");
}
