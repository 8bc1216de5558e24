//! `query/timezone_dependent`: a timestamp without time zone compared with a moment, so that the outcome depends on the session's time
//! zone. Needs the column's type.

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
            let pairs: Vec<(&Operand, &Operand)> = match &predicate.test {
                Test::Compare { left, right, .. } => vec![(left, right), (right, left)],
                Test::Between { operand, low, high, .. } => vec![(operand, low), (operand, high)],
                _ => continue,
            };
            let Some((column, value)) = pairs.into_iter().find(|(_, value)| is_moment(cx.text, value)) else {
                continue;
            };
            let known = scope::plain_column(column).and_then(|column| scope::resolve(cx, block, column));
            let Some(known) =
                known.filter(|known| family(&known.column.type_name).as_deref() == Some("timestamp without time zone"))
            else {
                continue;
            };
            let name = &known.column.name;
            let title = format!(
                "{name} has no time zone: compared with {}, it depends on that of the session",
                value.span.of(cx.text)
            );
            let detail = "Postgres takes the column's value for a local time of the session's TimeZone. Another setting of a server, a role or \
                          a driver moves the outcome by hours. Make the column timestamptz, or say which zone it means: `… AT TIME ZONE 'UTC'`.";
            let draft = Draft::about(cx, title, detail).at(predicate.span);
            out.find(draft.evidence(documented("type of the column", known.column.type_name.clone())));
        }
    }
}

/// now() and what is reckoned from it, and what is said to be a timestamptz.
fn is_moment(text: &str, operand: &Operand) -> bool {
    let zoned = |name: &str| family(name).as_deref() == Some("timestamp with time zone");
    match &operand.value {
        Value::Function { name, .. } => is_clock(name),
        Value::Cast { to, .. } => zoned(to),
        Value::Constant(Constant::Typed(name)) => zoned(name),
        Value::Expression { columns } if columns.is_empty() => {
            let written = operand.span.of(text).to_ascii_lowercase();
            // A zone or a cast that is named makes it another thing.
            let first = written.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
            is_clock(first)
                && !written.contains("zone")
                && !written.contains("::timestamp")
                && !written.contains("::date")
        }
        _ => false,
    }
}

fn is_clock(name: &str) -> bool {
    matches!(name, "now" | "current_timestamp" | "transaction_timestamp" | "statement_timestamp" | "clock_timestamp")
}
