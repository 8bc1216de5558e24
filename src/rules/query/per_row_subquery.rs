//! `query/per_row_subquery`: a sub-select among the outputs that reads the outer row, and so runs once for each. Silent where the outer
//! query is bounded: by LIMIT, by a key, or by giving one row.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::scope;
use crate::sql::facts::{Output, Relation, Role, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for block in &cx.facts.blocks {
            let one_row = block.has_aggregate && block.group_by.is_empty();
            let read = block.sources.iter().any(|source| matches!(source.relation, Relation::Table(_)));
            let outermost = block.role == Role::Root && !block.in_set_operation;
            if !outermost || !read || one_row || block.limit.is_some() || scope::at_most_one_row(cx, block) {
                continue;
            }
            for output in &block.projection {
                let Output::Expr { operand, .. } = output else { continue };
                let Value::Subquery(inner) = operand.value else { continue };
                let Some(inner) = cx.facts.blocks.get(inner) else { continue };
                let reads_table = inner.sources.iter().any(|source| matches!(source.relation, Relation::Table(_)));
                let reaches_out = inner.uses.iter().any(|used| {
                    let alias = used.column.qualifier.as_deref();
                    alias.is_some_and(|alias| {
                        block.sources.iter().any(|source| source.alias == alias)
                            && !inner.sources.iter().any(|source| source.alias == alias)
                    })
                });
                if reads_table && reaches_out {
                    let detail = "Postgres does not join such a sub-select: it runs once for every row of the result. LEFT JOIN LATERAL, or a \
                                  LEFT JOIN of the grouped table, lets the planner choose.";
                    out.find(
                        Draft::about(cx, "A sub-select among the outputs runs once for every row", detail)
                            .at(operand.span),
                    );
                }
            }
        }
    }
}
