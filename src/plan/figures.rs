//! A plan in; who spent the time, the blocks and the rows, out: what EXPLAIN prints are means per loop and sums over
//! children, and a reader wants neither.
//!
//! | step | gives |
//! |---|---|
//! | [`processes`] | by how many processes the work of each node was shared |
//! | [`clock`] | wall time, and what is left of it without children |
//! | [`sides`] | InitPlans and CTEs, and the nodes that ask for them |
//! | [`payment`], [`payer`] | on whose clock those ran |
//! | [`outside`] | what ran outside all nodes: triggers, serialization |
//! | [`estimate`], [`early`], [`cost`] | how wrong the planner was; what a plan tells that was not executed |
//!
//! The sums are exact: the self times of all nodes are the root's time, and [`Figures::after_ms`] and
//! [`Figures::unattributed_ms`] ([`Figures::imbalance_ms`] is 0). All of it takes time linear in the nodes and their text.

mod amount;
mod clock;
mod cost;
mod early;
mod estimate;
mod outside;
mod payer;
mod payment;
mod processes;
mod references;
mod sides;
mod tree;

use self::amount::Amount;
use self::clock::Clock;
use self::payment::Ledger;
use self::processes::Processes;
use self::tree::{Tree, sane, total};
use super::model::{NodeId, Plan, Usage};

/// Figures of a whole plan; `nodes` is parallel to [`Plan::nodes`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    pub nodes: Vec<NodeFigures>,
    /// What shares are of: execution time, or the root's if that is longer. `None` without timing.
    pub base_ms: Option<f64>,
    /// Wall time of the root.
    pub root_ms: Option<f64>,
    /// Execution time outside all nodes, triggers and serialization (executor start and end, JIT code generation, lock
    /// waits); never negative.
    pub outside_ms: Option<f64>,
    /// Time of sub-plans that no node could be found to have paid for: it is in their own nodes, and a second time in some other.
    pub unattributed_ms: f64,
    /// Time of data-modifying CTEs that ran when the root was done.
    pub after_ms: f64,
    /// Time that children showed beyond their parents (workers that outlive a parent's clock, rounding); self times are without it.
    pub overlap_ms: f64,
    /// Printed times are rounded: no self time is off by more than this.
    pub tolerance_ms: f64,
    /// InitPlans and CTEs, in the order of the tree.
    pub sides: Vec<SidePlan>,
    /// Parallel to [`Plan::triggers`].
    pub triggers: Vec<TriggerPlace>,
    /// Time of the triggers that ran after the root.
    pub triggers_ms: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeFigures {
    /// By the clock, children included. `None` without timing.
    pub wall_ms: Option<f64>,
    /// Without children, and without the sub-plans that this node paid for. Never negative.
    pub self_ms: Option<f64>,
    /// Of the self time.
    pub tolerance_ms: f64,
    /// Self time over [`Figures::base_ms`], 0 to 1.
    pub share: Option<f64>,
    /// How many processes ran it (a mean, where a Gather ran more than once).
    pub processes: f64,
    /// What the sum over loops was divided by to give [`NodeFigures::wall_ms`]: the processes, or all of the Gather's below a
    /// Parallel Append, whose children run beside each other.
    pub divisor: f64,
    /// How unevenly the processes were busy; `None` without the lines per worker that VERBOSE gives.
    pub skew: Option<Skew>,
    /// Rows over all loops and processes; `None` without ANALYZE.
    pub rows: Option<f64>,
    /// The printed mean is rounded: the true number is within this much.
    pub rows_error: f64,
    /// How wrong the estimate was; `None` where the question has no answer: never executed, BitmapAnd, stopped early with fewer
    /// rows than expected, ….
    pub estimate: Option<EstimateError>,
    /// Something above may have stopped it before its end: LIMIT, a semi join, the other side of a merge join.
    pub early: bool,
    /// Blocks, I/O, WAL of this node alone.
    pub usage: Usage,
    /// Its part of the root's cost: for plans that were not executed. All parts add up to the root's.
    pub cost: Option<f64>,
}

/// Actual rows against estimated ones, each at least 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EstimateError {
    /// At least 1: how many times too many or too few.
    pub factor: f64,
    pub direction: Direction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Fewer rows were expected than came.
    Under,
    /// More rows were expected than came.
    Over,
}

/// The busiest process over the mean, 1 to the number of processes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Skew {
    pub time: Option<f64>,
    pub rows: f64,
}

/// An InitPlan or a CTE: a tree of its own, that ran while other nodes' clocks ran.
#[derive(Clone, Debug, PartialEq)]
pub struct SidePlan {
    pub root: NodeId,
    /// Whose time and blocks are without it. One node for an InitPlan, all its scans for a CTE.
    pub payers: Vec<Payment>,
    pub after_ms: f64,
    pub unattributed_ms: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Payment {
    pub node: NodeId,
    pub ms: f64,
}

/// Where a trigger's time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriggerPlace {
    /// BEFORE triggers: in the self time of the ModifyTable.
    Inside,
    /// AFTER triggers and constraints: outside all nodes.
    After,
}

/// What the execution time has beyond the root.
struct Outside {
    triggers: Vec<TriggerPlace>,
    triggers_ms: f64,
    rest_ms: Option<f64>,
}

impl NodeFigures {
    /// Whether the self time is smaller than what rounding may have made of it.
    pub fn rounding_dominates(&self) -> bool {
        self.self_ms.is_some_and(|own| own <= self.tolerance_ms)
    }
}

impl Figures {
    /// Self times of all nodes, less what they must add up to: 0 but for the rounding of floating point numbers.
    pub fn imbalance_ms(&self) -> f64 {
        let own: f64 = self.nodes.iter().filter_map(|node| node.self_ms).sum();
        own - self.root_ms.unwrap_or(0.0) - self.after_ms - self.unattributed_ms
    }
}

/// The figures of a plan.
pub fn figures(plan: &Plan) -> Figures {
    let tree = Tree::new(plan);
    let processes: Vec<Processes> = processes::processes(&tree);
    let mut clock = Clock::new(&tree, &processes);
    let sides = sides::sides(&tree);
    let counted = plan.nodes.iter().any(|node| !node.usage.is_empty());
    let mut usage = if counted || !sides.is_empty() { own_usage(&tree) } else { Vec::new() };
    let early = early::early(&tree, &sides);
    let partial = estimate::partial(&tree, &processes);
    let costs = cost::costs(&tree);
    let ran = plan.nodes.iter().any(|node| node.actual.is_some());
    let mut ledger = Ledger { tree: &tree, processes: &processes, clock: &mut clock, usage: &mut usage };
    let settled = if ran { ledger.settle(&sides) } else { Vec::new() };

    let root_ms = clock.times.first().and_then(|time| time.wall).filter(|_| ran);
    let after_ms: f64 = total(settled.iter().map(|side| side.after_ms));
    let outside = outside::outside(plan, root_ms.unwrap_or(0.0), after_ms, &clock.times);
    let base_ms = root_ms.map(|root| plan.execution_ms.map_or(0.0, sane).max(root + after_ms));
    let timed = root_ms.is_some();
    let nodes = (0..tree.len())
        .map(|id| {
            let node = tree.node(id);
            let time = clock.times[id];
            let self_ms = time.wall.filter(|_| timed).map(|_| time.own);
            NodeFigures {
                wall_ms: time.wall.filter(|_| timed),
                self_ms,
                tolerance_ms: time.tolerance,
                share: self_ms.zip(base_ms).map(|(own, base)| if base > 0.0 { (own / base).min(1.0) } else { 0.0 }),
                processes: processes[id].ran,
                divisor: processes[id].divisor,
                skew: processes::skew(&tree, id, &processes[id]),
                rows: node.actual.map(|actual| sane(actual.rows) * sane(actual.loops)),
                rows_error: rows_error(plan, tree.loops(id)),
                estimate: estimate::estimate(&tree, id, &processes[id], partial.get(id) == Some(&true), early[id]),
                early: early[id],
                usage: if counted { usage[id].usage() } else { Usage::NONE },
                cost: costs.get(id).map(|cost| cost.own),
            }
        })
        .collect();
    Figures {
        nodes,
        base_ms,
        root_ms,
        outside_ms: outside.rest_ms.filter(|_| timed),
        unattributed_ms: total(settled.iter().map(|side| side.unattributed_ms)),
        after_ms,
        overlap_ms: clock.overlap,
        tolerance_ms: clock.times.iter().map(|time| time.tolerance).fold(0.0, f64::max),
        sides: settled,
        triggers: outside.triggers,
        triggers_ms: outside.triggers_ms,
    }
}

/// What a node's usage has beyond that of its children. Where a Gather in a loop missed blocks of its workers, theirs stay.
fn own_usage(tree: &Tree) -> Vec<Amount> {
    let mut own: Vec<Amount> = tree.plan.nodes.iter().map(|node| Amount::of(&node.usage)).collect();
    for id in 0..own.len() {
        for child in tree.inner(id) {
            // Whole still: children come after their parents.
            let whole = own[child];
            own[id].subtract(&whole);
        }
    }
    own
}

/// Means are printed as whole numbers, from 18 on with two decimals (`explain.c`, `ExplainNode`); that of one loop is exact.
fn rows_error(plan: &Plan, loops: f64) -> f64 {
    let half = if plan.has.fractional_rows { 0.005 } else { 0.5 };
    if loops > 1.0 { half * loops } else { 0.0 }
}

#[cfg(test)]
pub(in crate::plan) mod tests;
