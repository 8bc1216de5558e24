//! `migration/rename_column`: a column gets another name while clients ask for the old one.

use serde::Deserialize;

use crate::report::model::Confidence;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, AlterTable, Name, RelationKind};

use super::compat::{altered_earlier, altered_later, held, is_new_column, runs};
use super::steps::{backfill, sketch, spelled};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterTable(alter)) = runs(cx) else { return };
        let Some((table, found)) = cx.in_use(&alter.name) else { return };
        for action in &alter.actions {
            let ActionKind::RenameColumn { from, to } = &action.kind else { continue };
            if is_new_column(cx, &alter.name, &from.text) || is_switch(cx, alter, from, to) {
                continue;
            }
            let draft = cx.draft(
                action.span,
                format!("Clients that ask {} for {} fail from now on", table.name, from.text),
                "Instances of the application that are still running, jobs and reports name the old column, and each of their statements is an \
                 error until they are replaced. No order of deploys avoids it: the new code fails before the rename, the old code after it.",
            );
            let draft = held(cx, &table, draft);
            let draft = if found.is_some() { draft } else { draft.confidence(Confidence::Medium) };
            match alter.relation {
                RelationKind::Table => out.find(draft.ask(Ask::Ready(in_steps(cx, alter, from, to)))),
                _ => out.find(draft),
            }
        }
    }
}

/// Another column takes the old name in the same script, or took its own name from one: the names stay, what is behind them changes.
fn is_switch(cx: &StatementCx<'_>, alter: &AlterTable, from: &Name, to: &Name) -> bool {
    let any =
        |alter: &AlterTable, wanted: &dyn Fn(&ActionKind) -> bool| alter.actions.iter().any(|one| wanted(&one.kind));
    let takes = |kind: &ActionKind| match kind {
        ActionKind::RenameColumn { to, .. } => to.text == from.text,
        ActionKind::AddColumn { column, .. } => column.name.text == from.text,
        _ => false,
    };
    let frees = |kind: &ActionKind| match kind {
        ActionKind::RenameColumn { from, .. } => from.text == to.text,
        ActionKind::DropColumn { column, .. } => column.text == to.text,
        _ => false,
    };
    altered_later(cx, &alter.name.name).any(|alter| any(alter, &takes))
        || altered_earlier(cx, &alter.name.name).any(|alter| any(alter, &frees))
}

fn in_steps(cx: &StatementCx<'_>, alter: &AlterTable, from: &Name, to: &Name) -> Advice {
    let table = spelled(cx, &alter.name);
    let (old, new) = (from.span.of(cx.text), to.span.of(cx.text));
    let known = cx.replay.table(&alter.name).and_then(|(_, table)| table.column(&from.text));
    let type_name = known.map_or("the_same_type", |column| column.type_name.as_str());
    sketch(
        "Add the new column beside the old one",
        "Deploy code that writes both and reads the old one, fill the new one, deploy code that knows only the new one, then drop the old one. \
         NOT NULL, defaults and indexes have to be given to the new one too. Cheaper still: let the application map the new name to the old column.",
        format!("ALTER TABLE {table} ADD COLUMN {new} {type_name};"),
        vec![
            backfill(cx, alter, &format!("{new} = {old}"), &format!("{new} IS DISTINCT FROM {old}")),
            ("at last, when no code names the old column", format!("ALTER TABLE {table} DROP COLUMN {old};")),
        ],
    )
}
