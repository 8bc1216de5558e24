//! `migration/validate_in_same_transaction`: a constraint added NOT VALID and validated before the lock of the ADD is gone.

use serde::Deserialize;

use crate::effect::LockMode;
use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::{Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{ActionKind, AlterTable};

use super::hurting::actions;
use super::steps::{spelled, split};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for (alter, action, work) in actions(cx, &[Cause::Validate]) {
            let ActionKind::ValidateConstraint(name) = &action.kind else { continue };
            let table = cx.replay.name(&alter.name);
            let open = cx.lived.transaction.as_ref();
            let earlier = open.is_some_and(|open| open.not_valid.contains(&(table.clone(), name.text.clone())));
            if !earlier && !adds(alter, &name.text) {
                continue;
            }
            let mut draft = cx.working(
                work,
                format!("{} is validated while the lock of its ADD is still held", name.text),
                "NOT VALID gains nothing here: the lock that adding the constraint took stays until the transaction ends, and the scan \
                 runs under it.",
            );
            // What waits is what the earlier lock stops.
            let held = open.and_then(|open| open.locks.get(&table));
            if let Some(held) = held.filter(|lock| lock.mode > LockMode::ShareUpdateExclusive) {
                draft.evidence.retain(|one| one.label != "lock" && one.label != "blocks");
                draft = draft.under(held);
            }
            let first =
                format!("ALTER TABLE {} VALIDATE CONSTRAINT {};", spelled(cx, &alter.name), name.span.of(cx.text));
            let detail = "In a transaction of its own, after the one that adds the constraint has committed, it reads the rows while reads \
                          and writes go on.";
            let mut advice = split("Validate in a migration of its own", detail, first, Vec::new());
            advice.lock = Some(LockMode::ShareUpdateExclusive.name().to_owned());
            out.find(draft.ask(Ask::Ready(advice)));
        }
    }
}

/// Whether the statement itself adds the constraint.
fn adds(alter: &AlterTable, name: &str) -> bool {
    alter.actions.iter().any(|action| match &action.kind {
        ActionKind::AddConstraint(def) => def.name.as_ref().is_some_and(|own| own.text == name),
        _ => false,
    })
}
