//! The statements of a workload and the server's planner in; the set of indexes that helps all of them most within a budget, out.

mod candidates;
mod explore;
mod known;
mod pool;
mod solve;
mod upkeep;

use crate::catalog::access::{Access, accesses};
use crate::catalog::model::Catalog;
use crate::sql::facts::Facts;
use crate::workload::model::{Query, QueryIndex};

use super::whatif::{Sample, WhatIf};
use candidates::Tier;
use explore::Explorer;
use known::IndexAt;
use pool::{Pool, Unit};
use solve::{Order, Room, Solver, State};

/// A query to advise for.
#[derive(Clone, Debug)]
pub struct Statement<'a> {
    pub query: QueryIndex,
    pub known: &'a Query,
    pub facts: &'a Facts,
    pub samples: Vec<Sample>,
    /// What one unit of its planner cost counts.
    pub weight: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeModel {
    Own,
    Hypopg,
}

#[derive(Clone, Debug)]
pub struct Limits {
    pub budget: Option<u64>,
    pub most_indexes: Option<usize>,
    pub sizes: SizeModel,
}

/// The time that the search may take.
pub trait Watch {
    /// 0 at the start, 1 when the time is over.
    fn spent(&self) -> f64;
}

#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub gain: f64,
    pub bound: f64,
}

#[derive(Clone, Debug)]
pub struct Chosen {
    pub ddl: String,
    pub bytes: u64,
    pub gain: f64,
}

#[derive(Clone, Debug)]
pub struct Judged {
    pub base: f64,
    pub bound: f64,
    pub cost: f64,
}

#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub base: f64,
    pub bound: f64,
    pub cost: f64,
    pub pool: usize,
    pub chosen: Vec<Chosen>,
    pub queries: Vec<Judged>,
}

pub fn search(
    statements: &[Statement<'_>],
    catalog: &Catalog,
    whatif: &mut dyn WhatIf,
    limits: &Limits,
    watch: &dyn Watch,
    _progress: &mut dyn FnMut(Step),
) -> Outcome {
    let reached: Vec<Vec<Access>> =
        statements.iter().map(|s| accesses(&s.known.text, s.facts, Some(catalog))).collect();
    let mut units = Vec::new();
    for (at, statement) in statements.iter().enumerate() {
        for sample in &statement.samples {
            units.push(Unit {
                statement: at,
                sample: sample.clone(),
                weight: statement.weight * sample.share,
                accesses: &reached[at],
            });
        }
    }
    let weights: Vec<f64> = units.iter().map(|u| u.weight).collect();
    let n = units.len();
    let mut explorer = Explorer {
        units,
        pool: Pool::default(),
        known: (0..n).map(|_| None).collect(),
        weights,
        calls: 0,
        gone: None,
        refused: Vec::new(),
        whatif,
        hypopg_sizes: limits.sizes == SizeModel::Hypopg,
    };
    (0..n).for_each(|unit| explorer.base(unit));
    let mut order: Vec<usize> = (0..n).filter(|&u| explorer.known[u].is_some()).collect();
    let base_of = |e: &Explorer<'_, '_>, u: usize| e.known[u].as_ref().map_or(0.0, |k| k.base) * e.weights[u];
    order.sort_by(|&a, &b| base_of(&explorer, b).total_cmp(&base_of(&explorer, a)));
    let mut nominated: Vec<Vec<IndexAt>> = vec![Vec::new(); n];
    for &unit in &order {
        let mut tiers: [Vec<IndexAt>; 3] = Default::default();
        for access in explorer.units[unit].accesses {
            let Some(table) = catalog.tables.get(&access.table) else { continue };
            for (tier, candidate) in candidates::candidates(access, statements[explorer.units[unit].statement].known, table) {
                if crate::advise::index::candidate::exists(&candidate, Some(table)) {
                    continue;
                }
                let at = explorer.pool.add(candidate, &explorer.units);
                tiers[tier as usize].push(at);
            }
        }
        let single = tiers[Tier::Single as usize].clone();
        let several = [single.clone(), tiers[1].clone()].concat();
        let all = [several.clone(), tiers[2].clone()].concat();
        for set in [all, several, single] {
            if let Some(used) = explorer.ask(unit, &set) {
                nominated[unit].extend(used);
            }
        }
        nominated[unit].sort_unstable();
        nominated[unit].dedup();
    }
    if std::env::var("DEBUG").is_ok() {
        eprintln!("tiers: calls {} spent {:.2} pool {}", explorer.calls, watch.spent(), explorer.pool.entries.len());
    }
    let mut open: Vec<IndexAt> = nominated.iter().flatten().copied().collect();
    open.sort_unstable();
    open.dedup();
    for &unit in &order {
        for &at in &open {
            if watch.spent() < 0.5 {
                explorer.ask(unit, &[at]);
            }
        }
    }
    if std::env::var("DEBUG").is_ok() {
        eprintln!("singles: calls {} spent {:.2} open {}", explorer.calls, watch.spent(), open.len());
    }
    let room = Room {
        bytes: limits.budget.unwrap_or(u64::MAX),
        indexes: limits.most_indexes.unwrap_or(usize::MAX),
    };
    let mut best: Option<(f64, Vec<IndexAt>)> = None;
    let mut rounds = 0;
    let mut starts: Vec<Vec<IndexAt>> = vec![Vec::new()];
    let mut seed = 1u64;
    'time: while watch.spent() < 0.95 && explorer.gone.is_none() {
        rounds += 1;
        let start = starts.pop();
        let candidate = {
            let mut solver = Solver::new(&explorer.pool, &explorer.known, &explorer.weights, room);
            solver.open.retain(|at| open.binary_search(at).is_ok());
            let state: State = match start {
                Some(set) => {
                    let mut states: Vec<State> = Order::ALL
                        .into_iter()
                        .map(|order| {
                            let bare = solver.state(set.clone());
                            solver.fill(bare, order)
                        })
                        .collect();
                    states.sort_by(|a, b| a.total.total_cmp(&b.total));
                    states.swap_remove(0)
                }
                None => {
                    // A part of the best so far, filled anew.
                    let set = best.as_ref().map(|(_, set)| set.clone()).unwrap_or_default();
                    let mut kept = set.clone();
                    for _ in 0..3.min(set.len()) {
                        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                        let at = (seed >> 33) as usize % kept.len();
                        kept.remove(at);
                    }
                    let bare = solver.state(kept);
                    solver.fill(bare, Order::ALL[rounds % 3])
                }
            };
            solver.improve(state, || watch.spent() > 0.95)
        };
        let mut asked = 0;
        for &unit in &order {
            if watch.spent() > 0.97 {
                break 'time;
            }
            if explorer.ask(unit, &candidate.set).is_some() {
                asked += 1;
            }
        }
        let total = {
            let mut solver = Solver::new(&explorer.pool, &explorer.known, &explorer.weights, room);
            solver.state(candidate.set.clone()).total
        };
        if std::env::var("DEBUG").is_ok() {
            eprintln!("round {rounds} likely {:.0} real {total:.0} asked {asked} n {} MB {:.0} spent {:.2}", candidate.total, candidate.set.len(), candidate.bytes as f64/1e6, watch.spent());
        }
        if asked > 0 && best.as_ref().is_none_or(|(cost, _)| total < *cost) {
            starts.push(candidate.set.clone());
        }
        if best.as_ref().is_none_or(|(cost, _)| total < *cost) {
            best = Some((total, candidate.set));
        } else if asked > 0 && rounds < 30 {
            starts.push(Vec::new());
        }
    }
    let mut solver = Solver::new(&explorer.pool, &explorer.known, &explorer.weights, room);
    let set = best.map(|(_, set)| set).unwrap_or_default();
    let state = solver.state(set.clone());
    let chosen = set
        .iter()
        .map(|&at| Chosen {
            ddl: explorer.pool.entries[at].ddl.clone(),
            bytes: explorer.pool.entries[at].bytes,
            gain: solver.state(set.iter().copied().filter(|&x| x != at).collect()).total - state.total,
        })
        .collect();
    let mut scratch = Vec::new();
    let queries = (0..n)
        .filter_map(|u| {
            let k = explorer.known[u].as_ref()?;
            let own: Vec<IndexAt> = state.set.iter().copied().filter(|at| explorer.pool.entries[*at].units.binary_search(&u).is_ok()).collect();
            Some(Judged { base: k.base, bound: k.bound(), cost: k.cost(&own, &mut scratch).most })
        })
        .collect();
    Outcome {
        base: (0..n).map(|u| base_of(&explorer, u)).sum(),
        bound: (0..n).map(|u| explorer.known[u].as_ref().map_or(0.0, |k| k.bound()) * explorer.weights[u]).sum(),
        cost: state.total,
        pool: open.len(),
        chosen,
        queries,
    }
}
