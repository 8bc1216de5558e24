//! `plan/misestimate`: an estimate that was wrong by an order of magnitude, and cost time.

use serde::Deserialize;

use crate::report::model::Confidence;
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Sink};

use super::estimate::cause::{Cause, wrong};
use super::estimate::remedy::remedy;
use super::estimate::victim::How;
use super::estimate::words::{draft, off, subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_factor: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for wrong in wrong(cx, self.min_factor).iter().filter(|wrong| wrong.cause == Cause::Plain) {
            let node = &cx.plan.nodes[wrong.birth.at];
            let title = format!("{} gave {}", subject(node), off(&wrong.birth));
            let why = "The error begins at this node: what it reads was estimated well.";
            let mut draft = draft(cx, wrong, title, why).ask(Ask::Ready(remedy(cx, &wrong.birth)));
            // Nobody says whether the table that was read whole has an index to be looked up by.
            if cx.catalog.is_none() && wrong.victims.iter().all(|victim| victim.how == How::ReadAll) {
                draft = draft.confidence(Confidence::Low);
            }
            out.find(draft);
        }
    }
}
