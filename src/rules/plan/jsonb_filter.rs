//! `plan/jsonb_filter`: a condition on a jsonb document that no index answers.

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
        for waste in wastes(cx, Cause::Json, limits) {
            let title = format!("{} is searched by {} without an index on it", waste.name, waste.operand);
            let detail = "A document is one value to Postgres: what is inside has no index and no statistics until you give it some. Each row is fetched, its document unpacked (from TOAST if it is large), and the path evaluated.";
            out.find(waste.draft(cx, title, detail));
        }
    }
}
