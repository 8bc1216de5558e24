//! What a sequential scan would read and keep, by the planner's estimate: for plans that were not executed.

use crate::plan::model::{Key, Kind, Node, NodeId, Plan};
use crate::rules::context::PlanCx;
use crate::sql::facts::RelationName;

use super::condition::printed;
use super::rows::Rows;

/// `None` for other scans, and without costs.
pub fn rows(cx: &PlanCx<'_>, scan: NodeId) -> Option<Rows> {
    let node = cx.plan.nodes.get(scan).filter(|node| node.kind == Kind::SeqScan)?;
    let kept = output(cx.plan, scan)?;
    let read = known(cx, node).or_else(|| Some(by_cost(node)? * processes(cx.plan, scan)))?;
    Some(Rows { kept, filtered: (read - kept).max(0.0), rechecked: 0.0, loops: 1.0 })
}

/// Rows that any scan gives, of all processes.
pub fn output(plan: &Plan, scan: NodeId) -> Option<f64> {
    Some(plan.nodes.get(scan)?.estimate?.rows * processes(plan, scan))
}

/// Rows that the scan reads at least. Its width is that of the columns that leave it; the rows of the table may be wider, and then
/// fewer: without a catalog they are taken to have [`LIKELY_WIDTH`] bytes, unless more leave the scan.
pub fn read_at_least(cx: &PlanCx<'_>, scan: NodeId) -> Option<f64> {
    let node = cx.plan.nodes.get(scan)?;
    known(cx, node).or_else(|| {
        let mut wide = node.clone();
        wide.estimate.as_mut()?.width = node.estimate?.width.max(LIKELY_WIDTH);
        Some(by_cost(&wide)? * processes(cx.plan, scan))
    })
}

/// Few tables have wider rows.
const LIKELY_WIDTH: f64 = 400.0;

fn known(cx: &PlanCx<'_>, node: &Node) -> Option<f64> {
    let relation = RelationName { schema: node.schema.clone().map(Into::into), name: node.relation.clone()?.into() };
    cx.catalog?.table(&relation)?.1.rows
}

/// A scan costs `seq_page_cost` a page, and a row `cpu_tuple_cost` and `cpu_operator_cost` for each condition (`costsize.c`,
/// `cost_seqscan`): with the defaults of 1, 0.01 and 0.0025, and the width for the rows on a page.
/// `None` where a condition calls something whose cost is not known.
fn by_cost(node: &Node) -> Option<f64> {
    const HEADER: f64 = 28.0;
    const PAGE: f64 = 8168.0;
    let estimate = node.estimate?;
    let filter = node.text(&Key::Filter).unwrap_or_default();
    if calls(filter) {
        return None;
    }
    let conditions = printed(filter).len() as f64;
    let a_row = (estimate.width + HEADER) / PAGE + 0.01 + 0.0025 * conditions;
    Some((estimate.total_cost - estimate.startup_cost).max(0.0) / a_row)
}

/// A function or a sub-plan, which may cost anything.
fn calls(filter: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    filter.contains("SubPlan") || filter.match_indices('(').any(|(at, _)| filter[..at].ends_with(word))
}

/// Rows of a partial path are estimated per process (`costsize.c`, `get_parallel_divisor`).
fn processes(plan: &Plan, scan: NodeId) -> f64 {
    if !plan.nodes[scan].parallel {
        return 1.0;
    }
    let gather = plan.ancestors(scan).find(|id| matches!(plan.nodes[*id].kind, Kind::Gather | Kind::GatherMerge));
    let workers = gather.and_then(|id| plan.nodes[id].number(&Key::WorkersPlanned)).unwrap_or(0.0);
    (workers + (1.0 - 0.3 * workers).max(0.0)).max(1.0)
}
