//! What closed units of work and walks add up to: repetitions, pairs of parent and child, neighbours, walks.
//!
//! Queries are named by their number in the table until the end.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::super::model::{EXAMPLES, Neighbours, OffsetWalk, Pair, Repeat, UnitExample};
use super::super::sketch::Sketch;
use super::names::Names;
use super::table::insert;
use super::unit::{Shape, Unit};
use super::walk::Walk;

/// Runs in one unit that make a repetition, distinct literals and ratio to the parent that make a pair
/// (design notes on units of work: at least 5 runs, 3 literals, 3 runs for each of the parent's).
const RUNS: u32 = 5;
const LITERALS: u32 = 3;
const RATIO: u32 = 3;
/// Parents looked at per child, nearest first.
const PARENTS: usize = 24;
/// Patterns of each sort.
const LIMIT: usize = 20_000;
/// Neighbours; when there are more, those met once make room.
const NEIGHBOURS: usize = 4_096;

#[derive(Default)]
pub(super) struct Patterns {
    pub repeats: FxHashMap<u32, Repeat>,
    pub pairs: FxHashMap<(u32, u32), Pair>,
    pub walks: FxHashMap<u32, OffsetWalk>,
    pub neighbours: FxHashMap<(u32, u32), u64>,
    pub units: u64,
    pub units_cut: u64,
}

impl Patterns {
    pub fn neighbour(&mut self, first: u32, second: u32) {
        if self.neighbours.len() >= NEIGHBOURS && !self.neighbours.contains_key(&(first, second)) {
            self.neighbours.retain(|_, count| *count > 1);
            if self.neighbours.len() >= NEIGHBOURS {
                return;
            }
        }
        *self.neighbours.entry((first, second)).or_insert(0) += 1;
    }

    pub fn unit(&mut self, unit: &Unit, names: &Names) {
        self.units += 1;
        let mut cut = unit.cut;
        for (at, shape) in unit.shapes.iter().enumerate() {
            if shape.runs < RUNS {
                continue;
            }
            cut |= !self.repeat(shape, unit, names);
            if shape.select && !shape.hidden && shape.distinct() >= LITERALS {
                cut |= !self.pairs_of(&unit.shapes[..at], shape, unit, names);
            }
        }
        self.units_cut += u64::from(cut);
    }

    /// False when there are too many patterns already.
    fn repeat(&mut self, shape: &Shape, unit: &Unit, names: &Names) -> bool {
        if self.repeats.len() >= LIMIT && !self.repeats.contains_key(&shape.query) {
            return false;
        }
        let repeat = self.repeats.entry(shape.query).or_insert_with(|| Repeat::new(shape.query as usize));
        let runs = u64::from(shape.runs);
        if shape.hidden {
            repeat.hidden_units += 1;
            repeat.hidden_calls += runs;
        } else if shape.distinct() == 1 {
            repeat.same_units += 1;
            repeat.same_calls += runs;
            example(&mut repeat.same_examples, shape.example(names, unit.tags));
        } else {
            repeat.varied_units += 1;
            repeat.varied_calls += runs;
            example(&mut repeat.varied_examples, shape.example(names, unit.tags));
        }
        repeat.max_runs = repeat.max_runs.max(shape.runs);
        repeat.runs.add(runs);
        repeat.gaps.merge(&shape.gaps);
        repeat.wall_us += shape.wall_us();
        repeat.database_us += shape.database_us;
        repeat.each_in_own_transaction += u64::from(shape.own_transactions);
        repeat.with_others_between += u64::from(shape.between >= 2 * (runs - 1));
        true
    }

    fn pairs_of(&mut self, earlier: &[Shape], child: &Shape, unit: &Unit, names: &Names) -> bool {
        let mut room = true;
        let parents = earlier.iter().enumerate().rev().filter(|(_, parent)| parent.select);
        for (at, parent) in parents.take(PARENTS) {
            if child.runs / parent.runs < RATIO {
                continue;
            }
            let key = (child.query, parent.query);
            if self.pairs.len() >= LIMIT && !self.pairs.contains_key(&key) {
                room = false;
                continue;
            }
            let pair = self.pairs.entry(key).or_insert_with(|| Pair::new(child.query as usize, parent.query as usize));
            pair.units += 1;
            pair.calls += u64::from(child.runs);
            pair.parent_calls += u64::from(parent.runs);
            pair.max_runs = pair.max_runs.max(child.runs);
            pair.runs.add(u64::from(child.runs));
            pair.wall_us += child.wall_us();
            pair.database_us += child.database_us;
            pair.distance += (earlier.len() - at - 1) as u64;
            let together = child.one_transaction && parent.first_transaction == child.first_transaction;
            pair.in_transaction += u64::from(together);
            pair.tagged += u64::from(unit.tag != 0);
            example(&mut pair.examples, child.example(names, unit.tags));
        }
        room
    }

    pub fn walk(&mut self, walk: &Walk, names: &Names) {
        let query = walk.first.query;
        if self.walks.len() >= LIMIT && !self.walks.contains_key(&query) {
            return;
        }
        let sum = self.walks.entry(query).or_insert_with(|| OffsetWalk {
            query: query as usize,
            walks: 0,
            longest_steps: 0,
            step: 0,
            max_offset: 0,
            calls: 0,
            database_us: 0,
            examples: Vec::new(),
        });
        sum.walks += 1;
        // The step is that of the longest walk; of equally long ones, the widest.
        if (walk.steps, walk.step) > (sum.longest_steps, sum.step) {
            (sum.longest_steps, sum.step) = (walk.steps, walk.step);
        }
        sum.max_offset = sum.max_offset.max(walk.max_offset());
        sum.calls += u64::from(walk.steps) + 1;
        sum.database_us += walk.database_us;
        let first = &walk.first;
        let seen = UnitExample {
            session: first.session,
            pid: first.pid,
            origin: first.origin(),
            at: walk.start,
            runs: walk.steps + 1,
            distinct: (walk.steps + 1).min(255),
            wall_us: u64::try_from(walk.end.saturating_sub(walk.start)).unwrap_or(0),
            user: names.get(first.client.user).to_owned(),
            application: names.get(first.client.application).to_owned(),
            tag: names.get(first.tags).replace('\n', ","),
        };
        example(&mut sum.examples, seen);
    }

    /// In no order.
    pub fn take_neighbours(&mut self) -> Vec<Neighbours> {
        let mut neighbours: Vec<Neighbours> = std::mem::take(&mut self.neighbours)
            .into_iter()
            .map(|((first, second), count)| Neighbours { first: first as usize, second: second as usize, count })
            .collect();
        neighbours.sort_unstable_by_key(|pair| (pair.first, pair.second));
        neighbours
    }
}

/// Keeps the widest, then the earliest.
fn example(list: &mut Vec<UnitExample>, seen: UnitExample) {
    insert(list, EXAMPLES, seen, |example| (Reverse(example.runs), example.at, example.origin, example.session));
}

impl Repeat {
    pub(in super::super) fn new(query: usize) -> Self {
        Self {
            query,
            same_units: 0,
            same_calls: 0,
            varied_units: 0,
            varied_calls: 0,
            hidden_units: 0,
            hidden_calls: 0,
            max_runs: 0,
            median_runs: 0,
            wall_us: 0,
            database_us: 0,
            gap_us: 0,
            runs: Sketch::default(),
            gaps: Sketch::default(),
            each_in_own_transaction: 0,
            with_others_between: 0,
            same_examples: Vec::new(),
            varied_examples: Vec::new(),
        }
    }

    /// Fills in what follows from the sketches.
    pub(in super::super) fn settle(&mut self) {
        self.median_runs = median(&self.runs, self.max_runs);
        self.gap_us = self.gaps.quantile(0.5).unwrap_or(0);
    }
}

impl Pair {
    pub(in super::super) fn new(child: usize, parent: usize) -> Self {
        Self {
            child,
            parent,
            units: 0,
            calls: 0,
            max_runs: 0,
            median_runs: 0,
            runs: Sketch::default(),
            parent_calls: 0,
            wall_us: 0,
            database_us: 0,
            distance: 0,
            in_transaction: 0,
            tagged: 0,
            examples: Vec::new(),
        }
    }

    pub(in super::super) fn settle(&mut self) {
        self.median_runs = median(&self.runs, self.max_runs);
    }
}

fn median(runs: &Sketch, most: u32) -> u32 {
    runs.quantile(0.5).map_or(0, |median| u32::try_from(median).unwrap_or(u32::MAX).min(most))
}
