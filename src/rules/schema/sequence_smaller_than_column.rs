//! `schema/sequence_smaller_than_column`: a bigint column whose sequence ends where integer does: widening a serial column
//! leaves its sequence as it was.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::model::{Catalog, Sequence, TableName};
use crate::rules::draft::documented;

use super::about::{change, columns, sequence_of};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for of in columns(cx).filter(|of| of.column.type_name == "bigint") {
            let Some(name) = sequence_of(of.column) else { continue };
            let Some(sequence) = sequence(cx.catalog, of.name, name) else { continue };
            let last = match (sequence.max_value, sequence.type_name.as_str()) {
                (None, "integer") => "2,147,483,647",
                (None, "smallint") => "32,767",
                _ => continue,
            };
            let draft = of.draft(
        format!("{} is bigint, but its sequence ends at {last}", of.shown()),
        "The sequence of a serial column has a type of its own, which ALTER COLUMN … TYPE does not touch. Inserts \
         fail on the same day on which they would have failed before the column was widened.",
    );
            let mut ask = change(
                format!("Widen the sequence of {}", of.shown()),
                "Changes the catalog only.",
                format!("ALTER SEQUENCE {name} AS bigint"),
            );
            if let crate::rules::draft::Ask::Ready(advice) = &mut ask {
                advice.lock = Some("ShareRowExclusiveLock".to_owned());
            }
            out.find(draft.evidence(documented("sequence", format!("{name}, {}", sequence.type_name))).ask(ask));
        }
    }
}

fn sequence<'c>(catalog: &'c Catalog, table: &TableName, written: &str) -> Option<&'c Sequence> {
    let plain = |text: &str| text.trim_matches('"').to_owned();
    let name = match written.split_once('.') {
        Some((schema, name)) => TableName { schema: plain(schema).into(), name: plain(name).into() },
        None => TableName { schema: table.schema.clone(), name: plain(written).into() },
    };
    catalog.sequences.get(&name)
}
