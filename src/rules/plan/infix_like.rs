//! `plan/infix_like`: a pattern without a fixed beginning, matched against every row.

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
        for waste in wastes(cx, Cause::Infix, limits) {
            let title = format!("{} is matched row by row against a pattern on {}", waste.name, waste.operand);
            let detail = "A btree finds text by its beginning. A pattern that begins with a wildcard, ignores case or is a regular expression has none: every value is compared, each byte of it.";
            out.find(waste.draft(cx, title, detail));
        }
    }
}
