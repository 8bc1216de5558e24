//! `plan/workers_missing`: fewer parallel workers were started than the plan was made for.

use serde::Deserialize;

use crate::plan::model::{Key, Kind};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured_number};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate() {
            let gathers = matches!(node.kind, Kind::Gather | Kind::GatherMerge);
            let Some(actual) = node.actual.filter(|actual| gathers && actual.loops > 0.0) else { continue };
            let planned = node.number(&Key::WorkersPlanned);
            // Launched is that of the last loop.
            let (Some(planned), Some(launched)) = (planned, node.number(&Key::WorkersLaunched)) else { continue };
            if launched >= planned || actual.loops > 1.0 {
                continue;
            }
            let below: Vec<usize> = cx.plan.subtree(id).collect();
            let advice = Advice {
                applicability: Applicability::Sketch,
                ..Advice::new(
                    RecommendationKind::Setting,
                    "Raise max_parallel_workers, or plan for fewer",
                    "The pool was empty: max_parallel_workers (and max_worker_processes, which needs a restart) bound all parallel workers of the server together. If \
                     it is short most of the time, a smaller max_parallel_workers_per_gather gives plans that fit what they get.",
                    format!("SET max_parallel_workers = {}", (planned * 2.0).max(8.0)),
                )
            };
            out.find(
                Draft::node(
                    cx,
                    id,
                    format!("{} got {launched} of {planned} workers", node.title()),
                    "The plan was chosen because the work was to be shared. It was not, or by fewer: it took longer than planned, and without parallelism another plan \
                     might have been better.",
                )
                .accounting_for(cx, &below)
                .evidence(measured_number("workers planned", planned, "workers"))
                .evidence(measured_number("workers launched", launched, "workers"))
                .ask(Ask::Ready(advice)),
            );
        }
    }
}
