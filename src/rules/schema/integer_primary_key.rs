//! `schema/integer_primary_key`: a generated key of 32 or 16 bits. Silent about keys whose values somebody assigns: lookup
//! tables have few.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about::{ColumnOf, change, columns, is_generated_key, sequence_of};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for of in columns(cx).filter(is_small_generated_key) {
            let last = if of.column.type_name == "smallint" { "32,767" } else { "2,147,483,647" };
            let draft = of.draft(
        format!("{} is {} and generated: inserts fail after {last}", of.shown(), of.column.type_name),
        "Inserts that fail, are rolled back or run into ON CONFLICT spend numbers too, so they run out long before \
         the table holds that many rows. To widen the key of a large table, and every column that refers to it, \
         while it is in use is weeks of work; four more bytes a row are the price of never having to.",
    );
            out.find(draft.ask(change(
        format!("Make {} bigint", of.shown()),
        "Columns that refer to it need the same. The table is rewritten and locked meanwhile: on a large one add a \
         bigint column, keep it in step with a trigger, fill it in batches, and swap the two.",
        widen(&of),
    )));
        }
    }
}

fn is_small_generated_key(of: &ColumnOf<'_>) -> bool {
    matches!(of.column.type_name.as_str(), "integer" | "smallint")
        && is_generated_key(of.column)
        && of.table.primary_key().is_some_and(|key| *key == [of.column.name.clone()])
}

/// The sequence of a serial column keeps its own limit; that of an identity column follows (`transformAlterTableStmt`).
fn widen(of: &ColumnOf<'_>) -> String {
    let column = of.alter("TYPE bigint");
    match sequence_of(of.column) {
        Some(sequence) => format!("{column};\nALTER SEQUENCE {sequence} AS bigint"),
        None => column,
    }
}
