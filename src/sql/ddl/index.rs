//! CREATE INDEX and ALTER INDEX.

use super::constraint::nulls_not_distinct;
use super::cursor::{Cursor, Parsed};
use super::model::{AlterIndex, CreateIndex, IndexAction, KeyPart};
use super::parameters::{self, parameters};
use crate::sql::lexer::TokenKind;

/// The cursor stands after `CREATE [UNIQUE] INDEX`.
pub(super) fn create_index(c: &mut Cursor<'_>, unique: bool) -> Parsed<CreateIndex> {
    let mut index = CreateIndex { unique, concurrently: c.eat(&["concurrently"]), ..CreateIndex::default() };
    index.if_not_exists = c.eat(&["if", "not", "exists"]);
    if !c.is("on") {
        index.name = Some(c.name()?);
    }
    c.need(&["on"], "ON")?;
    index.only = c.eat(&["only"]);
    index.table = c.qualified()?;
    c.eat_operator("*");
    index.method = if c.eat(&["using"]) { c.name()?.text } else { "btree".into() };
    index.keys = key_parts(c)?;
    if c.eat(&["include"]) {
        index.include = c.name_list()?;
    }
    index.nulls_not_distinct = nulls_not_distinct(c);
    index.parameters = parameters::with(c)?;
    if c.eat(&["tablespace"]) {
        index.tablespace = Some(c.name()?);
    }
    if c.eat(&["where"]) {
        let start = c.start();
        c.skip_to_end();
        index.predicate = Some(c.expr_from(start));
    }
    c.end("the end of CREATE INDEX")?;
    Ok(index)
}

fn key_parts(c: &mut Cursor<'_>) -> Parsed<Vec<KeyPart>> {
    c.need_kind(TokenKind::LeftParen, "(")?;
    let mut keys = Vec::new();
    loop {
        keys.push(key_part(c)?);
        if !c.eat_kind(TokenKind::Comma) {
            c.need_kind(TokenKind::RightParen, ", or )")?;
            return Ok(keys);
        }
    }
}

/// `column | function(…) | (expression)`, then `COLLATE`, operator class, `ASC`/`DESC`, `NULLS`.
pub(super) fn key_part(c: &mut Cursor<'_>) -> Parsed<KeyPart> {
    let start = c.start();
    let mut key = KeyPart::default();
    if c.kind() == Some(TokenKind::LeftParen) {
        key.text = c.parenthesised()?.text;
        key.expression = true;
    } else {
        let column = c.qualified()?;
        if c.kind() == Some(TokenKind::LeftParen) {
            c.parenthesised()?;
            key.text = c.expr_from(start).text;
            key.expression = true;
        } else {
            key.text = column.name;
        }
    }
    key.span = c.span_from(start);
    if c.eat(&["collate"]) {
        key.collation = Some(c.qualified()?.name);
    }
    if c.is_name() && !c.is_any(&["asc", "desc", "nulls", "with"]) {
        key.opclass = Some(c.qualified()?.name);
        if c.kind() == Some(TokenKind::LeftParen) {
            key.parameters = parameters(c)?;
        }
    }
    key.descending = c.eat(&["desc"]);
    c.eat(&["asc"]);
    key.nulls_first = if c.eat(&["nulls", "first"]) { Some(true) } else { c.eat(&["nulls", "last"]).then_some(false) };
    Ok(key)
}

/// The cursor stands after `ALTER INDEX`.
pub(super) fn alter_index(c: &mut Cursor<'_>) -> Parsed<AlterIndex> {
    let if_exists = c.eat(&["if", "exists"]);
    let name = c.qualified()?;
    let action = index_action(c)?;
    c.end("the end of ALTER INDEX")?;
    Ok(AlterIndex { name, if_exists, action })
}

fn index_action(c: &mut Cursor<'_>) -> Parsed<IndexAction> {
    Ok(if c.eat(&["rename", "to"]) {
        IndexAction::Rename(c.name()?)
    } else if c.eat(&["attach", "partition"]) {
        IndexAction::AttachPartition(c.qualified()?)
    } else if c.eat(&["set", "tablespace"]) {
        let to = c.name()?;
        c.eat(&["nowait"]);
        IndexAction::SetTablespace(to)
    } else if c.eat(&["no", "depends", "on", "extension"]) || c.eat(&["depends", "on", "extension"]) {
        IndexAction::DependsOnExtension(c.name()?)
    } else if c.eat(&["set"]) {
        IndexAction::SetParameters(parameters(c)?)
    } else if c.eat(&["reset"]) {
        IndexAction::ResetParameters(parameters(c)?)
    } else if c.eat(&["alter"]) {
        c.eat(&["column"]);
        c.advance();
        c.need(&["set", "statistics"], "SET STATISTICS")?;
        c.integer()?;
        IndexAction::SetStatistics
    } else if c.is_any(&["owner", "rename", "inherit", "cluster", "add", "drop", "validate", "no", "enable", "disable"])
    {
        // The grammar takes every action of ALTER TABLE; what it means for an index is an error of its own.
        c.skip_to_end();
        IndexAction::Other
    } else {
        return c.refuse("a change of the index");
    })
}
