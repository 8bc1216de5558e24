//! `query/count_of_column`: count(column) of a column that can be NULL, which leaves rows out.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::scope;
use crate::sql::facts::{Join, Output, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (index, block) in cx.facts.blocks.iter().enumerate() {
            // Under an outer join, counting a column of the other side is how partners are counted.
            if block.sources.iter().any(|source| matches!(source.join, Join::Left | Join::Right | Join::Full)) {
                continue;
            }
            for output in &block.projection {
                let Output::Expr { operand, .. } = output else { continue };
                let Value::Function { name, args, distinct: false } = &operand.value else { continue };
                let ([only], "count") = (args.as_slice(), name.as_str()) else { continue };
                let Some(known) = scope::plain_column(only).and_then(|column| scope::resolve(cx, index, column)) else {
                    continue;
                };
                if known.column.not_null {
                    continue;
                }
                let column = &known.column.name;
                let title = format!("count({column}) leaves out the rows in which {column} is NULL");
                let detail = "If rows are to be counted, write count(*); if values are, `count(*) FILTER (WHERE … IS NOT NULL)` says so.";
                out.find(Draft::about(cx, title, detail).at(operand.span));
            }
        }
    }
}
