//! Facts of a statement and the catalog in; for each table that a query block reads, how an index could help, out.
//!
//! Rules ask whether an index that exists serves an [`Access`] (see [`serves`]); the advisor builds one that would.

mod conditions;
mod constants;
mod expression;
pub mod model;
mod order;
mod quote;
mod scope;
mod selectivity;
mod serve;
#[cfg(test)]
mod tests;

pub use expression::{normal_expression, strip_parens};
pub use model::{Access, Condition, ConditionKind, Constant, ConstantKind, Inverted, InvertedKind, Key, SortKey};
pub use order::{NEAREST, meant};
pub use quote::{quote_ident, quote_table};
pub use scope::{Scope, columns_of, table_name};
pub use selectivity::distinct_values;
pub use serve::{Service, best_service, indexes_of, provides_order, serves};

use crate::catalog::model::Catalog;
use crate::sql::facts::{Facts, Relation, Span};

/// One [`Access`] for each table source of each block that has anything an index could use, in order of appearance.
///
/// `text` is the statement that `facts` were taken from. Branches of an OR that stay within one table stand as
/// accesses of their own (`or_branch`), because each needs its own index.
pub fn accesses(text: &str, facts: &Facts, catalog: Option<&Catalog>) -> Vec<Access> {
    let scope = Scope::new(text, facts, catalog);
    let mut found = Vec::new();
    for (b, block) in facts.blocks.iter().enumerate() {
        for (s, source) in block.sources.iter().enumerate() {
            let Relation::Table(relation) = &source.relation else { continue };
            let mut access = Access::new((b, s), table_name(relation, catalog));
            let table = scope.table(b, s);
            access.known = table.is_some();
            let branches = conditions::fill(&mut access, &scope);
            access.columns = order::needed_columns(&scope, b, s);
            access.aggregate = block.has_aggregate || !block.group_by.is_empty();
            access.limit = block.limit;
            access.offset = block.offset;
            access.sort = order::sort_keys(&access, &scope);
            access.inverted.extend(order::nearest(&access, &scope));
            access.group = order::group_keys(&access, &scope);
            selectivity::estimate(&mut access, table);
            if !access.is_empty() {
                found.push(access.clone());
            }
            // With another condition to go by, the OR is a filter.
            let branches = if access.restricted() { Vec::new() } else { branches };
            for branch in branches {
                let mut access = Access { or_branch: true, sort: Vec::new(), limit: None, ..access.bare() };
                branch.into_iter().for_each(|part| part.add_to(&mut access));
                selectivity::estimate(&mut access, table);
                found.push(access);
            }
        }
    }
    found
}

/// The text under a span with the columns in it written bare (`o.email` as `email`).
fn bare_sql(text: &str, span: Span, columns: &[&crate::sql::facts::ColumnRef]) -> String {
    let mut sorted: Vec<_> = columns.iter().filter(|c| span.start <= c.span.start && c.span.end <= span.end).collect();
    sorted.sort_by_key(|c| c.span);
    let mut out = String::new();
    let mut at = span.start;
    for column in sorted {
        if column.span.start < at {
            continue;
        }
        out.push_str(text.get(at..column.span.start).unwrap_or_default());
        out.push_str(&quote_ident(&column.name));
        at = column.span.end;
    }
    out.push_str(text.get(at..span.end).unwrap_or_default());
    out.trim().to_owned()
}
