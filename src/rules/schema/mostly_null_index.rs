//! `schema/mostly_null_index`: an index on a column that is nearly always NULL, and holds all of those.

use serde::Deserialize;

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::{Index, Table, TableKind, TableName};
use crate::report::model::{RecommendationKind, SqlPart};
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented, estimated, measured, measured_number};

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_percent: f64,
    min_bytes: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in cx.catalog.tables.iter().filter(|(_, table)| table.kind == TableKind::Table) {
            for index in table.indexes.iter().filter(|index| index.valid && !index.constraint && !index.unique) {
                let [key] = index.keys.as_slice() else { continue };
                let Some(bytes) = index.bytes().filter(|bytes| *bytes >= self.min_bytes) else { continue };
                let stats =
                    table.column(&key.text).filter(|_| !key.expression).and_then(|column| column.stats.as_ref());
                let Some(nulls) = stats.map(|stats| stats.null_fraction * 100.0) else { continue };
                let plain = index.predicate.is_none()
                    && index.include.is_empty()
                    && matches!(index.method.as_str(), "" | "btree");
                if plain && nulls >= self.min_percent {
                    out.find(draft(name, table, index, &key.text, bytes, nulls));
                }
            }
        }
    }
}

fn draft(name: &TableName, table: &Table, index: &Index, column: &str, bytes: u64, nulls: f64) -> Draft {
    let mut draft = about::index(
        name,
        index,
        format!("{nulls:.0} % of the entries of {} are NULL", index.name),
        "A search for a value never looks at them. Only IS NULL does, and for that many rows an index is no help. Each insert of a NULL writes the index all the same.",
    )
    .evidence(measured_number("NULL", (nulls * 10.0).round() / 10.0, "%"))
    .evidence(measured("size", bytes, "bytes"))
    .evidence(estimated("size without them", bytes as f64 * (1.0 - nulls / 100.0), "bytes"));
    if let Some(scans) = index.scans() {
        draft = draft.evidence(measured("scans", scans, "scans"));
    }
    if table.foreign_keys().any(|key| key.columns == [column.to_owned()]) {
        draft = draft
            .evidence(documented("foreign key", "its check looks for values only, and uses the smaller index as well"));
    }
    let fresh = format!("{}_not_null", index.name);
    let full = |index: &str| quote_table(&TableName { schema: name.schema.clone(), name: index.into() });
    let mut advice = Advice::new(
        RecommendationKind::CreateIndex,
        format!("Index only the rows of {} that have a {column}", name.name),
        "If nothing searches for IS NULL by it, or sorts all rows by it. Build the new one first, then drop the old one.",
        format!(
            "CREATE INDEX CONCURRENTLY {} ON {} ({}) WHERE {} IS NOT NULL",
            quote_ident(&fresh),
            quote_table(name),
            quote_ident(column),
            quote_ident(column)
        ),
    );
    advice
        .more_sql
        .push(SqlPart { label: "then".to_owned(), sql: format!("DROP INDEX CONCURRENTLY {}", full(&index.name)) });
    advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
    advice.undo = Some(format!("DROP INDEX CONCURRENTLY {}", full(&fresh)));
    draft.ask(Ask::Ready(advice))
}
