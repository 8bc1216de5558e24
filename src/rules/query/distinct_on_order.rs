//! `query/distinct_on_order`: DISTINCT ON that keeps any row of its group, because ORDER BY does not say which. Silent where all
//! that is read is the key.

use serde::Deserialize;

use crate::report::model::Severity;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::scope;
use crate::sql::facts::{Block, Constant, Distinct, Operand, Output, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for block in cx.facts.blocks.iter().filter(|block| block.distinct == Distinct::On) {
            let Some(keys) = names(block) else { continue };
            if only_keys(block, &keys) || scope::at_most_one_row(cx, block) {
                continue;
            }
            let draft = if block.order_by.is_empty() {
                let detail = "ORDER BY must begin with the columns of DISTINCT ON and go on with what makes a row the first one of \
                              its group, for example `created_at DESC`.";
                Draft::about(cx, "DISTINCT ON without ORDER BY keeps an arbitrary row of each group", detail)
                    .at(block.projection_span)
            } else if let Some(span) = refused(block, &keys) {
                let detail = "Postgres takes the first row of each group in the order of ORDER BY, so its first keys must be those of \
                              DISTINCT ON (SQLSTATE 42P10).";
                Draft::about(cx, "ORDER BY does not begin with the columns of DISTINCT ON: Postgres refuses it", detail)
                    .at(span)
                    .severity(Severity::Error)
            } else if block.order_by.len() <= keys.len() {
                let detail = "ORDER BY sorts the groups, but says nothing of the rows within one. Add what makes a row the first \
                              one, for example `created_at DESC`.";
                Draft::about(cx, "DISTINCT ON keeps an arbitrary row: ORDER BY ends with its own columns", detail)
                    .at(block.order_span.unwrap_or(block.projection_span))
            } else {
                continue;
            };
            out.find(draft);
        }
    }
}

/// The columns of DISTINCT ON, ordinals and aliases followed; `None` where a key is something else.
fn names(block: &Block) -> Option<Vec<&str>> {
    block.distinct_on.iter().map(|key| name(meant(block, key))).collect()
}

fn name(operand: &Operand) -> Option<&str> {
    scope::plain_column(operand).map(|column| column.name.as_str())
}

fn meant<'a>(block: &'a Block, key: &'a Operand) -> &'a Operand {
    let projected = match &key.value {
        Value::Constant(Constant::Integer(ordinal)) => {
            usize::try_from(*ordinal).ok().and_then(|at| block.projection.get(at.checked_sub(1)?))
        }
        Value::Column(column) if column.qualifier.is_none() => block
            .projection
            .iter()
            .find(|output| matches!(output, Output::Expr { alias: Some(alias), .. } if *alias == column.name)),
        _ => None,
    };
    match projected {
        Some(Output::Expr { operand, .. }) => operand,
        _ => key,
    }
}

fn only_keys(block: &Block, keys: &[&str]) -> bool {
    block.projection.iter().all(|output| match output {
        Output::Expr { operand, .. } => {
            matches!(operand.value, Value::Constant(_)) || name(operand).is_some_and(|name| keys.contains(&name))
        }
        Output::Star { .. } => false,
    })
}

/// A plain column among the first keys of ORDER BY that is none of DISTINCT ON.
fn refused(block: &Block, keys: &[&str]) -> Option<crate::sql::facts::Span> {
    let first = block.order_by.iter().take(keys.len());
    let foreign = |operand: &&Operand| name(operand).is_some_and(|name| !keys.contains(&name));
    first.map(|key| &key.operand).find(foreign).map(|operand| operand.span)
}
