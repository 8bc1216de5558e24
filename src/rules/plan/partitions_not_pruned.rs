//! `plan/partitions_not_pruned`: all partitions were read, and the rows came from one or two of them.

use serde::Deserialize;

use super::scan::condition::printed;
use crate::plan::model::{Key, Kind, NodeId};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured_number, seen};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_partitions: usize,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate() {
            if !matches!(node.kind, Kind::Append | Kind::MergeAppend) || node.value(&Key::SubplansRemoved).is_some() {
                continue;
            }
            let scans: Vec<NodeId> = cx.plan.inputs(id).filter(|&child| is_partition(cx, child)).collect();
            let with_rows = scans.iter().filter(|&&scan| rows(cx, scan) > 0.0).count();
            // Stopped early, later partitions have had no chance to give rows.
            if scans.len() < self.min_partitions
                || with_rows == 0
                || with_rows * 3 > scans.len()
                || cx.figures.nodes[id].early
            {
                continue;
            }
            let Some(condition) = scans.iter().find_map(|&scan| wrapped(cx, scan)) else { continue };
            let empty: Vec<NodeId> = scans.iter().copied().filter(|&scan| rows(cx, scan) == 0.0).collect();
            let blocks: f64 = empty
                .iter()
                .map(|&scan| cx.figures.nodes[scan].usage.buffers.shared)
                .map(|blocks| blocks.hit + blocks.read)
                .sum();
            let advice = Advice {
                applicability: Applicability::Sketch,
                ..Advice::new(
                    RecommendationKind::RewriteQuery,
                    "Compare the partition key itself with a range",
                    "The planner leaves partitions out only where the bare key is compared with a value: instead of date_trunc('day', at) = '2026-03-05' or at::date = '2026-03-05' write \
                     at >= '2026-03-05' AND at < '2026-03-06'.",
                    "",
                )
            };
            let mut draft = Draft::node(
                cx,
                id,
                format!("{} of {} partitions were read for nothing", empty.len(), scans.len()),
                format!("Rows came from {with_rows} of them. The condition {condition} wraps a column, so no partition could be left out beforehand."),
            )
            .accounting_for(cx, &empty)
            .evidence(measured_number("partitions read", scans.len() as f64, "partitions"))
            .evidence(measured_number("partitions with rows", with_rows as f64, "partitions"))
            .evidence(seen("condition", condition));
            if blocks > 0.0 {
                draft = draft.evidence(measured_number("blocks read for nothing", blocks, "blocks"));
            }
            out.find(draft.ask(Ask::Ready(advice)));
        }
    }
}

fn is_partition(cx: &PlanCx<'_>, child: NodeId) -> bool {
    let node = &cx.plan.nodes[child];
    node.kind.is_table_scan() && node.actual.is_some_and(|actual| actual.loops > 0.0)
}

fn rows(cx: &PlanCx<'_>, scan: NodeId) -> f64 {
    cx.figures.nodes[scan].rows.unwrap_or(0.0) + cx.figures.nodes[scan].rows_error.floor()
}

/// A part of the filter that compares a function or a cast of a column with a value: `date_trunc('day'::text, at) = …`,
/// `(at)::date = …`.
fn wrapped(cx: &PlanCx<'_>, scan: NodeId) -> Option<String> {
    let filter = cx.plan.nodes[scan].text(&Key::Filter)?;
    printed(filter).into_iter().find(|part| {
        let text = part.trim_start_matches('(');
        let left = text.split([' ', '=', '<', '>']).next().unwrap_or_default();
        let call = left.contains('(') && left.starts_with(|c: char| c.is_ascii_lowercase() || c == '"');
        call || left.contains(")::")
    })
}
