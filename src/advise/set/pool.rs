//! Candidates of all queries in; each index once, with the statements that could use it, out.

use std::collections::{BTreeMap, BTreeSet};

use crate::advise::index::candidate::Candidate;
use crate::advise::index::ddl;
use crate::advise::index::size::Size;
use crate::advise::whatif::{IndexId, Sample};
use crate::catalog::access::{Access, Key, quote_table};
use crate::catalog::model::TableName;

use crate::workload::model::Query;

use super::known::IndexAt;
use super::reach::Reach;

/// One statement to plan: a sample of a query.
#[derive(Debug)]
pub struct Unit<'a> {
    /// Into the statements given.
    pub statement: usize,
    pub query: &'a Query,
    pub sample: Sample,
    pub reaches: &'a [Reach],
}

#[derive(Debug)]
pub struct Entry {
    pub candidate: Candidate,
    pub ddl: String,
    /// Units that could use it, ascending.
    pub units: Vec<usize>,
    /// As the server knows it; `None` until it is offered.
    pub id: Option<IndexId>,
    /// The server cannot try it.
    pub refused: bool,
    pub bytes: u64,
    /// Of the rows, those that fulfil the predicate.
    pub selectivity: Option<f64>,
    pub size: Option<Size>,
    /// What having it costs, in milliseconds.
    pub upkeep: f64,
}

#[derive(Debug, Default)]
pub struct Pool {
    pub entries: Vec<Entry>,
    /// Table of each entry: what [`super::known::Known`] asks for.
    pub tables: Vec<usize>,
    pub names: Vec<TableName>,
    /// Refuted: never chosen.
    pub without: BTreeSet<String>,
    at: BTreeMap<String, IndexAt>,
}

impl Pool {
    /// Where a candidate stands in the pool, which it is added to if it is new.
    pub fn add(&mut self, candidate: Candidate, units: &[Unit<'_>]) -> IndexAt {
        let ddl = format!("CREATE INDEX ON {} {}", quote_table(&candidate.table), ddl::definition(&candidate));
        if let Some(&at) = self.at.get(&ddl) {
            return at;
        }
        let table = self.names.iter().position(|name| *name == candidate.table).unwrap_or_else(|| {
            self.names.push(candidate.table.clone());
            self.names.len() - 1
        });
        let could = |unit: &Unit<'_>| unit.reaches.iter().any(|reach| could_use(&candidate, reach));
        let selectivity = candidate.predicate.as_ref().and_then(|sql| share_of_rows(sql, units));
        let units = (0..units.len()).filter(|&u| could(&units[u])).collect();
        let at = self.entries.len();
        self.at.insert(ddl.clone(), at);
        let refused = self.refuted(&ddl);
        self.tables.push(table);
        self.entries.push(Entry {
            candidate,
            ddl,
            units,
            id: None,
            refused,
            bytes: 0,
            selectivity,
            size: None,
            upkeep: 0.0,
        });
        at
    }

    pub fn is_without(&self, at: IndexAt) -> bool {
        self.refuted(&self.entries[at].ddl)
    }

    /// It must not be chosen, or begins with the same key of the same table as several that must not: what made the one slow is in
    /// the others too.
    fn refuted(&self, ddl: &str) -> bool {
        const SEVERAL: usize = 2;
        let begin = |text: &str| text.find([',', ')']).unwrap_or(text.len());
        let first = &ddl[..begin(ddl)];
        let alike = self.without.iter().filter(|other| other[..begin(other)] == *first).count();
        self.without.contains(ddl) || alike >= SEVERAL
    }

    pub fn candidate(&self, at: IndexAt) -> &Candidate {
        &self.entries[at].candidate
    }
}

/// Of the conditions whose shares are known, taken to be independent.
fn share_of_rows(predicate: &str, units: &[Unit<'_>]) -> Option<f64> {
    let constants = || units.iter().flat_map(|unit| unit.reaches).flat_map(|reach| &reach.access.constants);
    let shares: Option<Vec<f64>> =
        predicate.split(" AND ").map(|part| constants().find(|c| c.sql == part)?.selectivity).collect();
    Some(shares?.into_iter().product())
}

/// The planner might take the index for the access: its first key is something that the access looks for, joins or orders by, or
/// the index has every column that it reads.
pub fn could_use(candidate: &Candidate, reach: &Reach) -> bool {
    let access = &reach.access;
    if candidate.table != access.table {
        return false;
    }
    if let Some(predicate) = &candidate.predicate
        && !predicate.split(" AND ").all(|part| access.constants.iter().any(|c| c.sql == part))
    {
        return false;
    }
    let Some(first) = candidate.keys.first().map(|k| &k.key) else { return false };
    reach.goes_by(first) || candidate.predicate.is_some() || holds_all(candidate, access)
}

fn holds_all(candidate: &Candidate, access: &Access) -> bool {
    let has = |name: &String| {
        candidate.include.contains(name)
            || candidate.keys.iter().any(|k| matches!(&k.key, Key::Column(key) if key == name))
    };
    access.columns.as_ref().is_some_and(|columns| columns.iter().all(has))
}
