//! Questions to the planner, each at most once, and none whose answer follows from earlier ones.

use std::collections::BTreeMap;

use crate::advise::index::candidate::Candidate;
use crate::advise::index::size;
use crate::advise::whatif::{Offered, Planned, WhatIf, WhatIfError};
use crate::catalog::model::{Catalog, TableName};

use super::known::{IndexAt, Known, Scratch};
use super::pool::{Pool, Unit};
use super::scans::{Scans, scans};
use super::upkeep::{Writes, upkeep_ms};
use super::{SizeModel, Watch};

/// What an index costs whoever has it.
#[derive(Debug, Default)]
pub struct Prices {
    pub writes: BTreeMap<TableName, Writes>,
    pub byte_ms: f64,
    /// Of any index: of two sets that are as good, the smaller one is better.
    pub index_ms: f64,
}

pub struct Explorer<'a, 'w> {
    pub units: Vec<Unit<'a>>,
    pub pool: Pool,
    /// `None`: the planner refused the statement.
    pub known: Vec<Option<Known>>,
    /// What the plans of each unit read: without new indexes, and with most of them.
    pub scans: Vec<Scans>,
    pub scans_at_best: Vec<(usize, Scans)>,
    /// By what a plan uses.
    shapes: BTreeMap<(usize, Vec<IndexAt>), Scans>,
    /// Milliseconds of the workload's time for one unit of a statement's cost.
    pub weights: Vec<f64>,
    pub prices: Prices,
    pub calls: usize,
    pub cut_short: bool,
    /// The server does not answer any more.
    pub gone: Option<String>,
    /// Statements that could not be planned, with the reason.
    pub refused: Vec<(usize, String)>,
    pub watch: &'w dyn Watch,
    catalog: &'a Catalog,
    whatif: &'w mut dyn WhatIf,
    sizes: SizeModel,
}

impl<'a, 'w> Explorer<'a, 'w> {
    pub fn new(
        units: Vec<Unit<'a>>,
        catalog: &'a Catalog,
        whatif: &'w mut dyn WhatIf,
        watch: &'w dyn Watch,
        sizes: SizeModel,
    ) -> Self {
        let count = units.len();
        Explorer {
            units,
            pool: Pool::default(),
            known: (0..count).map(|_| None).collect(),
            scans: vec![Scans::default(); count],
            scans_at_best: vec![(0, Scans::default()); count],
            shapes: BTreeMap::new(),
            weights: vec![1.0; count],
            prices: Prices::default(),
            calls: 0,
            cut_short: false,
            gone: None,
            refused: Vec::new(),
            watch,
            catalog,
            whatif,
            sizes,
        }
    }

    pub fn spent(&self) -> f64 {
        self.watch.spent()
    }

    /// For whoever looks at where the time goes.
    pub fn tell(&self, what: &str, indexes: usize) {
        let (spent, calls) = (self.spent(), self.calls);
        tracing::info!("indexes: {what}: {spent:.3} of the time, {calls} questions, {indexes} indexes");
    }

    pub fn base_cost(&self, unit: usize) -> f64 {
        self.known[unit].as_ref().map_or(0.0, |known| known.base)
    }

    /// Of the whole workload, in milliseconds.
    pub fn base_ms(&self) -> f64 {
        (0..self.units.len()).map(|unit| self.base_cost(unit) * self.weights[unit]).sum()
    }

    pub fn bound_ms(&self) -> f64 {
        let bound = |unit: usize| self.known[unit].as_ref().map_or(0.0, Known::bound);
        (0..self.units.len()).map(|unit| bound(unit) * self.weights[unit]).sum()
    }

    /// Those of a set that a unit could use, ascending.
    pub fn own(&self, unit: usize, set: &[IndexAt]) -> Vec<IndexAt> {
        let could = |at: &IndexAt| self.pool.entries[*at].units.binary_search(&unit).is_ok();
        let mut own: Vec<IndexAt> = set.iter().copied().filter(could).collect();
        own.sort_unstable();
        own.dedup();
        own
    }

    /// The cost of one call of a unit under a set, as far as it is known.
    pub fn likely(&self, unit: usize, set: &[IndexAt]) -> f64 {
        let own = self.own(unit, set);
        self.known[unit].as_ref().map_or(0.0, |known| known.cost(&own, &mut Scratch::default()).likely)
    }

    /// How far apart the least and the most are that a unit may cost under a set, in milliseconds of the workload's time.
    pub fn doubt(&self, unit: usize, set: &[IndexAt]) -> f64 {
        let mut own = self.own(unit, set);
        own.retain(|&at| self.pool.entries[at].id.is_some());
        let Some(known) = &self.known[unit] else { return 0.0 };
        let cost = known.cost(&own, &mut Scratch::default());
        if cost.is_exact() { 0.0 } else { (cost.most - cost.least) * self.weights[unit] }
    }

    /// Of the whole workload under a set, with the upkeep of its indexes.
    pub fn likely_ms(&self, set: &[IndexAt]) -> f64 {
        self.sum(set, |explorer, unit| explorer.likely(unit, set))
    }

    /// As [`Self::likely_ms`], but where the planner was not asked nothing is taken to be saved.
    pub fn certain_ms(&self, set: &[IndexAt]) -> f64 {
        let tried: Vec<IndexAt> = set.iter().copied().filter(|&at| self.pool.entries[at].id.is_some()).collect();
        self.sum(set, |explorer, unit| {
            let Some(known) = &explorer.known[unit] else { return 0.0 };
            let cost = known.cost(&explorer.own(unit, &tried), &mut Scratch::default());
            if cost.is_exact() { explorer.likely(unit, set) } else { cost.most }
        })
    }

    fn sum(&self, set: &[IndexAt], cost: impl Fn(&Self, usize) -> f64) -> f64 {
        let upkeep: f64 = set.iter().map(|&at| self.pool.entries[at].upkeep).sum();
        (0..self.units.len()).map(|unit| cost(self, unit) * self.weights[unit]).sum::<f64>() + upkeep
    }

    pub fn units_of(&self, at: IndexAt) -> Vec<usize> {
        self.pool.entries[at].units.clone()
    }

    /// The planner's choice under the set has this index in it.
    pub fn uses(&self, unit: usize, set: &[IndexAt], at: IndexAt) -> bool {
        let answer = self.known[unit].as_ref().and_then(|known| known.answer(&self.own(unit, set)));
        answer.is_some_and(|(used, _)| used.contains(&at))
    }

    /// What the planner's choice under the set reads, if it said so.
    pub fn scans_under(&self, unit: usize, set: &[IndexAt]) -> Option<&Scans> {
        let (used, _) = self.known[unit].as_ref()?.answer(&self.own(unit, set))?;
        self.shapes.get(&(unit, used))
    }

    /// The share of a unit's cost that an index alone may save, as far as is known.
    pub fn hope(&self, unit: usize, at: IndexAt) -> f64 {
        if self.pool.entries[at].units.binary_search(&unit).is_err() {
            return 0.0;
        }
        let Some(known) = &self.known[unit] else { return 0.0 };
        (known.base - known.cost(&[at], &mut Scratch::default()).least) / known.base.max(f64::MIN_POSITIVE)
    }

    /// Takes what a set saves as the work of the tables' indexes, each with the part of its table's scan in all of them, until more is
    /// known.
    pub fn credit(&mut self, unit: usize, used: &[IndexAt], cost: f64) {
        /// Together they save more than one by one: the others make an index useful in a join.
        const ALONE: f64 = 0.7;
        let tables = &self.pool.tables;
        let mut different: Vec<usize> = used.iter().map(|&at| tables[at]).collect();
        different.sort_unstable();
        different.dedup();
        let Some(known) = self.known[unit].as_mut().filter(|_| used.len() > 1) else { return };
        let scans = &self.scans[unit];
        let work = |table: usize| scans.whole(&self.pool.names[table].name).map_or(1.0, |scan| scan.cost.max(1.0));
        let all: f64 = different.iter().map(|&table| work(table)).sum();
        for &at in used {
            let part = (known.base - cost) * work(tables[at]) / all * ALONE;
            known.guess(at, known.base - part, tables[at]);
        }
    }

    /// Puts a candidate into the pool, where it stands only once.
    pub fn add(&mut self, candidate: Candidate) -> IndexAt {
        self.pool.add(candidate, &self.units)
    }

    /// Makes an index known to the server; false when the server cannot try it.
    pub fn offer(&mut self, at: IndexAt) -> bool {
        let entry = &self.pool.entries[at];
        if entry.id.is_some() {
            return true;
        }
        if entry.refused || self.gone.is_some() {
            return false;
        }
        let answer = self.whatif.offer(&entry.ddl);
        self.note_offer(at, answer)
    }

    /// Makes those known that are not yet.
    pub fn offer_all(&mut self, all: &[IndexAt]) {
        let new = |at: &IndexAt| self.pool.entries[*at].id.is_none() && !self.pool.entries[*at].refused;
        let new: Vec<IndexAt> = all.iter().copied().filter(new).collect();
        if new.is_empty() || self.gone.is_some() {
            return;
        }
        let ddls: Vec<String> = new.iter().map(|&at| self.pool.entries[at].ddl.clone()).collect();
        for (at, answer) in new.into_iter().zip(self.whatif.offer_all(&ddls)) {
            self.note_offer(at, answer);
        }
    }

    fn note_offer(&mut self, at: IndexAt, answer: Result<Offered, WhatIfError>) -> bool {
        match answer {
            Ok(offered) => {
                self.pool.entries[at].id = Some(offered.id);
                self.price(at, Some(offered.bytes));
                true
            }
            Err(error) => {
                if let WhatIfError::Gone(reason) = error {
                    self.gone = Some(reason);
                }
                self.pool.entries[at].refused = true;
                false
            }
        }
    }

    /// Size and upkeep of an index; `told` is what the server thinks of its size.
    pub fn price(&mut self, at: IndexAt, told: Option<u64>) {
        let entry = &mut self.pool.entries[at];
        let Some(table) = self.catalog.tables.get(&entry.candidate.table) else { return };
        entry.size = size::estimate(&entry.candidate, entry.selectivity, table);
        let own = entry.size.map(|size| size.bytes);
        let bytes = match self.sizes {
            SizeModel::Own => own.or(told),
            SizeModel::Hypopg => told.or(own),
        };
        entry.bytes = bytes.or(table.heap_bytes.map(|bytes| bytes / 4)).unwrap_or(1 << 20);
        let none = Writes::default();
        let writes = self.prices.writes.get(&entry.candidate.table).unwrap_or(&none);
        entry.upkeep = upkeep_ms(&entry.candidate, writes, table)
            + self.prices.byte_ms * entry.bytes as f64
            + self.prices.index_ms;
    }

    /// The cost of a unit without any new index.
    pub fn base(&mut self, unit: usize) {
        if let Some(planned) = self.plan(unit, &[]) {
            self.known[unit] = Some(Known::new(planned.total_cost));
            self.scans[unit] = scans(&planned);
        }
    }

    /// Asks for the cost of a unit under a set, unless it is known: what the plan uses of it, and its cost.
    pub fn ask(&mut self, unit: usize, set: &[IndexAt]) -> Option<(Vec<IndexAt>, f64)> {
        let own = self.own(unit, set);
        self.offer_all(&own);
        let own: Vec<IndexAt> = own.into_iter().filter(|&at| self.pool.entries[at].id.is_some()).collect();
        if let Some(answer) = self.known[unit].as_ref()?.answer(&own) {
            return Some(answer);
        }
        let planned = self.plan(unit, &own)?;
        let place = |id: &usize| own.iter().copied().find(|&at| self.pool.entries[at].id == Some(*id));
        let mut used: Vec<IndexAt> = planned.used.iter().filter_map(place).collect();
        used.sort_unstable();
        let read = scans(&planned);
        if own.len() > self.scans_at_best[unit].0 {
            self.scans_at_best[unit] = (own.len(), read.clone());
        }
        self.shapes.insert((unit, used.clone()), read);
        let known = self.known[unit].as_mut()?;
        known.note(&own, used.clone(), planned.total_cost, &self.pool.tables);
        Some((used, planned.total_cost))
    }

    fn plan(&mut self, unit: usize, set: &[IndexAt]) -> Option<Planned> {
        if self.gone.is_some() {
            return None;
        }
        let ids: Vec<usize> = set.iter().filter_map(|&at| self.pool.entries[at].id).collect();
        self.calls += 1;
        match self.whatif.plan(&self.units[unit].sample, &ids) {
            Ok(planned) => Some(planned),
            Err(WhatIfError::Gone(reason)) => {
                self.gone = Some(reason);
                None
            }
            Err(WhatIfError::Statement(reason) | WhatIfError::Index(reason)) => {
                if set.is_empty() {
                    self.refused.push((unit, reason));
                }
                None
            }
        }
    }
}
