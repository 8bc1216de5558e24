//! `migration/missing_lock_timeout`: a lock that stops clients is waited for without a limit.

use std::sync::Arc;

use serde::Deserialize;

use crate::effect::Lock;
use crate::report::model::{Applicability, Edit, RecommendationKind};
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::context::ScriptCx;
use crate::rules::lint::lived::{Step, limits};

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
            .filter(|step| !limits(step.lock_timeout.as_deref()))
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
        out.find(draft.ask(Ask::Ready(self.advice(cx, step))));
    }
}

impl Rule {
    /// Before the first statement of the script that needs it.
    fn advice(&self, cx: &ScriptCx<'_>, step: &Step) -> Advice {
        let scope = if step.transaction.is_some() { "SET LOCAL" } else { "SET" };
        let sql = format!("{scope} lock_timeout = '{}'", self.suggested);
        let mut advice = Advice::new(
            RecommendationKind::Setting,
            "Give up after a few seconds, and try again later",
            "If the migration tool, the role or the database sets it, switch this rule off in sqlsift.toml.",
            format!("{sql};"),
        );
        if let Some(statement) = cx.script.statements.get(step.statement) {
            advice.applicability = Applicability::Machine;
            let at = statement.span.start as u64;
            advice.edits.push(Edit { path: Arc::default(), start: at, end: at, text: format!("{sql};\n") });
        }
        advice
    }
}
