//! `plan/top_n_sort`: many rows that are read and sorted for the first few of their order.

use serde::Deserialize;

use crate::plan::model::{Key, Kind, Node, NodeId, Plan};
use crate::report::model::Confidence;
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, Sink, estimated, measured, seen};

use super::disk_sort::is_skipped;
use super::estimate::words::count;
use super::scan::cause::cause;
use super::scan::estimate::{output, rows as expected};
use super::scan::rows::Rows;
use super::scan::statement::{is_order_of_columns, statement};
use super::scan::test::{Sort, sorted};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: f64,
    max_share: f64,
    min_kept: f64,
}

/// Of one run of the Limit.
struct TopN {
    limit: NodeId,
    scan: NodeId,
    sorted: f64,
    wanted: f64,
    /// The plan was executed.
    measured: bool,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Sort) {
            let Some(top) = top_n(cx, id).filter(|top| self.is_worth(top) && self.keeps_most(cx, top)) else {
                continue;
            };
            let Some(statement) = statement(cx.plan, top.scan, cx.catalog) else { continue };
            if !is_order_of_columns(cx.plan, id, top.scan) || is_bounded_by_a_range(cx, top.scan, &statement) {
                continue;
            }
            let key = node.text(&Key::SortKey).unwrap_or("its key");
            let table = cx.plan.nodes[top.scan].relation.clone().unwrap_or_default();
            let title = format!(
                "{} rows of {table} are read and sorted for the first {} by {key}",
                count(top.sorted),
                count(top.wanted)
            );
            let detail = "Nothing gives the rows in the order that is asked for, so all of them are read to see which come first. An index that is in \
                          this order, behind the columns that are compared for equality, is read from its end and left as soon as there are enough.";
            let nodes: Vec<NodeId> = cx.plan.subtree(id).collect();
            let mut draft = Draft::node(cx, id, title, detail).accounting_for(cx, &nodes);
            draft = if top.measured {
                draft.evidence(measured("rows read for the sort", top.sorted as u64, "rows")).evidence(measured(
                    "rows wanted",
                    top.wanted as u64,
                    "rows",
                ))
            } else {
                draft
                    .evidence(estimated("rows read for the sort", top.sorted, "rows"))
                    .evidence(estimated("rows wanted", top.wanted, "rows"))
                    .confidence(Confidence::Low)
            };
            if let Some(method) = node.text(&Key::SortMethod) {
                draft = draft.evidence(seen("method", method));
            }
            out.find(draft.ask(Ask::IndexForScan { query: cx.index, statement }));
        }
    }
}

impl Rule {
    fn is_worth(&self, top: &TopN) -> bool {
        top.sorted >= self.min_rows && top.wanted > 0.0 && top.wanted <= self.max_share * top.sorted
    }

    /// Where a condition throws nearly all rows away, the rule of that cause speaks, and asks for the same order.
    fn keeps_most(&self, cx: &PlanCx<'_>, top: &TopN) -> bool {
        if cause(cx.plan, top.scan, cx.catalog).is_none() {
            return true;
        }
        let node = &cx.plan.nodes[top.scan];
        let rows = if top.measured { Rows::of(node) } else { expected(cx, top.scan) };
        rows.is_none_or(|rows| rows.kept > self.min_kept * rows.read())
    }
}

/// A sort directly between a Limit and the scan of a table, but for processes. `None` where OFFSET is what makes it read so much.
fn top_n(cx: &PlanCx<'_>, sort: NodeId) -> Option<TopN> {
    let plan = cx.plan;
    let limit = plan.ancestors(sort).find(|id| !gathers(&plan.nodes[*id]))?;
    let mut scan = plan.inputs(sort).next()?;
    while gathers(&plan.nodes[scan]) {
        scan = plan.inputs(scan).next()?;
    }
    if plan.nodes[limit].kind != Kind::Limit || !plan.nodes[scan].kind.is_table_scan() || is_skipped(plan, sort) {
        return None;
    }
    let node = &plan.nodes[limit];
    match node.actual {
        Some(actual) if actual.loops > 0.0 => {
            let kept = Rows::of(&plan.nodes[scan])?.kept;
            Some(TopN { limit, scan, sorted: kept / actual.loops, wanted: actual.rows, measured: true })
        }
        Some(_) => None,
        None => Some(TopN { limit, scan, sorted: output(plan, scan)?, wanted: node.estimate?.rows, measured: false }),
    }
    .filter(|top| plan.nodes[top.limit].ran())
}

fn gathers(node: &Node) -> bool {
    matches!(node.kind, Kind::Gather | Kind::GatherMerge)
}

/// An index finds the rows of a range: whether many others would have to be passed in the order is not known.
fn is_bounded_by_a_range(cx: &PlanCx<'_>, scan: NodeId, statement: &str) -> bool {
    let is_whole = |plan: &Plan| plan.nodes[scan].kind == Kind::SeqScan;
    !is_whole(cx.plan) && sorted(statement).iter().any(|test| test.sort != Sort::Equal)
}
