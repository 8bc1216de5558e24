//! `schema/partition_key_not_in_key`: a primary key or unique constraint of a partitioned table without its partition key,
//! which the server refuses.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::expression::columns_in;
use crate::catalog::model::{ConstraintKind, TableKind};

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx).filter(|(_, table)| table.kind == TableKind::Partitioned) {
            let Some(partition_key) = &table.partition_key else { continue };
            let parts = columns_in(partition_key, &table.columns);
            let keys = table
                .constraints
                .iter()
                .filter(|one| matches!(one.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique));
            for constraint in keys {
                let Some(missing) = parts.iter().find(|part| !constraint.columns.contains(part)) else { continue };
                let draft = about::table(
                    name,
                    table,
                    format!(
                        "{} on the partitioned {} lacks {missing} of the partition key",
                        constraint.name, name.name
                    ),
                    "Each partition has an index of its own, which sees no other: without the partition key in it \
                     nothing could keep two partitions from holding the same value, so Postgres refuses the \
                     statement. Add the column to the key, or declare it on the partitions.",
                );
                out.find(about::at(draft, constraint.defined_at.as_ref()));
            }
        }
    }
}
