//! Acceptance on the captured shop: what `analyze` reports, judged by the labels that were written before any rule.
//!
//! `tests/it/labels/shop.toml` says of every statement of the workload whether something is wrong with it. Found,
//! missed and false findings are counted by that file alone; the counts are printed, and none may be missed or false.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use sqlsift::report::model::{Report, Subject};
use sqlsift::sql::{Scratch, scan};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    statement: Vec<Statement>,
    #[allow(dead_code)]
    nested: Vec<toml::Table>,
    schema: Vec<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    name: String,
    sql: String,
    #[serde(default)]
    planted: Vec<String>,
    #[serde(default)]
    #[allow(dead_code)]
    healthy: bool,
    #[serde(default)]
    may: Vec<String>,
    parent: Option<String>,
    #[allow(dead_code)]
    fails: Option<String>,
}

fn report() -> Report {
    let output = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "analyze",
            "fixtures/logs/shop/postgresql.log",
            "--schema",
            "fixtures/schemas/shop.sql",
            "--format",
            "json",
        ])
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a report")
}

fn labels() -> Labels {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/labels/shop.toml");
    toml::from_str(&std::fs::read_to_string(path).expect("the labels")).expect("valid labels")
}

fn fingerprint(sql: &str) -> String {
    scan(sql.as_bytes(), &mut Scratch::default()).fingerprint.to_string()
}

/// Rules by the fingerprint that they were reported for.
type ByQuery = BTreeMap<String, BTreeSet<String>>;

/// The findings about queries, and the others as (rule, table or index).
fn reported(report: &Report) -> (ByQuery, BTreeSet<(String, String)>) {
    let mut queries = ByQuery::new();
    let mut objects = BTreeSet::new();
    for finding in &report.findings {
        match &finding.subject {
            Subject::Query(fingerprint) => {
                queries.entry(fingerprint.clone()).or_default().insert(finding.rule.clone());
            }
            Subject::Table(name) | Subject::Index(name) => {
                objects.insert((finding.rule.clone(), name.clone()));
            }
            _ => {}
        }
    }
    (queries, objects)
}

#[test]
fn every_planted_problem_is_found_and_no_healthy_statement_is_blamed() {
    let (labels, report) = (labels(), report());
    let (mut queries, objects) = reported(&report);
    let (mut found, mut missed, mut wrong) = (0, Vec::new(), Vec::new());
    for statement in &labels.statement {
        let rules = queries.remove(&fingerprint(&statement.sql)).unwrap_or_default();
        for rule in &statement.planted {
            match rules.contains(rule) {
                true => found += 1,
                false => missed.push(format!("{}: {rule}", statement.name)),
            }
        }
        let surplus = rules.iter().filter(|r| !statement.planted.contains(r) && !statement.may.contains(r));
        wrong.extend(surplus.map(|rule| format!("{}: {rule}", statement.name)));
    }
    for (fingerprint, rules) in queries {
        wrong.push(format!("{fingerprint}, which no label names: {rules:?}"));
    }
    let schema = schema_labels(&labels);
    for (rule, name) in &schema {
        match objects.iter().any(|(r, n)| r == rule && names(n, name)) {
            true => found += 1,
            false => missed.push(format!("{name}: {rule}")),
        }
    }
    for (rule, name) in &objects {
        if !schema.iter().any(|(r, n)| r == rule && names(name, n)) {
            wrong.push(format!("{name}: {rule}"));
        }
    }
    println!("{found} found, {} missed, {} false", missed.len(), wrong.len());
    assert!(missed.is_empty() && wrong.is_empty(), "missed: {missed:#?}\nfalse: {wrong:#?}");
}

/// `public.orders` and `orders` are one table to a label.
fn names(reported: &str, label: &str) -> bool {
    reported == label || reported.strip_prefix("public.") == Some(label)
}

fn schema_labels(labels: &Labels) -> Vec<(String, String)> {
    labels
        .schema
        .iter()
        .map(|entry| {
            let text = |key: &str| entry.get(key).and_then(|v| v.as_str()).map(str::to_owned);
            let rule = text("rule").expect("a schema label names its rule");
            let name = text("index").or_else(|| text("table")).expect("a schema label names an index or a table");
            (rule, name)
        })
        .collect()
}

#[test]
fn every_n_plus_one_names_the_query_that_made_the_list() {
    let (labels, report) = (labels(), report());
    for child in labels.statement.iter().filter(|s| s.parent.is_some()) {
        let parent = child.parent.as_deref().expect("filtered");
        let parent = labels.statement.iter().find(|s| s.name == parent).expect("the parent is labelled");
        let subject = Subject::Query(fingerprint(&child.sql));
        let finding = report.findings.iter().find(|f| f.rule == "workload/n_plus_one" && f.subject == subject);
        let finding = finding.unwrap_or_else(|| panic!("{} is not reported", child.name));
        let text = serde_json::to_string(finding).expect("serialises");
        assert!(text.contains(&fingerprint(&parent.sql)), "{}: parent not named: {text}", child.name);
    }
}

#[test]
fn planted_problems_stand_at_the_top_each_with_a_fix() {
    let report = report();
    let fixes: BTreeSet<&str> = report.recommendations.iter().map(|r| r.id.as_str()).collect();
    for finding in report.findings.iter().take(10) {
        assert!(!finding.locations.is_empty(), "{}: no location", finding.title);
        assert!(!finding.recommendations.is_empty(), "{}: no fix", finding.title);
        assert!(finding.recommendations.iter().all(|id| fixes.contains(id.as_str())), "{}: dangling id", finding.title);
    }
}
