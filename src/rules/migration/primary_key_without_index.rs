//! `migration/primary_key_without_index`: a primary key whose index is built with nobody let in.

use serde::Deserialize;

use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::{Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{Action, ActionKind, ConstraintBody, ConstraintDef, KeyDef};

use super::hurting::actions;
use super::key::{Key, index_first};
use super::required_column_without_default::required;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for (alter, action, work) in actions(cx, &[Cause::PrimaryKey]) {
            let Some((def, key)) = primary_key(action) else { continue };
            let draft = cx.working(
                work,
                format!("The primary key builds its index with nobody let in to {}", alter.name.name),
                "The index is built under ACCESS EXCLUSIVE, and columns that may hold NULL are read for it besides: nobody reads or \
                 writes the table until it is done.",
            );
            let ask =
                index_first(cx, &Key { alter, action, def, key, word: "PRIMARY KEY", suffix: "pkey" }).map(Ask::Ready);
            out.find(ask.into_iter().fold(draft, crate::rules::draft::Draft::ask));
        }
    }
}

fn primary_key(action: &Action) -> Option<(&ConstraintDef, &KeyDef)> {
    match &action.kind {
        ActionKind::AddConstraint(def) => of(def),
        // That a column without values cannot be a key is another rule's matter.
        ActionKind::AddColumn { column, constraints, .. } if required(column, constraints).is_none() => {
            constraints.iter().find_map(of)
        }
        _ => None,
    }
}

fn of(def: &ConstraintDef) -> Option<(&ConstraintDef, &KeyDef)> {
    match &def.body {
        ConstraintBody::PrimaryKey(key) => Some((def, key)),
        _ => None,
    }
}
