//! `schema/index_bloat`: a btree that takes far more pages than its entries need, by an estimate from the statistics.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::catalog::bloat::{Estimate, index_bytes};
use crate::catalog::model::{Index, Table, TableName};
use crate::report::model::RecommendationKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, assumed, estimated, measured};
use crate::rules::server::words::size;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_percent: f64,
    min_bytes: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in &cx.catalog.tables {
            for index in table.indexes.iter().filter(|index| index.valid && !index.building) {
                let Some(bytes) = index.bytes().filter(|bytes| *bytes >= self.min_bytes) else { continue };
                match index_bytes(table, index) {
                    Err(reason) => out.not_examined.push(reason),
                    Ok(estimate) => {
                        let wasted = bytes as f64 - estimate.bytes;
                        if wasted >= self.min_bytes as f64 && wasted * 100.0 >= self.min_percent * bytes as f64 {
                            out.find(draft(name, table, index, bytes, &estimate));
                        }
                    }
                }
            }
        }
    }
}

fn draft(name: &TableName, table: &Table, index: &Index, bytes: u64, estimate: &Estimate) -> Draft {
    let wasted = bytes as f64 - estimate.bytes;
    let percent = (wasted * 100.0 / bytes as f64).round();
    let mut draft = about::index(
        name,
        index,
        format!("{} takes {}, about {percent:.0} % of it for nothing", index.name, size(bytes as f64)),
        "Pages that were filled once and emptied since are used again only for keys of the same range. Each scan and each search goes through more pages, and they \
         take memory from others.",
    )
    .evidence(measured("size", bytes, "bytes"))
    .evidence(estimated("after a rebuild", estimate.bytes.round(), "bytes"))
    .evidence(assumed("quality of the estimate", estimate.quality.clone()))
    .confidence(about::confidence(estimate.trust));
    if let Some(rows) = table.rows {
        draft = draft.evidence(estimated("rows of the table", rows, "rows"));
    }
    let full = TableName { schema: name.schema.clone(), name: index.name.clone() };
    let mut advice = Advice::new(
        RecommendationKind::ChangeSchema,
        format!("Rebuild {}", index.name),
        format!(
            "Takes room for a second index of about {} while it runs, and waits for transactions that are older. It cannot run inside a transaction block. \
             pgstatindex of the extension pgstattuple measures what this only estimates.",
            size(estimate.bytes)
        ),
        format!("REINDEX INDEX CONCURRENTLY {}", quote_table(&full)),
    );
    advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
    draft.ask(Ask::Ready(advice))
}
