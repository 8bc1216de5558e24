//! `workload/lock_waits`: statements that stood waiting for a lock, and deadlocks.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::report::model::{Applicability, RecommendationKind, Severity, Subject};
use crate::rules::WorkloadRule;
use crate::rules::context::WorkloadCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured, measured_ms, seen};
use crate::workload::model::{LockGroup, QueryIndex};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_waits: u64,
    min_total_ms: f64,
}

impl WorkloadRule for Rule {
    fn check(&self, cx: &WorkloadCx<'_>, out: &mut Sink) {
        let mut by_query: BTreeMap<Option<QueryIndex>, Vec<&LockGroup>> = BTreeMap::new();
        for group in &cx.workload.lock_waits {
            by_query.entry(group.query).or_default().push(group);
        }
        for deadlock in &cx.workload.deadlocks {
            by_query.entry(deadlock.query).or_default();
        }
        for (query, groups) in by_query {
            let waits: u64 = groups.iter().map(|group| group.waits).sum();
            let total_us: u64 = groups.iter().map(|group| group.total_us).sum();
            let deadlocks = cx.workload.deadlocks.iter().filter(|deadlock| deadlock.query == query).count() as u64;
            let long = waits >= self.min_waits && total_us as f64 / 1000.0 >= self.min_total_ms;
            if long || deadlocks > 0 {
                out.find(waited(cx, query, &groups, waits, total_us, deadlocks));
            }
        }
    }
}

fn waited(
    cx: &WorkloadCx<'_>,
    query: Option<QueryIndex>,
    groups: &[&LockGroup],
    waits: u64,
    total_us: u64,
    deadlocks: u64,
) -> Draft {
    let times = |n: u64| if n == 1 { "once".to_owned() } else { format!("{n} times") };
    let wait = format!("Waited for locks {}, {:.1} s in all", times(waits), total_us as f64 / 1e6);
    let title = match (waits, deadlocks) {
        (_, 0) => wait,
        (0, _) => format!("Ended in a deadlock {}", times(deadlocks)),
        _ => format!("{wait}, and ended in a deadlock {}", times(deadlocks)),
    };
    let detail = "Another transaction held what this one needed. While it waits it holds its own locks, so others queue up behind it.";
    let mut draft = match query {
        Some(query) => Draft::query(cx, query, title, detail),
        None => Draft::new(Subject::Server("locks".to_owned()), title, detail),
    };
    draft.origins = groups.iter().map(|group| group.origin).collect();
    draft.origins.extend(cx.workload.deadlocks.iter().filter(|d| d.query == query).map(|d| d.origin));
    // A deadlock is often over before log_lock_waits would speak.
    if waits > 0 {
        draft.observed_us = Some(total_us);
        draft = draft
            .evidence(measured("waits that were logged", waits, "waits"))
            .evidence(measured_ms("waited in all", total_us));
    }
    for group in groups {
        draft = draft
            .evidence(seen("lock", format!("{} on {}", group.mode, group.target_kind)))
            .evidence(measured_ms("longest wait", group.max_us));
    }
    if let Some(deadlock) = cx.workload.deadlocks.iter().find(|deadlock| deadlock.query == query) {
        draft = draft.severity(Severity::Error).evidence(measured("deadlocks", deadlocks, "deadlocks"));
        draft = draft.evidence(seen("deadlock", first_lines(&deadlock.detail)));
    }
    let on_rows = groups.iter().all(|group| matches!(group.target_kind.as_str(), "transaction" | "tuple"));
    let mut advice = Advice::new(
        RecommendationKind::Application,
        "Hold the lock for a shorter time",
        remedy(on_rows, deadlocks > 0),
        "",
    );
    advice.applicability = Applicability::Sketch;
    draft.ask(Ask::Ready(advice))
}

fn remedy(on_rows: bool, deadlock: bool) -> String {
    let mut text = String::from(if on_rows {
        "Two transactions change the same rows. Do the update as late in the transaction as possible and nothing slow after it (no calls \
         to other services); split a counter that everybody changes into several rows; queue workers take rows with \
         FOR UPDATE SKIP LOCKED."
    } else {
        "A lock on a whole table: usually DDL, LOCK TABLE or TRUNCATE beside the application's work. Run DDL with a short lock_timeout and \
         try again, so that others do not queue up behind it."
    });
    if deadlock {
        text.push_str(" Deadlocks go away when all transactions take their rows in the same order (ORDER BY id FOR UPDATE first).");
    }
    text
}

fn first_lines(text: &str) -> String {
    text.lines().take(4).collect::<Vec<_>>().join("\n")
}
