//! `schema/table_bloat`: a table that takes far more pages than its rows need, by an estimate from the statistics.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::catalog::bloat::{Estimate, table_bytes};
use crate::catalog::model::{Table, TableName};
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
            let main = table.counters.as_ref().and_then(|counters| counters.main_bytes);
            let Some(bytes) = main.filter(|bytes| *bytes >= self.min_bytes) else { continue };
            match table_bytes(table) {
                Err(reason) => out.not_examined.push(reason),
                Ok(estimate) => {
                    let wasted = bytes as f64 - estimate.bytes;
                    if wasted >= self.min_bytes as f64 && wasted * 100.0 >= self.min_percent * bytes as f64 {
                        out.find(draft(name, table, bytes, &estimate));
                    }
                }
            }
        }
    }
}

fn draft(name: &TableName, table: &Table, bytes: u64, estimate: &Estimate) -> Draft {
    let wasted = bytes as f64 - estimate.bytes;
    let percent = (wasted * 100.0 / bytes as f64).round();
    let mut draft = about::table(
        name,
        table,
        format!("{} takes {}, about {percent:.0} % of it for nothing", name.name, size(bytes as f64)),
        "Room of rows that died is used again for new ones, but a table that has grown stays as long as it is: every sequential scan reads the empty pages.",
    )
    .evidence(measured("size without TOAST and indexes", bytes, "bytes"))
    .evidence(estimated("what its rows need", estimate.bytes.round(), "bytes"))
    .evidence(assumed("quality of the estimate", estimate.quality.clone()))
    .confidence(about::confidence(estimate.trust));
    if let Some(counters) = &table.counters {
        draft = draft.evidence(measured("dead rows now", counters.dead_rows, "rows"));
    }
    let full = quote_table(name);
    let mut advice = Advice::new(
        RecommendationKind::Vacuum,
        format!("Rewrite {} without the empty room", name.name),
        "VACUUM FULL stops reads and writes until it is done, and needs room for the new table and its indexes: only in a window. pg_repack and pg_squeeze do it \
         while the table is used. If the table grows back into it, leave it. First see that autovacuum comes often enough (its scale factor), and that nothing \
         holds it back; pgstattuple_approx of the extension pgstattuple measures what this only estimates.",
        format!("VACUUM (FULL, ANALYZE) {full}"),
    );
    advice.lock = Some("AccessExclusiveLock".to_owned());
    draft.ask(Ask::Ready(advice))
}
