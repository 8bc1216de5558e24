//! What a rule needs and what the inputs hold in; why a rule cannot run, wholly or in part, out.

use std::collections::BTreeMap;

use crate::report::model::RuleNotRun;
use crate::workload::model::Workload;

use super::context::WorkloadCx;
use super::page::Need;
use super::registry::{Check, Configured};

/// Why a rule cannot run at all.
pub fn missing(rule: &Configured, cx: &WorkloadCx<'_>) -> Option<&'static str> {
    let workload = cx.workload;
    if matches!(rule.check, Check::Schema(_)) {
        let Some(catalog) = cx.catalog else { return Some(no_catalog(rule)) };
        return (catalog.server.is_none() && rule.page.needs.contains(&Need::Server)).then_some(NO_SERVER);
    }
    if matches!(rule.check, Check::Plan(_)) {
        return cx.plans.is_empty().then_some(NO_PLANS);
    }
    if workload.queries.is_empty() && workload.errors.is_empty() && workload.lock_waits.is_empty() {
        return Some("no statements were read");
    }
    if matches!(rule.check, Check::Query(_)) && workload.queries.iter().all(|query| query.text.is_empty()) {
        return Some(NO_TEXT);
    }
    let only_exports = workload.seen.statements == 0 && workload.seen.plans == 0 && workload.seen.from_exports > 0;
    rule.page.needs.iter().find_map(|need| match need {
        Need::Catalog => cx.catalog.is_none().then_some(NO_CATALOG),
        Need::Log => only_exports.then_some("digests and pg_stat_statements do not carry this: it needs a log"),
        Need::Durations => (workload.queries.iter().all(|query| query.timed_calls == 0))
            .then_some("no durations were logged: set log_min_duration_statement"),
        Need::Sessions if only_exports => {
            Some("digests and pg_stat_statements do not carry the order of statements: it needs a log")
        }
        Need::Sessions if workload.seen.statements == 0 => {
            Some("only plans were logged: it needs every statement (log_min_duration_statement = 0)")
        }
        Need::Sessions => holes(workload).filter(|_| workload.repeats.is_empty()),
        Need::Server => cx.catalog.is_none_or(|catalog| catalog.server.is_none()).then_some(NO_SERVER),
    })
}

/// Why a rule that runs does not see everything: what it said itself, and what the log cannot show.
pub fn in_part(rule: &Configured, said: &[String], cx: &WorkloadCx<'_>) -> Vec<RuleNotRun> {
    let more = holes(cx.workload).filter(|_| rule.page.needs.contains(&Need::Sessions)).map(str::to_owned);
    fold(&rule.page.id, said.iter().chain(&more))
}

/// Each reason once, in order, with how often it was given.
pub fn fold<'a>(rule: &str, reasons: impl Iterator<Item = &'a String>) -> Vec<RuleNotRun> {
    let mut counts: BTreeMap<&String, u64> = BTreeMap::new();
    for reason in reasons {
        *counts.entry(reason).or_default() += 1;
    }
    let line = |(reason, count): (&String, u64)| RuleNotRun {
        rule: rule.to_owned(),
        reason: if count == 1 { format!("in part: {reason}") } else { format!("in part: {reason} ({count} times)") },
    };
    counts.into_iter().map(line).collect()
}

fn no_catalog(rule: &Configured) -> &'static str {
    if rule.page.needs.contains(&Need::Server) { NO_SERVER } else { NO_CATALOG }
}

const NO_CATALOG: &str = "no catalog: give --schema or --snapshot";
const NO_SERVER: &str = "no figures of a server: give --dsn, or a file of sqlsift snapshot with --snapshot";
const NO_TEXT: &str = "no query text: put the query above its plan, or give it with --query";
const NO_PLANS: &str = "no plans: auto_explain logs them, and sqlsift explain reads them";
const QUICK_MISSING: &str = "quick statements were not logged, so repetition does not show: \
                             it needs log_min_duration_statement = 0";
const SAMPLED: &str = "only a sample of the statements was logged, so repetition does not show whole: \
                       it needs log_min_duration_statement = 0, or log_transaction_sample_rate, which keeps transactions whole";

/// Why sessions are not seen whole.
fn holes(workload: &Workload) -> Option<&'static str> {
    if threshold(workload) {
        return Some(QUICK_MISSING);
    }
    sampled(workload).then_some(SAMPLED)
}

/// Whether only a sample of the statements was logged (`log_min_duration_sample` with `log_statement_sample_rate`, runtime
/// configuration, "When to Log"): each line is drawn by itself, so executes lack the bind step that every one of them has
/// (exec_bind_message and exec_execute_message in postgres.c log on their own), and transactions their BEGIN or COMMIT.
/// Poolers that end what was never begun do not also begin twice.
fn sampled(workload: &Workload) -> bool {
    const ENOUGH: u64 = 50;
    let often = |part: u64, all: u64, percent: u64| all >= ENOUGH && part * 100 >= all * percent;
    let seen = &workload.seen;
    let transactions = often(seen.begins_twice, seen.begins, 10) && often(seen.ends_alone, seen.ends, 10);
    transactions || often(seen.executes_alone, seen.executes, 10)
}

/// Whether the log has a threshold above 0. A log without one holds BEGIN, COMMIT and lookups by key, which take well
/// under half a millisecond.
fn threshold(workload: &Workload) -> bool {
    const QUICK_US: u64 = 500;
    workload.seen.untimed == 0 && workload.seen.smallest_us.is_some_and(|smallest| smallest >= QUICK_US)
}
