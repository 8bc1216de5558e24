//! DROP of every kind of object.

use super::cursor::{Cursor, Parsed};
use super::model::{Ddl, Drop, ObjectKind};
use super::object::{kind, object};
use crate::sql::lexer::TokenKind;

/// The cursor stands after DROP.
pub(super) fn drop(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    if c.eat(&["owned", "by"]) {
        let roles = c.names()?;
        let cascade = c.eat(&["cascade"]);
        c.eat(&["restrict"]);
        c.end("the end of DROP OWNED")?;
        return Ok(Ddl::DropOwned { roles, cascade });
    }
    let Some(kind) = kind(c) else {
        return c.refuse("a kind of object");
    };
    let mut drop = Drop {
        kind,
        names: Vec::new(),
        arguments: Vec::new(),
        on: None,
        if_exists: false,
        concurrently: kind == ObjectKind::Index && c.eat(&["concurrently"]),
        cascade: false,
    };
    drop.if_exists = c.eat(&["if", "exists"]);
    loop {
        let found = object(c, kind)?;
        drop.on = found.on;
        if let Some(name) = found.name {
            drop.names.push(name);
            drop.arguments.push(found.arguments);
        }
        if !c.eat_kind(TokenKind::Comma) {
            break;
        }
    }
    if kind == ObjectKind::Database {
        c.eat(&["with"]);
        if c.kind() == Some(TokenKind::LeftParen) {
            c.skip_parenthesised()?;
        }
    }
    drop.cascade = c.eat(&["cascade"]);
    c.eat(&["restrict"]);
    c.end("the end of DROP")?;
    Ok(Ddl::Drop(drop))
}
