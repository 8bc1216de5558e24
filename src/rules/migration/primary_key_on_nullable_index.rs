//! `migration/primary_key_on_nullable_index`: a primary key that takes over an index whose columns may hold NULL.

use serde::Deserialize;

use crate::catalog::access::quote_ident;
use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{Action, ActionKind, AlterTable, ConstraintBody, Name, QualifiedName};

use super::hurting::actions;
use super::steps::{LATER, Step, not_null_steps, sketch, spelled, split};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for (alter, action, work) in actions(cx, &[Cause::SetNotNull]) {
            let Some(index) = taken_over(action) else { continue };
            let draft = cx.working(
                work,
                format!(
                    "The primary key makes columns NOT NULL, for which all of {} is read with nobody let in",
                    alter.name.name
                ),
                "The index is ready, but its columns may hold NULL: every row is looked at under ACCESS EXCLUSIVE.",
            );
            out.find(draft.ask(Ask::Ready(not_null_first(cx, alter, action, index))));
        }
    }
}

fn taken_over(action: &Action) -> Option<&Name> {
    match &action.kind {
        ActionKind::AddConstraint(def) => match &def.body {
            ConstraintBody::PrimaryKey(key) => key.using_index.as_ref(),
            _ => None,
        },
        _ => None,
    }
}

fn not_null_first(cx: &StatementCx<'_>, alter: &AlterTable, action: &Action, index: &Name) -> Advice {
    let (table, bare) = (spelled(cx, &alter.name), alter.name.name.as_str());
    let schema = Some(cx.replay.name(&alter.name).schema.to_string());
    let qualified = QualifiedName { schema, name: index.text.clone(), span: index.span };
    let columns: Vec<String> = match cx.replay.index(&qualified) {
        Some((_, index)) => index.keys.iter().map(|key| key.text.to_string()).collect(),
        None => Vec::new(),
    };
    let known = cx.replay.table(&alter.name).map(|(_, table)| table);
    let nullable =
        |column: &&String| known.and_then(|table| table.column(column)).is_none_or(|column| !column.not_null);
    let mut steps: Vec<Step> = Vec::new();
    for column in columns.iter().filter(nullable) {
        steps.extend(not_null_steps(table, bare, &quote_ident(column), column));
    }
    steps.push((LATER, format!("ALTER TABLE {table} {};", action.span.of(cx.text))));
    let make = if columns.is_empty() { sketch } else { split };
    let first = steps.remove(0).1;
    let detail =
        "A validated CHECK is the proof that SET NOT NULL takes, so that no step reads rows with nobody let in.";
    make("Make the columns NOT NULL before", detail, first, steps)
}
