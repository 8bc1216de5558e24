//! `schema/too_many_columns`: a table of very many columns.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    max_columns: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx).filter(|(_, table)| table.columns.len() as u64 > self.max_columns) {
            out.find(about::table(
                name,
                table,
                format!("{} has {} columns", name.name, table.columns.len()),
                "Each update writes a new copy of the whole row, and each SELECT * carries all of it. Columns that \
                 are written often and those that are read together are better off in tables of their own. Postgres \
                 itself ends at 1600, counting those that were dropped.",
            ));
        }
    }
}
