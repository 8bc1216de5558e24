//! A tree in; which nodes may have been stopped before their end, out: fewer rows than expected prove nothing there.

use rustc_hash::FxHashSet;

use super::sides::Side;
use super::tree::Tree;
use crate::plan::model::{Join, Key, Kind, NodeId, Role, Strategy, Value};

/// Two rounds: how a CTE was read is known when its scans are.
pub(super) fn early(tree: &Tree, sides: &[Side]) -> Vec<bool> {
    let hashed = hashed(tree);
    let first = round(tree, &hashed, |_| false);
    if !sides.iter().any(|side| side.is_cte) {
        return first;
    }
    let mut stopped = vec![false; tree.len()];
    for side in sides.iter().filter(|side| side.is_cte) {
        stopped[side.root] = !side.users.is_empty() && side.users.iter().all(|&scan| first[scan]);
    }
    round(tree, &hashed, |cte| stopped[cte])
}

fn round(tree: &Tree, hashed: &FxHashSet<(NodeId, &str)>, stopped: impl Fn(NodeId) -> bool) -> Vec<bool> {
    let mut early = vec![false; tree.len()];
    for id in 0..tree.len() {
        let Some(parent) = tree.parent(id) else { continue };
        early[id] = match tree.node(id).role {
            Role::Cte => stopped(id),
            // EXISTS and ANY are content with one row; a hashed sub-plan is read to its end.
            Role::InitPlan => rows(tree, id) <= 1.0,
            Role::SubPlan => !tree.node(id).subplan.as_deref().is_some_and(|name| hashed.contains(&(parent, name))),
            _ => early_input(tree, parent, id, early[parent]),
        };
    }
    early
}

fn early_input(tree: &Tree, parent: NodeId, id: NodeId, above: bool) -> bool {
    let node = tree.node(parent);
    let inner = tree.node(id).role == Role::Inner;
    match node.kind {
        Kind::Limit => above || is_full(tree, parent),
        Kind::Sort | Kind::Hash | Kind::BitmapHeapScan | Kind::BitmapAnd | Kind::BitmapOr | Kind::ModifyTable => false,
        Kind::Aggregate => above && node.strategy == Some(Strategy::Sorted),
        Kind::SetOp => above && node.strategy != Some(Strategy::Hashed),
        Kind::NestedLoop if inner => above || stops_at_first_match(tree, parent),
        // Either side may end first.
        Kind::MergeJoin => true,
        Kind::HashJoin if inner => false,
        Kind::HashJoin => above || hash_was_empty(tree, parent),
        Kind::WindowAgg => above || node.value(&Key::RunCondition).is_some(),
        _ => above,
    }
}

/// A Limit that gave as many rows as it was expected to may have had more to give.
fn is_full(tree: &Tree, limit: NodeId) -> bool {
    tree.node(limit).estimate.is_none_or(|estimate| rows(tree, limit) + 0.5 >= estimate.rows)
}

fn stops_at_first_match(tree: &Tree, join: NodeId) -> bool {
    let node = tree.node(join);
    matches!(node.join, Some(Join::Semi | Join::Anti)) || node.value(&Key::InnerUnique) == Some(&Value::Flag(true))
}

/// Nothing can match, so the outer side is left alone (`nodeHashjoin.c`, `ExecHashJoinImpl`).
fn hash_was_empty(tree: &Tree, join: NodeId) -> bool {
    let inner = tree.plan.inputs(join).find(|&id| tree.node(id).role == Role::Inner);
    inner.is_some_and(|inner| tree.loops(inner) > 0.0 && rows(tree, inner) == 0.0)
}

fn rows(tree: &Tree, id: NodeId) -> f64 {
    tree.node(id).actual.map_or(0.0, |actual| actual.rows)
}

/// Owner and label of the SubPlans that are read once, into a hash table: `(hashed SubPlan 1)`.
fn hashed<'a>(tree: &Tree<'a>) -> FxHashSet<(NodeId, &'a str)> {
    let mut found = FxHashSet::default();
    if tree.plan.nodes.iter().all(|node| node.role != Role::SubPlan) {
        return found;
    }
    let owners =
        (0..tree.len()).filter(|&id| tree.node(id).children.iter().any(|&c| tree.node(c).role == Role::SubPlan));
    for owner in owners {
        for property in &tree.node(owner).properties {
            let Value::Text(text) = &property.value else { continue };
            for (at, word) in text.match_indices("hashed SubPlan ") {
                let name = at + word.len();
                let length = text[name..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len() - name);
                found.insert((owner, &text[at + "hashed ".len()..name + length]));
            }
        }
    }
    found
}
