//! FROM: relations, their aliases and how they are joined.

use std::ops::Range;

use sqlparser::ast;

use super::build::{Builder, folded};
use super::{Join, Place, Relation, Role, Source, Span};
use crate::sql::keyword::Keyword as K;

/// One join in the tokens: its keywords, its relation, and its condition.
struct JoinRange {
    whole: Range<usize>,
    factor: Range<usize>,
    condition: Range<usize>,
}

impl Builder<'_, '_> {
    /// Adds the sources of a FROM clause (or of what is updated, or USING of DELETE) to a block.
    pub fn from(&mut self, block: usize, items: &[ast::TableWithJoins], range: &Range<usize>) {
        let ranges = self.item_ranges(items.len(), range);
        for (item, range) in items.iter().zip(ranges) {
            let join = if self.blocks[block].sources.is_empty() { Join::First } else { Join::Comma };
            // The comma before it belongs to the join.
            let start = range.start - usize::from(join == Join::Comma && range.start > 0);
            let first = self.blocks[block].sources.len();
            self.joined(block, item, join, &range);
            if let Some(source) = self.blocks[block].sources.get_mut(first)
                && join == Join::Comma
            {
                source.join_span.start = self.tokens.span(&(start..range.end)).start;
            }
        }
    }

    fn joined(&mut self, block: usize, item: &ast::TableWithJoins, first: Join, range: &Range<usize>) {
        let joins = self.join_ranges(item.joins.len(), range);
        let head = range.start..joins.first().map_or(range.end, |join| join.whole.start);
        self.factor(block, &item.relation, first, &head);
        for (join, range) in item.joins.iter().zip(joins) {
            let (kind, constraint) = join_kind(&join.join_operator);
            let source = self.blocks[block].sources.len();
            self.factor(block, &join.relation, kind, &range.factor);
            if let Some(added) = self.blocks[block].sources.get_mut(source) {
                added.join_span = self.tokens.span(&range.whole);
            }
            self.constraint(block, source, constraint, &range.condition);
        }
    }

    fn constraint(&mut self, block: usize, source: usize, constraint: &ast::JoinConstraint, range: &Range<usize>) {
        match constraint {
            ast::JoinConstraint::On(expr) => {
                let on = self.conjuncts(block, Place::On(source), expr, range);
                if let Some(source) = self.blocks[block].sources.get_mut(source) {
                    source.on = on;
                }
            }
            ast::JoinConstraint::Using(names) => {
                if let Some(source) = self.blocks[block].sources.get_mut(source) {
                    source.using = names.iter().filter_map(super::build::last_name).collect();
                }
            }
            ast::JoinConstraint::Natural => {
                if let Some(source) = self.blocks[block].sources.get_mut(source) {
                    source.natural = true;
                }
            }
            ast::JoinConstraint::None => {}
        }
    }

    /// Finds `count` joins in a range; if there are more or fewer, each has the whole range.
    fn join_ranges(&self, count: usize, range: &Range<usize>) -> Vec<JoinRange> {
        let tokens = self.tokens;
        let at: Vec<usize> = tokens.level(range).filter(|&at| tokens.keyword(at) == K::Join).collect();
        if at.len() != count {
            return (0..count)
                .map(|_| JoinRange { whole: range.clone(), factor: range.clone(), condition: range.clone() })
                .collect();
        }
        let starts: Vec<usize> = at.iter().map(|&at| self.first_join_keyword(at)).collect();
        at.iter()
            .enumerate()
            .map(|(index, &join)| {
                let end = starts.get(index + 1).copied().unwrap_or(range.end);
                let condition = tokens
                    .level(&(join + 1..end))
                    .find(|&at| matches!(tokens.keyword(at), K::On | K::Using))
                    .unwrap_or(end);
                JoinRange {
                    whole: starts[index]..end,
                    factor: join + 1..condition,
                    condition: (condition + 1).min(end)..end,
                }
            })
            .collect()
    }

    fn first_join_keyword(&self, join: usize) -> usize {
        let mut first = join;
        while first > 0
            && matches!(
                self.tokens.keyword(first - 1),
                K::Inner | K::Left | K::Right | K::Full | K::Outer | K::Cross | K::Natural
            )
        {
            first -= 1;
        }
        first
    }

    /// Adds one relation of FROM; a parenthesised join adds all of its relations.
    pub fn factor(&mut self, block: usize, factor: &ast::TableFactor, join: Join, range: &Range<usize>) {
        use ast::TableFactor as F;
        let range = range.clone();
        match factor {
            F::Table { name, alias, args: None, .. } => self.table(block, name, alias.as_ref(), join, &range),
            F::Table { name, alias, args: Some(arguments), .. } => {
                let index = self.function_source(block, name, alias.as_ref(), join, &range);
                self.arguments(block, &arguments.args);
                self.blocks[block].sources[index].lateral = self.tokens.keyword(range.start) == K::Lateral;
            }
            F::Function { lateral, name, args, alias, .. } => {
                let index = self.function_source(block, name, alias.as_ref(), join, &range);
                self.arguments(block, args);
                self.blocks[block].sources[index].lateral = *lateral;
            }
            F::UNNEST { alias, array_exprs, .. } => {
                let name = alias_name(alias.as_ref()).unwrap_or_else(|| "unnest".to_owned());
                let relation = Relation::Function("unnest".to_owned());
                self.add_source(block, relation, name, join, &range);
                for expr in array_exprs {
                    self.collect(block, Place::Other, expr);
                }
            }
            F::Derived { lateral, subquery, alias, .. } => {
                let name = alias_name(alias.as_ref()).unwrap_or_default();
                let index = self.add_source(block, Relation::Other, name.clone(), join, &range);
                // Only LATERAL sees the sources before it; all see those of the blocks around.
                let outer = if *lateral { Some(block) } else { self.outer[block] };
                let derived = self.query(subquery, &Role::Derived(name), Some(block), outer);
                let source = &mut self.blocks[block].sources[index];
                source.lateral = *lateral;
                if let Some(derived) = derived {
                    source.relation = Relation::Derived(derived);
                }
            }
            F::NestedJoin { table_with_joins, .. } => {
                let inner = self.tokens.without_parens(&range);
                let first = self.blocks[block].sources.len();
                self.joined(block, table_with_joins, join, &inner);
                for source in self.blocks[block].sources.iter_mut().skip(first + 1) {
                    source.nested = true;
                }
            }
            other => {
                let name = other_alias(other).unwrap_or_default();
                self.add_source(block, Relation::Other, name, join, &range);
            }
        }
    }

    fn table(
        &mut self,
        block: usize,
        name: &ast::ObjectName,
        alias: Option<&ast::TableAlias>,
        join: Join,
        range: &Range<usize>,
    ) {
        let (relation, span) = self.relation_name(name);
        let alias = alias_name(alias).unwrap_or_else(|| relation.name.clone());
        let relation = if relation.schema.is_none() && self.ctes.contains(&relation.name) {
            Relation::Cte(relation.name)
        } else {
            self.tables.push((relation.clone(), span));
            Relation::Table(relation)
        };
        self.add_source(block, relation, alias, join, range);
    }

    fn function_source(
        &mut self,
        block: usize,
        name: &ast::ObjectName,
        alias: Option<&ast::TableAlias>,
        join: Join,
        range: &Range<usize>,
    ) -> usize {
        let function = super::build::last_name(name).unwrap_or_default();
        let alias = alias_name(alias).unwrap_or_else(|| function.clone());
        self.add_source(block, Relation::Function(function), alias, join, range)
    }

    fn arguments(&mut self, block: usize, arguments: &[ast::FunctionArg]) {
        for argument in arguments {
            if let Some(expr) = super::operand::argument_expr(argument) {
                self.collect(block, Place::Other, expr);
            }
        }
    }

    fn add_source(
        &mut self,
        block: usize,
        relation: Relation,
        alias: String,
        join: Join,
        range: &Range<usize>,
    ) -> usize {
        let span: Span = self.tokens.span(range);
        self.blocks[block].sources.push(Source {
            relation,
            alias,
            join,
            lateral: false,
            on: Vec::new(),
            using: Vec::new(),
            natural: false,
            nested: false,
            span,
            join_span: span,
        });
        self.blocks[block].sources.len() - 1
    }
}

fn alias_name(alias: Option<&ast::TableAlias>) -> Option<String> {
    alias.map(|alias| folded(&alias.name))
}

fn other_alias(factor: &ast::TableFactor) -> Option<String> {
    use ast::TableFactor as F;
    match factor {
        F::TableFunction { alias, .. }
        | F::JsonTable { alias, .. }
        | F::OpenJsonTable { alias, .. }
        | F::XmlTable { alias, .. } => alias_name(alias.as_ref()),
        _ => None,
    }
}

fn join_kind(operator: &ast::JoinOperator) -> (Join, &ast::JoinConstraint) {
    use ast::JoinOperator as J;
    match operator {
        J::Join(constraint) | J::Inner(constraint) => (Join::Inner, constraint),
        J::Left(constraint) | J::LeftOuter(constraint) => (Join::Left, constraint),
        J::Right(constraint) | J::RightOuter(constraint) => (Join::Right, constraint),
        J::FullOuter(constraint) => (Join::Full, constraint),
        J::CrossJoin(constraint) => (Join::Cross, constraint),
        _ => (Join::Inner, &ast::JoinConstraint::None),
    }
}
