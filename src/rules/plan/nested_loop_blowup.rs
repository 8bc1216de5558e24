//! `plan/nested_loop_blowup`: a nested loop for a few rows that ran for many.

use serde::Deserialize;

use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, Sink, estimated, measured, seen};

use super::estimate::cause::{Cause, wrong};
use super::estimate::remedy::remedy;
use super::estimate::words::{count, off, rows, subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_factor: f64,
    min_loops: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for wrong in wrong(cx, self.min_factor) {
            let Cause::Blowup(at) = wrong.cause else { continue };
            let mut sides = cx.plan.inputs(at);
            let (Some(outer), Some(inner)) = (sides.next(), sides.next()) else { continue };
            let (outer, inner) = (&cx.plan.nodes[outer], &cx.plan.nodes[inner]);
            let (Some(ran), Some(planned)) = (inner.actual.map(|a| a.loops), outer.estimate.map(|e| e.rows)) else {
                continue;
            };
            if ran < self.min_loops {
                continue;
            }
            let born = &cx.plan.nodes[wrong.birth.at];
            let title = format!(
                "The nested loop over {} ran {} times, planned for {}",
                subject(inner),
                count(ran),
                count(planned)
            );
            let detail = format!(
                "A nested loop pays for its inner side once for each row of the outer side: right for a few rows, wrong for many, where a hash or \
                 merge join reads each side once. The number of rows went wrong at {}, which gave {}.",
                born.describe(),
                off(&wrong.birth)
            );
            let mut draft = Draft::node(cx, at, title, detail)
                .accounting_for(cx, &wrong.nodes)
                .evidence(estimated("outer rows expected", planned, "rows"))
                .evidence(measured("inner side ran", ran as u64, "times"))
                .evidence(seen("the error begins at", born.describe()));
            draft.evidence.extend(rows(cx.plan, &wrong.birth));
            out.find(draft.ask(Ask::Ready(remedy(cx, &wrong.birth))));
        }
    }
}
