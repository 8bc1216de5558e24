//! `query/condition_in_set`: `SET a = 1 AND b = 2`, where a comma was meant. Silent where the AND begins with no constant: that
//! may be a condition whose outcome is stored.

use serde::Deserialize;

use crate::report::model::Applicability;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::{rewrite, scope};
use crate::sql::facts::{Assigned, Predicate, Span, Test, Value};

use super::rewriting::{Rewriting, rewriting};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for assignment in cx.facts.write.iter().flat_map(|write| &write.assignments) {
            let Assigned::Condition(members) = &assignment.value else { continue };
            if !is_list(members) {
                continue;
            }
            let (title, detail) = (
                "AND between assignments: the second one is compared, not assigned",
                "Everything after the first `=` is one condition whose outcome is assigned; the column after AND keeps its value.",
            );
            let draft = Draft::about(cx, title, detail).at(assignment.span);
            let commas = members.windows(2).map(|pair| {
                let between = Span { start: pair[0].span.end, end: pair[1].span.start };
                rewrite::instead(between, ", ")
            });
            out.find(rewriting(draft, cx, &COMMA, commas.collect()));
        }
    }
}

const COMMA: Rewriting<'static> = Rewriting {
    title: "Separate the assignments with commas",
    detail: "Each column is then assigned its own value.",
    applicability: Applicability::Review,
};

/// A constant or parameter, then only `column = value`.
fn is_list(members: &[Predicate]) -> bool {
    let [first, rest @ ..] = members else { return false };
    let value = matches!(&first.test, Test::Truth(operand) if matches!(operand.value, Value::Constant(_) | Value::Parameter(_)));
    let assigns = |predicate: &Predicate| {
        scope::equality(predicate)
            .is_some_and(|(left, right)| scope::plain_column(left).is_some() && scope::is_fixed(right))
    };
    value && !rest.is_empty() && rest.iter().all(assigns)
}
