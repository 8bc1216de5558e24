//! An index, and what a server has counted of it.

use serde::{Deserialize, Serialize};

use super::{IndexKey, SourceLine};
use crate::catalog::text::Text;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Flat", into = "Flat")]
pub struct Index {
    pub name: Text,
    /// `btree`, `gin`, …
    pub method: Text,
    pub keys: Vec<IndexKey>,
    pub include: Vec<Text>,
    pub unique: bool,
    pub nulls_not_distinct: bool,
    /// WHERE of a partial index, as written.
    pub predicate: Option<Text>,
    pub valid: bool,
    /// Backs a primary key, unique or exclusion constraint.
    pub constraint: bool,
    /// Only a server gives any: migrations make thousands of indexes without.
    pub figures: Option<Box<IndexFigures>>,
    /// False: writes do not maintain it yet (`indisready`), or it is being dropped (`indislive`).
    pub ready: Option<bool>,
    pub live: Option<bool>,
    /// CREATE INDEX or REINDEX is at work on it.
    pub building: bool,
    pub defined_at: Option<SourceLine>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct IndexFigures {
    pub bytes: Option<u64>,
    pub scans: Option<u64>,
    /// Since 16; `None` when it was never scanned, too.
    pub last_scan_s: Option<u64>,
    /// Entries that scans gave, and rows that simple scans fetched by them.
    pub entries_read: Option<u64>,
    pub rows_fetched: Option<u64>,
    /// Entries, as of the last VACUUM or ANALYZE.
    pub entries: Option<f64>,
}

impl Index {
    /// Unique over plain columns and all rows, as REFRESH … CONCURRENTLY needs one (documentation, REFRESH MATERIALIZED VIEW).
    pub fn tells_rows_apart(&self) -> bool {
        self.unique && self.valid && self.predicate.is_none() && self.keys.iter().all(|key| !key.expression)
    }

    pub fn bytes(&self) -> Option<u64> {
        self.figures.as_ref()?.bytes
    }

    pub fn scans(&self) -> Option<u64> {
        self.figures.as_ref()?.scans
    }

    pub fn figures_mut(&mut self) -> &mut IndexFigures {
        self.figures.get_or_insert_default()
    }
}

/// As a snapshot has it.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Flat {
    name: Text,
    method: Text,
    keys: Vec<IndexKey>,
    include: Vec<Text>,
    unique: bool,
    nulls_not_distinct: bool,
    predicate: Option<Text>,
    valid: bool,
    constraint: bool,
    bytes: Option<u64>,
    scans: Option<u64>,
    last_scan_s: Option<u64>,
    entries_read: Option<u64>,
    rows_fetched: Option<u64>,
    entries: Option<f64>,
    ready: Option<bool>,
    live: Option<bool>,
    building: bool,
    defined_at: Option<SourceLine>,
}

impl From<Flat> for Index {
    fn from(flat: Flat) -> Self {
        let figures = IndexFigures {
            bytes: flat.bytes,
            scans: flat.scans,
            last_scan_s: flat.last_scan_s,
            entries_read: flat.entries_read,
            rows_fetched: flat.rows_fetched,
            entries: flat.entries,
        };
        Index {
            name: flat.name,
            method: flat.method,
            keys: flat.keys,
            include: flat.include,
            unique: flat.unique,
            nulls_not_distinct: flat.nulls_not_distinct,
            predicate: flat.predicate,
            valid: flat.valid,
            constraint: flat.constraint,
            figures: (figures != IndexFigures::default()).then(|| Box::new(figures)),
            ready: flat.ready,
            live: flat.live,
            building: flat.building,
            defined_at: flat.defined_at,
        }
    }
}

impl From<Index> for Flat {
    fn from(index: Index) -> Self {
        let figures = index.figures.map(|figures| *figures).unwrap_or_default();
        Flat {
            name: index.name,
            method: index.method,
            keys: index.keys,
            include: index.include,
            unique: index.unique,
            nulls_not_distinct: index.nulls_not_distinct,
            predicate: index.predicate,
            valid: index.valid,
            constraint: index.constraint,
            bytes: figures.bytes,
            scans: figures.scans,
            last_scan_s: figures.last_scan_s,
            entries_read: figures.entries_read,
            rows_fetched: figures.rows_fetched,
            entries: figures.entries,
            ready: index.ready,
            live: index.live,
            building: index.building,
            defined_at: index.defined_at,
        }
    }
}
