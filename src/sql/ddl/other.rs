//! Everything that is neither a table nor an index: DROP, views, types, schemas, sequences, the search path.

use super::cursor::{Cursor, Parsed};
use super::model::{CreateType, CreateView, Ddl, Drop, DropKind, MoveTo, TypeBody};
use super::types::type_name;
use crate::sql::lexer::TokenKind;

/// The cursor stands after DROP.
pub(super) fn drop(c: &mut Cursor<'_>) -> Parsed<Option<Drop>> {
    let kind = if c.eat(&["table"]) || c.eat(&["foreign", "table"]) {
        DropKind::Table
    } else if c.eat(&["index"]) {
        DropKind::Index
    } else if c.eat(&["view"]) || c.eat(&["materialized", "view"]) {
        DropKind::View
    } else if c.eat(&["schema"]) {
        DropKind::Schema
    } else if c.eat_any(&["type", "domain"]) {
        DropKind::Type
    } else if c.eat(&["extension"]) {
        DropKind::Extension
    } else if c.eat(&["sequence"]) {
        DropKind::Sequence
    } else {
        return Ok(None);
    };
    let concurrently = c.eat(&["concurrently"]);
    let if_exists = c.eat(&["if", "exists"]);
    let names = c.qualified_list()?;
    let cascade = c.eat(&["cascade"]);
    c.eat(&["restrict"]);
    if !c.done() {
        return c.refuse("the end of DROP");
    }
    Ok(Some(Drop { kind, names, if_exists, concurrently, cascade }))
}

/// What stands before VIEW.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ViewHead {
    pub materialized: bool,
    pub or_replace: bool,
    pub temporary: bool,
}

/// The cursor stands after VIEW.
pub(super) fn create_view(c: &mut Cursor<'_>, head: ViewHead) -> Parsed<CreateView> {
    let if_not_exists = c.eat(&["if", "not", "exists"]);
    let name = c.qualified()?;
    let columns = if c.kind() == Some(TokenKind::LeftParen) { c.name_list()? } else { Vec::new() };
    c.skip_until(|c| c.is("as"));
    c.need(&["as"], "AS")?;
    let start = c.start();
    c.skip_to_end();
    Ok(CreateView {
        name,
        materialized: head.materialized,
        or_replace: head.or_replace,
        if_not_exists,
        temporary: head.temporary,
        columns,
        query: c.span_from(start),
    })
}

/// The cursor stands after CREATE TYPE.
pub(super) fn create_type(c: &mut Cursor<'_>) -> Parsed<CreateType> {
    let name = c.qualified()?;
    if !c.eat(&["as", "enum"]) {
        c.skip_to_end();
        return Ok(CreateType { name, body: TypeBody::Other });
    }
    c.need_kind(TokenKind::LeftParen, "(")?;
    let mut labels = Vec::new();
    while let Some(label) = c.string() {
        labels.push(label);
        c.eat_kind(TokenKind::Comma);
    }
    c.need_kind(TokenKind::RightParen, ")")?;
    Ok(CreateType { name, body: TypeBody::Enum { labels } })
}

/// The cursor stands after CREATE DOMAIN.
pub(super) fn create_domain(c: &mut Cursor<'_>) -> Parsed<CreateType> {
    let name = c.qualified()?;
    c.eat(&["as"]);
    let base = type_name(c)?;
    let mut not_null = false;
    while !c.done() {
        not_null |= c.eat(&["not", "null"]);
        c.advance();
    }
    Ok(CreateType { name, body: TypeBody::Domain { base, not_null } })
}

/// The cursor stands after `ALTER TYPE` or `ALTER DOMAIN`.
pub(super) fn alter_type(c: &mut Cursor<'_>) -> Parsed<Option<Ddl>> {
    let name = c.qualified()?;
    if c.eat(&["rename", "to"]) {
        return Ok(Some(Ddl::MoveType { name, to: MoveTo::Name(c.name()?) }));
    }
    if c.eat(&["set", "schema"]) {
        return Ok(Some(Ddl::MoveType { name, to: MoveTo::Schema(c.name()?) }));
    }
    Ok(None)
}

/// The cursor stands after CREATE SCHEMA. Schema elements (tables in the same statement) are refused.
pub(super) fn create_schema(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let if_not_exists = c.eat(&["if", "not", "exists"]);
    if c.eat(&["authorization"]) {
        return Ok(Ddl::CreateSchema { name: c.name()?, if_not_exists });
    }
    let name = c.name()?;
    if c.eat(&["authorization"]) {
        c.name()?;
    }
    if c.done() { Ok(Ddl::CreateSchema { name, if_not_exists }) } else { c.refuse("the end of CREATE SCHEMA") }
}

/// `SET [SESSION | LOCAL] search_path TO | = …`; the cursor stands after SET.
pub(super) fn set(c: &mut Cursor<'_>) -> Parsed<Option<Ddl>> {
    c.eat_any(&["session", "local"]);
    if !c.eat(&["search_path"]) {
        return Ok(None);
    }
    if !c.eat(&["to"]) {
        c.eat_operator("=");
    }
    if c.eat(&["default"]) {
        return Ok(Some(Ddl::SearchPath(vec!["public".into()])));
    }
    let mut path = Vec::new();
    loop {
        match c.string() {
            // A list inside one string is one (odd) schema name; an empty one is none.
            Some(text) if text.is_empty() => {}
            Some(text) => path.push(text),
            None => path.push(c.name()?.text),
        }
        if !c.eat_kind(TokenKind::Comma) {
            return Ok(Some(Ddl::SearchPath(path)));
        }
    }
}

/// `SELECT [pg_catalog.]set_config('search_path', 'a, b', …)`; the cursor stands after SELECT.
pub(super) fn set_config(c: &mut Cursor<'_>) -> Option<Ddl> {
    let function = c.qualified().ok()?;
    if function.name != "set_config" || !c.eat_kind(TokenKind::LeftParen) || c.string()? != "search_path" {
        return None;
    }
    c.eat_kind(TokenKind::Comma);
    let value = c.string()?;
    let names = value.split(',').map(|name| super::cursor::identifier(name.trim()));
    Some(Ddl::SearchPath(names.filter(|name| !name.is_empty()).collect()))
}
