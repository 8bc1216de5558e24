//! `schema/many_sequential_scans`: a large table that is read from end to end all day. Silent about small tables, where that is the
//! best way, and where statements are known: those tell which index is missing.

use serde::Deserialize;

use crate::catalog::model::TableKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, measured_number};
use crate::rules::server::about::{facts, habit};
use crate::rules::server::words::{age, count, size};

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_bytes: u64,
    min_per_day: f64,
    min_percent: f64,
    min_counted_s: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(counted) = facts.counted_s.filter(|seconds| *seconds >= self.min_counted_s) else {
            out.not_examined
                .push(format!("the counters are younger than {}, or their age is not known", age(self.min_counted_s)));
            return;
        };
        if cx.workload.is_some_and(|workload| !workload.workload.queries.is_empty()) {
            return;
        }
        for (name, table) in cx.catalog.tables.iter().filter(|(_, table)| table.kind != TableKind::Partitioned) {
            let Some(counters) = &table.counters else { continue };
            let Some(bytes) = counters.main_bytes.filter(|bytes| *bytes >= self.min_bytes) else { continue };
            let per_day = counters.seq_scans as f64 * 86_400.0 / counted as f64;
            let all = counters.seq_scans + counters.index_scans;
            let percent = counters.seq_scans as f64 * 100.0 / all.max(1) as f64;
            // Scans that stop early, under a LIMIT or EXISTS, read a part.
            let rows = counters.seq_rows as f64 / counters.seq_scans.max(1) as f64;
            let whole = rows * 2.0 >= counters.live_rows as f64;
            if per_day < self.min_per_day || percent < self.min_percent || !whole {
                continue;
            }
            let draft = about::table(
                name,
                table,
                format!("{} is read from end to end {per_day:.0} times a day", name.name),
                "Each time all of its pages go through memory. Some statement has a condition, or a join, that no index serves, or does want all rows.",
            )
            .evidence(measured("sequential scans", counters.seq_scans, "scans"))
            .evidence(measured("index scans", counters.index_scans, "scans"))
            .evidence(measured_number("rows read by each", rows.round(), "rows"))
            .evidence(measured("size", bytes, "bytes"))
            .evidence(measured("counted for", counted, "s"));
            out.find(draft.ask(habit(
                format!("Find the statement that reads all of {}", name.name),
                format!(
                    "{} rows, {}. pg_stat_statements, or a log of slow statements with sqlsift analyze, names it and the index that it lacks.",
                    count(counters.live_rows),
                    size(bytes as f64)
                ),
            )));
        }
    }
}
