//! `schema/nullable_unique`: a unique constraint over several columns of which some may be NULL. Silent about single
//! columns, where that is the usual intent.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::indexes_of;
use crate::catalog::expression::mentions;
use crate::catalog::model::{Index, Table};
use crate::rules::draft::documented;

use super::about;
use super::index_pairs::shown;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            for index in indexes_of(table)
                .iter()
                .filter(|index| index.unique && !index.nulls_not_distinct && index.keys.len() > 1)
            {
                let nullable = |column: &&str| table.column(column).is_some_and(|column| !column.not_null);
                let plain = || index.keys.iter().filter(|key| !key.expression).map(|key| key.text.as_str());
                let Some(column) = plain().find(nullable) else { continue };
                // Every column may be missing: then a row without any of them is probably meant to be free.
                let all = plain().all(|column| nullable(&column));
                let spoken = index.predicate.as_ref().is_some_and(|predicate| mentions(predicate, column));
                if all || spoken || is_completed(table, column) {
                    continue;
                }
                let detail = format!(
                    "NULL is not equal to NULL, so rows without {column} may repeat as often as they like. If that \
                     is not meant: NULLS NOT DISTINCT (Postgres 15), NOT NULL, or a second unique index over the \
                     other columns WHERE {column} IS NULL."
                );
                let title = format!("{} {} does not keep rows apart whose {column} is NULL", index.name, shown(index));
                out.find(
                    about::index(name, index, title, &detail).evidence(documented("may be NULL", column.to_owned())),
                );
            }
        }
    }
}

/// Another unique index looks after the rows where the column is NULL.
fn is_completed(table: &Table, column: &str) -> bool {
    let about_null = |index: &&Index| {
        let predicate = index.predicate.as_deref().unwrap_or_default();
        index.unique && mentions(predicate, column) && predicate.to_ascii_lowercase().contains("is null")
    };
    table.indexes.iter().any(|index| about_null(&index))
}
