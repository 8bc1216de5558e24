//! `sqlsift lint` against the migrations that people labelled before its rules existed (`fixtures/migrations`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use sqlsift::report::model::{Report, Severity};

#[derive(Deserialize)]
struct Labels {
    set: Vec<Set>,
    file: Vec<File>,
}

#[derive(Deserialize)]
struct Set {
    name: String,
}

#[derive(Deserialize)]
struct File {
    file: String,
    verdict: String,
    #[serde(default)]
    hazards: Vec<Hazard>,
}

#[derive(Deserialize)]
struct Hazard {
    line: u64,
    kind: String,
}

/// The rules that mean a kind of hazard. Two names can fit one statement: a reviewer would say either.
const KINDS: &[(&str, &[&str])] = &[
    ("add-column-identity", &["add_column_rewrite"]),
    ("add-column-not-null-no-default", &["required_column_without_default"]),
    ("add-column-serial", &["add_column_rewrite"]),
    ("add-column-stored-generated", &["add_column_rewrite"]),
    ("add-column-volatile-default", &["add_column_rewrite"]),
    ("alter-type-narrowing", &["narrowing_type", "type_change_rewrite"]),
    ("alter-type-rewrite", &["type_change_rewrite"]),
    ("attach-partition-scan", &["attach_partition_scan"]),
    ("check-validating", &["check_validated"]),
    ("cluster", &["vacuum_full_or_cluster"]),
    ("collation-change", &["collation_change"]),
    ("concurrent-index-on-partitioned-parent", &["concurrently_on_partitioned"]),
    ("concurrently-in-transaction", &["concurrently_in_transaction"]),
    ("ddl-and-backfill-in-one-transaction", &["ddl_with_backfill"]),
    ("default-partition-scan", &["default_partition_scan"]),
    ("detach-partition-not-concurrent", &["detach_partition_not_concurrent"]),
    ("disable-trigger", &["trigger_disabled"]),
    ("domain-constraint", &["domain_constraint_scan"]),
    ("drop-cascade", &["drop_cascade"]),
    ("drop-column", &["drop_column"]),
    ("drop-constraint", &["drop_constraint"]),
    ("drop-default-of-required-column", &["default_dropped"]),
    ("drop-index-backing-constraint", &["drop_index_of_constraint"]),
    ("drop-index-not-concurrent", &["drop_index_not_concurrent"]),
    ("drop-table", &["drop_table"]),
    ("drop-view", &["drop_view"]),
    ("enum-value-used-in-same-transaction", &["enum_value_used_at_once"]),
    ("exclusion-constraint", &["exclusion_constraint"]),
    ("fk-validating", &["foreign_key_validated"]),
    ("index-not-concurrent", &["index_not_concurrent", "index_on_partitioned"]),
    ("invalid-index-left-by-retry", &["invalid_index_left"]),
    ("lock-table", &["lock_table"]),
    ("more-work-while-holding-access-exclusive", &["work_under_exclusive_lock", "ddl_with_backfill"]),
    ("primary-key-using-index-on-nullable", &["primary_key_on_nullable_index"]),
    ("primary-key-without-index", &["primary_key_without_index"]),
    ("refresh-matview-blocking", &["blocking_refresh"]),
    ("reindex-not-concurrent", &["reindex_not_concurrent"]),
    ("rename-column", &["rename_column"]),
    ("rename-enum-value", &["rename_enum_value"]),
    ("rename-table", &["rename_table"]),
    ("set-logged-rewrite", &["storage_rewrite"]),
    ("set-not-null-scan", &["not_null_scan"]),
    ("set-schema", &["set_schema"]),
    ("transaction-nesting", &["nested_transaction"]),
    ("truncate", &["truncate"]),
    ("truncate-cascade", &["truncate"]),
    ("unbatched-backfill", &["unbatched_backfill", "ddl_with_backfill"]),
    ("uncommitted-transaction", &["uncommitted_transaction"]),
    ("unique-constraint-without-index", &["unique_without_index"]),
    ("vacuum-full", &["vacuum_full_or_cluster"]),
    ("validate-in-same-transaction", &["validate_in_same_transaction"]),
];

/// Speaks of how a script is run, not of what it does; the labels judge it apart.
const HYGIENE: &[&str] = &["migration/missing_lock_timeout"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/migrations")
}

fn lint(path: &Path) -> Report {
    let output = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(["lint", "--no-progress", "--format", "json"])
        .arg(path)
        .current_dir(folder())
        .env_remove("GITHUB_ACTIONS")
        .output()
        .expect("sqlsift runs");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

struct Found {
    rule: String,
    severity: Severity,
    first: u64,
    last: u64,
    title: String,
}

#[test]
fn every_labelled_hazard_is_found_and_nothing_safe_is_flagged() {
    let text = std::fs::read_to_string(folder().join("labels.toml")).unwrap();
    let labels: Labels = toml::from_str(&text).unwrap();
    let mut found: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for set in &labels.set {
        let report = lint(Path::new(&set.name));
        assert!(report.problems.is_empty(), "{}: {:#?}", set.name, report.problems);
        for finding in report.findings.into_iter().filter(|one| !HYGIENE.contains(&one.rule.as_str())) {
            let place = &finding.locations[0];
            found.entry(place.path.to_string()).or_default().push(Found {
                rule: finding.rule,
                severity: finding.severity,
                first: place.line,
                last: place.end_line.unwrap_or(place.line),
                title: finding.title,
            });
        }
    }
    let kinds: BTreeMap<&str, &[&str]> = KINDS.iter().copied().collect();
    let (mut wrong, mut hazards, mut dangerous, mut safe) = (Vec::new(), 0, 0, 0);
    for label in &labels.file {
        let of_file = found.get(&label.file).map(Vec::as_slice).unwrap_or_default();
        let text = std::fs::read_to_string(folder().join(&label.file)).unwrap();
        if label.verdict == "safe" {
            safe += 1;
            for one in of_file.iter().filter(|one| one.rule.starts_with("migration/") || one.severity > Severity::Info)
            {
                wrong.push(format!("flagged although safe: {}:{} {} {}", label.file, one.first, one.rule, one.title));
            }
            continue;
        }
        dangerous += 1;
        for hazard in &label.hazards {
            hazards += 1;
            let end = statement_end(&text, hazard.line);
            let meant: BTreeSet<String> = match kinds.get(hazard.kind.as_str()) {
                Some(rules) => rules.iter().map(|rule| format!("migration/{rule}")).collect(),
                None if hazard.kind == "disable-autovacuum" => ["schema/autovacuum_disabled".to_owned()].into(),
                None => panic!("no rule is named for the kind {}", hazard.kind),
            };
            let hit = |one: &&Found| one.first <= end && one.last >= hazard.line && meant.contains(&one.rule);
            if !of_file.iter().any(|one| hit(&one)) {
                let spoke: Vec<String> = of_file.iter().map(|one| format!("{}:{}", one.first, one.rule)).collect();
                wrong.push(format!("missed: {}:{} {} {spoke:?}", label.file, hazard.line, hazard.kind));
            }
        }
    }
    println!("{dangerous} dangerous files with {hazards} hazards, {safe} safe files, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The last line of the statement that begins on this line: the first one from there on that ends with a semicolon.
fn statement_end(text: &str, line: u64) -> u64 {
    let from = line as usize - 1;
    let end = text.lines().enumerate().skip(from).find(|(_, text)| text.trim_end().ends_with(';'));
    end.map_or(line, |(at, _)| at as u64 + 1)
}
