//! A parsed statement in, what rules want to know of any expression in it out, wherever it stands. Bounded: of each kind the
//! first [`MOST`] are kept.

use std::ops::ControlFlow;

use sqlparser::ast::{self, Visit, Visitor};

use super::Span;
use crate::sql::parse::Lines;

const MOST: usize = 100;

/// What stands anywhere in the expressions of a statement.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    pub null_comparisons: Vec<NullComparison>,
    /// `timestamp 'now'`, `'today'::date`: the literal's span, and its word in lower case.
    pub date_words: Vec<(Span, String)>,
}

/// A comparison that is NULL whatever its other side is.
#[derive(Clone, Debug)]
pub struct NullComparison {
    pub shape: NullShape,
    /// The NULL.
    pub null: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullShape {
    /// `x = NULL`
    Equal,
    /// `x <> NULL`
    NotEqual,
    /// `x < NULL` and the like.
    Ordered,
    /// `NULL = x`, with any operator.
    First,
    /// `CASE x WHEN NULL`
    Case,
    /// `x IN (1, NULL)`, with other items.
    In,
    /// `x NOT IN (1, NULL)`
    NotIn,
}

pub(super) fn notes(statement: &ast::Statement, lines: &Lines) -> Notes {
    let mut found = Found { lines, notes: Notes::default() };
    let _: ControlFlow<()> = statement.visit(&mut found);
    found.notes
}

struct Found<'l> {
    lines: &'l Lines,
    notes: Notes,
}

impl Visitor for Found<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &ast::Expr) -> ControlFlow<()> {
        use ast::Expr as E;
        match expr {
            E::BinaryOp { left, op, right } => self.comparison(left, op, right),
            E::InList { list, negated, .. } => {
                let null = list.iter().find_map(|item| self.null(item));
                let shape = if *negated { NullShape::NotIn } else { NullShape::In };
                // `IN (NULL)` is what tools write for an empty list.
                if *negated || list.len() > 1 {
                    self.note_null(shape, null);
                }
            }
            E::Case { operand: Some(_), conditions, .. } => {
                let null = conditions.iter().find_map(|when| self.null(&when.condition));
                self.note_null(NullShape::Case, null);
            }
            E::TypedString(typed) => self.date_word(&typed.data_type, &typed.value),
            E::Cast { expr, data_type, .. } => {
                if let E::Value(value) = expr.as_ref() {
                    self.date_word(data_type, value);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

impl Found<'_> {
    fn comparison(&mut self, left: &ast::Expr, op: &ast::BinaryOperator, right: &ast::Expr) {
        use ast::BinaryOperator as B;
        let shape = match op {
            B::Eq => NullShape::Equal,
            B::NotEq => NullShape::NotEqual,
            B::Lt | B::LtEq | B::Gt | B::GtEq => NullShape::Ordered,
            _ => return,
        };
        match (self.null(left), self.null(right)) {
            (_, Some(null)) => self.note_null(shape, Some(null)),
            (Some(null), None) => self.note_null(NullShape::First, Some(null)),
            (None, None) => {}
        }
    }

    fn note_null(&mut self, shape: NullShape, null: Option<Span>) {
        if let Some(null) = null.filter(|_| self.notes.null_comparisons.len() < MOST) {
            self.notes.null_comparisons.push(NullComparison { shape, null });
        }
    }

    /// Where NULL stands, if the expression is that.
    fn null(&self, expr: &ast::Expr) -> Option<Span> {
        match expr {
            ast::Expr::Value(ast::ValueWithSpan { value: ast::Value::Null, span }) => self.lines.span(*span),
            _ => None,
        }
    }

    fn date_word(&mut self, data_type: &ast::DataType, value: &ast::ValueWithSpan) {
        use ast::DataType as D;
        let ast::Value::SingleQuotedString(text) = &value.value else { return };
        let dated = matches!(data_type, D::Date | D::Timestamp(..) | D::Time(..));
        let word = text.trim().to_ascii_lowercase();
        let special = matches!(word.as_str(), "now" | "today" | "tomorrow" | "yesterday");
        if dated
            && special
            && self.notes.date_words.len() < MOST
            && let Some(span) = self.lines.span(value.span)
        {
            self.notes.date_words.push((span, word));
        }
    }
}
