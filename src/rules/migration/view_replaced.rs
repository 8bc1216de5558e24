//! `migration/view_replaced`: a view that clients read becomes another.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, ObjectKind, RelationKind};

use super::compat::{held, is_old, is_unknown, runs};
use super::view_columns;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let (name, title) = match runs(cx) {
            // The server refuses to take a column away.
            Some(Ddl::CreateView(view)) if view_columns::lost(cx, view).is_some() => return,
            Some(Ddl::CreateView(view)) if view.or_replace && !view.temporary => {
                (&view.name, format!("Readers of {} get what the new query gives from now on", view.name.name))
            }
            Some(Ddl::AlterTable(alter)) if alter.relation == RelationKind::View && sets(&alter.actions) => {
                (&alter.name, format!("{} is read under other options from now on", alter.name.name))
            }
            _ => return,
        };
        if is_unknown(cx, ObjectKind::View, name) || !is_old(cx, ObjectKind::View, name) {
            return;
        }
        let draft = cx.draft(
            name.span,
            title,
            "Postgres keeps names and types of the columns; which rows come, what is in them, and with whose rights they are read may change while \
             old code runs.",
        );
        out.find(held(cx, &cx.replay.name(name), draft));
    }
}

fn sets(actions: &[crate::sql::ddl::model::Action]) -> bool {
    actions.iter().any(|action| matches!(action.kind, ActionKind::SetParameters(_) | ActionKind::ResetParameters(_)))
}
