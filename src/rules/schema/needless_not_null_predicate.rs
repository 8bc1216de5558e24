//! `schema/needless_not_null_predicate`: `WHERE x IS NOT NULL` in an index although x is NOT NULL. Silent where the index
//! begins with x: a search by it implies the condition.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::{indexes_of, normal_expression};
use crate::rules::draft::documented;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            for index in indexes_of(table).iter() {
                let Some(predicate) = &index.predicate else { continue };
                let column = table.columns.iter().find(|column| {
                    let quoted = crate::catalog::access::quote_ident(&column.name);
                    column.not_null
                        && normal_expression(predicate) == normal_expression(&format!("{quoted} IS NOT NULL"))
                });
                let Some(column) = column else { continue };
                if index.keys.first().is_some_and(|key| key.text == column.name) {
                    continue;
                }
                let detail = "The condition holds for every row, so the index is no smaller for it. Yet Postgres up \
                              to 16 uses a partial index only where the query says the same or implies it: a search that does \
                              not name the column goes without.";
                let title = format!("{} leaves out no row: {} is NOT NULL", index.name, column.name);
                out.find(about::index(name, index, title, detail).evidence(documented("condition", predicate.clone())));
            }
        }
    }
}
