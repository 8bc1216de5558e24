//! `schema/float_for_money`: `real` and `double precision` under a name that says money. Silent where the name says a rate,
//! a share or a statistic.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about::{columns, words};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for of in columns(cx).filter(|of| matches!(of.column.type_name.as_str(), "real" | "double precision")) {
            if !is_money(&words(&of.column.name)) {
                continue;
            }
            let draft = of.draft(
        format!("{} holds an amount of money in {}", of.shown(), of.column.type_name),
        "Most decimal fractions have no exact binary form: sums differ from what an accountant adds up, by an amount \
         that depends on the order of the rows, and = misses values that look equal.",
    );
            out.find(draft.ask(of.retype(
                "numeric(19,4)",
                "",
                "The values are rounded to four places: check that this gives back what was meant.",
            )));
        }
    }
}

const MONEY: &[&str] = &[
    "balance",
    "eur",
    "fee",
    "fees",
    "gbp",
    "invoiced",
    "paid",
    "payment",
    "payout",
    "price",
    "refund",
    "revenue",
    "salary",
    "subtotal",
    "surcharge",
    "tax",
    "usd",
    "wage",
];

/// Words that make it something else: prices per unit may need more places, and an estimate is no account.
const NOT_MONEY: &[&str] = &[
    "avg",
    "average",
    "coefficient",
    "estimate",
    "estimated",
    "factor",
    "forecast",
    "index",
    "level",
    "load",
    "mean",
    "percent",
    "percentage",
    "pct",
    "predicted",
    "probability",
    "rate",
    "ratio",
    "score",
    "share",
    "sigma",
    "stddev",
    "variance",
    "weight",
    "white",
];

fn is_money(words: &[String]) -> bool {
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    any(MONEY) && !any(NOT_MONEY)
}
