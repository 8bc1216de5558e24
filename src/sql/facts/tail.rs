//! What follows the sources and conditions of a query: ORDER BY, LIMIT, OFFSET, locking.

use std::ops::Range;

use sqlparser::ast;

use super::build::{Builder, folded};
use super::clauses::Clauses;
use super::columns::columns_of;
use super::{Bound, Constant, Locking, Operand, OrderKey, Output, Place, Value};
use crate::sql::keyword::Keyword as K;

impl Builder<'_, '_> {
    pub(super) fn tail(&mut self, block: usize, query: &ast::Query, clauses: &Clauses) {
        if let Some(ast::OrderBy { kind: ast::OrderByKind::Expressions(keys), .. }) = &query.order_by {
            self.blocks[block].order_span = clauses.whole(K::Order).map(|range| self.tokens.span(&range));
            let ranges = self.item_ranges(keys.len(), &clauses.range(K::Order));
            for (key, range) in keys.iter().zip(ranges) {
                let range = self.before_direction(&range);
                let operand = self.key(block, Place::OrderBy, &key.expr, &range);
                let descending = match &key.options.sort {
                    Some(ast::OrderBySort::Desc) => true,
                    Some(ast::OrderBySort::Using(operator)) => operator.to_string().contains('>'),
                    _ => false,
                };
                self.blocks[block].order_by.push(OrderKey {
                    operand,
                    descending,
                    nulls_first: key.options.nulls_first,
                });
            }
        }
        let (limit, offset) = self.bounds(query);
        let span = |keyword| clauses.whole(keyword).map(|range| self.tokens.span(&range));
        let spans = (span(K::Limit).or(span(K::Fetch)), span(K::Offset));
        let facts = &mut self.blocks[block];
        (facts.limit, facts.offset) = (limit, offset);
        (facts.limit_span, facts.offset_span) = spans;
        facts.with_ties = query.fetch.as_ref().is_some_and(|fetch| fetch.with_ties);
        let any = |wanted| query.locks.iter().any(|lock| lock.nonblock == Some(wanted));
        facts.locking = (!query.locks.is_empty())
            .then(|| Locking { skip_locked: any(ast::NonBlock::SkipLocked), nowait: any(ast::NonBlock::Nowait) });
    }

    fn before_direction(&self, range: &Range<usize>) -> Range<usize> {
        let end = self
            .tokens
            .level(&(range.start + 1..range.end))
            .find(|&at| matches!(self.tokens.keyword(at), K::Asc | K::Desc | K::Nulls | K::Using))
            .unwrap_or(range.end);
        range.start..end
    }

    /// A key of GROUP BY or ORDER BY. An ordinal or an output's alias has the value of that output, and its own span.
    pub(super) fn key(&mut self, block: usize, place: Place, expr: &ast::Expr, range: &Range<usize>) -> Operand {
        let projection = &self.blocks[block].projection;
        let output = match expr {
            ast::Expr::Identifier(ident) => {
                let name = folded(ident);
                projection.iter().find_map(|output| match output {
                    Output::Expr { operand, alias } if alias.as_ref() == Some(&name) => Some(operand),
                    _ => None,
                })
            }
            ast::Expr::Value(ast::ValueWithSpan { value: ast::Value::Number(number, _), .. }) => {
                number.parse::<usize>().ok().and_then(|ordinal| projection.get(ordinal.checked_sub(1)?)).and_then(
                    |output| match output {
                        Output::Expr { operand, .. } => Some(operand),
                        Output::Star { .. } => None,
                    },
                )
            }
            _ => None,
        };
        let Some(operand) = output else {
            return self.operand(block, place, expr, range);
        };
        let operand = Operand { span: self.tokens.span(range), value: operand.value.clone() };
        for column in columns_of(&operand) {
            self.note_use(block, place, column);
        }
        operand
    }

    /// LIMIT (or FETCH) and OFFSET of a query.
    pub fn bounds(&self, query: &ast::Query) -> (Option<Bound>, Option<Bound>) {
        let (mut limit, offset) = match &query.limit_clause {
            Some(ast::LimitClause::LimitOffset { limit, offset, .. }) => (
                limit.as_ref().and_then(|limit| self.bound(limit)),
                offset.as_ref().and_then(|offset| self.bound(&offset.value)),
            ),
            Some(ast::LimitClause::OffsetCommaLimit { offset, limit }) => (self.bound(limit), self.bound(offset)),
            None => (None, None),
        };
        if let Some(fetch) = &query.fetch {
            let count = fetch.quantity.as_ref();
            limit = limit.or(count.map_or(Some(Bound::Number(1)), |count| self.bound(count)));
        }
        (limit, offset)
    }

    /// `None` for NULL, which is no bound.
    fn bound(&self, expr: &ast::Expr) -> Option<Bound> {
        match expr {
            ast::Expr::Nested(inner) | ast::Expr::Cast { expr: inner, .. } => self.bound(inner),
            ast::Expr::Value(value) => match self.constant(value) {
                Value::Constant(Constant::Integer(number)) => {
                    Some(u64::try_from(number).map_or(Bound::Unknown, Bound::Number))
                }
                Value::Constant(Constant::String(text)) => {
                    Some(text.trim().parse().map_or(Bound::Unknown, Bound::Number))
                }
                Value::Parameter(number) if number > 0 => Some(Bound::Parameter(number)),
                Value::Constant(Constant::Null) => None,
                _ => Some(Bound::Unknown),
            },
            _ => Some(Bound::Unknown),
        }
    }
}
