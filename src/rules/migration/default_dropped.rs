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
            let (column, lost) = match &action.kind {
                ActionKind::DropDefault(column) => (column, Lost::Default),
                ActionKind::DropIdentity(column) => (column, Lost::Identity),
                _ => continue,
            };
            let rest = alter.actions.iter().skip(at + 1).map(|action| &action.kind);
            let settled = rest.chain(kinds(altered_later(cx, &alter.name.name))).any(|kind| gives_way(kind, column));
            if settled || !is_required(cx, alter, column, lost) {
                continue;
            }
            let draft = cx.draft(
                action.span,
                format!("Inserts into {} that leave {} out fail from now on", table.name, column.text),
                match lost {
                    Lost::Default => {
                        "The column is NOT NULL, and code that is still running counts on its default: an instance that does not know the column \
                         cannot insert a row until it is replaced."
                    }
                    Lost::Identity => {
                        "The column stays NOT NULL, and nothing numbers its rows any more: code that leaves it to the database cannot insert a row."
                    }
                },
            );
            let name = column.span.of(cx.text);
            let what = match lost {
                Lost::Default => "DEFAULT",
                Lost::Identity => "IDENTITY",
            };
            let lower = what.to_ascii_lowercase();
            out.find(held(cx, &table, draft).ask(Ask::Ready(Advice::new(
                RecommendationKind::SplitMigration,
                format!("Leave the {lower} until all running code gives the value"),
                format!("Deploy code that names the column in each INSERT, let every instance be replaced, and drop the {lower} in the deploy after."),
                format!("ALTER TABLE {} ALTER COLUMN {name} DROP {what}; -- in the deploy after", spelled(cx, &alter.name)),
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

/// What gave the value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lost {
    Default,
    Identity,
}

/// Whether the column is NOT NULL and has what is lost, as the catalog knows or as the script itself has made it.
fn is_required(cx: &StatementCx<'_>, alter: &AlterTable, of: &Name, lost: Lost) -> bool {
    let known = cx.replay.table(&alter.name).and_then(|(_, table)| table.column(&of.text));
    if lost == Lost::Identity {
        // An identity column is NOT NULL, and stays so.
        let dropped = |kind: &ActionKind| matches!(kind, ActionKind::DropNotNull(name) if name.text == of.text);
        let optional = alter.actions.iter().any(|action| dropped(&action.kind));
        return !optional && known.is_some_and(|column| column.identity);
    }
    let now = |kind: &ActionKind| matches!(kind, ActionKind::SetNotNull(name) if name.text == of.text);
    let becomes =
        alter.actions.iter().any(|action| now(&action.kind)) || kinds(altered_later(cx, &alter.name.name)).any(now);
    match known {
        Some(column) => (column.not_null || becomes) && column.default.is_some() && !column.identity,
        None => kinds(altered_earlier(cx, &alter.name.name)).any(|kind| match kind {
            ActionKind::AddColumn { column, .. } => {
                column.name.text == of.text && column.not_null.is_some() && column.default.is_some()
            }
            _ => false,
        }),
    }
}
