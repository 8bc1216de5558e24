//! The set of indexes that the planner chose: each is made as recommended and is used by the queries that it names, is as large as was said,
//! and what it makes needless can go.

use std::collections::BTreeMap;
use std::process::Command;

use sqlsift::report::model::{Recommendation, Report, SetIndex};

use super::index::name;
use crate::server::Server;

const SCHEMA: &str = "CREATE EXTENSION hypopg; SELECT setseed(0.5);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, tenant_id int NOT NULL, country text NOT NULL, status text NOT NULL,
    total numeric(10,2) NOT NULL, created_at timestamptz NOT NULL, tags text[] NOT NULL, pad text NOT NULL);
INSERT INTO orders SELECT i, (random() * 4000)::int, (random() * 90)::int, (ARRAY['DE','FR','US','PL'])[1 + i % 4],
    CASE WHEN i % 300 = 0 THEN 'pending' ELSE 'shipped' END, i % 900, timestamptz '2025-01-01 00:00+00' + (i * 7919 % 60013) * interval '9 minutes',
    ARRAY['t' || i % 500, 'u' || i % 7], repeat('p', 60) FROM generate_series(1::bigint, 60000) i;
CREATE INDEX orders_user_id_idx ON orders (user_id);
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, pad text NOT NULL);
INSERT INTO users SELECT i, 'User' || i || '@Example.com', repeat('p', 80) FROM generate_series(1, 30000) i;
CREATE TABLE transfers (id bigint PRIMARY KEY, source bigint NOT NULL, target bigint NOT NULL, pad text NOT NULL);
INSERT INTO transfers SELECT i, (random() * 9000)::int, (random() * 9000)::int, repeat('p', 60) FROM generate_series(1, 50000) i;
CREATE TABLE measured (device int NOT NULL, at timestamptz NOT NULL, value float8 NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE measured_1 PARTITION OF measured FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2025-02-01 00:00+00');
CREATE TABLE measured_2 PARTITION OF measured FOR VALUES FROM ('2025-02-01 00:00+00') TO ('2025-05-01 00:00+00');
INSERT INTO measured SELECT i * 31 % 997, timestamptz '2025-01-01 00:00+00' + (i * 7919 % 60013) * interval '2 minutes', random()
FROM generate_series(1::bigint, 60000) i; VACUUM ANALYZE;";

const QUERIES: [&str; 8] = [
    "SELECT id, pad FROM orders WHERE user_id = 77 AND created_at >= '2025-09-01 00:00+00' ORDER BY created_at DESC LIMIT 5",
    "SELECT id, pad FROM orders WHERE tenant_id = 7 AND country = 'PL' ORDER BY created_at LIMIT 10",
    "SELECT id, created_at FROM orders WHERE status = 'pending' ORDER BY created_at LIMIT 50",
    "SELECT id, pad FROM orders WHERE tags @> ARRAY['t17']",
    "SELECT id, pad FROM users WHERE lower(email) = 'user77@example.com'",
    "SELECT id, pad FROM transfers WHERE source = 77 OR target = 77",
    "SELECT at, value FROM measured WHERE device = 77 ORDER BY at DESC LIMIT 10",
    "SELECT u.id, o.total FROM users u JOIN orders o ON o.user_id = u.id WHERE u.id = 5",
];

fn advised(server: &Server, database: &str) -> Report {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{database}.sql"));
    std::fs::write(&file, QUERIES.join(";\n") + ";\n").expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(["analyze", "--quiet", "--format", "json", "--dsn", &server.dsn(database)])
        .arg(&file)
        .output()
        .expect("sqlsift");
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {errors}"))
}

fn explain(server: &Server, database: &str, sql: &str) -> String {
    server.psql(database, &format!("EXPLAIN {sql}"))
}

fn cost(plan: &str) -> f64 {
    let after = plan.split("..").nth(1).unwrap_or_else(|| panic!("no cost: {plan}"));
    after.split(' ').next().and_then(|cost| cost.parse().ok()).expect("a number")
}

/// The statement by its fingerprint.
fn statements(report: &Report) -> BTreeMap<&str, &str> {
    let text = |q: &sqlsift::report::model::QueryEntry| q.samples.first().map(|sample| sample.text.clone());
    let known = report.workload.queries.iter().filter_map(|q| Some((q.fingerprint.as_str(), text(q)?)));
    let plain = |sql: &str| sql.split_whitespace().collect::<String>().trim_end_matches(';').to_owned();
    known
        .filter_map(|(fingerprint, text)| Some((fingerprint, *QUERIES.iter().find(|q| plain(q) == plain(&text))?)))
        .collect()
}

#[test]
fn every_index_of_the_set_is_used_as_large_as_said_and_replaces_what_it_says() {
    let server = Server::shared();
    let _ = server.psql("postgres", "CREATE DATABASE advised");
    let _ = server.psql("advised", SCHEMA);
    let report = advised(server, "advised");
    let set = report.index_set.as_ref().expect("the planner was asked");
    let of = |index: &SetIndex| -> &Recommendation {
        report.recommendations.iter().find(|r| r.id == index.recommendation).expect("recommended")
    };
    let statements = statements(&report);
    assert_eq!(statements.len(), QUERIES.len());
    let bare: Vec<f64> = QUERIES.iter().map(|sql| cost(&explain(server, "advised", sql))).collect();

    for index in &set.indexes {
        let recommended = of(index);
        let _ = server.psql("advised", &recommended.sql);
        for part in recommended.more_sql.iter().filter(|part| !part.sql.starts_with("DROP")) {
            let _ = server.psql("advised", &part.sql);
        }
    }
    let _ = server.psql("advised", "ANALYZE");
    let with: Vec<f64> = QUERIES.iter().map(|sql| cost(&explain(server, "advised", sql))).collect();
    for ((sql, bare), with) in QUERIES.iter().zip(&bare).zip(&with) {
        assert!(with * 2.0 < *bare || *bare < 100.0, "{bare} -> {with}: {sql}\n{:#?}", set.indexes);
    }
    for index in &set.indexes {
        let made = name(&of(index).sql);
        assert!(!index.queries.is_empty(), "{index:#?}");
        for query in &index.queries {
            let plan = explain(server, "advised", statements[query.fingerprint.as_str()]);
            // A partition's index has a name of its own.
            let own = plan.contains(made) || (made.starts_with("measured") && plan.contains(" using measured_"));
            assert!(own, "{made} does not serve {}\n{plan}", statements[query.fingerprint.as_str()]);
        }
        let real = "SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree";
        let real = if made.starts_with("measured") { real } else { "SELECT pg_relation_size" };
        let real: f64 = server.psql("advised", &format!("{real}('{made}')")).trim().parse().expect("bytes");
        let ratio = index.bytes as f64 / real;
        let plain = ![" USING ", "lower(", " WHERE "].iter().any(|special| index.definition.contains(special));
        let within = if plain { 0.8..1.25 } else { 0.5..2.0 };
        println!("{ratio:.2} of {real}: {}", index.definition);
        // Of a few pages the first one alone is half.
        let tiny = (index.bytes as f64 - real).abs() <= 3.0 * 8192.0;
        assert!(tiny || within.contains(&ratio), "{} said, {real} real: {}", index.bytes, index.definition);
        if !plain {
            let (least, most) = (index.bytes_least.expect("a range"), index.bytes_most.expect("a range"));
            assert!(least < most && (least..=most).contains(&index.bytes), "{index:#?}");
        }
    }

    // What the wider one makes needless: no plan becomes dearer without it, and the difference in size is said.
    let mut dropped = 0;
    for index in &set.indexes {
        let recommended = of(index);
        for part in recommended.more_sql.iter().filter(|part| part.sql.starts_with("DROP")) {
            let _ = server.psql("advised", &part.sql);
            dropped += 1;
            assert!(recommended.detail.contains("orders_user_id_idx"), "{}", recommended.detail);
            assert!(recommended.detail.contains("larger"), "{}", recommended.detail);
        }
    }
    assert_eq!(dropped, 1, "the index on orders (user_id): {:#?}", report.recommendations);
    for (sql, with) in QUERIES.iter().zip(&with) {
        let after = cost(&explain(server, "advised", sql));
        assert!(after <= with * 1.05, "{with} -> {after}: {sql}");
    }
}
