//! `migration/foreign_key_validated`: a foreign key checked for every row while writes to both tables wait.

use serde::Deserialize;

use crate::catalog::model::TableKind;
use crate::effect::Version;
use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{Action, ActionKind, AlterTable, ConstraintBody, ConstraintDef, ForeignKey};

use super::hurting::{actions, actions_on_filled};
use super::steps::{LATER, Step, added, named, spelled, split, without};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for (alter, action, work) in actions(cx, &[Cause::ForeignKey]) {
            let Some((def, key)) = foreign_key(action) else { continue };
            let parent = &key.references.name;
            let draft = cx.working(
                work,
                format!("The new foreign key of {} is checked for every row while writes wait", alter.name.name),
                format!(
                    "Every row is looked up in {parent} while both tables are locked against INSERT, UPDATE and DELETE, until the \
                     transaction ends."
                ),
            );
            // Partitioned tables take NOT VALID foreign keys since Postgres 18.
            let kind = cx.replay.table(&alter.name).map(|(_, table)| table.kind);
            let possible = kind != Some(TableKind::Partitioned) || cx.version() >= Version(18);
            let ask = possible.then(|| Ask::Ready(in_two(cx, alter, action, def, key)));
            out.find(ask.into_iter().fold(draft, crate::rules::draft::Draft::ask));
        }
        on_filled(cx, out);
    }
}

/// The rows of a table that the script has just filled are looked up too, and meanwhile nobody writes to the table that they refer to.
fn on_filled(cx: &StatementCx<'_>, out: &mut Sink) {
    for (alter, action, _) in actions_on_filled(cx, Cause::ForeignKey) {
        let Some((def, key)) = foreign_key(action) else { continue };
        let Some((parent, _)) = cx.in_use(&key.references) else { continue };
        let Some(lock) = cx.effect.lock_on(&parent) else { continue };
        let title = format!("Writes to {} wait while every row of {} is checked", parent.name, alter.name.name);
        let detail = format!(
            "The script has filled {} before, so that there are rows to look up, and {} is locked against INSERT, UPDATE and DELETE until the \
             transaction ends.",
            alter.name.name, parent.name
        );
        let mut draft = cx.draft(action.span, title, detail).under(lock);
        draft.grows_with = Some(cx.replay.name(&alter.name));
        out.find(draft.ask(Ask::Ready(in_two(cx, alter, action, def, key))));
    }
}

fn foreign_key(action: &Action) -> Option<(&ConstraintDef, &ForeignKey)> {
    match &action.kind {
        ActionKind::AddConstraint(def) => of(def),
        ActionKind::AddColumn { constraints, .. } => constraints.iter().find_map(of),
        _ => None,
    }
}

fn in_two(cx: &StatementCx<'_>, alter: &AlterTable, action: &Action, def: &ConstraintDef, key: &ForeignKey) -> Advice {
    let table = spelled(cx, &alter.name);
    let columns: Vec<&str> = key.columns.iter().map(|column| column.text.as_str()).collect();
    let name = match &def.name {
        Some(name) => name.span.of(cx.text).to_owned(),
        None => named(&[&alter.name.name, &columns.join("_"), "fkey"]),
    };
    let validate = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name};");
    let title = "Add it NOT VALID, then validate";
    let detail = "NOT VALID binds new rows alone and takes a moment; VALIDATE reads the others while reads and writes of both tables go on. \
                  In one transaction the two would gain nothing.";
    if let ActionKind::AddColumn { column, .. } = &action.kind {
        let body = def.span.of(cx.text);
        // The inline form names the table; the clause of its own names the column too.
        let references = body.to_ascii_lowercase().find("references").map_or(body, |at| &body[at..]);
        let own = column.name.span.of(cx.text);
        let first = format!("ALTER TABLE {table} {};", without(cx.text, action.span, def.span));
        let then: Vec<Step> = vec![
            (LATER, format!("ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({own}) {references} NOT VALID;")),
            (LATER, validate),
        ];
        return split(title, detail, first, then);
    }
    let first = format!("ALTER TABLE {table} {} NOT VALID;", added(cx.text, def, &name));
    split(title, detail, first, vec![(LATER, validate)])
}

fn of(def: &ConstraintDef) -> Option<(&ConstraintDef, &ForeignKey)> {
    match &def.body {
        ConstraintBody::ForeignKey(key) => Some((def, key)),
        _ => None,
    }
}
