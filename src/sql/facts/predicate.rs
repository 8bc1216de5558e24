//! Conditions: AND-ed conjuncts, each with the test that it is.

use std::ops::Range;

use sqlparser::ast;

use super::build::Builder;
use super::{CompareOp, Constant, Operand, Place, Predicate, Role, Test, Value};
use crate::sql::keyword::Keyword as K;
use crate::sql::lexer::TokenKind as T;

impl Builder<'_, '_> {
    /// The conjuncts of a condition, parenthesised ones included.
    pub fn conjuncts(&mut self, block: usize, place: Place, expr: &ast::Expr, range: &Range<usize>) -> Vec<Predicate> {
        let parts = chain(expr, &ast::BinaryOperator::And);
        let mut ranges = self.tokens.split_and(range);
        if ranges.len() != parts.len() {
            ranges = vec![range.clone(); parts.len()];
        }
        let mut found = Vec::with_capacity(parts.len());
        for (part, range) in parts.into_iter().zip(ranges) {
            match part {
                ast::Expr::Nested(inner) if is_and(inner) => {
                    let inside = self.inside_parens(&range);
                    found.extend(self.conjuncts(block, place, inner, &inside));
                }
                part => found.push(self.predicate(block, place, part, &range)),
            }
        }
        found
    }

    fn predicate(&mut self, block: usize, place: Place, expr: &ast::Expr, range: &Range<usize>) -> Predicate {
        Predicate { span: self.tokens.span(range), test: self.test(block, place, expr, range) }
    }

    fn test(&mut self, block: usize, place: Place, expr: &ast::Expr, range: &Range<usize>) -> Test {
        use ast::Expr as E;
        match expr {
            E::Nested(inner) => {
                let inside = self.inside_parens(range);
                self.test(block, place, inner, &inside)
            }
            E::BinaryOp { op: ast::BinaryOperator::Or, .. } => self.or(block, place, expr, range),
            E::BinaryOp { left, op, right } => self.binary(block, place, (left, op, right), range),
            E::Like { negated, any: false, expr, pattern, .. } => {
                self.like(block, place, (expr, pattern), range, (K::Like, *negated))
            }
            E::ILike { negated, any: false, expr, pattern, .. } => {
                self.like(block, place, (expr, pattern), range, (K::Ilike, *negated))
            }
            E::InList { expr, list, negated } => self.in_list(block, place, expr, list, range, *negated),
            E::InSubquery { expr, subquery, negated } => {
                let (left, _) = self.around(range, K::In);
                let operand = self.operand(block, place, expr, &left);
                self.in_query(block, operand, subquery, *negated)
            }
            E::AnyOp { left, compare_op, right, .. } => self.any(block, place, (left, compare_op, right), range),
            E::Between { expr, negated, low, high } => {
                let (left, right) = self.around(range, K::Between);
                let and = self.tokens.level(&right).find(|&at| self.tokens.keyword(at) == K::And).unwrap_or(right.end);
                Test::Between {
                    operand: self.operand(block, place, expr, &left),
                    low: self.operand(block, place, low, &(right.start..and)),
                    high: self.operand(block, place, high, &((and + 1).min(right.end)..right.end)),
                    negated: *negated,
                }
            }
            E::IsNull(operand) => self.is_null(block, place, operand, range, Negated::No),
            E::IsNotNull(operand) => self.is_null(block, place, operand, range, Negated::Yes),
            E::IsDistinctFrom(left, right) => self.distinct(block, place, (left, right), range, CompareOp::Distinct),
            E::IsNotDistinctFrom(left, right) => {
                self.distinct(block, place, (left, right), range, CompareOp::NotDistinct)
            }
            E::IsTrue(operand) => {
                let (left, _) = self.around(range, K::Is);
                Test::Truth(self.operand(block, place, operand, &left))
            }
            E::Exists { subquery, negated } => self.exists(block, subquery, *negated),
            E::UnaryOp { op: ast::UnaryOperator::Not, expr } => {
                let range = (range.start + 1).min(range.end)..range.end;
                match self.predicate(block, place, expr, &range) {
                    Predicate { test: Test::Exists { block, negated: false }, .. } => {
                        Test::Exists { block, negated: true }
                    }
                    predicate => Test::Not(Box::new(predicate)),
                }
            }
            E::Identifier(_)
            | E::CompoundIdentifier(_)
            | E::Function(_)
            | E::Value(_)
            | E::Cast { .. }
            | E::Subquery(_) => Test::Truth(self.operand(block, place, expr, range)),
            other => Test::Other { columns: self.collect(block, place, other) },
        }
    }

    fn or(&mut self, block: usize, place: Place, expr: &ast::Expr, range: &Range<usize>) -> Test {
        let branches = chain(expr, &ast::BinaryOperator::Or);
        let mut ranges = self.tokens.split(range, |at| self.tokens.keyword(at) == K::Or);
        if ranges.len() != branches.len() {
            ranges = vec![range.clone(); branches.len()];
        }
        let branches = branches.into_iter().zip(ranges);
        Test::Or(branches.map(|(branch, range)| self.conjuncts(block, place, branch, &range)).collect())
    }

    fn binary(
        &mut self,
        block: usize,
        place: Place,
        (left, op, right): (&ast::Expr, &ast::BinaryOperator, &ast::Expr),
        range: &Range<usize>,
    ) -> Test {
        let written = match op {
            // OPERATOR(pg_catalog.=)
            ast::BinaryOperator::PGCustomBinaryOperator(name) => name.last().cloned().unwrap_or_default(),
            op => op.to_string(),
        };
        let (left_range, right_range, op_text) = match self.split_at_operator(range, &written) {
            Some(at) => (range.start..at.start, at.end..range.end, self.operator_text(&at)),
            None => (range.clone(), range.clone(), written.clone()),
        };
        if is_boolean(op) {
            let mut columns = self.collect(block, place, left);
            columns.extend(self.collect(block, place, right));
            return Test::Other { columns };
        }
        let left = self.operand(block, place, left, &left_range);
        let mut right = self.operand(block, place, right, &right_range);
        if let Some(op) = compare_op(&written) {
            return Test::Compare { left, op, right };
        }
        // `a>-1` is read as the operator `>-`.
        if let Some(op) = written.strip_suffix('-').and_then(compare_op) {
            if let Value::Constant(Constant::Integer(number)) = &mut right.value {
                *number = -*number;
            }
            return Test::Compare { left, op, right };
        }
        match op {
            ast::BinaryOperator::PGLikeMatch
            | ast::BinaryOperator::PGILikeMatch
            | ast::BinaryOperator::PGNotLikeMatch
            | ast::BinaryOperator::PGNotILikeMatch => Test::Like {
                operand: left,
                pattern: right,
                case_insensitive: op_text.ends_with("~~*"),
                negated: op_text.starts_with('!'),
            },
            _ => Test::Operator { left, op: op_text, right },
        }
    }

    /// The operator at the top of a binary expression: comparisons stand alone, others bind to the left.
    fn split_at_operator(&self, range: &Range<usize>, written: &str) -> Option<Range<usize>> {
        let tokens = self.tokens;
        let same = |text: &str| {
            text == written || (text == "!=" && written == "<>") || written.strip_suffix('-') == Some(text)
        };
        let operator = |at: usize| {
            if tokens.keyword(at) == K::Operator && tokens.kind(at + 1) == Some(T::LeftParen) {
                let inside = tokens.inside(at + 1);
                return same(tokens.str(inside.end.saturating_sub(1))).then(|| at..inside.end + 1);
            }
            let found = tokens.kind(at) == Some(T::Operator) && same(tokens.str(at));
            // `data ? 'key'`
            let question = tokens.kind(at) == Some(T::Placeholder) && written == "?";
            (found || question).then(|| at..at + 1)
        };
        tokens.level(range).filter_map(operator).last()
    }

    fn operator_text(&self, range: &Range<usize>) -> String {
        let last = match range.len() {
            1 => range.start,
            // OPERATOR(pg_catalog.=)
            _ => range.end.saturating_sub(2),
        };
        self.tokens.str(last).to_owned()
    }

    fn like(
        &mut self,
        block: usize,
        place: Place,
        (expr, pattern): (&ast::Expr, &ast::Expr),
        range: &Range<usize>,
        (keyword, negated): (K, bool),
    ) -> Test {
        let (left, mut right) = self.around(range, keyword);
        if let Some(escape) = self.tokens.level(&right).find(|&at| self.tokens.keyword(at) == K::Escape) {
            right.end = escape;
        }
        Test::Like {
            operand: self.operand(block, place, expr, &left),
            pattern: self.operand(block, place, pattern, &right),
            case_insensitive: keyword == K::Ilike,
            negated,
        }
    }

    fn in_list(
        &mut self,
        block: usize,
        place: Place,
        expr: &ast::Expr,
        list: &[ast::Expr],
        range: &Range<usize>,
        negated: bool,
    ) -> Test {
        let (left, right) = self.around(range, K::In);
        let operand = self.operand(block, place, expr, &left);
        let inside = self.inside_parens(&right);
        // The parsed copy may have fewer items than the text: those are the first ones.
        let mut ranges = self.tokens.split_commas(&inside);
        if ranges.len() < list.len() {
            ranges = vec![inside; list.len()];
        }
        let items = list.iter().zip(ranges);
        Test::InList {
            operand,
            items: items.map(|(item, range)| self.operand(block, place, item, &range)).collect(),
            negated,
        }
    }

    fn in_query(&mut self, block: usize, operand: Operand, query: &ast::Query, negated: bool) -> Test {
        match self.query(query, &Role::InSubquery, Some(block), Some(block)) {
            Some(subquery) => Test::InQuery { operand, block: subquery, negated },
            None => Test::Other { columns: super::columns::columns_of(&operand) },
        }
    }

    fn exists(&mut self, block: usize, query: &ast::Query, negated: bool) -> Test {
        match self.query(query, &Role::Exists, Some(block), Some(block)) {
            Some(subquery) => Test::Exists { block: subquery, negated },
            None => Test::Other { columns: Vec::new() },
        }
    }

    fn any(
        &mut self,
        block: usize,
        place: Place,
        (left, op, right): (&ast::Expr, &ast::BinaryOperator, &ast::Expr),
        range: &Range<usize>,
    ) -> Test {
        let tokens = self.tokens;
        let at = tokens
            .level(range)
            .filter(|&at| matches!(tokens.keyword(at), K::Any | K::Some))
            .last()
            .unwrap_or(range.end);
        let left_range = range.start..at.saturating_sub(1).max(range.start);
        let right_range = self.inside_parens(&((at + 1).min(range.end)..range.end));
        let operand = self.operand(block, place, left, &left_range);
        let Some(op) = compare_op(&op.to_string()) else {
            let mut columns = super::columns::columns_of(&operand);
            columns.extend(self.collect(block, place, right));
            return Test::Other { columns };
        };
        match right {
            ast::Expr::Subquery(query) if op == CompareOp::Eq => self.in_query(block, operand, query, false),
            _ => Test::AnyArray { operand, op, array: self.operand(block, place, right, &right_range) },
        }
    }

    fn is_null(
        &mut self,
        block: usize,
        place: Place,
        operand: &ast::Expr,
        range: &Range<usize>,
        negated: Negated,
    ) -> Test {
        let tokens = self.tokens;
        let end = tokens
            .level(range)
            .filter(|&at| matches!(tokens.keyword(at), K::Is | K::Isnull | K::Notnull))
            .last()
            .unwrap_or(range.end);
        Test::IsNull {
            operand: self.operand(block, place, operand, &(range.start..end)),
            negated: matches!(negated, Negated::Yes),
        }
    }

    fn distinct(
        &mut self,
        block: usize,
        place: Place,
        (left, right): (&ast::Expr, &ast::Expr),
        range: &Range<usize>,
        op: CompareOp,
    ) -> Test {
        let (left_range, _) = self.around(range, K::Is);
        let (_, right_range) = self.around(range, K::From);
        Test::Compare {
            left: self.operand(block, place, left, &left_range),
            op,
            right: self.operand(block, place, right, &right_range),
        }
    }

    /// What stands before and after the last such keyword (a NOT before it belongs to it).
    fn around(&self, range: &Range<usize>, keyword: K) -> (Range<usize>, Range<usize>) {
        let tokens = self.tokens;
        let at = tokens.level(range).filter(|&at| tokens.keyword(at) == keyword).last();
        let Some(at) = at else {
            return (range.clone(), range.clone());
        };
        let negated = at > range.start && tokens.keyword(at - 1) == K::Not;
        let end = at - usize::from(negated);
        (range.start..end.max(range.start), at + 1..range.end)
    }
}

enum Negated {
    No,
    Yes,
}

/// The members of a chain of one operator, in order, without recursion along its left side.
fn chain<'e>(expr: &'e ast::Expr, operator: &ast::BinaryOperator) -> Vec<&'e ast::Expr> {
    let mut found = Vec::new();
    let mut open = vec![expr];
    while let Some(next) = open.pop() {
        match next {
            ast::Expr::BinaryOp { left, op, right } if op == operator => {
                open.push(right);
                open.push(left);
            }
            member => found.push(member),
        }
    }
    found
}

fn is_and(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::Nested(inner) => is_and(inner),
        ast::Expr::BinaryOp { op, .. } => *op == ast::BinaryOperator::And,
        _ => false,
    }
}

fn is_boolean(op: &ast::BinaryOperator) -> bool {
    matches!(op, ast::BinaryOperator::And | ast::BinaryOperator::Or | ast::BinaryOperator::Xor)
}

fn compare_op(written: &str) -> Option<CompareOp> {
    Some(match written {
        "=" => CompareOp::Eq,
        "<>" | "!=" => CompareOp::NotEq,
        "<" => CompareOp::Lt,
        "<=" => CompareOp::LtEq,
        ">" => CompareOp::Gt,
        ">=" => CompareOp::GtEq,
        _ => return None,
    })
}
