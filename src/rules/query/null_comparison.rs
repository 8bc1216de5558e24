//! `query/null_comparison`: a comparison with NULL, which is never true. Silent about `IN (NULL)`, which tools write for an
//! empty list, and about assignments.

use serde::Deserialize;

use crate::report::model::Applicability;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::rewrite;
use crate::sql::facts::{NullComparison, NullShape, Span};

use super::rewriting::{Rewriting, rewriting};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for found in &cx.facts.notes.null_comparisons {
            let draft = Draft::about(cx, title(found.shape), detail(found.shape)).at(found.null);
            out.find(match instead(cx.text, found) {
                Some((span, words)) => rewriting(draft, cx, &IS_NULL, vec![rewrite::instead(span, words)]),
                None => draft,
            });
        }
    }
}

const IS_NULL: Rewriting<'static> = Rewriting {
    title: "Ask with IS NULL",
    detail: "It is true for rows without a value. The result differs from today's, which has no such row.",
    applicability: Applicability::Review,
};

fn title(shape: NullShape) -> &'static str {
    match shape {
        NullShape::Equal => "`= NULL` is never true",
        NullShape::NotEqual => "`<> NULL` is never true",
        NullShape::Ordered | NullShape::First => "A comparison with NULL is never true",
        NullShape::Case => "`CASE … WHEN NULL` never matches",
        NullShape::In => "NULL in an IN list finds no row",
        NullShape::NotIn => "NOT IN with a NULL in its list is never true",
    }
}

fn detail(shape: NullShape) -> &'static str {
    match shape {
        NullShape::Case => "CASE compares with `=`, and a comparison with NULL is NULL, also of NULL with itself.",
        NullShape::In => "Each item is compared with `=`: rows without a value are not found by it.",
        NullShape::NotIn => "Every value may be equal to the unknown one, so no row passes.",
        _ => "A comparison with NULL is NULL, whatever the other side is, also when that is NULL.",
    }
}

/// The operator and NULL, and what to write there.
fn instead(text: &str, found: &NullComparison) -> Option<(Span, &'static str)> {
    let (operators, words): (&[&str], _) = match found.shape {
        NullShape::Equal => (&["="], "IS NULL"),
        NullShape::NotEqual => (&["<>", "!="], "IS NOT NULL"),
        _ => return None,
    };
    let before = text.get(..found.null.start)?.trim_end();
    let operator = operators.iter().find(|operator| before.ends_with(**operator))?;
    let start = before.len() - operator.len();
    let glued = !before[..start].ends_with([' ', '\n', '\t', ')']);
    (!glued).then_some((Span { start, end: found.null.end }, words))
}
