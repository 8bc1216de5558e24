//! How large an index will be, without building it.

use crate::catalog::access::{Key, distinct_values};
use crate::catalog::model::Table;

use super::candidate::{Candidate, Method};
use super::include;

/// Usable bytes of an 8 kB page at btree's default fill factor of 90 % (documentation, "CREATE INDEX", fillfactor).
const PAGE: f64 = 8192.0;
const FILLED: f64 = (8192.0 - 40.0) * 0.9;
/// Line pointer and index tuple header.
const OVERHEAD: f64 = 12.0;
/// A row's address inside a posting list.
const ADDRESS: f64 = 6.0;

/// Bytes of a btree on a table with known row count and column widths; `None` where that is not known. Equal keys share
/// one entry with a list of row addresses (documentation, "B-Tree Deduplication"), which hypothetical indexes ignore
/// and therefore overestimate up to six times.
pub fn bytes(candidate: &Candidate, selectivity: Option<f64>, table: &Table) -> Option<u64> {
    let rows = table.rows? * if candidate.predicate.is_some() { selectivity? } else { 1.0 };
    if candidate.method == Method::Brin {
        return Some((PAGE * 3.0) as u64);
    }
    if candidate.method != Method::Btree {
        return None;
    }
    let of = |name: &str| table.columns.iter().find(|c| c.name == name).and_then(include::width);
    let mut width = 0.0;
    let mut distinct = Some(1.0);
    let mut all_null = 1.0;
    for key in &candidate.keys {
        let Key::Column(name) = &key.key else { return None };
        width += f64::from(of(name)?);
        let stats = table.columns.iter().find(|c| c.name == *name).and_then(|c| c.stats.as_ref());
        all_null *= stats.map_or(0.0, |s| s.null_fraction);
        distinct = distinct.zip(distinct_values(table, name)).map(|(a, b): (f64, f64)| a * b);
    }
    let carried: Option<u32> = candidate.include.iter().map(|name| of(name)).sum();
    let entry = ((width + f64::from(carried?)) / 8.0).ceil() * 8.0 + OVERHEAD;
    let groups = distinct.map_or(rows, |d| d.min(rows)).max(1.0);
    // Posting lists are not used with INCLUDE (nbtree README, "Deduplication").
    let folded = candidate.include.is_empty() && rows / groups > 2.0;
    let data = if folded {
        let lists = (rows / groups * ADDRESS / 1300.0).ceil().max(1.0);
        rows * ADDRESS + groups * lists * entry
    } else if candidate.include.is_empty() {
        // NULLs are equal to each other here, and share their entries.
        rows * all_null * ADDRESS + rows * (1.0 - all_null) * entry
    } else {
        rows * entry
    };
    Some(((data / FILLED).ceil() * PAGE + 2.0 * PAGE) as u64)
}
