//! `schema/partition_key_not_in_key`: a primary key, unique constraint or unique index of a partitioned table without its partition key,
//! which the server refuses.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::expression::columns_in;
use crate::catalog::model::{ConstraintKind, IndexKey, Table, TableKind};
use crate::catalog::text::Text;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx).filter(|(_, table)| table.kind == TableKind::Partitioned) {
            let keys = table
                .constraints
                .iter()
                .filter(|one| matches!(one.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique));
            let keys = keys.map(|one| (&one.name, one.defined_at.as_ref(), one.columns.clone()));
            let indexes = table.indexes.iter().filter(|index| index.unique && !index.constraint);
            let indexes = indexes.map(|index| (&index.name, index.defined_at.as_ref(), plain(&index.keys)));
            for (key, at, columns) in keys.chain(indexes) {
                let Some(missing) = lacking(table, &columns) else { continue };
                let draft = about::table(
                    name,
                    table,
                    format!("{key} on the partitioned {} lacks {missing} of the partition key", name.name),
                    "Each partition has an index of its own, which sees no other: without the partition key in it \
                     nothing could keep two partitions from holding the same value, so Postgres refuses the \
                     statement. Add the column to the key, or declare it on the partitions.",
                );
                out.find(about::at(draft, at));
            }
        }
    }
}

/// The first column of the partition key that these of a unique key do not hold: the server refuses it (`DefineIndex`).
pub fn lacking(table: &Table, columns: &[Text]) -> Option<Text> {
    let parts = columns_in(table.partition_key.as_deref()?, &table.columns);
    parts.into_iter().find(|part| !columns.contains(part))
}

fn plain(keys: &[IndexKey]) -> Vec<Text> {
    keys.iter().filter(|key| !key.expression).map(|key| key.text.clone()).collect()
}
