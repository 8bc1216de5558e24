//! Shapes whose constants pg_stat_statements does not keep: each has its index, marked as assumed, or a reason.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use sqlsift::report::model::{Applicability, Report, VerifiedBy};

use crate::server::Server;

const SCHEMA: &str = "CREATE EXTENSION pg_stat_statements; CREATE EXTENSION hypopg; CREATE EXTENSION pg_trgm; \
    CREATE TABLE t (id int PRIMARY KEY, meta jsonb, issued timestamp, created timestamptz, body text, parent int, place point, tags text[], \
        name text COLLATE \"en-x-icu\"); \
    INSERT INTO t SELECT i, jsonb_build_object('coupon', 'C' || i % 20000, 'source', 'web', 'inner', jsonb_build_object('k', 'v' || i)), \
        timestamp '2024-01-01' + i * 7919 % 100003 * interval '8 minutes', timestamptz '2024-01-01 00:00+00' + i * interval '8 minutes', \
        'word' || i % 2000 || ' hello world', CASE WHEN i % 5 = 0 THEN i % 9000 END, point(i % 317, i % 311), ARRAY['tag' || i % 900], \
        'Name ' || md5(i::text) \
        FROM generate_series(1, 100000) i; \
    ANALYZE t";

/// The statement, and the index that it gets with an assumed constant in it.
const ASSUMED: [(&str, &str); 7] = [
    ("SELECT id FROM t WHERE meta ->> 'coupon' = 'C4711'", "((meta ->> 'coupon'))"),
    ("SELECT id, body FROM t WHERE meta -> 'inner' ->> 'k' = 'v17'", "((meta -> 'inner' ->> 'k'))"),
    ("SELECT id FROM t WHERE date_trunc('hour', issued) = '2024-05-05 07:00'", "(date_trunc('hour', issued))"),
    (
        "SELECT count(*) FROM t WHERE (created AT TIME ZONE 'UTC')::date = '2024-05-05'",
        "(((created AT TIME ZONE 'UTC')::date))",
    ),
    (
        "SELECT id FROM t WHERE to_tsvector('english', body) @@ plainto_tsquery('english', 'word17')",
        "USING gin (to_tsvector('english', body))",
    ),
    ("SELECT id FROM t WHERE coalesce(parent, 0) = 4710", "(coalesce(parent, 0))"),
    // A session that is still there sent it last.
    ("SELECT id, parent FROM t WHERE name LIKE 'Name 1679%'", "(name text_pattern_ops)"),
];

/// The statement, and a word of the reason.
const REASONS: [(&str, &str); 5] = [
    ("SELECT id FROM t WHERE date_trunc('day', created) = '2024-05-05'", "time zone of the session"),
    ("SELECT id FROM t WHERE extract(year FROM issued) = 2023", "which field"),
    ("SELECT id FROM t WHERE similarity(name, 'Name 1679091c5a880faf') > 0.9", "similarity_threshold"),
    ("SELECT id FROM t WHERE 'tag17' = ANY (tags)", "tags @> ARRAY"),
    ("SELECT id FROM t WHERE split_part(name, ' ', 2) = 'x'", "split_part(name, '…', '…')"),
];

#[test]
fn every_shape_has_its_index_or_a_reason() {
    let server = Server::start(&[("shared_preload_libraries", "pg_stat_statements")]);
    for statement in SCHEMA.split("; ") {
        let _ = server.psql("postgres", statement);
    }
    let _ = server.psql("postgres", "SELECT pg_stat_statements_reset()");
    for (statement, _) in ASSUMED.iter().chain(&REASONS) {
        let _ = server.psql("postgres", statement);
    }
    let _ = server.psql("postgres", "SELECT id FROM t ORDER BY place <-> point(5, 5) LIMIT 3");
    let _ =
        server.psql("postgres", "SELECT g, (SELECT count(*) FROM t WHERE t.parent = g) FROM generate_series(1, 3) g");
    let mut session = server
        .client("psql")
        .args(["-XqU", "postgres", "postgres"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("psql");
    let mut typed = session.stdin.take().expect("piped");
    writeln!(typed, "{};", ASSUMED[6].0).expect("written");
    let sent = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle' AND query LIKE '%Name 1679\\%%'";
    for _ in 0..400 {
        if server.psql("postgres", sent).trim() != "0" {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let output = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(["analyze", "--format", "json", "--dsn", &server.dsn("postgres")])
        .output()
        .expect("sqlsift");
    drop(typed);
    let _ = session.wait();
    let report: Report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let set = report.index_set.as_ref().expect("the planner was asked");
    let definitions: Vec<&str> = set.indexes.iter().map(|index| index.definition.as_str()).collect();
    for (statement, wanted) in &ASSUMED {
        let Some(index) = set.indexes.iter().find(|index| index.definition.ends_with(wanted)) else {
            panic!("no {wanted} for {statement}: {definitions:#?} {:#?}", set.unserved)
        };
        let advice = report.recommendations.iter().find(|r| r.id == index.recommendation).expect("recommended");
        if wanted.contains('\'') || wanted.contains(", 0)") {
            assert_eq!(
                (advice.verified_by, advice.applicability),
                (VerifiedBy::Estimate, Applicability::Review),
                "{advice:#?}"
            );
            assert!(advice.detail.contains("Assumed: "), "{}", advice.detail);
        }
    }
    assert!(definitions.iter().any(|one| one.ends_with("USING gist (place)")), "{definitions:#?}");
    assert!(definitions.iter().any(|one| one.contains("(parent)")), "{definitions:#?}");
    for (statement, wanted) in &REASONS {
        assert!(set.unserved.iter().any(|one| one.reason.contains(wanted)), "{statement}: {:#?}", set.unserved);
    }
    // What is recommended can be run.
    for index in &set.indexes {
        let advice = report.recommendations.iter().find(|r| r.id == index.recommendation).expect("recommended");
        let _ = server.psql("postgres", &advice.sql);
    }
}

/// Keys that are compared for equality stand in the order in which one index does the work of two.
#[test]
fn one_index_does_the_work_of_two() {
    let server = Server::shared();
    let _ = server.psql("postgres", "CREATE DATABASE one_of_two");
    for statement in [
        "CREATE EXTENSION hypopg",
        "CREATE TABLE tenant (id int PRIMARY KEY)",
        "INSERT INTO tenant SELECT i FROM generate_series(1, 500) i",
        "CREATE TABLE bill (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenant, code int NOT NULL, pad text NOT NULL)",
        "INSERT INTO bill SELECT i, 1 + i % 500, i * 31 % 2003, repeat('x', 200) FROM generate_series(1, 200000) i",
        "VACUUM ANALYZE bill",
    ] {
        let _ = server.psql("one_of_two", statement);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, sql: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, sql).expect("written");
        path.display().to_string()
    };
    let call = |i| format!("SELECT pad FROM bill WHERE code = {} AND tenant_id = {};\n", 17 * i, 5 + i);
    let both = write("both.sql", &(0..10).map(call).collect::<String>());
    let one = write("one.sql", "SELECT pad FROM bill WHERE tenant_id = 7;");
    for queries in [vec![&both, &one], vec![&both]] {
        let output = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
            .args(["analyze", "--format", "json", "--dsn", &server.dsn("one_of_two")])
            .args(&queries)
            .output()
            .expect("sqlsift");
        let report: Report = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        let set = report.index_set.as_ref().expect("the planner was asked");
        let definitions: Vec<&str> = set.indexes.iter().map(|index| index.definition.as_str()).collect();
        assert_eq!(definitions, ["CREATE INDEX ON bill (tenant_id, code)"], "{queries:?}");
    }
}
