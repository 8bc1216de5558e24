//! `plan/wide_output`: turning the rows into what the client receives took a large part of the time.

use serde::Deserialize;

use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured_number};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_share: f64,
    min_kb: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        let (Some(serialization), Some(base)) = (&cx.plan.serialization, cx.figures.base_ms) else { return };
        let large = serialization.output_kb >= self.min_kb;
        let Some(ms) = serialization.ms.filter(|ms| large && *ms >= self.min_share * base) else { return };
        let rows = cx.figures.nodes.first().and_then(|root| root.rows).unwrap_or(0.0);
        let blocks = serialization.usage.buffers.shared;
        let advice = Advice {
            applicability: Applicability::Sketch,
            ..Advice::new(
                RecommendationKind::RewriteQuery,
                "Select only the columns that are used",
                "Long values live outside of their row (TOAST): each that is selected is fetched block by block, decompressed and written out. A list needs a title and a date; the text can be fetched for the one that is opened.",
                "",
            )
        };
        let mut draft = Draft::plan(
            cx,
            format!("Writing out the result took {:.0} % of the time", ms / base * 100.0),
            "The plan found the rows quickly; the rest was turning their values into text, and fetching the long ones from where they are kept. The network comes on top.",
        )
        .accounting_for_ms(cx, ms)
        .evidence(measured_number("serialization", ms, "ms"))
        .evidence(measured_number("output", serialization.output_kb * 1024.0, "bytes"))
        .evidence(measured_number("rows", rows, "rows"));
        if blocks.hit + blocks.read > 0.0 {
            draft = draft.evidence(measured_number("blocks of long values", blocks.hit + blocks.read, "blocks"));
        }
        out.find(draft.ask(Ask::Ready(advice)));
    }
}
