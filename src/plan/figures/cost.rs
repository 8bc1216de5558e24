//! A tree in; each node's part of the root's cost, out: what there is to go by without ANALYZE.
//!
//! Costs include those of children, and of InitPlans and CTEs at their owner (`subselect.c`, `SS_charge_for_initplans`). The
//! inner side of a nested loop is paid once per outer row. Where children cost more than their parent (a Limit that
//! stops early, a Memoize that spares lookups), they share what the parent costs: the parts add up to the root's cost.

use super::tree::{Tree, sane};
use crate::plan::model::{Kind, NodeId, Role};

/// Of one node.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    /// Its part of the root's.
    pub own: f64,
    /// What one unit of its printed cost counts for in the root's.
    weight: f64,
}

/// Empty for a plan whose root has no cost.
pub(super) fn costs(tree: &Tree) -> Vec<Cost> {
    let total = |id: NodeId| tree.node(id).estimate.map_or(0.0, |estimate| sane(estimate.total_cost));
    if tree.plan.nodes.first().is_none_or(|root| root.estimate.is_none()) {
        return Vec::new();
    }
    let mut costs = vec![Cost { own: 0.0, weight: 1.0 }; tree.len()];
    for id in 0..tree.len() {
        let weight = costs[id].weight;
        let have = total(id) * weight;
        let again = rescans(tree, id);
        let times = |child: NodeId| if tree.node(child).role == Role::Inner { again } else { 1.0 };
        let children = &tree.node(id).children;
        let wanted: f64 = children.iter().map(|&child| total(child) * times(child) * weight).sum();
        let fits = if wanted > have { have / wanted } else { 1.0 };
        costs[id].own = (have - wanted).max(0.0);
        for &child in children {
            costs[child].weight = sane(weight * times(child) * fits);
        }
    }
    costs
}

/// Of the inner side of a nested loop: one per row of the outer side.
fn rescans(tree: &Tree, join: NodeId) -> f64 {
    if tree.node(join).kind != Kind::NestedLoop {
        return 1.0;
    }
    let outer = tree.plan.inputs(join).find(|&id| tree.node(id).role == Role::Outer);
    outer.and_then(|id| tree.node(id).estimate).map_or(1.0, |estimate| sane(estimate.rows).max(1.0))
}
