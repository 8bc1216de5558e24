//! `(name = value, …)` as it stands after WITH, SET and in operator classes.

use super::cursor::{Cursor, Parsed};
use super::model::Parameter;
use crate::sql::lexer::TokenKind;

/// The cursor stands before the parenthesis.
pub(super) fn parameters(c: &mut Cursor<'_>) -> Parsed<Vec<Parameter>> {
    c.need_kind(TokenKind::LeftParen, "(")?;
    let mut found = Vec::new();
    if c.eat_kind(TokenKind::RightParen) {
        return Ok(found);
    }
    loop {
        let start = c.start();
        let mut name = c.name()?.text;
        while c.eat_kind(TokenKind::Dot) {
            name.push('.');
            name.push_str(&c.name()?.text);
        }
        let value = if c.eat_operator("=") { Some(value(c)?) } else { None };
        found.push(Parameter { name, value, span: c.span_from(start) });
        if !c.eat_kind(TokenKind::Comma) {
            c.need_kind(TokenKind::RightParen, ", or )")?;
            return Ok(found);
        }
    }
}

fn value(c: &mut Cursor<'_>) -> Parsed<String> {
    if let Some(text) = c.string() {
        return Ok(text);
    }
    let start = c.start();
    c.skip_to_comma();
    let span = c.span_from(start);
    if span.start == span.end { c.refuse("a value") } else { Ok(c.slice(span).to_owned()) }
}

/// `WITH (…)`, if it comes next.
pub(super) fn with(c: &mut Cursor<'_>) -> Parsed<Vec<Parameter>> {
    if c.is("with") && c.kind_at(1) == Some(TokenKind::LeftParen) {
        c.advance();
        return parameters(c);
    }
    Ok(Vec::new())
}
