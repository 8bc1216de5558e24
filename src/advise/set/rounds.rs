//! What is known after the candidates were tried in; the best set, out: solved on what is known, asked, and solved again.

use super::explore::Explorer;
use super::known::IndexAt;
use super::solve::{Order, Rivals, Room, Solver, State, rivals};
use super::{Limits, Step};

/// Improvement stops at this share of the time, and no set is asked about after the second.
const SOLVING: f64 = 0.86;
const ASKING: f64 = 0.92;
/// Rounds without a better set after which the search is over.
const PATIENCE: usize = 40;
/// Indexes that are taken out of the best set for a new start.
const SHAKEN: usize = 3;

/// A set, cheapest first known; empty when nothing helps.
pub fn best(explorer: &mut Explorer<'_, '_>, open: &[IndexAt], order: &[usize], limits: &Limits) -> Vec<IndexAt> {
    let room = Room { bytes: limits.budget.unwrap_or(u64::MAX), indexes: limits.most_indexes.unwrap_or(usize::MAX) };
    let (base, bound) = (explorer.base_ms(), explorer.bound_ms());
    let mut best: (f64, Vec<IndexAt>) = (base, Vec::new());
    let rivals = rivals(&explorer.pool, open);
    let mut dice = Dice(1);
    let (mut round, mut idle) = (0, 0);
    let mut start: Option<Vec<IndexAt>> = Some(Vec::new());
    while explorer.spent() < SOLVING && explorer.gone.is_none() && idle < PATIENCE {
        let from = start.take().unwrap_or_else(|| dice.shaken(&best.1));
        let proposed = propose(explorer, (open, &rivals), room, from, round);
        round += 1;
        let before = explorer.calls;
        let doubtful = doubtful(explorer, &proposed, order, base);
        for unit in doubtful {
            if explorer.spent() > ASKING {
                explorer.cut_short = true;
                break;
            }
            explorer.ask(unit, &proposed);
        }
        let cost = explorer.certain_ms(&proposed);
        idle += 1;
        if cost < best.0 * (1.0 - 1e-9) {
            best = (cost, proposed);
            idle = 0;
            explorer.watch.step(Step { base, cost, bound });
        }
        // What was learnt may change which set looks best.
        if explorer.calls > before {
            start = Some(if idle == 0 { best.1.clone() } else { Vec::new() }).filter(|_| round % 3 != 0);
        }
    }
    explorer.cut_short |= explorer.spent() >= SOLVING;
    // No time to ask about any set: the one that is likely the best.
    if best.1.is_empty() && round <= 1 && explorer.gone.is_none() {
        let likely = propose(explorer, (open, &rivals), room, Vec::new(), 0);
        if explorer.likely_ms(&likely) < base {
            return likely;
        }
    }
    best.1
}

/// Units whose cost under a set is not known, the one first about which most is to be learnt.
fn doubtful(explorer: &mut Explorer<'_, '_>, set: &[IndexAt], order: &[usize], base: f64) -> Vec<usize> {
    /// Of the workload: less makes no difference.
    const NOTHING: f64 = 1e-6;
    explorer.offer_all(set);
    let mut doubtful: Vec<(f64, usize)> = order.iter().map(|&unit| (explorer.doubt(unit, set), unit)).collect();
    doubtful.retain(|(doubt, _)| *doubt > base * NOTHING);
    doubtful.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    doubtful.into_iter().map(|(_, unit)| unit).collect()
}

fn propose(
    explorer: &Explorer<'_, '_>,
    (open, rivals): (&[IndexAt], &Rivals),
    room: Room,
    from: Vec<IndexAt>,
    round: usize,
) -> Vec<IndexAt> {
    let mut solver = Solver::new(&explorer.pool, &explorer.known, &explorer.weights, room, open, rivals);
    let whole = from.is_empty();
    let orders = if whole { Order::ALL.to_vec() } else { vec![Order::ALL[round % Order::ALL.len()]] };
    let mut filled: Vec<State> = orders
        .into_iter()
        .map(|order| {
            let bare = solver.state(from.clone());
            solver.fill(bare, order)
        })
        .collect();
    filled.sort_by(|a, b| a.total.total_cmp(&b.total));
    let state = filled.swap_remove(0);
    solver.improve(state, || explorer.spent() > SOLVING).set
}

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }

    /// A set without a few of its members.
    fn shaken(&mut self, set: &[IndexAt]) -> Vec<IndexAt> {
        let mut kept = set.to_vec();
        for _ in 0..SHAKEN.min(set.len()) {
            let at = self.below(kept.len());
            kept.remove(at);
        }
        kept
    }
}
