//! `schema/unvacuumed_inserts`: many more rows were inserted since the last vacuum than those at which autovacuum should have come for
//! them, by the table's own parameters. Silent where dead rows are told, where a vacuum runs, and where autovacuum is off.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::catalog::vacuum::Vacuum;
use crate::report::model::RecommendationKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Sink, estimated, measured, seen};
use crate::rules::server::words::count;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    times: f64,
    min_rows: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = about::counted(cx, out) else { return };
        for (name, table) in &cx.catalog.tables {
            let Some(counters) = &table.counters else { continue };
            let Some(inserted) = counters.inserted_since_vacuum.filter(|rows| *rows >= self.min_rows) else { continue };
            let vacuum = Vacuum::of_table(facts, table);
            let rows = table.rows.unwrap_or(counters.live_rows as f64);
            let dead = counters.dead_rows as f64 >= vacuum.dead_rows(rows);
            if counters.in_vacuum || !vacuum.enabled || dead {
                continue;
            }
            // Since 18 pages that are frozen do not count, which makes it less: it is never told too early.
            let Some(due) = vacuum.inserted_rows(rows).filter(|due| inserted as f64 >= due * self.times) else {
                continue;
            };
            let mut draft = about::table(
                name,
                table,
                format!("{} rows were inserted into {} since its last vacuum", count(inserted), name.name),
                "Until a vacuum has marked their pages as visible to all, index-only scans look at the table for each row, and none of them is frozen: one day \
                 the vacuum against wraparound has all of it to do at once.",
            )
            .evidence(measured("inserted since", inserted, "rows"))
            .evidence(estimated("autovacuum comes at", due.round(), "inserted rows"))
            .evidence(estimated("rows", rows, "rows"));
            draft = match counters.last_vacuum_s {
                Some(seconds) => draft.evidence(measured("last vacuum", seconds, "s ago")),
                None => draft.evidence(seen("last vacuum", "none since the statistics began")),
            };
            let mut advice = Advice::new(
                RecommendationKind::Vacuum,
                format!("Vacuum {}", name.name),
                "Reads and writes go on. Do it after each load.",
                format!("VACUUM (ANALYZE) {}", quote_table(name)),
            );
            advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
            out.find(draft.ask(Ask::Ready(advice)));
        }
    }
}
