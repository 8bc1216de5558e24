//! `plan/large_offset`: rows that are read to be skipped.

use serde::Deserialize;

use crate::plan::model::{Kind, Plan};
use crate::report::model::{Applicability, Confidence, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured};

use super::estimate::words::count;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Limit) {
            let Some((skipped, given)) = skipped(cx.plan, id) else { continue };
            if skipped < self.min_rows || skipped < given {
                continue;
            }
            let title = format!("{} rows were read and skipped to give {}", count(skipped), count(given));
            let detail = "OFFSET does not jump: all rows before the page are read in order and dropped, so each page costs more than the one before it.";
            let mut draft = Draft::node(cx, id, title, detail)
                .evidence(measured("rows skipped", skipped as u64, "rows"))
                .evidence(measured("rows given", given as u64, "rows"));
            if let Some(ms) = cx.figures.nodes[id].wall_ms {
                draft = draft.accounting_for_ms(cx, ms * skipped / (skipped + given));
            } else {
                let nodes: Vec<_> = cx.plan.subtree(id).collect();
                draft = draft.accounting_for(cx, &nodes);
            }
            if node.parent.is_some() {
                draft = draft.confidence(Confidence::Medium);
            }
            let ask = match cx.facts {
                Some(_) => Ask::Keyset { query: cx.index },
                None => Ask::Ready(by_key()),
            };
            out.find(draft.ask(ask));
        }
    }
}

/// Rows that came to a Limit and did not pass, and those that passed, over all loops. A Limit stops its input as soon as it has its rows, so nothing
/// but OFFSET makes a difference.
pub fn skipped(plan: &Plan, id: usize) -> Option<(f64, f64)> {
    let given = plan.nodes[id].actual.filter(|a| a.loops > 0.0)?;
    let below = plan.inputs(id).next()?;
    let read = plan.nodes[below].actual?;
    let (read, given) = (read.rows * read.loops, given.rows * given.loops);
    Some((read - given, given))
}

fn by_key() -> Advice {
    Advice {
        applicability: Applicability::Sketch,
        ..Advice::new(
            RecommendationKind::RewriteQuery,
            "Begin the page behind the last row of the page before",
            "Remember the sort key of the last row shown, with the primary key as its end, and ask for what follows: WHERE (created_at, id) > (…, …) ORDER BY \
             created_at, id LIMIT … with an index on both. Give the statement with the plan to have it written out.",
            "",
        )
    }
}
