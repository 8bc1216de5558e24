//! A plan in; where each node's subtree ends, and the numbers of its nodes as finite, non-negative ones, out.

use crate::plan::model::{Actual, Key, Node, NodeId, Plan, Role};

/// What all parts of the arithmetic ask of a tree, each answer in constant time.
pub(super) struct Tree<'a> {
    pub plan: &'a Plan,
    ends: Vec<NodeId>,
}

impl<'a> Tree<'a> {
    pub fn new(plan: &'a Plan) -> Self {
        // Only what runs elsewhere is asked for its place in the tree.
        let mut ends: Vec<NodeId> = match plan.nodes.iter().any(|node| runs_elsewhere(node.role)) {
            true => (1..=plan.nodes.len()).collect(),
            false => Vec::new(),
        };
        for id in (0..ends.len()).rev() {
            if let Some(parent) = parent_of(plan, id) {
                ends[parent] = ends[parent].max(ends[id]);
            }
        }
        Self { plan, ends }
    }

    pub fn len(&self) -> usize {
        self.plan.nodes.len()
    }

    pub fn node(&self, id: NodeId) -> &'a Node {
        &self.plan.nodes[id]
    }

    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        parent_of(self.plan, id)
    }

    /// The first node after the subtree. Only for plans with an InitPlan or a CTE.
    pub fn end(&self, id: NodeId) -> NodeId {
        self.ends[id]
    }

    pub fn contains(&self, top: NodeId, id: NodeId) -> bool {
        (top..self.ends[top]).contains(&id)
    }

    /// Children whose time is part of the node's whoever asks: its inputs and the SubPlans of its expressions. An InitPlan or a CTE
    /// is only listed below its owner, and runs when some node first asks for it (`execProcnode.c`, `nodeSubplan.c`).
    pub fn inner(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.node(id).children.iter().copied().filter(|&child| !runs_elsewhere(self.node(child).role))
    }

    /// How often it ran, over all processes; 0 without ANALYZE.
    pub fn loops(&self, id: NodeId) -> f64 {
        self.node(id).actual.map_or(0.0, |actual| sane(actual.loops))
    }

    /// Time over all loops and processes; `None` where none was printed.
    pub fn work_ms(&self, id: NodeId) -> Option<f64> {
        self.node(id).actual.and_then(|actual| work_ms(&actual))
    }

    pub fn number(&self, id: NodeId, key: &Key) -> f64 {
        sane(self.node(id).number(key).unwrap_or(0.0))
    }
}

/// Time over all loops; of what never ran, none.
pub(super) fn work_ms(actual: &Actual) -> Option<f64> {
    if sane(actual.loops) == 0.0 { Some(0.0) } else { actual.total_ms.map(|ms| sane(ms) * sane(actual.loops)) }
}

pub(super) fn runs_elsewhere(role: Role) -> bool {
    matches!(role, Role::InitPlan | Role::Cte)
}

/// Damaged input may hold anything; a clock that was set back gives negative times.
pub(super) fn sane(number: f64) -> f64 {
    if number.is_finite() { number.max(0.0) } else { 0.0 }
}

/// Of nothing 0, where [`Iterator::sum`] gives the negative zero, which prints as such.
pub(super) fn total(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, |sum, number| sum + number)
}

fn parent_of(plan: &Plan, id: NodeId) -> Option<NodeId> {
    plan.nodes[id].parent.filter(|&parent| parent < id)
}
