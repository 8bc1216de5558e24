//! CREATE TABLE in all its forms.

use super::column::{column, inherited_column};
use super::constraint::{starts_table_constraint, table_constraint};
use super::cursor::{Cursor, Parsed};
use super::model::{ColumnDef, CreateTable, Like, Persistence};
use crate::sql::lexer::TokenKind;

/// The cursor stands after CREATE and the words that say which kind of table.
pub(super) fn create_table(c: &mut Cursor<'_>, persistence: Persistence, foreign: bool) -> Parsed<CreateTable> {
    let if_not_exists = c.eat(&["if", "not", "exists"]);
    let mut table = CreateTable { if_not_exists, name: c.qualified()?, persistence, foreign, ..CreateTable::default() };
    if c.eat(&["partition", "of"]) {
        table.partition_of = Some(c.qualified()?);
        elements(c, &mut table, Element::Inherited)?;
        bound(c)?;
    } else if c.eat(&["of"]) {
        c.qualified()?;
        elements(c, &mut table, Element::Inherited)?;
    } else if is_query_column_list(c) {
        let names = c.name_list()?;
        table.columns = names.into_iter().map(|name| ColumnDef { name, ..ColumnDef::default() }).collect();
        tail(c, &mut table)?;
        return if table.as_query.is_some() { Ok(table) } else { c.refuse("AS and a query, or column types") };
    } else {
        elements(c, &mut table, Element::Defined)?;
    }
    if c.eat(&["inherits"]) {
        c.need_kind(TokenKind::LeftParen, "(")?;
        if c.kind() != Some(TokenKind::RightParen) {
            table.inherits = c.qualified_list()?;
        }
        c.need_kind(TokenKind::RightParen, ")")?;
    }
    tail(c, &mut table)?;
    Ok(table)
}

#[derive(Clone, Copy)]
enum Element {
    Defined,
    /// Columns come without a type.
    Inherited,
}

/// `(a, b) AS SELECT …`: names only.
fn is_query_column_list(c: &Cursor<'_>) -> bool {
    c.kind() == Some(TokenKind::LeftParen)
        && matches!(c.kind_at(1), Some(TokenKind::Word | TokenKind::QuotedIdentifier))
        && matches!(c.kind_at(2), Some(TokenKind::Comma | TokenKind::RightParen))
}

fn elements(c: &mut Cursor<'_>, table: &mut CreateTable, element: Element) -> Parsed<()> {
    if !c.eat_kind(TokenKind::LeftParen) {
        return Ok(());
    }
    if c.eat_kind(TokenKind::RightParen) {
        return Ok(());
    }
    loop {
        if c.is("like") {
            table.like.push(like(c)?);
        } else if starts_table_constraint(c) {
            table.constraints.push(table_constraint(c)?);
        } else {
            let (column, constraints) = match element {
                Element::Defined => column(c)?,
                Element::Inherited => inherited_column(c)?,
            };
            table.columns.push(column);
            table.constraints.extend(constraints);
        }
        if !c.eat_kind(TokenKind::Comma) {
            return c.need_kind(TokenKind::RightParen, ", or )");
        }
    }
}

fn like(c: &mut Cursor<'_>) -> Parsed<Like> {
    c.need(&["like"], "LIKE")?;
    let mut like = Like { table: c.qualified()?, options: Vec::new() };
    loop {
        let including = c.is("including");
        if !c.eat_any(&["including", "excluding"]) {
            return Ok(like);
        }
        like.options.push((including, c.name()?.text));
    }
}

fn bound(c: &mut Cursor<'_>) -> Parsed<()> {
    if c.eat(&["default"]) {
        return Ok(());
    }
    c.need(&["for", "values"], "FOR VALUES or DEFAULT")?;
    while c.eat_any(&["in", "from", "to", "with"]) {
        c.parenthesised()?;
    }
    Ok(())
}

fn tail(c: &mut Cursor<'_>, table: &mut CreateTable) -> Parsed<()> {
    while !c.done() {
        if c.eat(&["partition", "by"]) {
            let start = c.start();
            c.name()?;
            c.parenthesised()?;
            table.partition_by = Some(c.expr_from(start));
        } else if c.eat(&["as"]) {
            let start = c.start();
            c.skip_to_end();
            table.as_query = Some(c.span_from(start));
        } else if c.eat_any(&["using", "tablespace", "server"]) {
            c.name()?;
        } else if c.eat_any(&["with", "options"]) {
            c.parenthesised()?;
        } else if c.eat(&["on", "commit"]) {
            c.skip_until(|c| c.is("tablespace") || c.is("as"));
        } else if !c.eat(&["without", "oids"]) {
            return c.refuse("the end of CREATE TABLE");
        }
    }
    Ok(())
}
