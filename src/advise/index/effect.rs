//! What an index is expected to save, and what it costs.
//!
//! The model is simple on purpose, and every figure it gives is marked as an estimate. With a row count and column
//! statistics: a scan of N rows becomes a visit of k rows, each four times as dear because it is fetched at random
//! (the planner's `random_page_cost` over `seq_page_cost`), so 1 - 4k/N of the time is saved. Without statistics k and N
//! come from a logged plan with actual rows: what the table's scan kept, and what its filter removed. Without either a
//! share is assumed by the kind of access. A scan of a plan that was read in full has its own share of the time. Half of the share counts when other tables take part in the query, and never
//! less than 50 µs a call remain.

use std::collections::BTreeMap;

use crate::catalog::access::{Access, ConditionKind, table_name};
use crate::catalog::model::Table;
use crate::plan::scans;
use crate::report::model::VerifiedBy;
use crate::rules::context::WorkloadCx;
use crate::sql::StatementKind;
use crate::workload::model::Query;

use super::candidate::{Candidate, Scan};
use crate::catalog::access::Key;

const FLOOR_US: f64 = 50.0;
/// No index saves everything.
const MOST: f64 = 0.98;

/// What the scans of a query's plans save together: of each scan's share of the time what the rows that it read and did not keep
/// account for. `None` without scans.
pub fn saving_of_scans<'a>(
    scans: impl Iterator<Item = (&'a Access, &'a Scan)>,
    table: Option<&Table>,
) -> Option<(f64, VerifiedBy)> {
    let mut by_statement: BTreeMap<&str, (f64, VerifiedBy)> = BTreeMap::new();
    for (access, scan) in scans {
        let rows = scan.rows.filter(|(_, read)| *read > 0.0).or_else(|| by_statistics(access, table));
        let (part, how) = match rows {
            Some(rows) => (visits(access, rows), VerifiedBy::Estimate),
            None => (assumed(access), VerifiedBy::Heuristic),
        };
        let saved = by_statement.entry(&scan.statement).or_insert((0.0, how));
        *saved = (saved.0.max(part * scan.share), how);
    }
    let how = by_statement.values().map(|(_, how)| *how).find(|how| *how == VerifiedBy::Estimate);
    let share: f64 = by_statement.values().map(|(share, _)| share).sum();
    (!by_statement.is_empty()).then(|| (share.clamp(0.0, MOST), how.unwrap_or(VerifiedBy::Heuristic)))
}

/// (rows kept, rows read) as the statistics have it.
fn by_statistics(access: &Access, table: Option<&Table>) -> Option<(f64, f64)> {
    let rows = table.and_then(|t| t.rows).filter(|rows| *rows > 0.0)?;
    access.selectivity.map(|kept| (kept * rows, rows))
}

/// Share of a scan that visits in place of the scan save.
fn visits(access: &Access, (kept, read): (f64, f64)) -> f64 {
    let visited = if access.wants_order() { kept.min(100.0) } else { kept };
    (1.0 - 4.0 * visited / read).clamp(0.0, MOST)
}

/// Share of the query's time that is saved, 0 to 1, and what the figure stands on.
pub fn saving(access: &Access, query: &Query, sources: usize, table: Option<&Table>) -> (f64, VerifiedBy) {
    let (share, how) = match by_statistics(access, table).or_else(|| by_plan(access, query)) {
        Some(rows) => (visits(access, rows), VerifiedBy::Estimate),
        None => (assumed(access), VerifiedBy::Heuristic),
    };
    (if sources > 1 { share / 2.0 } else { share }, how)
}

/// (rows kept, rows read) by the scan of the table that threw away most, over all logged plans.
fn by_plan(access: &Access, query: &Query) -> Option<(f64, f64)> {
    let scans = query.plans.iter().flat_map(|plan| scans(&plan.body));
    let of_table = scans.filter(|scan| {
        let name = scan.relation.as_deref().map(|r| r.rsplit('.').next().unwrap_or(r).trim_matches('"'));
        name == Some(access.table.name.as_str())
    });
    let counted = of_table.filter_map(|scan| {
        let (kept, removed) = (scan.rows?, scan.rows_removed_by_filter?);
        (removed > 0.0).then_some((kept, kept + removed))
    });
    counted.max_by(|a, b| a.1.total_cmp(&b.1))
}

fn assumed(access: &Access) -> f64 {
    let lists = access.equal.iter().all(|c| matches!(c.kind, ConditionKind::AnyOf(_)));
    if !access.inverted.is_empty() {
        0.8
    } else if access.equal.is_empty() && !access.ranges.is_empty() {
        0.5
    } else if lists {
        0.7
    } else {
        0.9
    }
}

/// Time left of `total_us` after a saving, µs.
pub fn remaining_us(total_us: u64, calls: u64, share: f64) -> f64 {
    let total = total_us as f64;
    (total * (1.0 - share)).max((calls as f64 * FLOOR_US).min(total))
}

/// Writes seen on the table: (statements that must write this index, other writes).
pub fn writes(candidate: &Candidate, cx: &WorkloadCx<'_>) -> (u64, u64) {
    let stands_on = |column: &String| {
        candidate.include.contains(column)
            || candidate.predicate.as_ref().is_some_and(|p| p.contains(column.as_str()))
            || candidate.keys.iter().any(|k| match &k.key {
                Key::Column(name) => name == column,
                Key::Expression(sql) => sql.contains(column.as_str()),
            })
    };
    let (mut touching, mut others) = (0, 0);
    for (query, facts) in cx.workload.queries.iter().zip(cx.facts) {
        let Some(write) = facts.as_ref().and_then(|f| f.write.as_ref()) else { continue };
        if table_name(&write.target, cx.catalog) != candidate.table {
            continue;
        }
        let pays = query.kind != StatementKind::Update || write.columns.iter().any(stands_on);
        *if pays { &mut touching } else { &mut others } += query.calls;
    }
    (touching, others)
}

/// The price in words; `None` when the log shows no write to the table.
pub fn cost(candidate: &Candidate, cx: &WorkloadCx<'_>) -> Option<String> {
    let (touching, others) = writes(candidate, cx);
    match (touching, others) {
        (0, 0) => None,
        (0, n) => Some(format!("{n} updates of other columns were seen on the table: they do not write this index")),
        (n, 0) => Some(format!("{n} writes to the table were seen: each writes this index too")),
        (n, m) => Some(format!("{n} writes to the table were seen that write this index too, {m} that do not")),
    }
}
