//! `migration/check_validated`: a CHECK verified for every row with nobody let in.

use serde::Deserialize;

use crate::catalog::expression::columns_in;
use crate::catalog::model::Table;
use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{Action, ActionKind, AlterTable, ConstraintBody, ConstraintDef};

use super::hurting::actions;
use super::steps::{LATER, added, named, spelled, split, without};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for (alter, action, work) in actions(cx, &[Cause::Check, Cause::AddColumnCheck]) {
            let Some(def) = check(action) else { continue };
            let inline = matches!(action.kind, ActionKind::AddColumn { .. });
            let draft = cx.working(
                work,
                format!("The new CHECK of {} is verified for every row with nobody let in", alter.name.name),
                if inline {
                    "Even of a column that is new and empty, every row is looked at, under ACCESS EXCLUSIVE: nobody reads or writes \
                     meanwhile."
                } else {
                    "Every row is looked at under ACCESS EXCLUSIVE: nobody reads or writes meanwhile. It fails on the first row that \
                     does not fit."
                },
            );
            out.find(draft.ask(Ask::Ready(in_two(cx, alter, action, def))));
        }
    }
}

fn check(action: &Action) -> Option<&ConstraintDef> {
    let is = |def: &&ConstraintDef| matches!(def.body, ConstraintBody::Check(_));
    match &action.kind {
        ActionKind::AddConstraint(def) => Some(def).filter(is),
        ActionKind::AddColumn { constraints, .. } => constraints.iter().find(is),
        _ => None,
    }
}

fn in_two(cx: &StatementCx<'_>, alter: &AlterTable, action: &Action, def: &ConstraintDef) -> Advice {
    let table = spelled(cx, &alter.name);
    let known = cx.replay.table(&alter.name).map(|(_, table)| table);
    let name = match (&def.name, &action.kind) {
        (Some(name), _) => name.span.of(cx.text).to_owned(),
        (None, ActionKind::AddColumn { column, .. }) => named(&[&alter.name.name, &column.name.text, "check"]),
        (None, _) => usual_name(&alter.name.name, def, known),
    };
    let add = format!("ALTER TABLE {table} {} NOT VALID;", added(cx.text, def, &name));
    let validate = (LATER, format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name};"));
    let title = "Add it NOT VALID, then validate";
    let detail = "NOT VALID binds new rows alone and takes a moment; VALIDATE reads the others while reads and writes go on. In one \
                  transaction the two would gain nothing.";
    match &action.kind {
        ActionKind::AddColumn { .. } => {
            let first = format!("ALTER TABLE {table} {};\n{add}", without(cx.text, action.span, def.span));
            split(title, detail, first, vec![validate])
        }
        _ => split(title, detail, add, vec![validate]),
    }
}

/// What Postgres calls a CHECK without a name: with its column where it is about one (`ChooseConstraintName`).
fn usual_name(bare: &str, def: &ConstraintDef, table: Option<&Table>) -> String {
    let columns = match (&def.body, table) {
        (ConstraintBody::Check(expression), Some(table)) => columns_in(&expression.text, &table.columns),
        _ => Vec::new(),
    };
    match columns.as_slice() {
        [one] => named(&[bare, one, "check"]),
        _ => named(&[bare, "check"]),
    }
}
