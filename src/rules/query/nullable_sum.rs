//! `query/nullable_sum`: sum over all rows that gives NULL when there are none. Silent under GROUP BY, where each group has a row.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::sql::facts::{Output, Role, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for block in &cx.facts.blocks {
            if !block.group_by.is_empty()
                || block.has_having
                || !matches!(block.role, Role::Root | Role::Derived(_) | Role::Cte(_))
            {
                continue;
            }
            for output in &block.projection {
                let Output::Expr { operand, .. } = output else { continue };
                if matches!(&operand.value, Value::Function { name, .. } if name == "sum") {
                    let detail = "Without rows, sum is NULL and not 0, and whatever is reckoned with it is NULL as well. `coalesce(sum(…), 0)` \
                                  gives 0.";
                    out.find(Draft::about(cx, "sum is NULL when there are no rows", detail).at(operand.span));
                }
            }
        }
    }
}
