//! Figures and changes in; plain sentences out. Names and conditions are as in the plan: what prints them escapes them.

use super::explain::{Sum, share};
use super::keys::{Class, class};
use super::{Basis, Measured, Pair, Side, Totals, Verdict, What};
use crate::plan::model::{Key, Node, NodeId, Plan};

pub(super) fn headline(verdict: Verdict, old: &Totals, new: &Totals, basis: Basis, same_shape: bool) -> String {
    let shape = if same_shape { "the same plan" } else { "another plan" };
    let (Some(before), Some(after)) = (old.amount, new.amount) else {
        return format!("{shape}; nothing measured to compare");
    };
    let amounts = format!("{} → {}", amount(before, basis), amount(after, basis));
    let (less, more) = match basis {
        Basis::Time => ("faster", "slower"),
        Basis::Blocks => ("fewer blocks", "more blocks"),
        Basis::Cost | Basis::Shape => ("cheaper by the planner's estimate", "more expensive by the planner's estimate"),
    };
    match verdict {
        Verdict::Faster => format!("{} {less}: {amounts}", times(before, after)),
        Verdict::Slower => format!("{} {more}: {amounts}", times(after, before)),
        Verdict::Same | Verdict::Unknown => format!("no difference beyond noise: {amounts} ({shape})"),
    }
}

/// `3.2 times`; a difference of less than double is easier read as a part.
fn times(larger: f64, smaller: f64) -> String {
    let ratio = larger / smaller.max(1e-3);
    match ratio {
        r if r < 2.0 => format!("{:.0} %", (1.0 - smaller / larger) * 100.0),
        r if r < 10.0 => format!("{r:.1} times"),
        r => format!("{r:.0} times"),
    }
}

/// What one group of nodes has to do with the difference.
pub(super) fn change(old: Side, new: Side, pairs: &[Pair], sum: &Sum, basis: Basis, whole: Option<f64>) -> String {
    let what = match sum.lead.map(|at| &pairs[at]) {
        Some(pair) => match (pair.old, pair.new) {
            (Some(a), Some(b)) => changed(old.plan, a, new.plan, b, pair),
            (Some(a), None) => format!("{} is gone", named(old.plan, a)),
            (None, Some(b)) => format!("{} is new", named(new.plan, b)),
            (None, None) => String::new(),
        },
        None => reordered(old.plan, &sum.old, new.plan, &sum.new),
    };
    if basis == Basis::Shape {
        return what;
    }
    format!("{what}: {}", difference(sum.before, sum.after, basis, whole))
}

/// `38.1 ms → 0.4 ms, 97 % of the difference`.
pub(super) fn difference(before: f64, after: f64, basis: Basis, whole: Option<f64>) -> String {
    let amounts = format!("{} → {}", amount(before, basis), amount(after, basis));
    match share(after - before, whole) {
        Some(share) if share >= 0.995 => format!("{amounts}, all of the difference"),
        Some(share) if share >= 0.005 => format!("{amounts}, {:.0} % of the difference", share * 100.0),
        Some(share) if share <= -0.005 => format!("{amounts}, against the difference"),
        _ => amounts,
    }
}

pub(super) fn amount(value: f64, basis: Basis) -> String {
    match basis {
        Basis::Time if value >= 100.0 => format!("{value:.0} ms"),
        Basis::Time if value >= 0.1 || value == 0.0 => format!("{value:.1} ms"),
        Basis::Time => format!("{value:.3} ms"),
        Basis::Blocks => format!("{value:.0} blocks"),
        Basis::Cost | Basis::Shape => format!("cost {value:.2}"),
    }
}

fn changed(old: &Plan, a: NodeId, new: &Plan, b: NodeId, pair: &Pair) -> String {
    let (was, is) = (&old.nodes[a], &new.nodes[b]);
    let title = pair.changes.iter().any(|c| matches!(c.what, What::Kind | What::Index));
    if title {
        return format!("{} became {}", named(old, a), becomes(was, is));
    }
    match reason(pair) {
        Some(reason) => format!("{} {reason}", named(new, b)),
        None => named(new, b),
    }
}

/// Without what both read.
fn becomes(was: &Node, is: &Node) -> String {
    let mut text = is.title();
    if is.relation != was.relation {
        return is.describe();
    }
    if let Some(index) = &is.index {
        text.push_str(&format!(" using {index}"));
    }
    text
}

/// The one change within a node that best explains another time.
fn reason(pair: &Pair) -> Option<String> {
    let property = |key: Key| pair.changes.iter().find(|change| change.what == What::Property(key.clone()));
    let words = |text: &Option<String>| text.as_deref().map_or("none".to_owned(), clipped);
    let told = [
        (Key::SortMethod, "sorts by"),
        (Key::SortSpaceType, "sorts in"),
        (Key::HashBatches, "has batches"),
        (Key::HashAggBatches, "has batches"),
        (Key::WorkersLaunched, "has workers"),
        (Key::IndexCond, "has the index condition"),
        (Key::Filter, "has the filter"),
        (Key::SubplansRemoved, "has sub-plans removed"),
    ];
    for (key, verb) in told {
        if let Some(change) = property(key) {
            return Some(format!("{verb} {} instead of {}", words(&change.new), words(&change.old)));
        }
    }
    let (before, after) = (pair.before?, pair.after?);
    let once_each = |m: Measured| m.loops == Some(m.processes);
    if before.processes != after.processes && once_each(before) && once_each(after) {
        return Some(format!("ran in {:.0} processes instead of {:.0}", after.processes, before.processes));
    }
    let differs = |a: f64, b: f64| a.max(b) >= 1.2 * a.min(b).max(1.0);
    if let (Some(a), Some(b)) = (before.loops, after.loops)
        && differs(a, b)
    {
        return Some(format!("ran {b:.0} times instead of {a:.0}"));
    }
    if let (Some(a), Some(b)) = (before.rows, after.rows)
        && differs(a, b)
    {
        return Some(format!("gave {b:.0} rows instead of {a:.0}"));
    }
    if let (Some(a), Some(b)) = (before.blocks, after.blocks)
        && differs(a, b)
    {
        return Some(format!("asked for {b:.0} blocks instead of {a:.0}"));
    }
    None
}

fn reordered(old: &Plan, was: &[NodeId], new: &Plan, is: &[NodeId]) -> String {
    let joins = |plan: &Plan, ids: &[NodeId]| {
        let joins: Vec<NodeId> = ids.iter().copied().filter(|&id| class(&plan.nodes[id]) == Class::Join).collect();
        let more = joins.len().saturating_sub(2);
        let mut texts: Vec<String> = joins.iter().take(2).map(|&id| named(plan, id)).collect();
        if more > 0 {
            texts.push(format!("{more} more"));
        }
        texts.join(", ")
    };
    match (joins(old, was), joins(new, is)) {
        (was, is) if is.is_empty() => format!("{was} is gone"),
        (was, is) if was.is_empty() => format!("{is} is new"),
        (was, is) => format!("Tables are joined in another order: {is} instead of {was}"),
    }
}

/// What tells a node from others of its kind.
fn named(plan: &Plan, id: NodeId) -> String {
    let node = &plan.nodes[id];
    let text = node.describe();
    if node.relation.is_some() || node.alias.is_some() || node.index.is_some() {
        return text;
    }
    if let Some(key) = node.text(&Key::SortKey).or(node.text(&Key::GroupKey)) {
        return format!("{text} by {}", clipped(key));
    }
    if class(node) != Class::Join {
        return text;
    }
    let names = names_below(plan, id);
    if names.is_empty() { text } else { format!("{text} of {}", names.join(", ")) }
}

/// The first few that the join reads: a look at the next nodes is enough.
fn names_below(plan: &Plan, id: NodeId) -> Vec<&str> {
    const LOOKED_AT: usize = 24;
    let below = plan.nodes.iter().enumerate().skip(id + 1).take(LOOKED_AT);
    // Contiguous: the subtree ends where a node hangs above it.
    let mut names: Vec<&str> = below
        .take_while(|(_, node)| node.parent.is_some_and(|parent| parent >= id))
        .filter_map(|(_, node)| node.name())
        .collect();
    names.dedup();
    if names.len() > 3 {
        names.truncate(3);
        names.push("…");
    }
    names
}

fn clipped(text: &str) -> String {
    const LONGEST: usize = 60;
    let text = text.trim();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
