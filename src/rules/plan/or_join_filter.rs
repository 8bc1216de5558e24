//! `plan/or_join_filter`: a join by one key or another, which can be neither hashed nor merged.

use serde::Deserialize;

use crate::plan::model::{Key, Kind, NodeId, Role};
use crate::report::model::{Applicability, Confidence, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, estimated, measured, seen};

use super::estimate::words::count;
use super::join::cause::{Cause, branches, cause, pairs};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate() {
            let rows = pairs(cx.plan, id);
            if cause(cx.plan, id) != Some(Cause::OrFilter) || rows < self.min_rows {
                continue;
            }
            let filter = node.text(&Key::JoinFilter).unwrap_or_default();
            let Some(branches) = branches(filter) else { continue };
            let title = format!("The join by {} tests every pair of rows", branches.join(" or by "));
            let detail = "A condition with OR gives no key that both sides could be hashed or sorted by, and no index serves all of it: only a nested loop \
                          is left, which tests each row of one side against each row of the other.";
            let inner = cx.plan.inputs(id).find(|child| cx.plan.nodes[*child].role == Role::Inner);
            let again = inner.filter(|inner| cx.plan.nodes[*inner].kind == Kind::Materialize);
            let nodes: Vec<NodeId> = std::iter::once(id).chain(again).collect();
            let mut draft =
                Draft::node(cx, id, title, detail).accounting_for(cx, &nodes).evidence(seen("join filter", filter));
            draft = match node.actual {
                Some(actual) => draft.evidence(measured("pairs tested", rows as u64, "rows")).evidence(measured(
                    "pairs kept",
                    (actual.rows * actual.loops) as u64,
                    "rows",
                )),
                None => draft.evidence(estimated("pairs to test", rows, "rows")).confidence(Confidence::Medium),
            };
            out.find(draft.ask(Ask::Ready(union(&branches, rows))));
        }
    }
}

fn union(branches: &[String], rows: f64) -> Advice {
    let joins: Vec<String> = branches.iter().map(|branch| format!("SELECT … ON {branch}")).collect();
    Advice {
        applicability: Applicability::Sketch,
        ..Advice::new(
            RecommendationKind::RewriteQuery,
            "Write the join as a UNION of joins by one key each",
            format!(
                "{}. Each part is a hash join or an index lookup in place of {} tests. UNION removes duplicates: with the primary keys of both sides in the \
                 select list the result is the same, without them rows that were meant to appear twice are lost. UNION ALL keeps them, if each \
                 part after the first excludes what the parts before it gave.",
                joins.join(" UNION "),
                count(rows)
            ),
            "",
        )
    }
}
