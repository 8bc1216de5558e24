//! COPY, EXPLAIN, PREPARE, EXECUTE, CALL.

use super::cursor::{Cursor, Parsed};
use super::model::{Copy, CopyDirection, CopyEndpoint, Ddl};
use crate::sql::lexer::TokenKind;

/// The cursor stands after COPY.
pub(super) fn copy(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    c.eat(&["binary"]);
    let mut query = None;
    let mut table = None;
    let mut columns = Vec::new();
    if c.kind() == Some(TokenKind::LeftParen) {
        query = Some(c.parenthesised()?.span);
    } else {
        table = Some(c.qualified()?);
        if c.kind() == Some(TokenKind::LeftParen) {
            columns = c.name_list()?;
        }
    }
    let direction = if c.eat(&["from"]) {
        CopyDirection::From
    } else if c.eat(&["to"]) {
        CopyDirection::To
    } else {
        return c.refuse("FROM or TO");
    };
    let program = c.eat(&["program"]);
    let endpoint = if c.eat_any(&["stdin", "stdout"]) {
        CopyEndpoint::Client
    } else {
        let path = match c.string() {
            Some(path) => path,
            None => c.name()?.text,
        };
        if program { CopyEndpoint::Program(path) } else { CopyEndpoint::File(path) }
    };
    c.skip_to_end();
    Ok(Ddl::Copy(Copy { table, columns, query, direction, endpoint }))
}

/// The cursor stands after EXPLAIN.
pub(super) fn explain(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let mut analyze = false;
    // `EXPLAIN (SELECT 1)` is a query in parentheses.
    if c.kind() == Some(TokenKind::LeftParen) && !is_query(c, 1) {
        let options = c.parenthesised()?.text.to_ascii_lowercase();
        analyze = options.split(',').map(str::trim).any(|option| {
            let mut words = option.split_whitespace();
            matches!(words.next(), Some("analyze" | "analyse")) && !matches!(words.next(), Some("false" | "off" | "0"))
        });
    }
    analyze |= c.eat_any(&["analyze", "analyse"]);
    c.eat(&["verbose"]);
    if c.done() {
        return c.refuse("a statement");
    }
    Ok(Ddl::Explain { analyze, statement: c.rest() })
}

fn is_query(c: &Cursor<'_>, ahead: usize) -> bool {
    c.kind_at(ahead) == Some(TokenKind::LeftParen)
        || ["select", "with", "values", "table"].iter().any(|word| c.is_at(ahead, word))
}

/// The cursor stands after PREPARE (but not PREPARE TRANSACTION).
pub(super) fn prepare(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let name = c.name()?;
    if c.kind() == Some(TokenKind::LeftParen) {
        c.skip_parenthesised()?;
    }
    c.need(&["as"], "AS")?;
    if c.done() {
        return c.refuse("a statement");
    }
    Ok(Ddl::Prepare { name, statement: c.rest() })
}

/// The cursor stands after EXECUTE.
pub(super) fn execute(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let name = c.name()?;
    if c.kind() == Some(TokenKind::LeftParen) {
        c.skip_parenthesised()?;
    }
    c.end("the end of EXECUTE")?;
    Ok(Ddl::Execute(name))
}

/// The cursor stands after CALL.
pub(super) fn call(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let name = c.qualified()?;
    c.skip_parenthesised()?;
    c.end("the end of CALL")?;
    Ok(Ddl::Call(name))
}
