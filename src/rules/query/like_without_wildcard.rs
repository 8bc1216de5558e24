//! `query/like_without_wildcard`: LIKE with a pattern that has no wildcard.

use serde::Deserialize;

use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::{QueryRule, walk};
use crate::sql::facts::{Constant, Test, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (_, predicate) in walk::predicates(cx.facts) {
            let Test::Like { pattern, case_insensitive, .. } = &predicate.test else { continue };
            let Value::Constant(Constant::String(text)) = &pattern.value else { continue };
            if text.contains(['%', '_', '\\']) {
                continue;
            }
            let (title, detail) = if *case_insensitive {
                (
                    "ILIKE without a wildcard compares whole values, row by row",
                    "No plain index serves ILIKE. `lower(column) = lower(value)` finds the same with an index on lower(column). If a part of \
                     the value was meant, a % is missing.",
                )
            } else {
                (
                    "LIKE without a wildcard is `=`",
                    "If a part of the value was meant, a % is missing; if not, `=` says so.",
                )
            };
            out.find(Draft::about(cx, title, detail).at(predicate.span));
        }
    }
}
