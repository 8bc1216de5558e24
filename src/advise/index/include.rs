//! Columns that an index carries along so that the scan need not visit the table.

use std::collections::BTreeSet;

use crate::catalog::access::{Access, Key};
use crate::catalog::model::{Column, Table};
use crate::workload::model::Query;

use super::candidate::Candidate;

const MAX_COLUMNS: usize = 3;
/// Bytes that all included columns together may add to an entry.
const MAX_WIDTH: u32 = 40;
/// Rows per call from which visiting the table for each of them costs.
const MANY_ROWS: f64 = 50.0;

/// Columns to INCLUDE, or none when the scan would not become index-only, stays short anyway, or would carry too much.
pub fn choose(candidate: &Candidate, access: &Access, query: &Query, table: Option<&Table>) -> BTreeSet<String> {
    let none = BTreeSet::new();
    let (Some(table), Some(needed)) = (table, &access.columns) else { return none };
    if !reads_many(access, query, table) || candidate.keys.iter().any(|k| matches!(k.key, Key::Expression(_))) {
        return none;
    }
    let keyed = |name: &&String| !candidate.keys.iter().any(|k| k.key == Key::Column((*name).clone()));
    let extra: BTreeSet<String> = needed.iter().filter(keyed).cloned().collect();
    let widths: Option<Vec<u32>> =
        extra.iter().map(|name| width(table.columns.iter().find(|c| c.name == *name)?)).collect();
    let narrow = widths.is_some_and(|widths| widths.iter().sum::<u32>() <= MAX_WIDTH);
    if extra.len() <= MAX_COLUMNS && narrow { extra } else { none }
}

/// Included columns forbid deduplication, which may make the index four times as large: only for scans that visit many
/// rows.
fn reads_many(access: &Access, query: &Query, table: &Table) -> bool {
    if access.wants_order() {
        return false;
    }
    let least = if access.aggregate { MANY_ROWS } else { MANY_ROWS * 20.0 };
    let expected = access.selectivity.zip(table.rows).map(|(share, rows)| share * rows);
    let returned = query.rows.filter(|_| query.calls > 0).map(|rows| rows as f64 / query.calls as f64);
    match expected {
        Some(expected) => expected >= least,
        None if access.aggregate => true,
        None => returned.is_some_and(|rows| rows >= least),
    }
}

/// Bytes of a value: from statistics, else of a type that is narrow whatever it holds.
pub fn width(column: &Column) -> Option<u32> {
    let base = column.type_name.split('(').next().unwrap_or_default().trim();
    let fixed = match base {
        "boolean" | "\"char\"" => 1,
        "smallint" => 2,
        "integer" | "real" | "date" => 4,
        "bigint" | "double precision" | "money" => 8,
        "timestamp with time zone" | "timestamp without time zone" | "time without time zone" => 8,
        "timestamp" | "time" | "timestamptz" => 8,
        "numeric" if column.type_name.contains('(') => 8,
        "uuid" | "interval" => 16,
        _ => 0,
    };
    match (&column.stats, fixed) {
        (Some(stats), _) => Some(stats.average_width),
        (None, 0) => None,
        (None, width) => Some(width),
    }
}
