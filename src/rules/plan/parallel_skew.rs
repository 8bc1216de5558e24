//! `plan/parallel_skew`: one process did most of the work that several were started for.

use serde::Deserialize;

use crate::plan::model::{Kind, NodeId};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured_number};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_skew: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate() {
            if !matches!(node.kind, Kind::Gather | Kind::GatherMerge) {
                continue;
            }
            // The node right below a Gather is run by all processes: its times tell how long each was busy.
            let Some(top) = cx.plan.inputs(id).next() else { continue };
            let figures = &cx.figures.nodes[top];
            let (Some(skew), Some(mean)) = (figures.skew.and_then(|skew| skew.time), figures.wall_ms) else { continue };
            if skew < self.min_skew {
                continue;
            }
            let longest = mean * skew;
            let below: Vec<NodeId> = cx.plan.subtree(id).collect();
            let append = below.iter().any(|&n| cx.plan.nodes[n].kind == Kind::Append && cx.plan.nodes[n].parallel);
            let advice = Advice {
                applicability: Applicability::Sketch,
                ..Advice::new(
                    RecommendationKind::Application,
                    "Let the large part be shared",
                    if append {
                        "Below a Parallel Append a child that is not parallel itself is run by one process from end to end: look at the partition that is largest (parallel_workers = 0, an index scan that cannot be \
                         shared, a function that is not PARALLEL SAFE)."
                    } else {
                        "Rows are handed out by blocks: when the dear rows stand together, one process gets them. A join by a key with one very frequent value, or a function that is slow for some rows, does the same."
                    },
                    "",
                )
            };
            out.find(
                Draft::node(
                    cx,
                    id,
                    format!(
                        "One of {} processes was busy {:.1} times as long as the mean",
                        figures.processes.round(),
                        skew
                    ),
                    "A parallel query is done when its last process is.",
                )
                .accounting_for_ms(cx, longest - mean)
                .evidence(measured_number("longest process", longest, "ms"))
                .evidence(measured_number("mean of the processes", mean, "ms"))
                .ask(Ask::Ready(advice)),
            );
        }
    }
}
