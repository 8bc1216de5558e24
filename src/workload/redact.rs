//! Takes every literal, parameter value, remote address and plan text out of a workload.

use crate::sql;

use super::model::{DeadlockSample, ErrorGroup, Query, Workload};
use super::singles::Singles;

/// What stands for a message that may hold anything.
const HIDDEN: &str = "(message left out)";

/// Tags that name a place in the program.
const TAGS: [&str; 11] = [
    "controller",
    "action",
    "route",
    "job",
    "endpoint",
    "handler",
    "task",
    "application",
    "framework",
    "db_driver",
    "namespaced_controller",
];

/// How messages begin that Postgres itself writes, and in which all that is not fixed is quoted or a number (and so folded).
const KNOWN: [&str; 48] = [
    "duplicate key value",
    "deadlock detected",
    "canceling statement",
    "canceling autovacuum",
    "could not serialize",
    "division by zero",
    "relation \"?\"",
    "column \"?\"",
    "invalid input syntax",
    "invalid input value for enum",
    "invalid byte sequence",
    "insert or update on table",
    "update or delete on table",
    "null value in column",
    "new row for relation",
    "value too long for type",
    "syntax error at",
    "syntax error in",
    "unterminated quoted",
    "permission denied",
    "must be owner",
    "password authentication failed",
    "no pg_hba.conf entry",
    "role \"?\"",
    "database \"?\"",
    "schema \"?\"",
    "type \"?\"",
    "function ",
    "operator does not exist",
    "prepared statement \"?\"",
    "cursor \"?\"",
    "portal \"?\"",
    "current transaction is aborted",
    "terminating connection",
    "the database system is",
    "sorry, too many clients",
    "remaining connection slots",
    "out of memory",
    "out of shared memory",
    "could not extend file",
    "could not resize shared memory",
    "lock not available",
    "could not obtain lock",
    "integer out of range",
    "bigint out of range",
    "numeric field overflow",
    "subquery used as an expression",
    "there is no unique or exclusion constraint",
];

impl Workload {
    pub fn redact(&mut self) {
        // Packed queries hold texts too; unpacked and redacted they are all alike to the rest.
        let singles: Vec<Query> = std::mem::take(&mut self.singles).expand().collect();
        if !singles.is_empty() {
            let packed = Workload { queries: singles, ..Workload::default() };
            *self = Workload::merge(vec![std::mem::take(self), packed]);
        }
        self.singles = Singles::default();
        self.seen.redacted = self.seen.redacted.max(1);
        self.queries.iter_mut().for_each(redact_query);
        self.errors.iter_mut().for_each(redact_error);
        self.deadlocks.iter_mut().for_each(redact_deadlock);
        // What is locked is named by numbers, and examples of units hold no text but tags.
        for repeat in &mut self.repeats {
            for seen in repeat.same_examples.iter_mut().chain(&mut repeat.varied_examples) {
                seen.tag = redact_tags(&seen.tag);
            }
        }
        for seen in self.pairs.iter_mut().flat_map(|pair| &mut pair.examples) {
            seen.tag = redact_tags(&seen.tag);
        }
        for seen in self.walks.iter_mut().flat_map(|walk| &mut walk.examples) {
            seen.tag = redact_tags(&seen.tag);
        }
    }
}

fn redact_query(query: &mut Query) {
    query.text = sql::normalize(query.text.as_bytes());
    query.plans.clear();
    query.tags.0.retain(|tag, _| is_place(tag));
    for sample in &mut query.samples {
        sample.text = query.text.clone();
        sample.parameters.clear();
        sample.remote.clear();
    }
}

fn redact_error(group: &mut ErrorGroup) {
    if !KNOWN.iter().any(|known| group.message.starts_with(known)) {
        group.message = HIDDEN.to_owned();
    }
    group.example = group.message.clone();
}

/// The lines that say who waits for what; those with statements go.
fn redact_deadlock(sample: &mut DeadlockSample) {
    let waits = |line: &&str| line.contains(" waits for ") && line.contains("; blocked by process ");
    sample.detail = sample.detail.lines().filter(waits).filter(|line| line.len() < 200).collect::<Vec<_>>().join("\n");
}

fn is_place(tag: &str) -> bool {
    tag.split_once('=').is_some_and(|(key, _)| TAGS.contains(&key))
}

fn redact_tags(tags: &str) -> String {
    tags.split(',').filter(|tag| is_place(tag)).collect::<Vec<_>>().join(",")
}
