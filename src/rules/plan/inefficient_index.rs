//! `plan/inefficient_index`: an index that finds far more rows than are kept.

use serde::Deserialize;

use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::Sink;

use super::scan::cause::Cause;
use super::scan::waste::{Limits, Waste, wastes};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_removed: f64,
    max_kept: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        let limits = Limits { min_removed: self.min_removed, max_kept: self.max_kept };
        for waste in wastes(cx, Cause::Inefficient, limits) {
            let title = format!("{} finds far more rows than are kept", by(cx, &waste));
            let detail = "The index answers only a part of the condition. The rest is checked on the row itself, after it was fetched from the table at random.";
            out.find(waste.draft(cx, title, detail));
        }
    }
}

fn by(cx: &PlanCx<'_>, waste: &Waste) -> String {
    let scan = waste.scans[0];
    let below = cx.plan.inputs(scan).find_map(|id| cx.plan.nodes[id].index.as_ref());
    match cx.plan.nodes[scan].index.as_ref().or(below) {
        Some(index) => format!("The index {index} of {}", waste.name),
        None => format!("The index scan of {}", waste.name),
    }
}
