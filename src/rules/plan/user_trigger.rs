//! `plan/user_trigger`: triggers took a large part of a write.

use serde::Deserialize;

use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured_number, seen};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_share: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        let Some(base) = cx.figures.base_ms else { return };
        for trigger in cx.plan.triggers.iter().filter(|trigger| trigger.constraint.is_none()) {
            let Some(ms) = trigger.ms.filter(|ms| *ms >= self.min_share * base) else { continue };
            let per_call = ms / trigger.calls.max(1.0);
            let for_rows = trigger.calls > 1.0;
            let advice = Advice {
                applicability: Applicability::Sketch,
                ..Advice::new(
                    RecommendationKind::Application,
                    if for_rows { "Do it once for the statement" } else { "Look into the trigger's function" },
                    "A trigger FOR EACH STATEMENT with REFERENCING NEW TABLE AS … works on all rows in one statement; a WHEN condition keeps it from firing for rows that do not matter. \
                     auto_explain.log_nested_statements = on shows the plans of what it runs.",
                    "",
                )
            };
            let mut draft = Draft::plan(
                cx,
                format!("The trigger {} took {:.0} % of the time", trigger.name, ms / base * 100.0),
                "It ran for every row, and what it runs is not in this plan.",
            )
            .accounting_for_ms(cx, ms)
            .evidence(measured_number("time in the trigger", ms, "ms"))
            .evidence(measured_number("calls", trigger.calls, "calls"))
            .evidence(measured_number("time a call", per_call, "ms"));
            if let Some(relation) = &trigger.relation {
                draft = draft.evidence(seen("table", relation.clone()));
            }
            out.find(draft.ask(Ask::Ready(advice)));
        }
    }
}
