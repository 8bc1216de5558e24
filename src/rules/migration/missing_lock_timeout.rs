//! `migration/missing_lock_timeout`: a lock that stops clients is waited for without a limit.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;

use crate::effect::Lock;
use crate::report::model::{Applicability, Edit, RecommendationKind};
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::above::above;
use crate::rules::lint::backfill::content_of;
use crate::rules::lint::context::ScriptCx;
use crate::rules::lint::lived::{Step, limits};

use super::hurting::goes_in_steps;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    suggested: String,
}

impl ScriptRule for Rule {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink) {
        if !cx.script.is_migration() {
            return;
        }
        let unlimited: Vec<(&Step, &Lock)> = cx
            .steps
            .iter()
            .filter(|step| !limits(step.lock_timeout.as_deref()) && !in_steps(cx, step))
            .filter_map(|step| {
                let stops = step.shared.iter().filter(|lock| lock.mode.blocks_writes());
                // Of equal ones the first table: the statement's own, not an index or what is locked along with it.
                let table = |lock: &Lock| cx.replay.catalog().tables.contains_key(&lock.on);
                Some((step, stops.rev().max_by_key(|lock| (lock.mode, table(lock)))?))
            })
            .collect();
        let Some((step, lock)) = unlimited.first() else { return };
        let draft = cx.draft_of(
            step,
            format!("Nothing limits how long this waits for {}", lock.on.name),
            "While it waits for a running query, every later query on the table queues up behind it. With lock_timeout it gives up, and \
             can be tried again.",
        );
        let draft = draft.under(lock);
        let draft = draft.evidence(documented("statements of the script that wait so", unlimited.len().to_string()));
        let statements = unlimited.iter().map(|(step, _)| step.statement).collect();
        out.find(draft.ask(Ask::Ready(self.advice(cx, step, &statements))));
    }
}

impl Rule {
    fn advice(&self, cx: &ScriptCx<'_>, step: &Step, unlimited: &BTreeSet<usize>) -> Advice {
        let mut advice = Advice::new(
            RecommendationKind::Setting,
            "Give up after a few seconds, and try again later",
            "If the migration tool, the role or the database sets it, switch this rule off in sqlsift.toml.",
            format!("{};", self.set(step.transaction.is_some())),
        );
        advice.applicability = Applicability::Machine;
        advice.edits = self.edits(cx, unlimited);
        if advice.edits.iter().any(|edit| edit.text.starts_with(RESET)) {
            advice.detail = format!(
                "{} Before a CONCURRENTLY it is set back: given up half-way, that leaves an invalid index.",
                advice.detail
            )
            .into();
        }
        advice
    }

    fn set(&self, local: bool) -> String {
        format!("SET {}lock_timeout = '{}'", if local { "LOCAL " } else { "" }, self.suggested)
    }

    /// Before the first statement that needs it, for the session or for its transaction, and again where it does not hold any more.
    fn edits(&self, cx: &ScriptCx<'_>, unlimited: &BTreeSet<usize>) -> Vec<Edit> {
        let mut edits = Vec::new();
        let (mut in_session, mut in_transaction) = (false, None);
        for (number, statement) in cx.script.statements.iter().enumerate() {
            let looked_at = cx.target.directions.contains(&statement.direction);
            let sql = if looked_at && in_session && statement.content.ddl().is_some_and(goes_in_steps) {
                in_session = false;
                RESET.to_owned()
            } else if !unlimited.contains(&number) || in_session {
                continue;
            } else if let Some(transaction) = statement.transaction {
                if in_transaction == Some(transaction) {
                    continue;
                }
                in_transaction = Some(transaction);
                self.set(true)
            } else {
                in_session = true;
                self.set(false)
            };
            let Some(at) = above(cx.script, number).map(|at| at as u64) else { continue };
            edits.push(Edit { path: Arc::default(), start: at, end: at, text: format!("{sql};\n") });
        }
        edits
    }
}

const RESET: &str = "RESET lock_timeout";

/// One that clients wait for, too, must not be given up half-way.
fn in_steps(cx: &ScriptCx<'_>, step: &Step) -> bool {
    content_of(cx.script, step).and_then(|content| content.ddl()).is_some_and(goes_in_steps)
}
