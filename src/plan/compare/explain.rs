//! Pairs in; the changes that make the difference, the largest first, out.
//!
//! A bitmap belongs to its heap scan, and a Hash or Sort that only one plan has to the join that it fed; joins that only one
//! of the plans has are one change together, for they replace each other.

use std::collections::BTreeMap;

use super::keys::{Class, class};
use super::{Basis, Explanation, Pair, Side, Totals, Verdict, sentence};
use crate::plan::model::{Kind, NodeId, Plan};

/// How many are told.
const TOLD: usize = 50;
/// Parts of the difference that are smaller are not told, unless the node is another one.
const SMALLEST: f64 = 0.01;

/// What pairs and lone nodes are counted together under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    /// Index of a pair.
    Pair(usize),
    Joins,
}

/// What is summed up, and the pair that gives it its name.
#[derive(Default)]
pub(super) struct Sum {
    pub lead: Option<usize>,
    pub old: Vec<NodeId>,
    pub new: Vec<NodeId>,
    pub before: f64,
    pub after: f64,
    /// What rounding may have made of the difference; times only.
    tolerance: f64,
}

pub(super) fn explanations(
    old: Side,
    new: Side,
    pairs: &[Pair],
    basis: Basis,
    (before, after): (&Totals, &Totals),
    verdict: Verdict,
) -> Vec<Explanation> {
    // Nothing is a part of noise.
    let differs = matches!(verdict, Verdict::Faster | Verdict::Slower);
    let whole = after.amount.zip(before.amount).map(|(after, before)| after - before).filter(|_| differs);
    let mut sums: BTreeMap<Group, Sum> = BTreeMap::new();
    for (group, at) in groups(old.plan, new.plan, pairs) {
        let sum = sums.entry(group).or_default();
        let pair = &pairs[at];
        if group == Group::Pair(at) {
            sum.lead = Some(at);
        }
        sum.old.extend(pair.old);
        sum.new.extend(pair.new);
        sum.before += pair.before.and_then(|m| m.amount).unwrap_or(0.0);
        sum.after += pair.after.and_then(|m| m.amount).unwrap_or(0.0);
        if basis == Basis::Time {
            let tolerance = |side: Side, id: Option<NodeId>| id.map_or(0.0, |id| side.figures.nodes[id].tolerance_ms);
            sum.tolerance += tolerance(old, pair.old) + tolerance(new, pair.new);
        }
    }
    let weight = |sum: &Sum| (sum.after - sum.before).abs();
    let scale = before.amount.unwrap_or(0.0).max(after.amount.unwrap_or(0.0));
    let mut told: Vec<Sum> = sums
        .into_values()
        .filter(|sum| is_another(sum, pairs) || (scale > 0.0 && weight(sum) >= (SMALLEST * scale).max(sum.tolerance)))
        .collect();
    // The tree's order decides between equals: the sort is stable.
    told.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    told.truncate(TOLD);
    let mut explanations: Vec<Explanation> = told
        .into_iter()
        .map(|sum| Explanation {
            sentence: sentence::change(old, new, pairs, &sum, basis, whole),
            share: share(sum.after - sum.before, whole),
            old: sum.old,
            new: sum.new,
            before: sum.before,
            after: sum.after,
        })
        .collect();
    if basis == Basis::Time {
        explanations.extend(outside(old, new, scale, whole));
        explanations.sort_by(|a, b| b.delta().abs().total_cmp(&a.delta().abs()));
    }
    explanations
}

pub(super) fn share(delta: f64, whole: Option<f64>) -> Option<f64> {
    whole.filter(|whole| whole.abs() > 1e-9).map(|whole| delta / whole)
}

/// Lone nodes, and pairs of which one went another way.
fn is_another(sum: &Sum, pairs: &[Pair]) -> bool {
    use super::What;
    let Some(pair) = sum.lead.map(|at| &pairs[at]) else { return true };
    pair.old.is_none() || pair.new.is_none() || pair.changes.iter().any(|c| matches!(c.what, What::Kind | What::Index))
}

/// Each pair once, in order.
fn groups(old: &Plan, new: &Plan, pairs: &[Pair]) -> Vec<(Group, usize)> {
    let mut of_old = vec![0; old.nodes.len()];
    let mut of_new = vec![0; new.nodes.len()];
    for (at, pair) in pairs.iter().enumerate() {
        pair.old.into_iter().for_each(|id| of_old[id] = at);
        pair.new.into_iter().for_each(|id| of_new[id] = at);
    }
    let lone_join =
        |at: usize, node: Class| node == Class::Join && (pairs[at].old.is_none() || pairs[at].new.is_none());
    let mut groups = Vec::with_capacity(pairs.len());
    for (at, pair) in pairs.iter().enumerate() {
        let (plan, id, places) = match (pair.old, pair.new) {
            (Some(id), None) => (old, id, &of_old),
            (None, Some(id)) => (new, id, &of_new),
            _ => {
                groups.push((Group::Pair(at), at));
                continue;
            }
        };
        let above = feeds(plan, id).map(|above| (above, places[above]));
        groups.push(match above {
            _ if lone_join(at, class(&plan.nodes[id])) => (Group::Joins, at),
            Some((above, place)) if lone_join(place, class(&plan.nodes[above])) => (Group::Joins, at),
            Some((_, place)) => (Group::Pair(place), at),
            None => (Group::Pair(at), at),
        });
    }
    groups
}

/// The node for which this one only prepares.
fn feeds(plan: &Plan, id: NodeId) -> Option<NodeId> {
    let node = &plan.nodes[id];
    let parent = node.parent?;
    match node.kind {
        Kind::BitmapIndexScan | Kind::BitmapAnd | Kind::BitmapOr => {
            let above = std::iter::successors(Some(parent), |&id| plan.nodes[id].parent).take(8);
            above.into_iter().find(|&id| plan.nodes[id].kind == Kind::BitmapHeapScan)
        }
        Kind::Hash | Kind::Sort | Kind::IncrementalSort | Kind::Materialize | Kind::Memoize => {
            plan.nodes[parent].kind.is_join().then_some(parent)
        }
        _ => None,
    }
}

/// What is in the execution time and in no node.
fn outside(old: Side, new: Side, scale: f64, whole: Option<f64>) -> Vec<Explanation> {
    let serialization = |side: Side| side.plan.serialization.as_ref().and_then(|s| s.ms).unwrap_or(0.0);
    let parts: [(&str, f64, f64); 3] = [
        ("Triggers after the statement", old.figures.triggers_ms, new.figures.triggers_ms),
        ("Serialization", serialization(old), serialization(new)),
        (
            "Time outside all nodes (start, end, JIT, waiting)",
            old.figures.outside_ms.unwrap_or(0.0),
            new.figures.outside_ms.unwrap_or(0.0),
        ),
    ];
    parts
        .into_iter()
        .filter(|(_, before, after)| (after - before).abs() >= SMALLEST * scale && before != after)
        .map(|(name, before, after)| Explanation {
            sentence: format!("{name}: {}", sentence::difference(before, after, Basis::Time, whole)),
            old: Vec::new(),
            new: Vec::new(),
            before,
            after,
            share: share(after - before, whole),
        })
        .collect()
}
