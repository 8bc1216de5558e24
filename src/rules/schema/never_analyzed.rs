//! `schema/never_analyzed`: a table with rows and without any statistics. Not told from the counters alone: after a reset they know of
//! no ANALYZE, and the statistics are there.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::catalog::model::{Catalog, Table, TableKind, TableName};
use crate::report::model::RecommendationKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Sink, measured, seen};

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        if about::counted(cx, out).is_none() {
            return;
        }
        for (name, table) in &cx.catalog.tables {
            let in_analyze = table.counters.as_ref().is_some_and(|counters| counters.in_analyze);
            if in_analyze || !was_never_analyzed(table) {
                continue;
            }
            let rows = live_rows(cx.catalog, name, table);
            if rows < self.min_rows {
                continue;
            }
            let parent = table.kind == TableKind::Partitioned;
            let detail = if parent {
                "Autovacuum analyses partitions, never the table above them. A query that joins or groups the whole is planned by defaults: that a column has 200 \
                 values, that a condition lets a half of a percent pass."
            } else {
                "The planner knows the size of the file and nothing else: that a column has 200 values, that a condition lets half of a percent pass. Autovacuum \
                 should have come at the first rows; it does not for temporary tables, where it is off, and not yet after a load."
            };
            let draft = about::table(name, table, format!("{} was never analysed", name.name), detail)
                .evidence(measured(if parent { "live rows of its partitions" } else { "live rows" }, rows, "rows"))
                .evidence(seen("statistics of its columns", "none"));
            let mut advice = Advice::new(
                RecommendationKind::Analyze,
                format!("Analyse {}", name.name),
                if parent {
                    "It has to be done by hand or by a timer, whenever a good part of the rows is new: after each partition, say. It reads a sample of all partitions."
                } else {
                    "Reads a sample of the table; reads and writes go on. After a load, do it before the first query."
                },
                format!("ANALYZE {}", quote_table(name)),
            );
            advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
            out.find(draft.ask(Ask::Ready(advice)));
        }
    }
}

/// Neither the planner's row count nor the statistics of a column nor the counters know of an ANALYZE.
pub(super) fn was_never_analyzed(table: &Table) -> bool {
    let known = matches!(
        table.kind,
        TableKind::Table | TableKind::Partitioned | TableKind::Partition | TableKind::MaterializedView
    );
    let counted = table.counters.as_ref().is_some_and(|counters| {
        counters.last_analyze_s.is_some() || counters.analyzes.unwrap_or(0) + counters.autoanalyzes.unwrap_or(0) > 0
    });
    known
        && table.counters.is_some()
        && !counted
        && !table.columns.is_empty()
        && table.columns.iter().all(|column| column.stats.is_none())
        && table.rows.is_none_or(|rows| rows <= 0.0 || table.kind != TableKind::Partitioned)
}

fn live_rows(catalog: &Catalog, name: &TableName, table: &Table) -> u64 {
    let own = table.counters.as_ref().map_or(0, |counters| counters.live_rows);
    if table.kind != TableKind::Partitioned {
        return own;
    }
    let parts = catalog.tables.iter().filter(|(_, child)| child.parent.as_ref() == Some(name));
    parts.map(|(part, child)| live_rows(catalog, part, child)).sum()
}
