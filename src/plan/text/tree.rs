//! Columns of node lines in, parents out. A node's properties stand six columns behind its arrow (two behind a root's first
//! letter), its children's arrows in the same column; a named sub-plan's name does too, its arrow two columns further
//! (`explain.c`, `ExplainNode`, `ExplainSubPlans`).

use super::super::model::{Label, NodeId, Plan};

#[derive(Debug, Default)]
pub(super) struct Tree {
    /// From the root to the last node.
    open: Vec<Open>,
    subplan: Option<Subplan>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    node: NodeId,
    /// Of the arrow.
    column: usize,
    /// Of properties and children.
    inside: usize,
}

/// A name that waits for its node.
#[derive(Debug)]
struct Subplan {
    name: Label,
    column: usize,
}

/// Whether a line stands where the server would have put it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Exact,
    Wrong,
}

impl Tree {
    /// The last node of the plan is its root.
    pub(super) fn root(&mut self, plan: &Plan, column: usize, inside: usize) {
        self.open.clear();
        self.open.push(Open { node: plan.nodes.len() - 1, column, inside });
    }

    pub(super) fn root_column(&self) -> usize {
        self.open.first().map_or(0, |open| open.column)
    }

    pub(super) fn root_inside(&self) -> usize {
        self.open.first().map_or(0, |open| open.inside)
    }

    /// The text below the root was moved as a whole: its first line was pasted without its blanks.
    pub(super) fn move_root(&mut self, inside: usize) {
        if let Some(root) = self.open.first_mut() {
            (root.column, root.inside) = (inside.saturating_sub(2), inside);
        }
    }

    /// The last node of the plan stands below the last one before it that stands further left.
    pub(super) fn add(&mut self, plan: &mut Plan, column: usize, inside: usize) -> Fit {
        let subplan = self.subplan.take();
        let waits = subplan.is_some();
        let mut fits = subplan.as_ref().is_some_and(|subplan| column == subplan.column + 2);
        // The name has popped what is not above it.
        while !waits && self.open.len() > 1 && self.open.last().is_some_and(|open| open.column >= column) {
            self.open.pop();
        }
        let id = plan.nodes.len() - 1;
        plan.nodes[id].subplan = subplan.map(|subplan| subplan.name).unwrap_or_default();
        if let Some(parent) = self.open.last() {
            fits |= !waits && column == parent.inside;
            plan.nodes[id].parent = Some(parent.node);
            plan.nodes[parent.node].children.push(id);
        }
        self.open.push(Open { node: id, column, inside });
        if fits { Fit::Exact } else { Fit::Wrong }
    }

    /// A line `InitPlan 1`: the next node is below the one whose properties stand in this column.
    pub(super) fn name(&mut self, name: &str, column: usize) -> Fit {
        while self.open.len() > 1 && self.open.last().is_some_and(|open| open.inside > column) {
            self.open.pop();
        }
        let fits = self.subplan.is_none() && self.open.last().is_some_and(|open| open.inside == column);
        self.subplan = Some(Subplan { name: name.into(), column });
        if fits { Fit::Exact } else { Fit::Wrong }
    }

    pub(super) fn waits(&self) -> bool {
        self.subplan.is_some()
    }

    /// The last node whose properties stand in this column or further left, and in which column they do.
    pub(super) fn owner(&self, column: usize) -> Option<(NodeId, usize)> {
        let above = self.open.partition_point(|open| open.inside <= column).max(1);
        self.open.get(above - 1).map(|open| (open.node, open.inside))
    }
}
