//! `query/having_without_aggregate`: a condition in HAVING that could stand in WHERE.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::scope;
use crate::sql::facts::{Block, Operand, Predicate, Test};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for block in cx.facts.blocks.iter().filter(|block| !block.group_by.is_empty()) {
            let Some(predicate) = block.having.iter().find(|predicate| is_of_key(block, predicate)) else { continue };
            let detail = "It chooses groups by their key, which is the same as choosing rows before they are grouped. Postgres moves such a \
                          condition by itself; in WHERE the reader sees it where rows are chosen.";
            out.find(Draft::about(cx, "A condition in HAVING belongs into WHERE", detail).at(predicate.span));
        }
    }
}

/// A bare column of GROUP BY compared with a fixed value.
fn is_of_key(block: &Block, predicate: &Predicate) -> bool {
    let key = |operand: &Operand| {
        scope::plain_column(operand).is_some_and(|column| {
            block.group_by.iter().filter_map(scope::plain_column).any(|key| key.name == column.name)
        })
    };
    match &predicate.test {
        Test::Compare { left, right, .. } => {
            (key(left) && scope::is_fixed(right)) || (key(right) && scope::is_fixed(left))
        }
        Test::InList { operand, items, .. } => key(operand) && items.iter().all(scope::is_fixed),
        Test::Between { operand, low, high, .. } => key(operand) && scope::is_fixed(low) && scope::is_fixed(high),
        Test::IsNull { operand, .. } => key(operand),
        _ => false,
    }
}
