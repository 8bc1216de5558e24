//! `schema/table_inheritance`: a table made with INHERITS. Partitions are something else.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::model::TableKind;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in &cx.catalog.tables {
            let Some(parent) = table.parent.as_ref().filter(|_| table.kind == TableKind::Table) else { continue };
            let partition = cx.catalog.tables.get(parent).is_some_and(|parent| parent.partition_key.is_some());
            if partition {
                continue;
            }
            out.find(about::table(
                name,
                table,
                format!("{} inherits from {}: keys do not hold across the two", name.name, parent.name),
                "A SELECT from the parent shows the child's rows, but the parent's primary key, unique constraints \
                 and foreign keys do not know of them: an id may occur in both, and nothing can refer to a row of \
                 the child through the parent.",
            ));
        }
    }
}
