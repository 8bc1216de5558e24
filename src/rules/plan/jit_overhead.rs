//! `plan/jit_overhead`: compiling the query took a large part of running it.

use serde::Deserialize;

use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, estimated, measured_number};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_share: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        let Some(jit) = &cx.plan.jit else { return };
        let (Some(total), Some(base)) = (jit.total_ms, cx.figures.base_ms) else { return };
        // The figure sums the leader and its workers, which compile at the same time.
        let processes = 1.0 + cx.plan.nodes.iter().map(|node| node.workers.len()).max().unwrap_or(0) as f64;
        let ms = (total / processes).min(base);
        if ms < self.min_share * base {
            return;
        }
        let advice = Advice {
            applicability: Applicability::Machine,
            undo: Some("RESET jit".to_owned()),
            ..Advice::new(
                RecommendationKind::Setting,
                "Run this query without JIT",
                "For the session or the role that runs it. If several queries do the same, raise jit_above_cost above their cost for all.",
                "SET jit = off",
            )
        };
        let parts = [
            ("generation", jit.generation_ms),
            ("inlining", jit.inlining_ms),
            ("optimization", jit.optimization_ms),
            ("emission", jit.emission_ms),
        ];
        let mut draft = Draft::plan(
            cx,
            format!("JIT compiled for {:.0} % of the time", ms / base * 100.0),
            "The planner expected enough work for compiled expressions to pay off; they did not. The estimated cost decides, not the \
             time: an estimate that is too high buys a compilation for nothing.",
        )
        .accounting_for_ms(cx, ms)
        .evidence(measured_number("JIT in all processes", total, "ms"))
        .evidence(measured_number("functions", jit.functions, "functions"))
        .evidence(estimated("cost of the plan", cx.total_cost(), "cost"));
        for (name, ms) in parts.into_iter().filter_map(|(name, ms)| Some((name, ms.filter(|ms| *ms > 0.0)?))) {
            draft = draft.evidence(measured_number(name, ms, "ms"));
        }
        out.find(draft.ask(Ask::Ready(advice)));
    }
}
