//! Constraints, in a column definition or on their own.

use super::cursor::{Cursor, Parsed};
use super::index;
use super::model::{ConstraintBody, ConstraintDef, Expr, KeyDef, Name, QualifiedName};
use crate::sql::lexer::TokenKind;

/// Whether an element of CREATE TABLE, or what follows ADD, is a table constraint and not a column.
pub(super) fn starts_table_constraint(c: &Cursor<'_>) -> bool {
    c.is_any(&["constraint", "primary", "unique", "foreign", "check"])
        || (c.is("exclude") && (c.is_at(1, "using") || c.kind_at(1) == Some(TokenKind::LeftParen)))
        || (c.are(&["not", "null"]) && matches!(c.kind_at(2), Some(TokenKind::Word | TokenKind::QuotedIdentifier)))
}

pub(super) fn table_constraint(c: &mut Cursor<'_>) -> Parsed<ConstraintDef> {
    let start = c.start();
    let name = if c.eat(&["constraint"]) { Some(c.name()?) } else { None };
    let body = table_body(c)?;
    finish(c, start, name, body)
}

fn table_body(c: &mut Cursor<'_>) -> Parsed<ConstraintBody> {
    if c.eat(&["primary", "key"]) {
        return Ok(ConstraintBody::PrimaryKey(key(c)?));
    }
    if c.eat(&["unique"]) {
        return Ok(ConstraintBody::Unique(key(c)?));
    }
    if c.eat(&["foreign", "key"]) {
        let columns = period_list(c)?;
        c.need(&["references"], "REFERENCES")?;
        let (references, referenced_columns) = references(c)?;
        return Ok(ConstraintBody::ForeignKey { columns, references, referenced_columns });
    }
    if c.eat(&["check"]) {
        return check(c);
    }
    if c.eat(&["not", "null"]) {
        return Ok(ConstraintBody::NotNull(c.name()?));
    }
    if c.eat(&["exclude"]) {
        return exclusion(c);
    }
    c.refuse("a constraint")
}

/// The inline form on `column`; `None` when no constraint starts here.
pub(super) fn column_constraint(
    c: &mut Cursor<'_>,
    start: usize,
    name: Option<Name>,
    column: &Name,
) -> Parsed<Option<ConstraintDef>> {
    let body = if c.eat(&["primary", "key"]) {
        ConstraintBody::PrimaryKey(KeyDef { columns: vec![column.clone()], ..inline_key(c)? })
    } else if c.eat(&["unique"]) {
        ConstraintBody::Unique(KeyDef { columns: vec![column.clone()], ..inline_key(c)? })
    } else if c.eat(&["references"]) {
        let (references, referenced_columns) = references(c)?;
        ConstraintBody::ForeignKey { columns: vec![column.clone()], references, referenced_columns }
    } else if c.eat(&["check"]) {
        check(c)?
    } else {
        return Ok(None);
    };
    finish(c, start, name, body).map(Some)
}

fn check(c: &mut Cursor<'_>) -> Parsed<ConstraintBody> {
    let expression = c.parenthesised()?;
    c.eat(&["no", "inherit"]);
    Ok(ConstraintBody::Check(expression))
}

fn key(c: &mut Cursor<'_>) -> Parsed<KeyDef> {
    let nulls_not_distinct = nulls_not_distinct(c);
    if c.eat(&["using", "index"]) {
        return Ok(KeyDef { using_index: Some(c.name()?), ..KeyDef::default() });
    }
    let columns = period_list(c)?;
    let include = if c.eat(&["include"]) { c.name_list()? } else { Vec::new() };
    storage(c)?;
    Ok(KeyDef { columns, include, nulls_not_distinct, using_index: None })
}

fn inline_key(c: &mut Cursor<'_>) -> Parsed<KeyDef> {
    let nulls_not_distinct = nulls_not_distinct(c);
    storage(c)?;
    Ok(KeyDef { nulls_not_distinct, ..KeyDef::default() })
}

pub(super) fn nulls_not_distinct(c: &mut Cursor<'_>) -> bool {
    let one_null = c.eat(&["nulls", "not", "distinct"]);
    if !one_null {
        c.eat(&["nulls", "distinct"]);
    }
    one_null
}

/// `WITH (fillfactor = 70) USING INDEX TABLESPACE x`.
fn storage(c: &mut Cursor<'_>) -> Parsed<()> {
    if c.eat(&["with"]) {
        c.parenthesised()?;
    }
    if c.eat(&["using", "index", "tablespace"]) {
        c.name()?;
    }
    Ok(())
}

/// A column list in which Postgres 18 allows `x WITHOUT OVERLAPS` and `PERIOD x`.
fn period_list(c: &mut Cursor<'_>) -> Parsed<Vec<Name>> {
    c.need_kind(TokenKind::LeftParen, "(")?;
    let mut names = Vec::new();
    loop {
        if c.is("period") && matches!(c.kind_at(1), Some(TokenKind::Word | TokenKind::QuotedIdentifier)) {
            c.advance();
        }
        names.push(c.name()?);
        c.eat(&["without", "overlaps"]);
        if !c.eat_kind(TokenKind::Comma) {
            c.need_kind(TokenKind::RightParen, ")")?;
            return Ok(names);
        }
    }
}

fn references(c: &mut Cursor<'_>) -> Parsed<(QualifiedName, Vec<Name>)> {
    let table = c.qualified()?;
    let columns = if c.kind() == Some(TokenKind::LeftParen) { period_list(c)? } else { Vec::new() };
    loop {
        if c.eat(&["match"]) {
            c.advance();
        } else if c.eat(&["on", "delete"]) || c.eat(&["on", "update"]) {
            referential_action(c)?;
        } else {
            return Ok((table, columns));
        }
    }
}

fn referential_action(c: &mut Cursor<'_>) -> Parsed<()> {
    if c.eat(&["no", "action"]) || c.eat_any(&["restrict", "cascade"]) {
        return Ok(());
    }
    if c.eat(&["set", "null"]) || c.eat(&["set", "default"]) {
        if c.kind() == Some(TokenKind::LeftParen) {
            c.parenthesised()?;
        }
        return Ok(());
    }
    c.refuse("NO ACTION, RESTRICT, CASCADE, SET NULL or SET DEFAULT")
}

fn exclusion(c: &mut Cursor<'_>) -> Parsed<ConstraintBody> {
    // Without USING the method is btree (documentation, CREATE TABLE, EXCLUDE).
    let method = if c.eat(&["using"]) { c.name()?.text } else { "btree".into() };
    c.need_kind(TokenKind::LeftParen, "(")?;
    let mut keys = Vec::new();
    loop {
        keys.push(index::key_part(c)?);
        c.need(&["with"], "WITH")?;
        c.skip_to_comma();
        if !c.eat_kind(TokenKind::Comma) {
            c.need_kind(TokenKind::RightParen, ")")?;
            break;
        }
    }
    if c.eat(&["include"]) {
        c.name_list()?;
    }
    storage(c)?;
    let predicate: Option<Expr> = if c.eat(&["where"]) { Some(c.parenthesised()?) } else { None };
    Ok(ConstraintBody::Exclusion { method, keys, predicate })
}

fn finish(c: &mut Cursor<'_>, start: usize, name: Option<Name>, body: ConstraintBody) -> Parsed<ConstraintDef> {
    let mut constraint = ConstraintDef { name, body, deferrable: false, not_valid: None, span: c.span_from(start) };
    loop {
        let at = c.start();
        if c.eat(&["not", "valid"]) {
            constraint.not_valid = Some(c.span_from(at));
        } else if c.eat(&["not", "deferrable"]) {
            constraint.deferrable = false;
        } else if c.eat(&["deferrable"]) || c.eat(&["initially", "deferred"]) {
            // INITIALLY DEFERRED implies DEFERRABLE (`processCASbits` in gram.y).
            constraint.deferrable = true;
        } else if !(c.eat(&["initially", "immediate"])
            || c.eat(&["not", "enforced"])
            || c.eat(&["enforced"])
            || c.eat(&["no", "inherit"]))
        {
            break;
        }
    }
    constraint.span = c.span_from(start);
    Ok(constraint)
}
