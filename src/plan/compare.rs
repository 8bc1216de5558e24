//! Two plans of one query with their figures in; which nodes are the same, what changed, and which change explains the
//! difference, out.
//!
//! | step | gives |
//! |---|---|
//! | [`keys`] | what a node is known by: its table, or the set of tables below it |
//! | [`matching`] | pairs of nodes |
//! | [`changes`] | what differs in a pair |
//! | [`explain`] | which pairs and lone nodes make the difference, in sentences |

mod changes;
mod explain;
mod keys;
mod matching;
mod sentence;
mod totals;

#[cfg(test)]
mod tests;

use super::figures::Figures;
use super::model::{Key, NodeId, Plan};

/// What two plans have in common and what they have not.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub verdict: Verdict,
    /// In one line: `8.6 times faster: 38.9 ms → 4.5 ms`, `no difference beyond noise: 4.5 ms → 4.6 ms`.
    pub headline: String,
    /// What everything here is measured by.
    pub basis: Basis,
    /// Both plans have the same [`super::shape_of`].
    pub same_shape: bool,
    pub old: Totals,
    pub new: Totals,
    /// Each node of both plans once, in the order of the new plan; a removed node follows what stood before it in the old one.
    pub nodes: Vec<Pair>,
    /// What makes the difference, the largest first, whichever way it goes.
    pub explanations: Vec<Explanation>,
    /// Settings that differ, sorted by name.
    pub settings: Vec<Setting>,
    /// What a reader must know before trusting this: only one plan has times, the plans read other tables, ….
    pub notes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Faster,
    Slower,
    /// Within 10 % or 1 ms.
    Same,
    /// The plans have nothing by which to compare them.
    Unknown,
}

/// The best that both plans have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Milliseconds.
    Time,
    /// Blocks of 8 kB asked for: executed with TIMING OFF.
    Blocks,
    /// The planner's cost: at least one of them was not executed.
    Cost,
    /// COSTS OFF: only the shapes can be compared.
    Shape,
}

/// `None` where a plan does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// By the basis of the comparison: execution time, blocks, or cost.
    pub amount: Option<f64>,
    pub planning_ms: Option<f64>,
    pub execution_ms: Option<f64>,
    pub cost: Option<f64>,
    /// Shared, local and temporary blocks asked for, found in memory or not.
    pub blocks: Option<f64>,
    /// Shared and local blocks that were not in shared memory.
    pub read_blocks: Option<f64>,
    /// Temporary blocks, read and written.
    pub temp_blocks: Option<f64>,
    /// Rows that scans of tables looked at, those that a filter removed included.
    pub rows_read: Option<f64>,
    /// Rows that the root gave.
    pub rows: Option<f64>,
}

/// A node of either plan, or of both.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// `None`: added.
    pub old: Option<NodeId>,
    /// `None`: removed.
    pub new: Option<NodeId>,
    /// What is written otherwise; empty for a node that only one plan has.
    pub changes: Vec<Change>,
    pub before: Option<Measured>,
    pub after: Option<Measured>,
}

/// Figures of one node; `None` where the plan does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    pub wall_ms: Option<f64>,
    pub self_ms: Option<f64>,
    /// Over all loops.
    pub rows: Option<f64>,
    pub loops: Option<f64>,
    /// How many ran it.
    pub processes: f64,
    /// Per loop.
    pub estimated_rows: Option<f64>,
    /// Of the node alone.
    pub blocks: Option<f64>,
    /// Of the node alone: its part of the root's.
    pub cost: Option<f64>,
    /// Of the node alone, by the basis of the comparison.
    pub amount: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub what: What,
    pub old: Option<String>,
    pub new: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The title: `Seq Scan` became `Index Scan`.
    Kind,
    Index,
    /// What it is to its parent: the outer side became the inner one.
    Role,
    /// A condition, a key, or a detail such as the sort method or the number of batches.
    Property(Key),
}

/// A part of the difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// `Seq Scan on orders became Index Scan using orders_status_idx: 38.1 ms → 0.4 ms, 97 % of the difference`.
    pub sentence: String,
    /// Nodes of the old plan; empty for what is outside all nodes.
    pub old: Vec<NodeId>,
    /// Nodes of the new plan.
    pub new: Vec<NodeId>,
    /// By the basis of the comparison.
    pub before: f64,
    pub after: f64,
    /// Of the whole difference: negative for what goes the other way, above 1 where something else does. `None` within noise.
    pub share: Option<f64>,
}

impl Explanation {
    /// Negative: less than before.
    pub fn delta(&self) -> f64 {
        self.after - self.before
    }
}

/// A setting that is not the same; `None`: the built-in default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub name: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// A plan and its figures.
#[derive(Clone, Copy)]
struct Side<'a> {
    plan: &'a Plan,
    figures: &'a Figures,
}

/// Compares two plans of one query, before and after something.
pub fn compare(old: (&Plan, &Figures), new: (&Plan, &Figures)) -> Comparison {
    let old = Side { plan: old.0, figures: old.1 };
    let new = Side { plan: new.0, figures: new.1 };
    let basis = totals::basis(old, new);
    let matched = matching::matching(old.plan, new.plan);
    let nodes = changes::pairs(old, new, &matched, basis);
    let (before, after) = (totals::totals(old, basis), totals::totals(new, basis));
    let verdict = totals::verdict(&before, &after, basis);
    let same_shape = super::shape_of(old.plan) == super::shape_of(new.plan);
    Comparison {
        verdict,
        headline: sentence::headline(verdict, &before, &after, basis, same_shape),
        basis,
        same_shape,
        explanations: explain::explanations(old, new, &nodes, basis, (&before, &after), verdict),
        settings: totals::settings(old.plan, new.plan),
        notes: totals::notes(old, new, basis),
        old: before,
        new: after,
        nodes,
    }
}
