//! `query/unstable_page_order`: LIMIT and OFFSET over rows whose order is not settled. Silent about single rows, existence
//! checks, samples, queues, and where the catalog cannot say which columns are unique.

use serde::Deserialize;

use crate::catalog::access::quote_ident;
use crate::catalog::text::listed;
use crate::report::model::{Confidence, Severity};
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented};
use crate::rules::{rewrite, scope};
use crate::sql::StatementKind;
use crate::sql::facts::{Block, Bound, Distinct, Output, Relation, Role, Source, Value};

use super::row_identity;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    limit_alone: bool,
}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        if cx.facts.kind != StatementKind::Select || cx.facts.set_operation {
            return;
        }
        for (index, block) in cx.facts.blocks.iter().enumerate() {
            let pages = matches!(block.role, Role::Root | Role::Derived(_) | Role::Cte(_)) && !block.in_set_operation;
            let bounded = block.limit.is_some() || block.offset.is_some();
            if pages && bounded && !needs_no_order(cx, block) {
                self.block(cx, index, block, out);
            }
        }
    }
}

impl Rule {
    fn block(&self, cx: &QueryCx<'_>, index: usize, block: &Block, out: &mut Sink) {
        let turns_pages = block.offset.is_some_and(|offset| offset != Bound::Number(0));
        if !block.order_by.is_empty() {
            if turns_pages && row_identity::is_settled(cx, index, block) == Some(false) {
                out.find(tied(cx, block));
            }
            return;
        }
        if turns_pages {
            let title = "OFFSET without ORDER BY: pages may repeat and leave out rows";
            out.find(order_by_key(Draft::about(cx, title, NO_ORDER), cx, block));
        } else if self.limit_alone && matches!(block.limit, Some(Bound::Number(rows)) if rows > 1) {
            let title = "LIMIT without ORDER BY returns any rows, not the first ones";
            let draft = Draft::about(cx, title, NO_ORDER).severity(Severity::Info).confidence(Confidence::Low);
            out.find(order_by_key(draft, cx, block));
        }
    }
}

const NO_ORDER: &str = "Without ORDER BY the server returns rows in whatever order it finds them, and that changes with \
                        updates, vacuum, parallel plans and other sessions' scans of the same table.";

fn tied(cx: &QueryCx<'_>, block: &Block) -> Draft {
    let span = block.order_span.unwrap_or(block.span);
    let title = "ORDER BY is not unique: rows that are equal in it change places between pages";
    let detail = "Rows with equal sort keys come in any order, and each page is sorted anew: a row may stand on two pages, \
                  and another on none. A unique column at the end of ORDER BY settles it.";
    order_by_key(Draft::about(cx, title, detail).at(span), cx, block)
}

/// Adds the rewrite that orders by the primary key, where the block has one table with such a key.
fn order_by_key(draft: Draft, cx: &QueryCx<'_>, block: &Block) -> Draft {
    let draft = match (block.order_span, block.limit_span.or(block.offset_span)) {
        (None, Some(span)) => draft.at(span),
        _ => draft,
    };
    let plain = block.distinct == Distinct::No && block.group_by.is_empty() && !block.has_aggregate;
    let [source] = block.sources.as_slice() else { return draft };
    let Some((_, table)) = cx.catalog.and_then(|catalog| scope::table_of(catalog, source)).filter(|_| plain) else {
        return draft;
    };
    let Some(key) = table.primary_key() else { return draft };
    let direction = if block.order_by.last().is_some_and(|last| last.descending) { " DESC" } else { "" };
    let named =
        |column: &str| block.order_by.iter().any(|k| scope::plain_column(&k.operand).is_some_and(|c| c.name == column));
    let columns: Vec<String> = key
        .iter()
        .filter(|column| !named(column))
        .map(|column| format!("{}{direction}", written(block, source, column)))
        .collect();
    let replacement = match block.order_span {
        Some(span) => rewrite::insert(span.end, format!(", {}", columns.join(", "))),
        None => {
            let bounds = block.limit_span.into_iter().chain(block.offset_span);
            let Some(at) = bounds.map(|span| span.start).min() else { return draft };
            rewrite::insert(at, format!("ORDER BY {} ", columns.join(", ")))
        }
    };
    draft.evidence(documented("unique column", listed(key))).ask(Ask::Ready(Advice::rewrite(
        "Order by a unique column last",
        "Among rows that are equal otherwise the key decides, the same way on every page.",
        rewrite::replace(cx.text, vec![replacement]),
    )))
}

/// In ORDER BY a bare name means the output of that name first (documentation, "SELECT", ORDER BY).
fn written(block: &Block, source: &Source, column: &str) -> String {
    let hidden = block.projection.iter().any(|output| match output {
        Output::Expr { operand, alias: Some(alias) } => {
            alias == column && scope::plain_column(operand).is_none_or(|own| own.name != column)
        }
        _ => false,
    });
    let name = quote_ident(column);
    if hidden { format!("{}.{name}", quote_ident(&source.alias)) } else { name }
}

/// Rows in any order are what is meant, or there is one row at most.
fn needs_no_order(cx: &QueryCx<'_>, block: &Block) -> bool {
    let one_group = block.has_aggregate && block.group_by.is_empty();
    let constants_only = block
        .projection
        .iter()
        .all(|output| matches!(output, Output::Expr { operand, .. } if matches!(operand.value, Value::Constant(_))));
    one_group
        || constants_only
        || block.sources.is_empty()
        || block.locking.is_some()
        || block.limit == Some(Bound::Number(1))
        || block.sources.iter().any(|source| scope::is_sample(cx, source) || !is_relation(source))
        || scope::at_most_one_row(cx, block)
}

/// Functions come in their own order, and what is not known is left alone.
fn is_relation(source: &Source) -> bool {
    matches!(source.relation, Relation::Table(_) | Relation::Cte(_) | Relation::Derived(_))
}
