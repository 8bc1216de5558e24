//! The statements of a workload and the server's planner in; the set of indexes that helps all of them most within a budget, out.
//!
//! Every candidate of every statement is offered to the planner ([`candidates`], [`nominate`]); what it takes is searched for the
//! best set ([`solve`]), and what the search believes is asked again until it holds ([`rounds`]). No question is asked whose
//! answer follows from an earlier one ([`known`]).

mod advice;
mod benefit;
mod candidates;
mod consolidate;
mod explore;
pub mod kept;
mod known;
mod merge;
mod nominate;
mod outcome;
mod pool;
mod reach;
mod risk;
mod rounds;
mod scans;
mod solve;
mod statements;
#[cfg(test)]
mod tests;
mod upkeep;
mod weigh;

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::catalog::model::Catalog;
use crate::sql::facts::Facts;
use crate::workload::model::{Query, QueryIndex};

use super::constants::Put;
use super::index::candidate::{Candidate, exists};
use super::index::size::Size;
use super::samples::spread::Told;
use super::whatif::{Sample, WhatIf};
use explore::Explorer;
use known::IndexAt;
use pool::Unit;
use reach::{Reach, reaches};

pub use advice::{recommendations, refusals};
pub use risk::Risk;
pub use statements::{Statements, of_workload};

/// A query to advise for.
#[derive(Clone, Debug)]
pub struct Statement<'a> {
    pub query: QueryIndex,
    /// Its text may have constants that the query's own has not.
    pub known: Cow<'a, Query>,
    pub facts: Cow<'a, Facts>,
    pub samples: Vec<Sample>,
    /// Constants that were put into its text.
    pub put: Vec<Put>,
    /// Why no index can be advised for some of its conditions.
    pub missing: Vec<String>,
}

/// Whose sizes count against the budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SizeModel {
    /// As they will be on disk.
    #[default]
    Own,
    /// As HypoPG has them: up to six times as large, but what published figures are made with.
    Hypopg,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all new indexes together.
    pub budget: Option<u64>,
    pub most_indexes: Option<usize>,
    pub sizes: SizeModel,
    /// Indexes that are not to be chosen, as [`Chosen::ddl`] has them.
    pub without: BTreeSet<String>,
}

/// The time that the search may take.
pub trait Watch {
    /// 0 at the start, 1 when the time is over.
    fn spent(&self) -> f64;
    /// The best cost so far, beside the cost without new indexes and with all of them.
    fn step(&self, step: Step);
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub base: f64,
    pub cost: f64,
    pub bound: f64,
}

/// An index of the set.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub candidate: Candidate,
    /// Without name and CONCURRENTLY, as it was offered.
    pub ddl: String,
    /// Counted against the budget.
    pub bytes: u64,
    /// On disk, as far as that can be told.
    pub size: Option<Size>,
    /// What the set would lose without it, in milliseconds of the workload's time, its upkeep taken off.
    pub gain_ms: f64,
    pub upkeep_ms: f64,
    /// The planner could not try it: gain and use are our own estimate.
    pub estimated: bool,
    pub serves: Vec<Service>,
    /// Constants in its keys that no query showed.
    pub assumed: Vec<Put>,
    /// Joins by it that are slower than today if an estimate is wrong.
    pub risks: Vec<Risk>,
}

/// What an index does for a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    pub query: QueryIndex,
    /// Planner costs of one call: without new indexes, under the set without this one, under the set.
    pub base: f64,
    pub without: f64,
    pub with: f64,
    /// For each sample of the query, the share of its cost that this index takes off.
    pub saved: Vec<Told>,
}

/// A query under the set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    pub query: QueryIndex,
    /// Planner costs of one call.
    pub base: f64,
    pub bound: f64,
    pub cost: f64,
    pub calls: f64,
}

#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub chosen: Vec<Chosen>,
    /// Queries that the planner was asked about.
    pub queries: Vec<Judged>,
    /// Queries that it was not, with the reason.
    pub refused: Vec<(QueryIndex, String)>,
    /// Queries that stay dear because a condition of theirs allows no index, or none that is known, with what to do.
    pub unserved: Vec<(QueryIndex, String)>,
    /// Weighted planner cost of the workload, in milliseconds of its time.
    pub base_ms: f64,
    pub bound_ms: f64,
    pub cost_ms: f64,
    /// Candidates that were tried, and questions to the planner.
    pub candidates: usize,
    pub calls: usize,
    /// The time was over before the search was.
    pub cut_short: bool,
    /// The server went away.
    pub gone: Option<String>,
}

impl Outcome {
    /// Queries that there was no time for.
    pub fn late(&self) -> impl Iterator<Item = QueryIndex> {
        self.refused.iter().filter(|(_, reason)| reason == TIME_WAS_OVER).map(|(query, _)| *query)
    }
}

const TIME_WAS_OVER: &str = "the time was over";

/// Until this share of the time every statement is planned as it is; then with a few candidates; then all candidates are tried, unless
/// it is late already; then what each is worth alone; then sets.
const FIRST: f64 = 0.4;
const AT_ONCE: f64 = 0.7;
const LATE: f64 = 0.3;
/// To as many questions about each statement there must be time for an answer, or a few candidates have to do.
const ANSWERS: f64 = 6.0;
const SOME_UNTIL: f64 = 0.4;
const TIME_LEFT: f64 = 0.5;
const NOMINATING_LATE: f64 = 0.7;
const NOMINATING: f64 = 0.45;
const SINGLES: f64 = 0.6;

pub fn search(
    statements: &[Statement<'_>],
    catalog: &Catalog,
    whatif: &mut dyn WhatIf,
    limits: &Limits,
    watch: &dyn Watch,
) -> Outcome {
    let reached: Vec<Vec<Reach>> = statements.iter().map(|s| reaches(&s.known.text, &s.facts, catalog)).collect();
    let mut units = Vec::new();
    for (at, statement) in statements.iter().enumerate() {
        let of_sample = |sample: &Sample| Unit {
            statement: at,
            query: &statement.known,
            sample: sample.clone(),
            reaches: &reached[at],
        };
        units.extend(statement.samples.iter().map(of_sample));
    }
    let mut explorer = Explorer::new(units, catalog, whatif, watch, limits.sizes);
    explorer.pool.without.clone_from(&limits.without);
    for unit in 0..explorer.units.len() {
        if explorer.spent() < FIRST {
            explorer.base(unit);
        } else {
            explorer.refused.push((unit, TIME_WAS_OVER.to_owned()));
        }
    }
    weigh::weigh(&mut explorer, statements);
    let writes = upkeep::observed(statements.iter().map(|s| (s.known.as_ref(), s.facts.as_ref())), catalog);
    // Within a budget a byte has a price only so that of two sets that save as much the smaller one is chosen.
    let price = weigh::price_of_a_byte(&explorer, catalog) * if limits.budget.is_some() { 1e-3 } else { 1.0 };
    explorer.prices = explore::Prices { writes, byte_ms: price, index_ms: explorer.base_ms() * 1e-6 };
    let mut order: Vec<usize> = (0..explorer.units.len()).filter(|&unit| explorer.known[unit].is_some()).collect();
    let weight = |unit: usize| explorer.base_cost(unit) * explorer.weights[unit];
    order.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)));
    explorer.tell("planned as they are", 0);
    let few = own_candidates(&mut explorer, statements, catalog, &order, FEW);
    let began = explorer.spent();
    let mut open = nominate::at_once(&mut explorer, &few, &order, AT_ONCE);
    let answers = (1.0 - explorer.spent()) / (explorer.spent() - began).max(f64::MIN_POSITIVE);
    let early = explorer.spent() < LATE && answers > ANSWERS;
    explorer.tell(if early { "few candidates, early" } else { "few candidates" }, open.len());
    let some = own_candidates(&mut explorer, statements, catalog, &order, SOME);
    let wider = nominate::at_once(&mut explorer, &some, &order, SOME_UNTIL);
    if early {
        // All of them come again, each beside wider ones.
        open.clear();
    }
    open.extend(wider);
    open.sort_unstable();
    open.dedup();
    if early {
        let all = own_candidates(&mut explorer, statements, catalog, &order, MANY);
        open.extend(nominate::nominate(&mut explorer, &all, &order, NOMINATING));
        open.sort_unstable();
        open.dedup();
    }
    explorer.tell("nominated", open.len());
    open.extend(merge::all(&mut explorer, &open, catalog));
    // Figures that are to be compared with those of HypoPG know no others.
    if limits.sizes == SizeModel::Own {
        open.extend(nominate::estimated(&mut explorer, catalog, &order));
        open.extend(nominate::unknown_expressions(&mut explorer, catalog, &order));
    }
    open.sort_unstable();
    open.dedup();
    if early {
        nominate::singles(&mut explorer, &open, &order, SINGLES);
    }
    explorer.tell("each alone", open.len());
    let mut set = rounds::best(&mut explorer, &open, &order, limits);
    explorer.tell("searched", set.len());
    if !early && explorer.spent() < TIME_LEFT {
        // It went faster than it began.
        let all = own_candidates(&mut explorer, statements, catalog, &order, MANY);
        open.extend(nominate::nominate(&mut explorer, &all, &order, NOMINATING_LATE));
        open.sort_unstable();
        open.dedup();
        explorer.tell("all candidates", open.len());
        let other = rounds::best(&mut explorer, &open, &order, limits);
        if explorer.certain_ms(&other) < explorer.certain_ms(&set) {
            set = other;
        }
    }
    let set = consolidate::consolidated(&mut explorer, set, catalog);
    outcome::outcome(&mut explorer, &set, &order, statements)
}

/// Candidates of one unit, and of one of its tables and kinds at least and at most: more take the planner long to look at.
#[derive(Clone, Copy)]
struct Breadth {
    together: usize,
    least: usize,
    most: usize,
}

/// Of one key alone: planning with them takes hardly longer, and within a small budget they are what fits.
const FEW: Breadth = Breadth { together: 30, least: 0, most: 0 };
/// With a few of several keys, and a few that carry what is read: for the dearest statements, where there is no time for more.
const SOME: Breadth = Breadth { together: 30, least: 2, most: 6 };
const MANY: Breadth = Breadth { together: 240, least: 12, most: 60 };

/// The candidates made for each unit.
fn own_candidates(
    explorer: &mut Explorer<'_, '_>,
    statements: &[Statement<'_>],
    catalog: &Catalog,
    order: &[usize],
    breadth: Breadth,
) -> Vec<Vec<IndexAt>> {
    let mut own: Vec<Vec<IndexAt>> = vec![Vec::new(); explorer.units.len()];
    for &unit in order {
        let (statement, reaches) = (explorer.units[unit].statement, explorer.units[unit].reaches);
        let most = (breadth.together / reaches.len().max(1)).clamp(breadth.least, breadth.most);
        for reach in reaches {
            let Some(table) = catalog.tables.get(&reach.access.table) else { continue };
            let found = candidates::candidates(reach, &statements[statement].known, table, most);
            for (_, candidate) in found.into_iter().filter(|(_, candidate)| !exists(candidate, Some(table))) {
                let at = explorer.add(candidate);
                own[unit].push(at);
            }
        }
        own[unit].sort_unstable();
        own[unit].dedup();
    }
    own
}
