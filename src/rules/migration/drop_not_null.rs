//! `migration/drop_not_null`: a column that was never NULL may be NULL.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::ActionKind;

use super::compat::{held, is_new_column, runs};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterTable(alter)) = runs(cx) else { return };
        let Some((table, found)) = cx.in_use(&alter.name) else { return };
        for action in &alter.actions {
            let ActionKind::DropNotNull(column) = &action.kind else { continue };
            let known = found.and_then(|table| table.column(&column.text));
            if known.is_some_and(|column| !column.not_null) || is_new_column(cx, &alter.name, &column.text) {
                continue;
            }
            let draft = cx.draft(
                action.span,
                format!("Clients can read NULL from {} of {} from now on", column.text, table.name),
                "Code that counts on a value (a type without an option, a comparison, a join, NOT IN) meets NULL as soon as a newer version writes one.",
            );
            out.find(held(cx, &table, draft));
        }
    }
}
