//! Queries and SELECT blocks: the clauses around sources and conditions.

use std::ops::Range;

use sqlparser::ast;

use super::build::{Builder, folded};
use super::clauses::{Clauses, OF_SELECT};
use super::{Distinct, Output, Place, RelationName, Role, Span};
use crate::sql::keyword::Keyword as K;

impl Builder<'_, '_> {
    /// Adds the blocks of a query; gives its first one. CTEs follow the blocks that use them.
    pub fn query(
        &mut self,
        query: &ast::Query,
        role: &Role,
        parent: Option<usize>,
        outer: Option<usize>,
    ) -> Option<usize> {
        let known = self.ctes.len();
        let tables = query.with.as_ref().map_or(&[][..], |with| &with.cte_tables);
        let recursive = query.with.as_ref().is_some_and(|with| with.recursive);
        let names: Vec<String> = tables.iter().map(|cte| folded(&cte.alias.name)).collect();
        self.ctes.extend(names.iter().cloned());
        let first = self.body(&query.body, Some(query), role, parent, outer);
        for (index, cte) in tables.iter().enumerate() {
            // Without RECURSIVE a CTE sees those before it only.
            let visible = if recursive { names.len() } else { index };
            self.ctes.truncate(known);
            self.ctes.extend(names[..visible].iter().cloned());
            let role = Role::Cte(names[index].clone());
            self.query(&cte.query, &role, first.or(parent), outer);
        }
        self.ctes.truncate(known);
        first
    }

    fn body(
        &mut self,
        body: &ast::SetExpr,
        tail: Option<&ast::Query>,
        role: &Role,
        parent: Option<usize>,
        outer: Option<usize>,
    ) -> Option<usize> {
        match body {
            ast::SetExpr::Select(select) => Some(self.select(select, tail, role, parent, outer)),
            ast::SetExpr::Query(query) => self.query(query, role, parent, outer),
            ast::SetExpr::SetOperation { .. } => {
                let before = self.blocks.len();
                let mut first = None;
                let mut found = Vec::new();
                for member in members(body) {
                    let block = self.body(member, None, role, parent, outer);
                    first = first.or(block);
                    found.extend(block);
                }
                self.note_set_operation(body, found);
                for block in &mut self.blocks[before..] {
                    block.in_set_operation |= block.role == *role && block.parent == parent;
                }
                first
            }
            ast::SetExpr::Values(values) => {
                let block = self.push_block(role, parent, outer);
                for row in values.rows.iter().take(MOST_ROWS) {
                    for value in &row.content {
                        self.collect(block, Place::Other, value);
                    }
                }
                Some(block)
            }
            ast::SetExpr::Table(table) => {
                let name = table.table_name.clone().unwrap_or_default();
                let relation = RelationName { schema: table.schema_name.clone(), name };
                self.tables.push((relation, Span::default()));
                self.star = true;
                None
            }
            ast::SetExpr::Insert(statement)
            | ast::SetExpr::Update(statement)
            | ast::SetExpr::Delete(statement)
            | ast::SetExpr::Merge(statement) => self.statement(statement, role, parent, outer),
        }
    }

    /// Notes a chain of UNIONs, or of UNION ALLs.
    fn note_set_operation(&mut self, body: &ast::SetExpr, members: Vec<usize>) {
        let Some(all) = union_quantifier(body) else { return };
        let tokens = self.tokens;
        let mut keywords = Vec::new();
        for pair in members.windows(2) {
            let (left, right) = (self.blocks[pair[0]].span, self.blocks[pair[1]].span);
            let between = |at: &usize| {
                let span = tokens.span(&(*at..at + 1));
                tokens.keyword(*at) == K::Union && left.end <= span.start && span.end <= right.start
            };
            let after = tokens.at_byte(left.end.saturating_sub(1)).unwrap_or(0);
            let before = tokens.at_byte(right.start).unwrap_or(0);
            keywords.extend((after..before).find(between).map(|at| tokens.span(&(at..at + 1))));
        }
        if keywords.len() + 1 == members.len() {
            self.set_operations.push(super::SetOperation { all, members, keywords });
        }
    }

    fn select(
        &mut self,
        select: &ast::Select,
        tail: Option<&ast::Query>,
        role: &Role,
        parent: Option<usize>,
        outer: Option<usize>,
    ) -> usize {
        let block = self.push_block(role, parent, outer);
        let start = self.token(select.select_token.0.span);
        let clauses = self.clauses(start, OF_SELECT);
        self.blocks[block].span = clauses.span(self.tokens);
        self.from(block, &select.from, &clauses.range(K::From));
        self.projection(block, select, &clauses);
        self.filter(block, select.selection.as_ref(), &clauses);
        self.grouping(block, select, &clauses);
        if let Some(query) = tail {
            self.tail(block, query, &clauses);
        }
        block
    }

    fn projection(&mut self, block: usize, select: &ast::Select, clauses: &Clauses) {
        let mut range = clauses.head();
        match &select.distinct {
            Some(ast::Distinct::Distinct) => {
                self.blocks[block].distinct = Distinct::All;
                range.start += 1;
            }
            Some(ast::Distinct::On(keys)) => {
                self.blocks[block].distinct = Distinct::On;
                let inside = self.tokens.inside(range.start + 2);
                let ranges = self.item_ranges(keys.len(), &inside);
                self.blocks[block].distinct_on = keys
                    .iter()
                    .zip(ranges)
                    .map(|(key, range)| self.operand(block, Place::Other, key, &range))
                    .collect();
                // DISTINCT ON ( … )
                range.start = self.tokens.next_at_level(range.start + 2).min(range.end);
            }
            Some(ast::Distinct::All) => range.start += 1,
            None => {}
        }
        range.end = range.end.max(range.start);
        self.blocks[block].projection_span = self.tokens.span(&range);
        let outputs = self.outputs(block, &select.projection, &range);
        self.star |= outputs.iter().any(|output| matches!(output, Output::Star { .. }));
        self.blocks[block].projection = outputs;
    }

    fn outputs(&mut self, block: usize, items: &[ast::SelectItem], range: &Range<usize>) -> Vec<Output> {
        let ranges = self.item_ranges(items.len(), range);
        let mut outputs = Vec::with_capacity(items.len());
        for (item, range) in items.iter().zip(ranges) {
            let span = self.tokens.span(&range);
            outputs.push(match item {
                ast::SelectItem::Wildcard(_) => Output::Star { qualifier: None, span },
                ast::SelectItem::QualifiedWildcard(kind, _) => {
                    let qualifier = match kind {
                        ast::SelectItemQualifiedWildcardKind::ObjectName(name) => super::build::last_name(name),
                        ast::SelectItemQualifiedWildcardKind::Expr(expr) => {
                            self.collect(block, Place::Projection, expr);
                            None
                        }
                    };
                    Output::Star { qualifier, span }
                }
                ast::SelectItem::UnnamedExpr(expr) => {
                    Output::Expr { operand: self.operand(block, Place::Projection, expr, &range), alias: None }
                }
                ast::SelectItem::ExprWithAlias { expr, alias } => {
                    let range = self.before_alias(&range);
                    Output::Expr {
                        operand: self.operand(block, Place::Projection, expr, &range),
                        alias: Some(folded(alias)),
                    }
                }
                ast::SelectItem::ExprWithAliases { expr, .. } => {
                    Output::Expr { operand: self.operand(block, Place::Projection, expr, &range), alias: None }
                }
            });
        }
        outputs
    }

    /// `RETURNING`: listed as the projection of an UPDATE or DELETE.
    pub fn returning(&mut self, block: usize, items: Option<&[ast::SelectItem]>, clauses: &Clauses) {
        let Some(items) = items else { return };
        let range = clauses.range(K::Returning);
        self.blocks[block].projection_span = self.tokens.span(&range);
        self.blocks[block].projection = self.outputs(block, items, &range);
    }

    /// The ranges of comma-separated items; the whole range for each if the count does not fit.
    pub fn item_ranges(&self, count: usize, range: &Range<usize>) -> Vec<Range<usize>> {
        let parts = self.tokens.split_commas(range);
        if parts.len() == count { parts } else { vec![range.clone(); count] }
    }

    /// `expr [AS] alias` without its alias.
    fn before_alias(&self, range: &Range<usize>) -> Range<usize> {
        let Some(alias) = range.end.checked_sub(1).filter(|&at| at > range.start) else {
            return range.clone();
        };
        let end = if alias > range.start + 1 && self.tokens.keyword(alias - 1) == K::As { alias - 1 } else { alias };
        range.start..end
    }

    /// WHERE.
    pub fn filter(&mut self, block: usize, selection: Option<&ast::Expr>, clauses: &Clauses) {
        let Some(expr) = selection else { return };
        let range = clauses.range(K::Where);
        self.blocks[block].where_span = Some(self.tokens.span(&range));
        self.blocks[block].filters = self.conjuncts(block, Place::Where, expr, &range);
    }

    fn grouping(&mut self, block: usize, select: &ast::Select, clauses: &Clauses) {
        if let ast::GroupByExpr::Expressions(keys, _) = &select.group_by {
            let ranges = self.item_ranges(keys.len(), &clauses.range(K::Group));
            for (key, range) in keys.iter().zip(ranges) {
                let operand = self.key(block, Place::GroupBy, key, &range);
                self.blocks[block].group_by.push(operand);
            }
        }
        if let Some(having) = &select.having {
            self.blocks[block].has_having = true;
            let range = clauses.range(K::Having);
            self.blocks[block].having_span = clauses.whole(K::Having).map(|range| self.tokens.span(&range));
            self.blocks[block].having = self.conjuncts(block, Place::Having, having, &range);
        }
        self.blocks[block].has_window |= !select.named_window.is_empty();
    }
}

/// Whether all operators of a chain are UNION ALL (`Some(true)`) or UNION (`Some(false)`).
fn union_quantifier(body: &ast::SetExpr) -> Option<bool> {
    let mut found = None;
    let mut next = body;
    while let ast::SetExpr::SetOperation { op, set_quantifier, left, right } = next {
        let all = match set_quantifier {
            ast::SetQuantifier::All => true,
            ast::SetQuantifier::None => false,
            _ => return None,
        };
        let chained = matches!(**right, ast::SetExpr::SetOperation { .. });
        if *op != ast::SetOperator::Union || found.is_some_and(|other| other != all) || chained {
            return None;
        }
        found = Some(all);
        next = left;
    }
    found
}

/// Rows of a VALUES list that are looked through for sub-selects.
const MOST_ROWS: usize = 100;

/// The members of a chain of set operations, in order, found without recursion along its left side.
fn members(body: &ast::SetExpr) -> Vec<&ast::SetExpr> {
    let mut found = Vec::new();
    let mut open = vec![body];
    while let Some(next) = open.pop() {
        match next {
            ast::SetExpr::SetOperation { left, right, .. } => {
                open.push(right);
                open.push(left);
            }
            member => found.push(member),
        }
    }
    found
}
