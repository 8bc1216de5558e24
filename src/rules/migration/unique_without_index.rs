//! `migration/unique_without_index`: a UNIQUE constraint whose index is built with nobody let in.

use serde::Deserialize;

use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::{Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{Action, ActionKind, ConstraintBody, ConstraintDef, KeyDef};

use super::hurting::actions;
use super::key::{Key, index_first};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for (alter, action, work) in actions(cx, &[Cause::Unique]) {
            let Some((def, key)) = unique(action) else { continue };
            let draft = cx.working(
                work,
                format!("The UNIQUE constraint builds its index with nobody let in to {}", alter.name.name),
                "The index is built under ACCESS EXCLUSIVE: nobody reads or writes the table until it is done.",
            );
            let ask = index_first(cx, &Key { alter, action, def, key, word: "UNIQUE", suffix: "key" }).map(Ask::Ready);
            out.find(ask.into_iter().fold(draft, crate::rules::draft::Draft::ask));
        }
    }
}

fn unique(action: &Action) -> Option<(&ConstraintDef, &KeyDef)> {
    match &action.kind {
        ActionKind::AddConstraint(def) => of(def),
        ActionKind::AddColumn { constraints, .. } => constraints.iter().find_map(of),
        _ => None,
    }
}

fn of(def: &ConstraintDef) -> Option<(&ConstraintDef, &KeyDef)> {
    match &def.body {
        ConstraintBody::Unique(key) => Some((def, key)),
        _ => None,
    }
}
