//! `plan/waits_for_row_lock`: a node that locks or changes rows took long for few of them.

use serde::Deserialize;

use crate::plan::model::{Kind, NodeId};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured_number};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_ms_per_row: f64,
    min_ms_per_block: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate() {
            if !matches!(node.kind, Kind::LockRows | Kind::ModifyTable) {
                continue;
            }
            let figures = &cx.figures.nodes[id];
            let Some(own) = figures.self_ms else { continue };
            let rows = locked(cx, id).max(1.0);
            let buffers = figures.usage.buffers;
            let blocks = (buffers.shared.hit + buffers.shared.read).max(1.0);
            let io = figures.usage.io.shared_read + figures.usage.io.shared_write;
            if (own - io) / rows < self.min_ms_per_row || (own - io) / blocks < self.min_ms_per_block {
                continue;
            }
            let advice = Advice {
                applicability: Applicability::Sketch,
                ..Advice::new(
                    RecommendationKind::Application,
                    "Shorten the transaction that held the row",
                    "Commit before anything slow (a call to another service, a user), change rows in one order everywhere, and take queued work with FOR UPDATE SKIP LOCKED. \
                     lock_timeout bounds the wait; log_lock_waits and pg_blocking_pids() name who held it.",
                    "",
                )
            };
            out.find(
                Draft::node(
                    cx,
                    id,
                    format!("{} waited, most likely for a lock", node.describe()),
                    "It took long for few rows and few blocks, and without input or output: another transaction held a row. Triggers that run for each row would count here \
                     too; EXPLAIN lists those at its end.",
                )
                .evidence(measured_number("own time", own, "ms"))
                .evidence(measured_number("rows locked or changed", rows, "rows"))
                .evidence(measured_number("own blocks", blocks, "blocks"))
                .ask(Ask::Ready(advice)),
            );
        }
    }
}

/// Rows that came in from below.
fn locked(cx: &PlanCx<'_>, id: NodeId) -> f64 {
    cx.plan.inputs(id).filter_map(|child| cx.figures.nodes[child].rows).sum()
}
