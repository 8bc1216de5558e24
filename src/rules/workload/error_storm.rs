//! `workload/error_storm`: the same error again and again. Silent about single ones.

use serde::Deserialize;

use crate::report::model::{Applicability, RecommendationKind, Severity, Subject};
use crate::rules::WorkloadRule;
use crate::rules::context::WorkloadCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured, seen};
use crate::workload::model::ErrorGroup;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_count: u64,
    min_per_minute: u64,
}

impl WorkloadRule for Rule {
    fn check(&self, cx: &WorkloadCx<'_>, out: &mut Sink) {
        for group in &cx.workload.errors {
            if group.count >= self.min_count && group.peak_per_minute >= self.min_per_minute {
                out.find(storm(cx, group));
            }
        }
    }
}

fn storm(cx: &WorkloadCx<'_>, group: &ErrorGroup) -> Draft {
    let title = format!("{} errors alike, up to {} a minute: {}", group.count, group.peak_per_minute, group.message);
    let (detail, remedy) = advice(&group.sqlstate, &group.message);
    let mut draft = match group.query {
        Some(query) => Draft::query(cx, query, title, detail),
        None => Draft::new(Subject::Server(format!("{} {}", group.sqlstate, group.message)), title, detail),
    };
    draft.observed_us = None;
    draft.origins = vec![group.origin];
    if matches!(group.severity, crate::workload::model::Severity::Fatal | crate::workload::model::Severity::Panic) {
        draft = draft.severity(Severity::Error);
    }
    draft = draft
        .evidence(measured("errors", group.count, "errors"))
        .evidence(measured("most in a minute", group.peak_per_minute, "errors"))
        .evidence(seen("example", group.example.clone()));
    if !group.sqlstate.is_empty() {
        draft = draft.evidence(seen("SQLSTATE", group.sqlstate.clone()));
    }
    let mut advice = Advice::new(RecommendationKind::Application, "Stop it at its source", remedy, "");
    advice.applicability = Applicability::Sketch;
    draft.ask(Ask::Ready(advice))
}

/// What the error is, and what to do, by SQLSTATE (documentation, appendix "PostgreSQL Error Codes") or, where the log has none, by the
/// message's beginning.
fn advice(sqlstate: &str, message: &str) -> (&'static str, &'static str) {
    let is = |code: &str, start: &str| sqlstate == code || (sqlstate.is_empty() && message.contains(start));
    if is("23505", "duplicate key value") {
        (
            "Rows are inserted that exist already. Each failure writes a dead row and index entries, and aborts its transaction.",
            "If that is expected, say so: INSERT … ON CONFLICT DO NOTHING, or DO UPDATE. Else find who sends the same row twice.",
        )
    } else if is("23503", "violates foreign key") {
        (
            "Rows refer to others that do not exist, or are still referred to.",
            "Write parents first and delete children first.",
        )
    } else if is("40001", "could not serialize") || is("40P01", "deadlock detected") {
        (
            "Transactions got into each other's way and were given up.",
            "Retry the whole transaction with a growing pause, and take rows in one order.",
        )
    } else if is("57014", "canceling statement") {
        (
            "Statements are cancelled, mostly by statement_timeout: the work until then is lost, and the retry does it again.",
            "Make the statement quicker or split it; do not retry at once.",
        )
    } else if is("55P03", "lock timeout") {
        ("Locks were not had in time.", "Find who holds them: see workload/lock_waits.")
    } else if is("53300", "too many") || message.contains("remaining connection slots") {
        (
            "The server has no connection left.",
            "Put a pooler in front (PgBouncer), and give each service a bounded pool.",
        )
    } else if is("28P01", "password authentication failed") {
        (
            "Somebody logs in with a wrong password, again and again.",
            "Look at the remote address: an old deployment, or an attack.",
        )
    } else if sqlstate.starts_with("42") || message.contains("does not exist") || message.contains("syntax error") {
        (
            "The statement names what is not there, or is not SQL: code and schema do not fit together.",
            "Look at what was deployed when it began; run migrations before the code that needs them.",
        )
    } else if sqlstate.starts_with("22") || message.contains("invalid input syntax") {
        ("Values do not fit their types.", "Check the input before it is sent.")
    } else if is("25P02", "current transaction is aborted") {
        ("The application goes on in a transaction that has failed.", "Roll back after an error, or use savepoints.")
    } else {
        ("The same error comes again and again.", "Find the code by the statement and the application's name.")
    }
}
