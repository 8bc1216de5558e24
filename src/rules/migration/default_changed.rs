//! `migration/default_changed`: what a column holds when nobody gives a value becomes another.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, ObjectKind, SequenceAction};

use super::compat::{held, is_new_column, is_old, runs};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

const WHY: &str =
    "Code that is still running leaves the value to the database and gets another one from now on, without an error.";

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        match runs(cx) {
            Some(Ddl::AlterSequence(alter)) if is_old(cx, ObjectKind::Sequence, &alter.name) => {
                let SequenceAction::Options(options) = &alter.action else { return };
                let counts = options.increment.is_some() || options.restart.is_some() || options.min_value.is_some();
                if counts || options.max_value.is_some() || options.cycle.is_some() || options.start.is_some() {
                    out.find(cx.draft(
                        alter.name.span,
                        format!("{} counts otherwise from now on", alter.name.name),
                        WHY,
                    ));
                }
            }
            Some(Ddl::AlterTable(alter)) => {
                let Some((table, found)) = cx.in_use(&alter.name) else { return };
                for action in &alter.actions {
                    let (ActionKind::SetDefault { column, .. }
                    | ActionKind::AlterIdentity { column, .. }
                    | ActionKind::SetExpression { column, .. }
                    | ActionKind::DropExpression(column)) = &action.kind
                    else {
                        continue;
                    };
                    let known = found.and_then(|table| table.column(&column.text));
                    // Where there was no default, code gives a value or means NULL; a NOT NULL column had to be given.
                    let new = matches!(&action.kind, ActionKind::SetDefault { .. })
                        && known.is_some_and(|column| column.default.is_none() && column.not_null);
                    if new || is_new_column(cx, &alter.name, &column.text) {
                        continue;
                    }
                    let title = format!("{} of {} gets another value by itself from now on", column.text, table.name);
                    out.find(held(cx, &table, cx.draft(action.span, title, WHY)));
                }
            }
            _ => {}
        }
    }
}
