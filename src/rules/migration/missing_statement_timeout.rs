//! `migration/missing_statement_timeout`: nothing ends a statement that keeps clients waiting for as long as the table is large.

use serde::Deserialize;

use crate::effect::Lock;
use crate::report::model::RecommendationKind;
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
        let unlimited = cx.steps.iter().filter(|step| !limits(step.statement_timeout.as_deref()));
        let long: Vec<(&Step, &Lock)> = unlimited.filter_map(|step| Some((step, kept_waiting(step)?))).collect();
        let Some((step, lock)) = long.first() else { return };
        let mut draft = cx.draft_of(
            step,
            format!("Nothing limits how long this keeps {} locked", lock.on.name),
            "It holds the lock for as long as it goes through the table. With statement_timeout it gives up, and everything is as before.",
        );
        draft = draft.under(lock);
        draft.grows_with = Some(lock.on.clone());
        let scope = if step.transaction.is_some() { "SET LOCAL" } else { "SET" };
        let advice = Advice::new(
            RecommendationKind::Setting,
            "Set how long clients may wait",
            "If the migration tool or the role sets it, switch this rule off in sqlsift.toml. Set it back (to 0) before a CONCURRENTLY.",
            format!("{scope} statement_timeout = '{}';", self.suggested),
        );
        let draft = draft.evidence(documented("statements of the script that are so", long.len().to_string()));
        out.find(draft.ask(Ask::Ready(advice)));
    }
}

/// The lock of a table in use that stops writes while the statement goes through it.
fn kept_waiting(step: &Step) -> Option<&Lock> {
    let worked = |lock: &&Lock| step.effect.works.iter().any(|work| work.on == lock.on && work.under.blocks_writes());
    step.shared.iter().filter(|lock| lock.mode.blocks_writes()).filter(worked).rev().max_by_key(|lock| lock.mode)
}
