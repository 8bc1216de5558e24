//! CREATE TABLE in all its forms.

use super::column::{column, inherited_column};
use super::constraint::{starts_table_constraint, table_constraint};
use super::cursor::{Cursor, Parsed};
use super::model::{Bound, ColumnDef, CreateTable, Like, OnCommit, Persistence};
use super::parameters::parameters;
use crate::sql::facts::Span;
use crate::sql::lexer::TokenKind;

/// The cursor stands after CREATE and the words that say which kind of table.
pub(super) fn create_table(c: &mut Cursor<'_>, persistence: Persistence, foreign: bool) -> Parsed<CreateTable> {
    let if_not_exists = c.eat(&["if", "not", "exists"]);
    let mut table = CreateTable { if_not_exists, name: c.qualified()?, persistence, foreign, ..CreateTable::default() };
    if c.eat(&["partition", "of"]) {
        table.partition_of = Some(c.qualified()?);
        elements(c, &mut table, Element::Inherited)?;
        table.bound = Some(bound(c)?);
    } else if c.eat(&["of"]) {
        table.of_type = Some(c.qualified()?);
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

/// `DEFAULT | FOR VALUES …`.
pub(super) fn bound(c: &mut Cursor<'_>) -> Parsed<Bound> {
    if c.eat(&["default"]) {
        return Ok(Bound::Default);
    }
    let start = c.start();
    c.need(&["for", "values"], "FOR VALUES or DEFAULT")?;
    if !c.is_any(&["in", "from", "with"]) {
        return c.refuse("IN, FROM or WITH");
    }
    while c.eat_any(&["in", "from", "to", "with"]) {
        c.skip_parenthesised()?;
    }
    Ok(Bound::Values(c.expr_from(start)))
}

fn tail(c: &mut Cursor<'_>, table: &mut CreateTable) -> Parsed<()> {
    const ON_COMMIT: &[(&[&str], OnCommit)] = &[
        (&["preserve", "rows"], OnCommit::PreserveRows),
        (&["delete", "rows"], OnCommit::DeleteRows),
        (&["drop"], OnCommit::Drop),
    ];
    while !c.done() {
        if c.eat(&["partition", "by"]) {
            let start = c.start();
            c.name()?;
            c.skip_parenthesised()?;
            table.partition_by = Some(c.expr_from(start));
        } else if c.eat(&["as"]) {
            as_query(c, table)?;
        } else if c.eat(&["using"]) {
            table.access_method = Some(c.name()?);
        } else if c.eat(&["tablespace"]) {
            table.tablespace = Some(c.name()?);
        } else if c.eat(&["server"]) {
            table.server = Some(c.name()?);
        } else if c.eat(&["with"]) {
            table.parameters = parameters(c)?;
        } else if c.eat(&["options"]) {
            c.skip_parenthesised()?;
        } else if c.eat(&["on", "commit"]) {
            table.on_commit = c.choose(ON_COMMIT);
            if table.on_commit.is_none() {
                return c.refuse("PRESERVE ROWS, DELETE ROWS or DROP");
            }
        } else if !c.eat(&["without", "oids"]) {
            return c.refuse("the end of CREATE TABLE");
        }
    }
    Ok(())
}

fn as_query(c: &mut Cursor<'_>, table: &mut CreateTable) -> Parsed<()> {
    if c.done() {
        return c.refuse("a query");
    }
    let (query, with_data) = query_with_data(c);
    table.as_query = Some(query);
    table.with_no_data = with_data == Some(false);
    Ok(())
}

/// A query to the end, and what `WITH [NO] DATA` after it says.
pub(super) fn query_with_data(c: &mut Cursor<'_>) -> (Span, Option<bool>) {
    let start = c.start();
    let left = c.left();
    for (words, with_data) in [(&["with", "no", "data"][..], false), (&["with", "data"][..], true)] {
        if left > words.len() && (0..words.len()).all(|at| c.is_at(left - words.len() + at, words[at])) {
            c.skip(left - words.len());
            let query = c.span_from(start);
            c.skip_to_end();
            return (query, Some(with_data));
        }
    }
    c.skip_to_end();
    (c.span_from(start), None)
}
