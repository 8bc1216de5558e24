//! What is known of the costs in; the set that is likely the best within the budget, out. Asks the planner nothing.

use rustc_hash::FxHashMap;

use crate::catalog::cover::covers;
use crate::catalog::model::Index;

use super::known::{Bits, IndexAt, Known, Scratch};
use super::pool::Pool;

/// What a set may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    pub bytes: u64,
    pub indexes: usize,
}

/// By what the next index is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    /// The most saved.
    Absolute,
    /// The most saved a byte.
    PerByte,
    /// Between the two: by the root of its bytes.
    PerRoot,
}

impl Order {
    pub const ALL: [Order; 3] = [Order::PerByte, Order::PerRoot, Order::Absolute];

    fn score(self, gain: f64, bytes: u64) -> f64 {
        let bytes = (bytes.max(8192)) as f64;
        match self {
            Order::Absolute => gain,
            Order::PerByte => gain / bytes,
            Order::PerRoot => gain / bytes.sqrt(),
        }
    }
}

/// For each index those that would be its beginning, or whose beginning it would be.
pub type Rivals = FxHashMap<IndexAt, Vec<IndexAt>>;

/// A set with what it is likely to cost.
#[derive(Clone, Debug)]
pub struct State {
    pub set: Vec<IndexAt>,
    pub bytes: u64,
    /// Of each unit, weighted.
    costs: Vec<f64>,
    pub total: f64,
}

pub struct Solver<'a> {
    pub pool: &'a Pool,
    pub known: &'a [Option<Known>],
    pub weights: &'a [f64],
    pub room: Room,
    /// Indexes that may be chosen.
    pub open: Vec<IndexAt>,
    /// For each index those that it stands beside in vain: one is the beginning of the other.
    rivals: &'a Rivals,
    /// Indexes that some plan uses together, for what one of them is worth only beside the others (both sides of an OR).
    together: Vec<Vec<IndexAt>>,
    /// For each unit the indexes that it could use.
    useful: Vec<Bits>,
    /// Costs by unit and own indexes that were looked up already.
    memo: Vec<FxHashMap<Vec<IndexAt>, f64>>,
    scratch: Scratch,
    own: Vec<IndexAt>,
}

impl<'a> Solver<'a> {
    pub fn new(
        pool: &'a Pool,
        known: &'a [Option<Known>],
        weights: &'a [f64],
        room: Room,
        open: &[IndexAt],
        rivals: &'a Rivals,
    ) -> Self {
        let open: Vec<IndexAt> = open.iter().copied().filter(|&at| pool.entries[at].bytes <= room.bytes).collect();
        let together = together(known, weights, &open);
        let mut useful = vec![Bits::default(); known.len()];
        for (at, entry) in pool.entries.iter().enumerate() {
            entry.units.iter().for_each(|&unit| useful[unit].insert(at));
        }
        let memo = vec![FxHashMap::default(); known.len()];
        Solver {
            pool,
            known,
            weights,
            room,
            open,
            rivals,
            together,
            useful,
            memo,
            scratch: Scratch::default(),
            own: Vec::new(),
        }
    }

    /// Of a unit under `set` without `out` and with `new`.
    fn cost(&mut self, unit: usize, set: &[IndexAt], out: Option<IndexAt>, new: Option<IndexAt>) -> f64 {
        let Some(known) = &self.known[unit] else { return 0.0 };
        let useful = &self.useful[unit];
        self.own.clear();
        self.own.extend(set.iter().copied().filter(|&at| useful.contains(at) && Some(at) != out));
        if let Some(new) = new.filter(|&new| useful.contains(new))
            && let Err(place) = self.own.binary_search(&new)
        {
            self.own.insert(place, new);
        }
        if let Some(cost) = self.memo[unit].get(self.own.as_slice()) {
            return *cost;
        }
        let cost = known.cost(&self.own, &mut self.scratch).likely * self.weights[unit];
        self.memo[unit].insert(self.own.clone(), cost);
        cost
    }

    pub fn state(&mut self, mut set: Vec<IndexAt>) -> State {
        set.sort_unstable();
        let costs: Vec<f64> = (0..self.known.len()).map(|unit| self.cost(unit, &set, None, None)).collect();
        let bytes = set.iter().map(|&at| self.pool.entries[at].bytes).sum();
        let upkeep: f64 = set.iter().map(|&at| self.pool.entries[at].upkeep).sum();
        let total = costs.iter().sum::<f64>() + upkeep;
        State { set, bytes, costs, total }
    }

    /// What taking `out` away and putting `new` in would save.
    fn saving(&mut self, state: &State, out: Option<IndexAt>, new: Option<IndexAt>) -> f64 {
        let upkeep = |at: Option<IndexAt>| at.map_or(0.0, |at| self.pool.entries[at].upkeep);
        let mut saved = upkeep(out) - upkeep(new);
        let pool = self.pool;
        let units = |at: Option<IndexAt>| at.map_or(&[][..], |at| pool.entries[at].units.as_slice());
        let (first, second) = (units(new), units(out));
        for &unit in first.iter().chain(second.iter().filter(|unit| first.binary_search(unit).is_err())) {
            saved += state.costs[unit] - self.cost(unit, &state.set, out, new);
        }
        saved
    }

    fn fits(&self, state: &State, out: Option<IndexAt>, new: IndexAt) -> bool {
        let freed = out.map_or(0, |at| self.pool.entries[at].bytes);
        let number = state.set.len() + 1 - usize::from(out.is_some());
        let rivals = self.rivals.get(&new).map(Vec::as_slice).unwrap_or_default();
        !state.set.contains(&new)
            && !rivals.iter().any(|rival| Some(*rival) != out && state.set.binary_search(rival).is_ok())
            && state.bytes - freed + self.pool.entries[new].bytes <= self.room.bytes
            && number <= self.room.indexes
    }

    /// Adds what is best in this order until nothing helps or fits. Gains are looked up again only when they could be the best
    /// (they seldom grow as the set grows).
    pub fn fill(&mut self, mut state: State, order: Order) -> State {
        let mut queue: Vec<(f64, Vec<IndexAt>, usize)> = Vec::new();
        let alone: Vec<Vec<IndexAt>> = self.open.iter().map(|&at| vec![at]).collect();
        for new in alone.into_iter().chain(self.together.clone()) {
            if self.all_fit(&state, &new) {
                let score = self.score(&state, &new, order);
                queue.push((score, new, state.set.len()));
            }
        }
        loop {
            queue.retain(|(score, new, _)| *score > 1e-9 && self.all_fit(&state, new));
            queue.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            let Some(first) = queue.first_mut() else { return state };
            if first.2 != state.set.len() {
                let new = first.1.clone();
                let score = self.score(&state, &new, order);
                let first = &mut queue[0];
                (first.0, first.2) = (score, state.set.len());
                continue;
            }
            let mut set = state.set.clone();
            set.extend(first.1.iter().filter(|at| !state.set.contains(at)));
            state = self.state(set);
        }
    }

    fn score(&mut self, state: &State, new: &[IndexAt], order: Order) -> f64 {
        if let [alone] = new {
            return order.score(self.saving(state, None, Some(*alone)), self.pool.entries[*alone].bytes);
        }
        let missing: Vec<IndexAt> = new.iter().copied().filter(|at| !state.set.contains(at)).collect();
        let pool = self.pool;
        let mut set: Vec<IndexAt> = state.set.iter().chain(&missing).copied().collect();
        set.sort_unstable();
        let mut units: Vec<usize> = missing.iter().flat_map(|&at| pool.entries[at].units.iter().copied()).collect();
        units.sort_unstable();
        units.dedup();
        let upkeep: f64 = missing.iter().map(|&at| pool.entries[at].upkeep).sum();
        let saved: f64 = units.into_iter().map(|unit| state.costs[unit] - self.cost(unit, &set, None, None)).sum();
        order.score(saved - upkeep, missing.iter().map(|&at| pool.entries[at].bytes).sum())
    }

    fn all_fit(&self, state: &State, new: &[IndexAt]) -> bool {
        if let [alone] = new {
            return self.fits(state, None, *alone);
        }
        let missing: Vec<IndexAt> = new.iter().copied().filter(|at| !state.set.contains(at)).collect();
        let bytes: u64 = missing.iter().map(|&at| self.pool.entries[at].bytes).sum();
        !missing.is_empty()
            && missing.iter().all(|&at| self.fits(state, None, at))
            && state.bytes + bytes <= self.room.bytes
            && state.set.len() + missing.len() <= self.room.indexes
    }

    /// Swaps, removals and refills until none of them helps.
    pub fn improve(&mut self, mut state: State, mut over: impl FnMut() -> bool) -> State {
        loop {
            if over() {
                return state;
            }
            if let Some(better) = self.swapped(&state) {
                state = better;
                continue;
            }
            // With room for everything nothing stands in the way of anything but its rivals.
            if (self.room.bytes, self.room.indexes) == (u64::MAX, usize::MAX) {
                return state;
            }
            match self.refilled(&state, &mut over) {
                Some(better) => state = better,
                None => return state,
            }
        }
    }

    /// The best exchange of one index for another, the removal of one, or the addition of one.
    fn swapped(&mut self, state: &State) -> Option<State> {
        let least = state.total * 1e-7;
        let mut best: (f64, Option<IndexAt>, Option<IndexAt>) = (least, None, None);
        let outs: Vec<Option<IndexAt>> = std::iter::once(None).chain(state.set.iter().copied().map(Some)).collect();
        for &out in &outs {
            if out.is_some() {
                let saved = self.saving(state, out, None);
                if saved > best.0 {
                    best = (saved, out, None);
                }
            }
            for new in self.open.clone() {
                if !self.fits(state, out, new) {
                    continue;
                }
                let saved = self.saving(state, out, Some(new));
                if saved > best.0 {
                    best = (saved, out, Some(new));
                }
            }
        }
        let (_, out, new) = best;
        if out.is_none() && new.is_none() {
            return None;
        }
        let mut set = state.set.clone();
        set.retain(|at| Some(*at) != out);
        set.extend(new);
        Some(self.state(set))
    }

    /// Takes one or two indexes out and fills the room anew.
    fn refilled(&mut self, state: &State, over: &mut impl FnMut() -> bool) -> Option<State> {
        let members = state.set.clone();
        for (i, &first) in members.iter().enumerate() {
            for &second in &members[i..] {
                if over() {
                    return None;
                }
                let rest: Vec<IndexAt> = members.iter().copied().filter(|at| *at != first && *at != second).collect();
                for order in Order::ALL {
                    let bare = self.state(rest.clone());
                    let filled = self.fill(bare, order);
                    if filled.total < state.total * (1.0 - 1e-7) {
                        return Some(filled);
                    }
                }
            }
        }
        None
    }
}

/// The indexes that plans use together, those that save most first.
fn together(known: &[Option<Known>], weights: &[f64], open: &[IndexAt]) -> Vec<Vec<IndexAt>> {
    const FEW: usize = 4;
    const MOST: usize = 60;
    let mut found: Vec<(f64, Vec<IndexAt>)> = Vec::new();
    for (known, weight) in known.iter().zip(weights) {
        let Some(known) = known else { continue };
        for (used, cost) in known.together() {
            let small = used.len() <= FEW && used.iter().all(|at| open.binary_search(at).is_ok());
            if small && !found.iter().any(|(_, other)| other == used) {
                found.push(((known.base - cost) * weight, used.to_vec()));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    found.truncate(MOST);
    found.into_iter().map(|(_, used)| used).collect()
}

pub fn rivals(pool: &Pool, open: &[IndexAt]) -> Rivals {
    let mut found = Rivals::default();
    let indexes: Vec<(IndexAt, Index)> = open.iter().map(|&at| (at, pool.candidate(at).as_index(""))).collect();
    for (first, wide) in &indexes {
        for (second, narrow) in &indexes {
            let same_table = pool.tables[*first] == pool.tables[*second];
            if first != second && same_table && covers(wide, narrow) {
                found.entry(*first).or_default().push(*second);
                found.entry(*second).or_default().push(*first);
            }
        }
    }
    found
}
