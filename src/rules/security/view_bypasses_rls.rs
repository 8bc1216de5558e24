//! `security/view_bypasses_rls`: a view without security_invoker over a table with row security. Materialized views hold
//! what their owner saw anyway.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::quote_table;
use crate::catalog::model::TableKind;
use crate::rules::draft::seen;
use crate::rules::schema::about::{self, change};
use crate::sql::facts;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let guarded = |kind: TableKind| matches!(kind, TableKind::View | TableKind::MaterializedView);
        if !cx.catalog.tables.values().any(|table| table.row_security) {
            return;
        }
        for (name, view) in cx.catalog.tables.iter().filter(|(_, table)| guarded(table.kind)) {
            let invoker = view
                .parameters
                .get("security_invoker")
                .is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "true" | "on" | "1" | "yes"));
            let Some(query) = view.query.as_ref().filter(|_| !invoker) else { continue };
            let read = facts(query);
            let behind = read
                .tables
                .iter()
                .filter_map(|(relation, _)| cx.catalog.table(relation))
                .find(|(_, table)| table.row_security);
            let Some((table, _)) = behind else { continue };
            let (detail, sql) = match view.kind {
                TableKind::View => (
                    "A view reads with the rights of its owner, whom row security does not hold back: whoever may \
                     read the view sees all rows of the table. With security_invoker (Postgres 15) the caller's \
                     rights and policies count.",
                    format!("ALTER VIEW {} SET (security_invoker = true)", quote_table(name)),
                ),
                _ => (
                    "A materialized view holds what its owner saw, which is every row, and knows no policies: \
                     whoever may read it sees all of them.",
                    String::new(),
                ),
            };
            let draft = about::table(
                name,
                view,
                format!("{} shows rows of {} past its row security", name.name, table.name),
                detail,
            );
            let draft = draft.evidence(seen("table with row security", table.to_string()));
            out.find(if sql.is_empty() {
                draft
            } else {
                draft.ask(change(
            format!("Let {} check its caller's rights", name.name),
            "The caller then needs rights on the tables behind the view as well. Before Postgres 15 there is no such \
             option: filter in the view, or do not grant it.",
            sql,
        ))
            });
        }
    }
}
