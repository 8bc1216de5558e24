//! Questions to the planner, each at most once, and none whose answer follows from earlier ones.

use crate::advise::whatif::{Planned, WhatIf, WhatIfError};

use super::known::{Bits, IndexAt, Known};
use super::pool::{Pool, Unit};

pub struct Explorer<'a, 'w> {
    pub units: Vec<Unit<'a>>,
    pub pool: Pool,
    /// `None`: the planner refused the statement.
    pub known: Vec<Option<Known>>,
    pub weights: Vec<f64>,
    pub calls: usize,
    /// The server does not answer any more.
    pub gone: Option<String>,
    /// Statements that could not be planned, with the reason.
    pub refused: Vec<(usize, String)>,
    pub whatif: &'w mut dyn WhatIf,
    pub hypopg_sizes: bool,
}

impl Explorer<'_, '_> {
    /// Makes an index known to the server; false when the server cannot try it.
    pub fn offer(&mut self, at: IndexAt) -> bool {
        if self.pool.entries[at].id.is_some() {
            return true;
        }
        if self.pool.entries[at].refused || self.gone.is_some() {
            return false;
        }
        match self.whatif.offer(&self.pool.entries[at].ddl) {
            Ok(offered) => {
                let entry = &mut self.pool.entries[at];
                entry.id = Some(offered.id);
                if self.hypopg_sizes {
                    entry.bytes = offered.bytes;
                }
                true
            }
            Err(WhatIfError::Gone(reason)) => {
                self.gone = Some(reason);
                false
            }
            Err(_) => {
                self.pool.entries[at].refused = true;
                false
            }
        }
    }

    /// The cost of a unit without any new index.
    pub fn base(&mut self, unit: usize) {
        if let Some(planned) = self.plan(unit, &[]) {
            self.known[unit] = Some(Known::new(planned.total_cost));
        }
    }

    /// Asks for the cost of a unit under a set, unless it is known; what the plan uses of it when it had to be asked.
    pub fn ask(&mut self, unit: usize, set: &[IndexAt]) -> Option<Vec<IndexAt>> {
        let mut own: Vec<IndexAt> = Vec::with_capacity(set.len());
        for &at in set {
            if self.pool.entries[at].units.binary_search(&unit).is_ok() && self.offer(at) {
                own.push(at);
            }
        }
        own.sort_unstable();
        own.dedup();
        if self.known[unit].as_ref()?.cost(&own, &mut Vec::new()).is_exact() {
            return None;
        }
        let planned = self.plan(unit, &own)?;
        let place = |id: &usize| own.iter().copied().find(|&at| self.pool.entries[at].id == Some(*id));
        let mut used: Vec<IndexAt> = planned.used.iter().filter_map(place).collect();
        used.sort_unstable();
        let known = self.known[unit].as_mut()?;
        known.note(Bits::of(&own), used.clone(), planned.total_cost, &self.pool.tables);
        Some(used)
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
