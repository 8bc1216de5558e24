//! `query/outer_join_nullified`: LEFT JOIN whose right side must have a value by WHERE, so that it is an inner join. Silent about
//! conditions that a NULL can pass.

use serde::Deserialize;

use crate::report::model::Applicability;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::{rewrite, scope};
use crate::sql::facts::{CompareOp, Join, Operand, Predicate, Span, Test};

use super::rewriting::{Rewriting, rewriting};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (index, block) in cx.facts.blocks.iter().enumerate() {
            for (at, source) in block.sources.iter().enumerate() {
                if source.join != Join::Left || source.nested || source.lateral || source.natural {
                    continue;
                }
                let Some(filter) = block.filters.iter().find(|filter| rejects_null(cx, index, at, filter)) else {
                    continue;
                };
                let title =
                    format!("WHERE undoes the LEFT JOIN of {}: rows without a partner are left out", source.alias);
                let detail = "For a row without a partner the columns are NULL, and the condition is not true of NULL. If those rows were \
                              wanted, the condition belongs into ON; if not, an inner join says so.";
                let draft = Draft::about(cx, title, detail).at(filter.span);
                // A later outer join may hang on this one's rows; its own ON keeps them all the same.
                let words = source.join_span.of(cx.text);
                let head = words.to_ascii_lowercase();
                let end = head.find("join").map(|at| source.join_span.start + at);
                out.find(match end.filter(|_| head.starts_with("left")) {
                    Some(end) => {
                        let left = Span { start: source.join_span.start, end };
                        rewriting(draft, cx, &INNER, vec![rewrite::instead(left, "")])
                    }
                    None => draft,
                });
            }
        }
    }
}

const INNER: Rewriting<'static> = Rewriting {
    title: "Say that it is an inner join",
    detail: "Postgres plans it so already: the result is the same. If the rows without a partner were wanted, move the condition into ON \
             instead.",
    applicability: Applicability::Review,
};

/// A condition on a bare column of the source that is not true when the column is NULL.
fn rejects_null(cx: &QueryCx<'_>, block: usize, source: usize, predicate: &Predicate) -> bool {
    let own = |operand: &Operand| {
        scope::plain_column(operand).is_some_and(|column| scope::home(cx, block, column) == Some((block, source)))
    };
    match &predicate.test {
        Test::Compare { op: CompareOp::NotDistinct | CompareOp::Distinct, .. } => false,
        Test::Compare { left, right, .. } => own(left) || own(right),
        Test::InList { operand, .. }
        | Test::InQuery { operand, negated: false, .. }
        | Test::AnyArray { operand, .. }
        | Test::Like { operand, .. }
        | Test::Between { operand, .. }
        | Test::IsNull { operand, negated: true } => own(operand),
        Test::Truth(operand) => own(operand),
        _ => false,
    }
}
