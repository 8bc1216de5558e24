//! Expressions as operands: columns, constants, parameters, casts, calls; and the columns inside everything else.

use std::ops::Range;

use sqlparser::ast;

use super::build::{Builder, last_name};
use super::columns::is_default;
use super::{Constant, Operand, Place, Role, Span, Value};
use crate::sql::keyword::Keyword as K;
use crate::sql::lexer::TokenKind as T;

impl Builder<'_, '_> {
    /// The operand that `expr` is, found in these tokens.
    pub fn operand(&mut self, block: usize, place: Place, expr: &ast::Expr, range: &Range<usize>) -> Operand {
        let value = self.value(block, place, expr, range);
        let span = match (&value, expr) {
            // Exact even where the range is a guess.
            (Value::Column(column), ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_)) => column.span,
            _ => self.tokens.span(range),
        };
        Operand { span, value }
    }

    fn value(&mut self, block: usize, place: Place, expr: &ast::Expr, range: &Range<usize>) -> Value {
        use ast::Expr as E;
        match expr {
            E::Nested(inner) => {
                let inside = self.inside_parens(range);
                self.value(block, place, inner, &inside)
            }
            E::Identifier(ident) if is_default(ident) => Value::Expression { columns: Vec::new() },
            E::Identifier(ident) => Value::Column(self.column(block, place, std::slice::from_ref(ident))),
            E::CompoundIdentifier(idents) => Value::Column(self.column(block, place, idents)),
            E::Value(value) => self.constant(value),
            E::UnaryOp { op: ast::UnaryOperator::Minus, expr: inner } => match self.value(block, place, inner, range) {
                Value::Constant(Constant::Integer(number)) => Value::Constant(Constant::Integer(-number)),
                Value::Constant(Constant::Decimal) => Value::Constant(Constant::Decimal),
                Value::Parameter(number) => Value::Parameter(number),
                other => Value::Expression {
                    columns: super::columns::columns_of(&Operand { span: Span::default(), value: other }),
                },
            },
            E::TypedString(typed) => Value::Constant(Constant::Typed(typed.data_type.to_string().to_ascii_lowercase())),
            E::Interval(interval) if matches!(*interval.value, E::Value(_)) => {
                match self.value(block, place, &interval.value, range) {
                    parameter @ Value::Parameter(_) => parameter,
                    _ => Value::Constant(Constant::Typed("interval".to_owned())),
                }
            }
            E::Cast { expr: inner, data_type, .. } => {
                let (inside, to) = self.cast_parts(range);
                let to = to.unwrap_or_else(|| plain_type(&data_type.to_string()));
                Value::Cast { operand: Box::new(self.operand(block, place, inner, &inside)), to }
            }
            E::Function(function) => self.function(block, place, function, range),
            E::Tuple(items) => {
                let inside = self.inside_parens(range);
                let ranges = self.item_ranges(items.len(), &inside);
                let items = items.iter().zip(ranges);
                Value::Row(items.map(|(item, range)| self.operand(block, place, item, &range)).collect())
            }
            E::Subquery(query) => match self.query(query, &Role::Scalar, Some(block), Some(block)) {
                Some(subquery) => Value::Subquery(subquery),
                None => Value::Expression { columns: Vec::new() },
            },
            other => self.special(block, place, other, range),
        }
    }

    /// Functions with a syntax of their own; else the columns of an expression.
    fn special(&mut self, block: usize, place: Place, expr: &ast::Expr, range: &Range<usize>) -> Value {
        use ast::Expr as E;
        let (name, args): (&str, Vec<&ast::Expr>) = match expr {
            E::Extract { expr, .. } => ("extract", vec![expr]),
            E::Ceil { expr, .. } => ("ceil", vec![expr]),
            E::Floor { expr, .. } => ("floor", vec![expr]),
            E::Trim { expr, .. } => ("trim", vec![expr]),
            E::Substring { expr, substring_from, substring_for, .. } => {
                let more = [substring_from, substring_for];
                let more = more.into_iter().flatten().map(AsRef::as_ref);
                ("substring", std::iter::once(expr.as_ref()).chain(more).collect())
            }
            E::Position { expr, r#in } => ("position", vec![expr, r#in]),
            E::Overlay { expr, .. } => ("overlay", vec![expr]),
            other => {
                return Value::Expression { columns: self.collect(block, place, other) };
            }
        };
        let args = args.into_iter().map(|arg| self.operand(block, place, arg, range)).collect();
        Value::Function { name: name.to_owned(), args, distinct: false }
    }

    fn function(&mut self, block: usize, place: Place, function: &ast::Function, range: &Range<usize>) -> Value {
        self.note_function(block, place, function);
        if function.over.is_some() {
            // A window function has a value per row only together with its window.
            return Value::Expression { columns: self.collect_from(block, place, function) };
        }
        let name = last_name(&function.name).unwrap_or_default();
        let mut args = Vec::new();
        let mut distinct = false;
        match &function.args {
            ast::FunctionArguments::List(list) => {
                distinct = matches!(list.duplicate_treatment, Some(ast::DuplicateTreatment::Distinct));
                let ranges = self.argument_ranges(list, range);
                for (argument, range) in list.args.iter().zip(ranges) {
                    args.push(match argument_expr(argument) {
                        Some(expr) => self.operand(block, place, expr, &range),
                        None => Operand { span: self.tokens.span(&range), value: Value::Star },
                    });
                }
                for clause in &list.clauses {
                    self.collect_from(block, place, clause);
                }
            }
            ast::FunctionArguments::Subquery(query) => {
                let role = if name == "array" { Role::Scalar } else { Role::Exists };
                self.query(query, &role, Some(block), Some(block));
            }
            ast::FunctionArguments::None => {}
        }
        for key in &function.within_group {
            self.collect(block, place, &key.expr);
        }
        if let Some(filter) = &function.filter {
            self.collect(block, place, filter);
        }
        Value::Function { name, args, distinct }
    }

    fn argument_ranges(&self, list: &ast::FunctionArgumentList, range: &Range<usize>) -> Vec<Range<usize>> {
        let tokens = self.tokens;
        let open = tokens.level(range).find(|&at| tokens.kind(at) == Some(T::LeftParen));
        let Some(open) = open else {
            return vec![range.clone(); list.args.len()];
        };
        let mut inside = tokens.inside(open);
        if matches!(tokens.keyword(inside.start), K::Distinct | K::All) {
            inside.start += 1;
        }
        if let Some(order) =
            tokens.level(&inside).find(|&at| tokens.keyword(at) == K::Order && tokens.keyword(at + 1) == K::By)
        {
            inside.end = order;
        }
        self.item_ranges(list.args.len(), &inside)
    }

    /// Notes aggregates and windows of a block.
    pub(super) fn note_function(&mut self, block: usize, place: Place, function: &ast::Function) {
        if function.over.is_some() {
            self.blocks[block].has_window = true;
            return;
        }
        let name = last_name(&function.name).unwrap_or_default();
        let aggregate = is_aggregate(&name) || function.filter.is_some() || !function.within_group.is_empty();
        if aggregate && matches!(place, Place::Projection | Place::Having | Place::OrderBy) {
            self.blocks[block].has_aggregate = true;
        }
    }

    /// Inside the parentheses (or `ROW(…)`) that a range is.
    pub fn inside_parens(&self, range: &Range<usize>) -> Range<usize> {
        let tokens = self.tokens;
        let open = range.start + usize::from(tokens.keyword(range.start) == K::Row);
        if tokens.kind(open) == Some(T::LeftParen) && tokens.next_at_level(open) == range.end {
            tokens.inside(open)
        } else {
            range.clone()
        }
    }

    /// The operand and the type of `x::type` or `CAST(x AS type)`.
    fn cast_parts(&self, range: &Range<usize>) -> (Range<usize>, Option<String>) {
        let tokens = self.tokens;
        if tokens.keyword(range.start) == K::Cast && tokens.kind(range.start + 1) == Some(T::LeftParen) {
            let inside = tokens.inside(range.start + 1);
            let found = tokens.level(&inside).find(|&at| tokens.keyword(at) == K::As);
            if let Some(at) = found {
                return (inside.start..at, self.type_name(&(at + 1..inside.end)));
            }
        }
        let last = tokens.level(range).filter(|&at| tokens.kind(at) == Some(T::Cast)).last();
        match last {
            Some(at) => (range.start..at, self.type_name(&(at + 1..range.end))),
            None => (range.clone(), None),
        }
    }

    /// A type's name in lower case without modifiers: `character varying`, `pg_catalog.int4`, `text[]`.
    fn type_name(&self, range: &Range<usize>) -> Option<String> {
        let tokens = self.tokens;
        let mut name = String::new();
        let mut glued = true;
        for at in tokens.level(range) {
            match tokens.kind(at)? {
                T::Word | T::QuotedIdentifier => {
                    if !glued {
                        name.push(' ');
                    }
                    name.push_str(&tokens.name(at)?);
                    glued = false;
                }
                T::Dot => {
                    name.push('.');
                    glued = true;
                }
                T::LeftBracket => name.push_str("[]"),
                T::LeftParen => {}
                _ => return None,
            }
        }
        (!name.is_empty()).then_some(name)
    }

    pub fn constant(&self, value: &ast::ValueWithSpan) -> Value {
        use ast::Value as V;
        Value::Constant(match &value.value {
            V::Number(number, _) => {
                if self.is_placeholder(value) {
                    return Value::Parameter(0);
                }
                number.parse().map_or(Constant::Decimal, Constant::Integer)
            }
            V::Boolean(value) => Constant::Bool(*value),
            V::Null => Constant::Null,
            V::Placeholder(_) if self.is_placeholder(value) => return Value::Parameter(0),
            V::Placeholder(text) => {
                return Value::Parameter(text.trim_start_matches('$').parse().unwrap_or_default());
            }
            V::SingleQuotedString(text)
            | V::EscapedStringLiteral(text)
            | V::UnicodeStringLiteral(text)
            | V::NationalStringLiteral(text) => Constant::String(text.clone()),
            V::DollarQuotedString(text) => Constant::String(text.value.clone()),
            _ => Constant::Typed("bit".to_owned()),
        })
    }

    /// Whether a `0` or `$1` that the parser saw stands for a `?`, `...`, `:name` or the like of the text.
    fn is_placeholder(&self, value: &ast::ValueWithSpan) -> bool {
        let token = self.token(value.span).and_then(|at| self.tokens.kind(at));
        !matches!(token, None | Some(T::Number | T::Parameter))
    }
}

fn plain_type(written: &str) -> String {
    let name = written.split('(').next().unwrap_or(written);
    name.trim().to_ascii_lowercase()
}

/// The expression of an argument; `None` for `*`.
pub(super) fn argument_expr(argument: &ast::FunctionArg) -> Option<&ast::Expr> {
    let (ast::FunctionArg::Named { arg, .. }
    | ast::FunctionArg::ExprNamed { arg, .. }
    | ast::FunctionArg::Unnamed(arg)) = argument;
    match arg {
        ast::FunctionArgExpr::Expr(expr) => Some(expr),
        _ => None,
    }
}

/// The aggregates of Postgres (documentation 9.21).
fn is_aggregate(name: &str) -> bool {
    matches!(
        name,
        "count"
            | "sum"
            | "avg"
            | "min"
            | "max"
            | "any_value"
            | "array_agg"
            | "string_agg"
            | "json_agg"
            | "json_agg_strict"
            | "jsonb_agg"
            | "jsonb_agg_strict"
            | "json_object_agg"
            | "jsonb_object_agg"
            | "json_arrayagg"
            | "json_objectagg"
            | "xmlagg"
            | "range_agg"
            | "range_intersect_agg"
            | "bool_and"
            | "bool_or"
            | "every"
            | "bit_and"
            | "bit_or"
            | "bit_xor"
            | "stddev"
            | "stddev_pop"
            | "stddev_samp"
            | "variance"
            | "var_pop"
            | "var_samp"
            | "corr"
            | "covar_pop"
            | "covar_samp"
            | "regr_avgx"
            | "regr_avgy"
            | "regr_count"
            | "regr_intercept"
            | "regr_r2"
            | "regr_slope"
            | "regr_sxx"
            | "regr_sxy"
            | "regr_syy"
            | "mode"
            | "percentile_cont"
            | "percentile_disc"
            | "grouping"
    )
}
