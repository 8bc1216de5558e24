//! What is read of a live server: the same catalog as its DDL says, and every planted problem that it can show.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Arc;

use serde::Deserialize;
use sqlsift::catalog::expression::normalise;
use sqlsift::catalog::model::{Catalog, Policy, Routine, Table, TableKind};
use sqlsift::catalog::{SchemaFile, from_files, snapshot};
use sqlsift::report::model::{Finding, Report, Subject};
use sqlsift::sql::fingerprint::fingerprint;

use crate::catalog::{assert_same, from_text};
use crate::catalogue::Catalogue;
use crate::server::Server;
use crate::session::Shop;
use crate::{catalog, workload};

/// Runs sqlsift and gives what it wrote.
fn sqlsift(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("SQLSIFT_DSN")
        .args(arguments)
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn report(arguments: &[&str]) -> Report {
    let told = sqlsift(&[&["analyze", "--format", "json"], arguments].concat());
    serde_json::from_str(&told).expect("a report")
}

/// What DDL says and what the server says of the same database.
fn compare(database: &str, ddl: &str) {
    let server = Server::shared();
    let _ = server.psql("postgres", &format!("CREATE DATABASE {database}"));
    let text = catalog::fixture(ddl);
    let _ = server.psql(database, &text);
    let mut told = snapshot::read(&sqlsift(&["snapshot", "-q", "--dsn", &server.dsn(database)])).expect("a snapshot");
    // DDL does not say which columns the query of a view gives.
    for view in
        told.tables.values_mut().filter(|table| matches!(table.kind, TableKind::View | TableKind::MaterializedView))
    {
        assert!(!view.columns.is_empty());
        view.columns.clear();
    }
    let written = from_text(ddl);
    assert_same(&written, &told);
    assert_eq!(written.types, told.types);
    assert_eq!(written.domain_constraints, told.domain_constraints);
    assert_eq!(written.extensions, told.extensions);
    for (name, table) in &written.tables {
        let live = &told.tables[name];
        assert_eq!(table.row_security_forced, live.row_security_forced, "{name}");
        assert_eq!(table.unlogged, live.unlogged, "{name}");
        assert_eq!(table.commented, live.commented, "{name}");
        assert_eq!(table.parameters, live.parameters, "{name}");
        assert_eq!(table.replica_identity, live.replica_identity, "{name}");
    }
    for (name, table) in &written.tables {
        let live = &told.tables[name];
        let reads = |table: &Table| table.reads.keys().cloned().collect::<Vec<_>>();
        assert_eq!(reads(table), reads(live), "{name}");
        let bound = |table: &Table| table.partition_bound.as_deref().map(normalise);
        assert_eq!((table.unfilled, bound(table)), (live.unfilled, bound(live)), "{name}");
        let policies = |table: &Table| {
            let told = |policy: &Policy| (policy.name.clone(), policy.permissive, policy.command, policy.roles.clone());
            let mut all: Vec<_> = table.policies.iter().map(told).collect();
            all.sort();
            all
        };
        assert_eq!(policies(table), policies(live), "{name}");
    }
    let routines = |catalog: &Catalog| {
        let told = |one: &Routine| (one.name.clone(), one.language.clone(), one.security_definer, one.sets_search_path);
        catalog.routines.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(routines(&written), routines(&told));
    // A sequence behind an identity column has no statement of its own.
    for (name, sequence) in &written.sequences {
        let live = &told.sequences[name];
        assert_eq!((&sequence.type_name, sequence.max_value), (&live.type_name, live.max_value), "{name}");
    }

    let dump = server.client("pg_dump").args(["--schema-only", "-U", "postgres", database]).output().expect("it runs");
    let dump = String::from_utf8(dump.stdout).expect("pg_dump writes UTF-8");
    let dumped = from_files(&[SchemaFile { path: "dump", text: &dump }]);
    assert_eq!(dumped.problems, []);
    assert_same(&dumped.catalog, &told);
}

#[test]
fn every_shape_of_ddl_leaves_the_catalog_that_the_server_has() {
    compare("shapes_live", "schemas/shapes.sql");
}

#[test]
fn what_stands_beside_tables_is_read_too() {
    compare("zoo_live", "schemas/zoo.sql");
}

#[derive(Deserialize)]
struct Labels {
    statement: Vec<Label>,
    schema: Vec<toml::Table>,
}

#[derive(Deserialize)]
struct Label {
    name: String,
    sql: String,
    #[serde(default)]
    planted: Vec<String>,
    #[serde(default)]
    may: Vec<String>,
}

/// `tests/it/labels/shop-live.toml`.
#[derive(Deserialize)]
struct Live {
    /// Rules that need what pg_stat_statements does not keep.
    hidden: Vec<Hidden>,
    /// Reported beside what the labels say.
    more: Vec<More>,
    /// Objects of which either may be named.
    twins: Vec<Twins>,
}

#[derive(Deserialize)]
struct Twins {
    rule: String,
    names: Vec<String>,
}

#[derive(Deserialize)]
struct Hidden {
    rule: String,
    /// Only of these statements; else of all.
    #[serde(default)]
    statements: Vec<String>,
    #[allow(dead_code)]
    because: String,
}

#[derive(Deserialize)]
struct More {
    rule: String,
    /// The name of a statement, table or index.
    #[serde(default)]
    of: Vec<String>,
    #[allow(dead_code)]
    because: String,
}

impl Live {
    fn hides(&self, rule: &str, statement: &str) -> bool {
        let of = |hidden: &Hidden| hidden.statements.is_empty() || hidden.statements.iter().any(|one| one == statement);
        self.hidden.iter().any(|hidden| hidden.rule == rule && of(hidden))
    }

    fn allows(&self, rule: &str, of: &str) -> bool {
        let fits = |more: &More| match more.rule.strip_suffix('*') {
            Some(group) => rule.starts_with(group),
            None => more.rule == rule,
        };
        self.more.iter().any(|more| fits(more) && (more.of.is_empty() || more.of.iter().any(|one| one == of)))
    }
}

fn labels<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let path = format!("{}/tests/it/labels/{name}", env!("CARGO_MANIFEST_DIR"));
    toml::from_str(&std::fs::read_to_string(path).expect("the labels")).expect("valid labels")
}

/// As the fixtures are made (`fixtures/capture/main.rs`).
const ROLES: &str = "
ALTER SYSTEM SET work_mem = '16MB';
SELECT pg_reload_conf();
ALTER ROLE postgres SET pg_stat_statements.track = 'none';
CREATE ROLE billing LOGIN IN ROLE pg_read_all_data, pg_write_all_data;
SELECT pg_stat_statements_reset();
";

/// The shop after its workload, with pg_stat_statements of it.
fn shop() -> Arc<Server> {
    let server = Arc::new(super::shop::server());
    let _ = server.psql("shop", ROLES);
    let catalogue = include_str!("../labels/shop.toml");
    let catalogue = Arc::new(Catalogue::read(catalogue).expect("the labels"));
    let shop = Shop { server: server.clone(), catalogue, database: "shop" };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(workload::run(&shop, 15)).expect("the workload runs");
    server
}

#[test]
fn a_live_shop_shows_every_planted_problem_and_its_snapshot_the_same() {
    let server = shop();
    let dsn = server.dsn("shop");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("shop.json").display().to_string();
    sqlsift(&["snapshot", "-q", "--dsn", &dsn, "-o", &file]);
    let live = report(&["--dsn", &dsn]);
    judge(&live);
    let stored = report(&["--snapshot", &file]);
    assert_eq!(alike(&live), alike(&stored));
    // With the planner's word on each index the findings stay; which index serves best may not. A snapshot keeps its word.
    let _ = server.psql("shop", "CREATE EXTENSION hypopg");
    sqlsift(&["snapshot", "-q", "--dsn", &dsn, "-o", &file]);
    let costed = report(&["--dsn", &dsn]);
    judge(&costed);
    assert_eq!(found(&costed), found(&stored));
    let stored = report(&["--snapshot", &file]);
    assert_eq!(alike(&costed), alike(&stored));
    let text = std::fs::read_to_string(&file).expect("written");
    for value in ["Lovelace", "@example.", "SKU-0", "'shipped'"] {
        assert!(!text.contains(value), "{value}");
    }
}

fn found(report: &Report) -> BTreeSet<String> {
    report.findings.iter().map(told).collect()
}

fn told(found: &Finding) -> String {
    format!("{} {:?} {:?} {:?}", found.rule, found.severity, found.confidence, found.subject)
}

/// What a finding is and advises, without figures that differ from one moment to the next.
fn alike(report: &Report) -> BTreeSet<String> {
    let recommended: BTreeMap<&str, &str> =
        report.recommendations.iter().map(|one| (one.id.as_str(), one.sql.as_str())).collect();
    report
        .findings
        .iter()
        .map(|found| {
            let advice: Vec<&str> =
                found.recommendations.iter().filter_map(|id| recommended.get(id.as_str()).copied()).collect();
            format!("{} {advice:?}", told(found))
        })
        .collect()
}

fn judge(report: &Report) {
    let (labels, live): (Labels, Live) = (labels("shop.toml"), labels("shop-live.toml"));
    let mut queries: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut objects: BTreeSet<(String, String)> = BTreeSet::new();
    for finding in &report.findings {
        match &finding.subject {
            Subject::Query(fingerprint) => {
                queries.entry(fingerprint.clone()).or_default().insert(finding.rule.clone());
            }
            Subject::Table(name) | Subject::Index(name) => {
                objects.insert((finding.rule.clone(), name.trim_start_matches("public.").to_owned()));
            }
            _ => {}
        }
    }
    let (mut missed, mut wrong) = (Vec::new(), Vec::new());
    for label in &labels.statement {
        let rules = queries.remove(&fingerprint(label.sql.as_bytes()).to_string()).unwrap_or_default();
        for rule in label.planted.iter().filter(|rule| !live.hides(rule, &label.name)) {
            match rules.contains(rule) {
                true => {}
                false => missed.push(format!("{}: {rule}", label.name)),
            }
        }
        let surplus = rules.iter().filter(|rule| !label.planted.contains(rule) && !label.may.contains(rule));
        let surplus = surplus.filter(|rule| !live.allows(rule, &label.name));
        wrong.extend(surplus.map(|rule| format!("{}: {rule}", label.name)));
    }
    wrong.extend(
        queries.into_iter().map(|(fingerprint, rules)| format!("{fingerprint}, which no label names: {rules:?}")),
    );
    for label in &labels.schema {
        let text = |key: &str| label.get(key).and_then(|value| value.as_str()).map(str::to_owned);
        let rule = text("rule").expect("a schema label names its rule");
        let name = text("index").or_else(|| text("table")).expect("a schema label names an index or a table");
        let twins = live.twins.iter().filter(|twins| twins.rule == rule && twins.names.contains(&name));
        let mut names = twins.flat_map(|twins| &twins.names).chain([&name]);
        match names.any(|name| objects.remove(&(rule.clone(), name.clone()))) {
            true => {}
            false => missed.push(format!("{name}: {rule}")),
        }
    }
    wrong.extend(objects.into_iter().filter(|(rule, name)| !live.allows(rule, name)).map(|one| format!("{one:?}")));
    assert!(missed.is_empty() && wrong.is_empty(), "missed: {missed:#?}\nfalse: {wrong:#?}");
}
