//! `schema/all_columns_nullable`: a table in which nothing but the key must be given. Silent about small tables and those
//! with a CHECK.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::model::ConstraintKind;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_columns: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            let key = table.primary_key().unwrap_or_default();
            let rest: Vec<_> =
                table.columns.iter().filter(|column| !key.contains(&column.name) && !column.generated).collect();
            let checked = table.constraints.iter().any(|one| matches!(one.kind, ConstraintKind::Check { .. }));
            if (rest.len() as u64) < self.min_columns || checked || rest.iter().any(|column| column.not_null) {
                continue;
            }
            out.find(about::table(
        name,
        table,
        format!("{} accepts rows in which nothing is filled in", name.name),
        "None of its columns besides the key is NOT NULL, so every reader has to expect NULL everywhere: comparisons \
         that are neither true nor false, NOT IN that finds nothing, joins that lose rows. Declare what a row always \
         has.",
    ));
        }
    }
}
