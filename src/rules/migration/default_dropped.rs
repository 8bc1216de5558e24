//! `migration/default_dropped`: a column that must be given loses what it got when nobody gave it.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, AlterTable, Name};

use super::compat::{altered_earlier, altered_later, held, runs};
use super::steps::spelled;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterTable(alter)) = runs(cx) else { return };
        let Some((table, _)) = cx.in_use(&alter.name) else { return };
        for (at, action) in alter.actions.iter().enumerate() {
            let ActionKind::DropDefault(column) = &action.kind else { continue };
            let rest = alter.actions.iter().skip(at + 1).map(|action| &action.kind);
            let settled = rest.chain(kinds(altered_later(cx, &alter.name.name))).any(|kind| gives_way(kind, column));
            if settled || !is_required(cx, alter, column) {
                continue;
            }
            let draft = cx.draft(
                action.span,
                format!("Inserts into {} that leave {} out fail from now on", table.name, column.text),
                "The column is NOT NULL, and code that is still running counts on its default: an instance that does not know the column cannot \
                 insert a row until it is replaced.",
            );
            let name = column.span.of(cx.text);
            out.find(held(cx, &table, draft).ask(Ask::Ready(Advice::new(
                RecommendationKind::SplitMigration,
                "Leave the default until all running code gives the value",
                "Deploy code that names the column in each INSERT, let every instance be replaced, and drop the default in the deploy after.",
                format!("ALTER TABLE {} ALTER COLUMN {name} DROP DEFAULT; -- in the deploy after", spelled(cx, &alter.name)),
            ))));
        }
    }
}

fn kinds<'a>(alters: impl Iterator<Item = &'a AlterTable>) -> impl Iterator<Item = &'a ActionKind> {
    alters.flat_map(|other| other.actions.iter().map(|action| &action.kind))
}

/// The column gets another default, may be left empty, or goes.
fn gives_way(kind: &ActionKind, of: &Name) -> bool {
    match kind {
        ActionKind::SetDefault { column, .. } | ActionKind::DropColumn { column, .. } => column.text == of.text,
        ActionKind::AddIdentity(column) | ActionKind::DropNotNull(column) => column.text == of.text,
        _ => false,
    }
}

/// Whether the column is NOT NULL and has a default, as the catalog knows or as the script itself has made it.
fn is_required(cx: &StatementCx<'_>, alter: &AlterTable, of: &Name) -> bool {
    let now = |kind: &ActionKind| matches!(kind, ActionKind::SetNotNull(name) if name.text == of.text);
    let becomes =
        alter.actions.iter().any(|action| now(&action.kind)) || kinds(altered_later(cx, &alter.name.name)).any(now);
    match cx.replay.table(&alter.name).and_then(|(_, table)| table.column(&of.text)) {
        Some(column) => (column.not_null || becomes) && column.default.is_some() && !column.identity,
        None => kinds(altered_earlier(cx, &alter.name.name)).any(|kind| match kind {
            ActionKind::AddColumn { column, .. } => {
                column.name.text == of.text && column.not_null.is_some() && column.default.is_some()
            }
            _ => false,
        }),
    }
}
