//! `plan/stale_statistics`: an estimate that belongs to an older table.

use serde::Deserialize;

use crate::report::model::Confidence;
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Sink, estimated, measured_number};

use super::estimate::cause::{Cause, Stale, wrong};
use super::estimate::remedy::analyze;
use super::estimate::words::{draft, off, subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_factor: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for wrong in wrong(cx, self.min_factor) {
            let Cause::Stale(stale) = &wrong.cause else { continue };
            let node = &cx.plan.nodes[wrong.birth.at];
            let name = subject(node);
            let title = format!("{name} gave {}: its statistics are old", off(&wrong.birth));
            let why = match stale {
                Stale::Counters { .. } => {
                    "The server counts another number of rows than the statistics know.".to_owned()
                }
                Stale::WholeTable => {
                    "No condition stands between the size of the table and the estimate, so the size itself is wrong."
                        .to_owned()
                }
                Stale::Column(column) => format!(
                    "Fresh statistics would have known better: so large a share of the table stands among the most common values of {column}, or inside \
                     its histogram."
                ),
            };
            let mut draft = draft(cx, &wrong, title, &why);
            if let Stale::Counters { counted, known } = stale {
                draft = draft
                    .evidence(measured_number("rows that the server counts", *counted, "rows"))
                    .evidence(estimated("rows that the statistics know", *known, "rows"))
                    .confidence(Confidence::High);
            }
            let advice = analyze(
                node,
                "Takes a sample of the table and blocks nobody. If it happens again, autovacuum comes too seldom for this table: set \
                 autovacuum_analyze_scale_factor for it, and run ANALYZE at the end of every load.",
            );
            out.find(draft.ask(Ask::Ready(advice)));
        }
    }
}
