//! `migration/exclusion_constraint`: an exclusion constraint added to a table in use, for which there is no concurrent way.

use serde::Deserialize;

use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;

use super::hurting::actions;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for (alter, _, work) in actions(cx, &[Cause::Exclusion]) {
            out.find(cx.working(
                work,
                format!("The exclusion constraint builds its index with nobody let in to {}", alter.name.name),
                "The index is built, and each row compared with the others, under ACCESS EXCLUSIVE; such an index can be built neither \
                 CONCURRENTLY nor beforehand. Do it while the table is small or the product stands still, or move to a new table that \
                 has the constraint from the start.",
            ));
        }
    }
}
