//! `plan/composite_index`: several conditions on one table, and no one index over their columns.

use serde::Deserialize;

use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::Sink;

use super::scan::cause::Cause;
use super::scan::waste::{Limits, wastes};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_removed: f64,
    max_kept: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        let limits = Limits { min_removed: self.min_removed, max_kept: self.max_kept };
        for waste in wastes(cx, Cause::Composite, limits) {
            let title = format!("No index of {} answers its conditions together", waste.name);
            let detail = "Each condition alone fits many rows, all of them together few. One index over the columns leads straight to those: first what is compared for equality, then one range or the order.";
            out.find(waste.draft(cx, title, detail));
        }
    }
}
