//! A table that a hash join reads from end to end to find the few partners of few rows; how much of it was needed, and the statement
//! that looks the partners up.

use crate::plan::model::{Join, Kind, NodeId};
use crate::rules::context::PlanCx;

use super::answered::by_any_index;
use super::rows::Rows;
use super::statement::joined_statement;

/// Rows of one pass below which a table is read whole for good reason.
const SMALL: f64 = 5000.0;
/// `random_page_cost` by default: each partner is on a page of its own, at least.
const PAGE: f64 = 4.0;
/// Looking up may cost so many times what reading does by these figures: pages that are met again cost nothing.
const DEARER: f64 = 1.5;

/// `kept` are the rows that the join gave. `None` if the other side was not small either, or an index for it exists: then the
/// planner chose with its eyes open, or by a wrong estimate.
pub fn joined(cx: &PlanCx<'_>, scan: NodeId, max_kept: f64) -> Option<(Rows, String)> {
    let plan = cx.plan;
    let own = Rows::of(plan.nodes.get(scan).filter(|node| node.kind == Kind::SeqScan)?)?;
    let parent = plan.nodes[scan].parent?;
    let (join, side) = match plan.nodes[parent].kind {
        Kind::Hash => (plan.nodes[parent].parent?, parent),
        _ => (parent, scan),
    };
    let node = &plan.nodes[join];
    let needs_all = matches!(node.join, Some(Join::Anti | Join::RightAnti | Join::Full));
    if node.kind != Kind::HashJoin || needs_all {
        return None;
    }
    let given = Rows::of(node)?.kept;
    let other = plan.inputs(join).find(|input| *input != side)?;
    let partners = Rows::of(&plan.nodes[other])?.kept;
    let cost = plan.nodes[scan].estimate.map_or(f64::INFINITY, |estimate| estimate.total_cost);
    let is_small = own.read() < SMALL * own.loops.max(1.0);
    if is_small || partners * PAGE > DEARER * cost {
        return None;
    }
    if given > max_kept * own.read() || partners > max_kept * own.read() {
        return None;
    }
    let statement =
        joined_statement(plan, scan, cx.catalog).filter(|statement| !by_any_index(statement, cx.catalog))?;
    Some((Rows { kept: given, filtered: own.read() - given, ..own }, statement))
}
