//! `schema/single_column_table`: a table of one column. Silent where another table refers to it.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::catalog::model::TableName;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let keys = cx.catalog.tables.values().flat_map(|table| table.foreign_keys());
        let referred: BTreeSet<&TableName> = keys.map(|key| key.references).collect();
        for (name, table) in about::tables(cx) {
            let [only] = table.columns.as_slice() else { continue };
            if referred.contains(name) {
                continue;
            }
            out.find(about::table(
        name,
        table,
        format!("{} has one column, {}, and nothing refers to it", name.name, only.name),
        "A list of values that nothing points at is often left over, or a CHECK, an enum or an array in disguise.",
    ));
        }
    }
}
