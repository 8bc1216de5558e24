//! A birth in; the nodes that took time because the planner believed it, out. An error that made no plan worse is nothing to
//! read about.

use crate::plan::figures::{Direction, EstimateError};
use crate::plan::model::{Key, Kind, NodeId, Plan, Role};
use crate::rules::context::PlanCx;

use super::birth::Birth;

/// How an error became time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The inner side of a nested loop ran once for each of the rows that nobody expected.
    Loops,
    /// A hash table outgrew its memory.
    Spilled,
    /// A whole table was read for a few rows that an index would have found.
    ReadAll,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Victim {
    pub node: NodeId,
    pub how: How,
    /// Whose own time it is.
    pub nodes: Vec<NodeId>,
}

/// Tables below this many rows are read whole for good reason.
const SMALL: f64 = 1000.0;

pub fn victims(cx: &PlanCx<'_>, birth: &Birth, factor: f64) -> Vec<Victim> {
    let mut found = Vec::new();
    let mut queue = vec![birth.node];
    let mut seen_ctes: Vec<NodeId> = Vec::new();
    while let Some(start) = queue.pop() {
        if let Some(cte) = climb(cx, birth, factor, start, &mut found)
            && !seen_ctes.contains(&cte)
        {
            seen_ctes.push(cte);
            queue.extend(readers(cx.plan, cte));
        }
    }
    found
}

/// Walks up as long as the error lasts; the CTE whose top was reached, if it was one.
fn climb(cx: &PlanCx<'_>, birth: &Birth, factor: f64, start: NodeId, found: &mut Vec<Victim>) -> Option<NodeId> {
    let plan = cx.plan;
    let mut below = start;
    loop {
        match plan.nodes[below].role {
            Role::Cte => return Some(below),
            Role::InitPlan | Role::SubPlan => return None,
            _ => {}
        }
        let above = plan.nodes[below].parent?;
        found.extend(victim(plan, above, below, birth.error));
        let lasts = |error: EstimateError| error.direction == birth.error.direction && error.factor >= factor;
        let passes = match plan.nodes[above].kind {
            Kind::Limit => false,
            _ => cx.figures.nodes[above].estimate.is_none_or(lasts),
        };
        if !passes {
            return None;
        }
        below = above;
    }
}

fn readers(plan: &Plan, cte: NodeId) -> Vec<NodeId> {
    let name = plan.nodes[cte].subplan.as_deref().and_then(|text| text.strip_prefix("CTE "));
    let reads = |id: &NodeId| plan.nodes[*id].kind == Kind::CteScan && plan.nodes[*id].relation.as_deref() == name;
    (0..plan.nodes.len()).filter(reads).collect()
}

/// What the error of `below` did to the node above it.
fn victim(plan: &Plan, above: NodeId, below: NodeId, error: EstimateError) -> Option<Victim> {
    let node = &plan.nodes[above];
    let outer = plan.nodes[below].role == Role::Outer;
    let other = plan.inputs(above).find(|child| *child != below);
    let is = |how, nodes| Some(Victim { node: above, how, nodes });
    match (&node.kind, error.direction) {
        (Kind::NestedLoop, Direction::Under) if outer => {
            let inner = other.filter(|inner| plan.nodes[*inner].ran())?;
            is(How::Loops, std::iter::once(above).chain(plan.subtree(inner)).collect())
        }
        (Kind::Hash, Direction::Under) if grew(plan, above) => {
            is(How::Spilled, node.parent.into_iter().chain([above]).collect())
        }
        (Kind::Aggregate, Direction::Under) if node.number(&Key::DiskUsage).is_some_and(|kb| kb > 0.0) => {
            is(How::Spilled, vec![above])
        }
        (Kind::HashJoin | Kind::MergeJoin, Direction::Over) => {
            let wanted = plan.nodes[below].actual?.rows;
            let nodes: Vec<NodeId> = plan.subtree(other?).filter(|id| reads_all(plan, *id, wanted)).collect();
            if nodes.is_empty() { None } else { is(How::ReadAll, nodes.into_iter().chain([above]).collect()) }
        }
        _ => None,
    }
}

fn grew(plan: &Plan, hash: NodeId) -> bool {
    let node = &plan.nodes[hash];
    let batches = node.number(&Key::HashBatches).unwrap_or(1.0);
    batches > node.number(&Key::OriginalHashBatches).unwrap_or(batches).max(1.0)
}

/// A sequential scan that gave far more rows than there were to be joined.
fn reads_all(plan: &Plan, id: NodeId, wanted: f64) -> bool {
    let node = &plan.nodes[id];
    let rows = node.actual.map_or(0.0, |actual| actual.rows * actual.loops);
    node.kind == Kind::SeqScan && rows >= SMALL && rows >= 10.0 * wanted.max(1.0)
}
