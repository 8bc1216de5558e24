//! CREATE VIEW and CREATE MATERIALIZED VIEW.

use super::cursor::{Cursor, Parsed};
use super::model::CreateView;
use super::parameters;
use super::table::query_with_data;
use crate::sql::lexer::TokenKind;

/// What stands before VIEW.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ViewHead {
    pub materialized: bool,
    pub or_replace: bool,
    pub temporary: bool,
    pub recursive: bool,
}

/// The cursor stands after VIEW.
pub(super) fn create_view(c: &mut Cursor<'_>, head: ViewHead) -> Parsed<CreateView> {
    let if_not_exists = c.eat(&["if", "not", "exists"]);
    let name = c.qualified()?;
    let columns = if c.kind() == Some(TokenKind::LeftParen) { c.name_list()? } else { Vec::new() };
    if c.eat(&["using"]) {
        c.name()?;
    }
    let parameters = parameters::with(c)?;
    let tablespace = if c.eat(&["tablespace"]) { Some(c.name()?) } else { None };
    c.need(&["as"], "AS")?;
    if c.done() {
        return c.refuse("a query");
    }
    let (query, with_data) = query_with_data(c);
    Ok(CreateView {
        name,
        materialized: head.materialized,
        or_replace: head.or_replace,
        if_not_exists,
        temporary: head.temporary,
        recursive: head.recursive,
        columns,
        parameters,
        tablespace,
        with_data: with_data.unwrap_or(true),
        query,
    })
}
