//! `schema/outdated_statistics`: many more rows have changed since the last ANALYZE than those at which autovacuum should have come, by
//! the table's own parameters.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::catalog::vacuum::Vacuum;
use crate::report::model::RecommendationKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Sink, estimated, measured, seen};
use crate::rules::server::words::count;

use super::about;
use super::never_analyzed::was_never_analyzed;

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
            let Some(modified) = counters.modified.filter(|rows| *rows >= self.min_rows) else { continue };
            let vacuum = Vacuum::of_table(facts, table);
            if counters.in_analyze || !vacuum.enabled || was_never_analyzed(table) {
                continue;
            }
            let rows = table.rows.unwrap_or(counters.live_rows as f64);
            let due = vacuum.changed_rows(rows);
            if (modified as f64) < due * self.times {
                continue;
            }
            let mut draft = about::table(
                name,
                table,
                format!("{} rows of {} changed since it was analysed", count(modified), name.name),
                "The planner goes by figures of a table that is no longer so: it misjudges how many rows a condition gives, and takes a nested loop where a hash \
                 join is right, or the wrong index. What was inserted since lies beyond the last value that it knows.",
            )
            .evidence(measured("changed since", modified, "rows"))
            .evidence(estimated("autovacuum analyses at", due.round(), "changed rows"))
            .evidence(estimated("rows", rows, "rows"));
            draft = match counters.last_analyze_s {
                Some(seconds) => draft.evidence(measured("last ANALYZE", seconds, "s ago")),
                None => draft.evidence(seen("last ANALYZE", "none since the statistics began")),
            };
            let mut advice = Advice::new(
                RecommendationKind::Analyze,
                format!("Analyse {}", name.name),
                "Reads a sample of the table; reads and writes go on.",
                format!("ANALYZE {}", quote_table(name)),
            );
            advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
            out.find(draft.ask(Ask::Ready(advice)));
        }
    }
}
