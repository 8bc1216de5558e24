//! Candidates of all queries in; each index once, with the statements that could use it, out.

use std::collections::BTreeMap;

use crate::advise::index::candidate::{Candidate, Served};
use crate::advise::index::ddl;
use crate::advise::whatif::{IndexId, Sample};
use crate::catalog::access::{Access, Key, quote_table};
use crate::catalog::model::TableName;

use super::known::IndexAt;

/// One statement to plan: a sample of a query.
#[derive(Debug)]
pub struct Unit<'a> {
    /// Into the statements given.
    pub statement: usize,
    pub sample: Sample,
    pub weight: f64,
    pub accesses: &'a [Access],
}

#[derive(Debug)]
pub struct Entry {
    pub candidate: Candidate,
    pub ddl: String,
    pub table: usize,
    /// Units that could use it, ascending.
    pub units: Vec<usize>,
    /// As the server knows it; `None` until it is offered.
    pub id: Option<IndexId>,
    /// The server cannot try it.
    pub refused: bool,
    pub bytes: u64,
    /// What writing it costs, in the unit of weighted costs.
    pub upkeep: f64,
}

#[derive(Debug, Default)]
pub struct Pool {
    pub entries: Vec<Entry>,
    /// Table of each entry: what [`super::known::Known`] asks for.
    pub tables: Vec<usize>,
    names: Vec<TableName>,
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
        let could = |unit: &Unit<'_>| unit.accesses.iter().any(|access| could_use(&candidate, access));
        let units = (0..units.len()).filter(|&u| could(&units[u])).collect();
        let at = self.entries.len();
        self.at.insert(ddl.clone(), at);
        self.tables.push(table);
        self.entries.push(Entry { candidate, ddl, table, units, id: None, refused: false, bytes: 0, upkeep: 0.0 });
        at
    }

    pub fn candidate(&self, at: IndexAt) -> &Candidate {
        &self.entries[at].candidate
    }
}

/// The planner might take the index for the access: its first key is something that the access looks for, joins or orders by, or
/// the index has every column that it reads.
pub fn could_use(candidate: &Candidate, access: &Access) -> bool {
    if candidate.table != access.table {
        return false;
    }
    if let Some(predicate) = &candidate.predicate
        && !access.constants.iter().any(|c| predicate.contains(c.sql.as_str()))
    {
        return false;
    }
    let Some(first) = candidate.keys.first().map(|k| &k.key) else { return false };
    let conditions = access.equal.iter().chain(&access.joined).chain(&access.ranges).map(|c| &c.key);
    let orders = access.sort.first().map(|s| &s.key).into_iter().chain(&access.group);
    conditions.chain(orders).any(|key| key == first) || candidate.predicate.is_some() || holds_all(candidate, access)
}

fn holds_all(candidate: &Candidate, access: &Access) -> bool {
    let has = |name: &String| {
        candidate.include.contains(name)
            || candidate.keys.iter().any(|k| matches!(&k.key, Key::Column(key) if key == name))
    };
    access.columns.as_ref().is_some_and(|columns| columns.iter().all(has))
}

/// The candidate as serving one access of a query.
pub fn serving(candidate: &mut Candidate, query: usize, access: &Access) {
    candidate.served.push(Served { query: Some(query), access: access.clone(), scan: None });
}
