//! `query/between_midnight`: BETWEEN two dates over a column that holds moments: of the last day only its midnight counts.

use serde::Deserialize;

use crate::catalog::types::family;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink, documented};
use crate::rules::{QueryRule, scope, walk};
use crate::sql::facts::{Constant, Operand, Test, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (block, predicate) in walk::predicates(cx.facts) {
            let Test::Between { operand, low, high, negated: false } = &predicate.test else { continue };
            let Some(column) = scope::plain_column(operand) else { continue };
            let Some(known) = scope::resolve(cx, block, column) else { continue };
            let moment = family(&known.column.type_name).is_some_and(|family| family.starts_with("timestamp "));
            // The whole of one day is asked for as `BETWEEN '2026-05-01' AND '2026-05-01'`, and gives a midnight.
            if !moment || !is_date(cx.text, low) || !is_date(cx.text, high) {
                continue;
            }
            let day = high.span.of(cx.text);
            let detail = "A date stands for its first moment when it is compared with a timestamp. Write a half-open range: `>=` the \
                          first day and `<` the day after the last one.";
            let title =
                format!("BETWEEN ends at the midnight with which {day} begins, and leaves out the rest of that day");
            let draft = Draft::about(cx, title, detail).at(predicate.span);
            out.find(draft.evidence(documented("type of the column", known.column.type_name.clone())));
        }
    }
}

/// A literal that is a date without a time of day.
fn is_date(text: &str, operand: &Operand) -> bool {
    match &operand.value {
        Value::Constant(Constant::String(literal)) => is_day(literal),
        Value::Constant(Constant::Typed(_)) => {
            let written = operand.span.of(text);
            let Some(literal) = written.split('\'').nth(1) else { return false };
            !written.to_ascii_lowercase().starts_with("interval") && is_day(literal)
        }
        Value::Cast { operand, .. } => is_date(text, operand),
        _ => false,
    }
}

/// `2026-01-31`, in any of the orders that Postgres reads.
fn is_day(literal: &str) -> bool {
    let parts: Vec<&str> = literal.trim().split(['-', '/', '.']).collect();
    parts.len() == 3
        && parts.iter().all(|part| !part.is_empty() && part.len() <= 4 && part.chars().all(|c| c.is_ascii_digit()))
}
