//! `plan/correlated_columns`: columns that depend on each other, and that the planner multiplies as if they did not.

use serde::Deserialize;

use crate::catalog::access::quote_ident;
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Sink, seen};

use super::estimate::cause::{Cause, wrong};
use super::estimate::remedy::create_statistics;
use super::estimate::words::{draft, off, subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_factor: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for wrong in wrong(cx, self.min_factor) {
            let Cause::Correlated(columns) = &wrong.cause else { continue };
            let node = &cx.plan.nodes[wrong.birth.at];
            let title =
                format!("{} gave {}: {} depend on each other", subject(node), off(&wrong.birth), columns.join(" and "));
            let why = "The planner takes the conditions for independent and multiplies their shares of the table, which is wrong when one \
                       column follows from the other.";
            // Extended statistics take up to eight columns (documentation, CREATE STATISTICS).
            let on: Vec<String> = columns.iter().take(8).map(|column| quote_ident(column)).collect();
            let advice = create_statistics(
                node,
                " (dependencies, mcv)",
                &on,
                &columns.join("_"),
                "ANALYZE then counts the common combinations of these columns, and how far one determines the other. It makes no write slower.",
            );
            out.find(
                draft(cx, &wrong, title, why)
                    .evidence(seen("columns tested together", columns.join(", ")))
                    .ask(Ask::Ready(advice)),
            );
        }
    }
}
