use std::collections::BTreeMap;

use super::*;
use crate::report::model::{Severity, Subject};
use crate::rules::QueryRule;
use crate::rules::allow::Target;
use crate::rules::context::Worth;
use crate::rules::draft::Draft;
use crate::rules::page::Preset;
use crate::rules::registry::Override;
use crate::sql::fingerprint::fingerprint;
use crate::sql::{Facts, StatementKind, facts_of_many};
use crate::workload::model::{Query, Workload};

const DEEP: &str = "SELECT id FROM orders ORDER BY created_at, id LIMIT 20 OFFSET 100000";

fn workload(texts: &[&str]) -> Workload {
    let query = |text: &&str| {
        let mut query = Query::new("shop", fingerprint(text.as_bytes()), StatementKind::Select, text);
        (query.calls, query.timed_calls, query.total_us) = (10, 10, 2_000_000);
        query
    };
    let mut workload = Workload { queries: texts.iter().map(query).collect(), ..Workload::default() };
    workload.window = Some((0, 3_600_000_000));
    workload.seen.statements = 100;
    workload.seen.smallest_us = Some(20);
    workload
}

fn run_all(registry: &Registry, workload: &Workload, allows: &[Allow]) -> Outcome {
    let texts: Vec<&str> = workload.queries.iter().map(|query| query.text.as_str()).collect();
    let facts: Vec<Option<Facts>> = facts_of_many(&texts).into_iter().map(Some).collect();
    let inputs = ["a.log".to_owned()];
    let cx = WorkloadCx { workload, facts: &facts, catalog: None, plans: &[], worth: Worth::default() };
    run(registry, &cx, allows, Places { inputs: &inputs, catalog: None })
}

fn rules(outcome: &Outcome) -> Vec<&str> {
    outcome.found.iter().map(|found| found.finding.rule.as_str()).collect()
}

#[test]
fn a_finding_has_an_id_a_place_and_an_impact_and_is_the_same_each_time() {
    let (registry, workload) = (Registry::defaults(), workload(&[DEEP]));
    let outcome = run_all(&registry, &workload, &[]);
    assert_eq!(rules(&outcome), ["query/deep_offset"]);
    let finding = &outcome.found[0].finding;
    assert_eq!(finding.id, run_all(&registry, &workload, &[]).found[0].finding.id);
    assert_eq!(&*finding.locations[0].path, "a.log");
    // 2 s in an hour make 48 s a day.
    assert_eq!(finding.impact_ms_per_day, Some(48_000.0));
    let catalog_rules = outcome.rules_not_run.iter().filter(|rule| rule.reason.starts_with("no catalog"));
    assert!(catalog_rules.count() >= 8);
    assert!(outcome.rules_run.contains(&"query/deep_offset".to_owned()));
}

#[test]
fn off_and_other_severities_are_the_users() {
    let with = |severity| {
        let overlay = Override { severity: Some(severity), ..Override::default() };
        let overrides: BTreeMap<_, _> = [("query/deep_offset".to_owned(), overlay)].into();
        Registry::new(Preset::Default, &overrides, Vec::new()).unwrap()
    };
    let workload = workload(&[DEEP, "SELECT id FROM t ORDER BY id LIMIT 9 OFFSET 1500"]);
    assert!(run_all(&with(None), &workload, &[]).found.is_empty());
    let outcome = run_all(&with(Some(Severity::Error)), &workload, &[]);
    assert!(outcome.found.iter().all(|found| found.finding.severity == Severity::Error));
    assert_eq!(outcome.found.len(), 2);
}

#[test]
fn an_allow_takes_a_finding_and_one_that_is_not_needed_is_told() {
    let allow = |target| Allow {
        rule: "query/*".to_owned(),
        target,
        because: "nightly export".to_owned(),
        until: None,
        path: "sqlsift.toml".to_owned(),
        line: 4,
    };
    let allows = [allow(Target::Table("orders".to_owned())), allow(Target::Table("nothing".to_owned()))];
    let outcome = run_all(&Registry::defaults(), &workload(&[DEEP]), &allows);
    assert!(outcome.found.is_empty());
    let counts: Vec<u64> = outcome.allowed.iter().map(|allowed| allowed.findings).collect();
    assert_eq!(counts, [1, 0]);
    assert_eq!(outcome.problems.len(), 1);
    assert_eq!(outcome.problems[0].line, Some(4));
}

#[test]
fn a_comment_allows_with_a_reason_only() {
    let with = |comment: &str| run_all(&Registry::defaults(), &workload(&[&format!("{DEEP} -- {comment}")]), &[]);
    let outcome = with("sqlsift: allow query/deep_offset because nobody pages there");
    assert!(outcome.found.is_empty());
    assert_eq!(outcome.allowed[0].because, "nobody pages there");
    let outcome = with("sqlsift: allow query/deep_offset");
    assert_eq!(outcome.found.len(), 1);
    assert!(outcome.problems[0].message.contains("without a reason"));
}

struct Panics;

impl QueryRule for Panics {
    fn check(&self, _: &QueryCx<'_>, out: &mut Sink) {
        out.find(Draft::new(Subject::Server(String::new()), "lost", ""));
        panic!("the rule's own bug");
    }
}

#[test]
fn a_rule_that_panics_is_a_problem_and_the_others_go_on() {
    let mut registry = Registry::defaults();
    let broken = registry.rules.iter_mut().find(|rule| rule.page.id == "query/random_order").unwrap();
    broken.check = Check::Query(Box::new(Panics));
    let outcome = run_all(&registry, &workload(&[DEEP]), &[]);
    assert_eq!(rules(&outcome), ["query/deep_offset"]);
    assert_eq!(outcome.problems.len(), 1);
    assert!(outcome.problems[0].message.contains("query/random_order failed inside: the rule's own bug"));
}

#[test]
fn a_log_that_cannot_show_repetition_says_so() {
    let reason = |workload: &Workload| {
        let outcome = run_all(&Registry::defaults(), workload, &[]);
        let found = outcome.rules_not_run.into_iter().find(|rule| rule.rule == "workload/n_plus_one");
        found.map(|rule| rule.reason).unwrap_or_default()
    };
    let mut slow_only = workload(&[DEEP]);
    slow_only.seen.smallest_us = Some(250_000);
    assert!(reason(&slow_only).contains("log_min_duration_statement = 0"));
    assert_eq!(reason(&workload(&[DEEP])), "");
    let mut export = workload(&[DEEP]);
    (export.seen.statements, export.seen.from_exports) = (0, 1);
    assert!(reason(&export).contains("order of statements"));
}

#[test]
fn a_page_of_the_user_speaks() {
    let text = "+++\nseverity = \"error\"\nconfidence = \"high\"\nsummary = \"s\"\n[match]\nkind = \"select\"\n\
                table = \"public.orders\"\ncontains = \"order by created_at\"\nwithout = \"where\"\n+++\n# Pages of orders\n";
    let page = crate::rules::page::Page::parse("user/orders", "orders.md", text).unwrap();
    let registry = Registry::new(Preset::Default, &BTreeMap::new(), vec![page]).unwrap();
    let outcome = run_all(&registry, &workload(&[DEEP, "SELECT id FROM orders WHERE id = 1 ORDER BY created_at"]), &[]);
    assert_eq!(rules(&outcome).iter().filter(|rule| **rule == "user/orders").count(), 1);
}
