//! `plan/order_by_index`: an index that is read for its order, past the rows that do not fit.

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
        for waste in wastes(cx, Cause::Order, limits) {
            let title =
                format!("{} is read in the order of {} past all rows that do not fit", waste.name, index(cx, &waste));
            let detail = "The planner hoped to meet enough fitting rows soon, so that LIMIT stops the scan without a sort. They stand far from the end where it began: every row on the way is fetched and thrown away.";
            out.find(waste.draft(cx, title, detail));
        }
    }
}

fn index<'p>(cx: &PlanCx<'p>, waste: &Waste) -> &'p str {
    cx.plan.nodes[waste.scans[0]].index.as_deref().unwrap_or("an index")
}
