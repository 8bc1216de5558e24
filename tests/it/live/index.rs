//! Every index recommended on the fixture, all created together on the full-size shop, is used by the planner for the
//! queries it names.

use std::process::Command;

use sqlsift::report::model::{QueryEntry, Recommendation, RecommendationKind, Report};

use super::shop;
use crate::server::Server;

pub fn report() -> Report {
    analyze(["--schema", "schemas/shop.sql"])
}

fn analyze([option, file]: [&str; 2]) -> Report {
    let output = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(["analyze", "--format", "json"])
        .arg(shop::fixture("logs/shop/postgresql.log"))
        .arg(option)
        .arg(shop::fixture(file))
        .output()
        .expect("sqlsift");
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {errors}"))
}

#[test]
fn the_planner_uses_every_recommended_index() {
    let report = report();
    let new = |r: &&Recommendation| r.kind == RecommendationKind::CreateIndex;
    let indexes: Vec<&Recommendation> = report.recommendations.iter().map(|one| &**one).filter(new).collect();
    assert!(indexes.len() >= 4, "the fixture lacks four indexes: {}", indexes.len());
    let server = shop::server();
    for index in &indexes {
        for part in index.more_sql.iter().filter(|part| part.label == "before") {
            let _ = server.psql("shop", &part.sql);
        }
        let _ = server.psql("shop", &index.sql);
    }
    let _ = server.psql("shop", "ANALYZE");
    let mut unused = Vec::new();
    for index in &indexes {
        for fingerprint in &index.queries {
            let query = report.workload.queries.iter().find(|q| q.fingerprint == *fingerprint);
            let query = query.unwrap_or_else(|| panic!("{fingerprint} is not listed"));
            match uses(&server, query, name(&index.sql)) {
                Ok(()) => println!("{} serves {}", name(&index.sql), query.text),
                Err(plan) => unused.push(format!("{}\n{}\n{plan}", index.sql, query.text)),
            }
        }
    }
    assert!(unused.is_empty(), "{} of the indexes are not used:\n{}", unused.len(), unused.join("\n\n"));
}

#[test]
fn estimated_sizes_are_near_the_real_ones() {
    let report = analyze(["--snapshot", "snapshots/shop-15.json"]);
    let server = shop::server();
    let mut compared = 0;
    for index in report.recommendations.iter().filter(|r| r.kind == RecommendationKind::CreateIndex) {
        let Some(estimate) = index.size_bytes else { continue };
        let _ = server.psql("shop", &index.sql);
        let real = server.psql("shop", &format!("SELECT pg_relation_size('{}')", name(&index.sql)));
        let ratio = estimate as f64 / real.trim().parse::<f64>().expect("bytes");
        println!("{ratio:.2} of {} bytes: {}", real.trim(), index.sql);
        assert!((0.6..1.7).contains(&ratio), "{estimate} estimated, {real} real: {}", index.sql);
        compared += 1;
    }
    assert!(compared >= 4, "{compared} indexes have an estimated size");
}

/// CREATE INDEX [CONCURRENTLY] name ON …
pub fn name(sql: &str) -> &str {
    sql.split(" ON ").next().and_then(|head| head.rsplit(' ').next()).expect("a name")
}

/// The plan of the slowest sample that the log shows, if the index is not in it.
fn uses(server: &Server, query: &QueryEntry, index: &str) -> Result<(), String> {
    let sample = query.samples.first().unwrap_or_else(|| panic!("no sample of {}", query.text));
    let plan = explain(server, &sample.text, &sample.parameters);
    if plan.contains(index) { Ok(()) } else { Err(plan) }
}

pub fn explain(server: &Server, text: &str, parameters: &str) -> String {
    let text = text.trim().trim_end_matches(';');
    let values = values(parameters);
    let arguments = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    server.psql("shop", &format!("PREPARE sample AS {text};\nEXPLAIN EXECUTE sample{arguments};"))
}

/// `$1 = 'it''s', $2 = NULL` to its values as SQL.
fn values(parameters: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = parameters;
    while let Some(at) = rest.find(" = ") {
        let value = &rest[at + 3..];
        let end = match value.strip_prefix('\'') {
            None => value.find(',').unwrap_or(value.len()),
            Some(inside) => {
                let bytes = inside.as_bytes();
                let mut i = 0;
                while i < bytes.len() && !(bytes[i] == b'\'' && bytes.get(i + 1) != Some(&b'\'')) {
                    i += if bytes[i] == b'\'' { 2 } else { 1 };
                }
                i + 2
            }
        };
        found.push(value[..end].to_owned());
        rest = &value[end..];
    }
    found
}

#[test]
fn logged_parameters_become_sql_values() {
    assert_eq!(values("$1 = 'it''s, ok', $2 = NULL, $3 = '5'"), ["'it''s, ok'", "NULL", "'5'"]);
    assert_eq!(values(""), Vec::<String>::new());
}
