//! `query/outer_column_in_subquery`: a sub-select that reads a column which its own tables do not have: Postgres takes the outer
//! query's. Silent unless the catalog knows the columns of all tables of the sub-select.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink, documented};
use crate::rules::scope;
use crate::sql::facts::{Output, Role};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (index, block) in cx.facts.blocks.iter().enumerate() {
            let [Output::Expr { operand, .. }] = block.projection.as_slice() else { continue };
            let Some(column) = scope::plain_column(operand).filter(|column| column.qualifier.is_none()) else {
                continue;
            };
            if block.role != Role::InSubquery || block.sources.is_empty() {
                continue;
            }
            let Some(known) = scope::resolve(cx, index, column).filter(|known| known.at.0 != index) else { continue };
            let inner: Vec<&str> = block.sources.iter().map(|source| source.alias.as_str()).collect();
            let detail = "A name that the sub-select's tables do not have is looked for in the query around it. So the row is compared \
                          with itself: the condition is true for every row as soon as the sub-select has any.";
            let title = format!(
                "{} is no column of {}: the sub-select gives back the outer row's own value",
                column.name,
                inner.join(", ")
            );
            let belongs = format!("{}.{}", known.table_name.name, column.name);
            out.find(Draft::about(cx, title, detail).at(column.span).evidence(documented("the column is", belongs)));
        }
    }
}
