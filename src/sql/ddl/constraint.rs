//! Constraints, in a column definition or on their own.

use super::cursor::{Cursor, Parsed};
use super::index;
use super::model::{ConstraintBody, ConstraintDef, Expr, ForeignKey, KeyDef, Name, Parameter, Referential};
use super::parameters;
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
        let (columns, period) = period_list(c)?;
        c.need(&["references"], "REFERENCES")?;
        return Ok(ConstraintBody::ForeignKey(ForeignKey { columns, period, ..references(c)? }));
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

/// A constraint of a domain: `[CONSTRAINT name] CHECK (…) | NOT NULL`.
pub(super) fn domain_constraint(c: &mut Cursor<'_>) -> Parsed<ConstraintDef> {
    let start = c.start();
    let name = if c.eat(&["constraint"]) { Some(c.name()?) } else { None };
    let body = if c.eat(&["check"]) {
        check(c)?
    } else if c.eat(&["not", "null"]) {
        ConstraintBody::NotNull(Name::default())
    } else {
        return c.refuse("CHECK or NOT NULL");
    };
    finish(c, start, name, body)
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
        ConstraintBody::ForeignKey(ForeignKey { columns: vec![column.clone()], ..references(c)? })
    } else if c.eat(&["check"]) {
        check(c)?
    } else {
        return Ok(None);
    };
    finish(c, start, name, body).map(Some)
}

fn check(c: &mut Cursor<'_>) -> Parsed<ConstraintBody> {
    Ok(ConstraintBody::Check(c.parenthesised()?))
}

fn key(c: &mut Cursor<'_>) -> Parsed<KeyDef> {
    let nulls_not_distinct = nulls_not_distinct(c);
    if c.eat(&["using", "index"]) {
        return Ok(KeyDef { using_index: Some(c.name()?), ..KeyDef::default() });
    }
    let (columns, without_overlaps) = period_list(c)?;
    let include = if c.eat(&["include"]) { c.name_list()? } else { Vec::new() };
    let (parameters, tablespace) = storage(c)?;
    Ok(KeyDef { columns, include, nulls_not_distinct, without_overlaps, using_index: None, parameters, tablespace })
}

fn inline_key(c: &mut Cursor<'_>) -> Parsed<KeyDef> {
    let nulls_not_distinct = nulls_not_distinct(c);
    let (parameters, tablespace) = storage(c)?;
    Ok(KeyDef { nulls_not_distinct, parameters, tablespace, ..KeyDef::default() })
}

pub(super) fn nulls_not_distinct(c: &mut Cursor<'_>) -> bool {
    let one_null = c.eat(&["nulls", "not", "distinct"]);
    if !one_null {
        c.eat(&["nulls", "distinct"]);
    }
    one_null
}

/// `WITH (fillfactor = 70) USING INDEX TABLESPACE x`.
fn storage(c: &mut Cursor<'_>) -> Parsed<(Vec<Parameter>, Option<Name>)> {
    let parameters = parameters::with(c)?;
    let tablespace = if c.eat(&["using", "index", "tablespace"]) { Some(c.name()?) } else { None };
    Ok((parameters, tablespace))
}

/// A column list in which Postgres 18 allows `x WITHOUT OVERLAPS` and `PERIOD x`; whether one of these was there.
fn period_list(c: &mut Cursor<'_>) -> Parsed<(Vec<Name>, bool)> {
    c.need_kind(TokenKind::LeftParen, "(")?;
    let mut names = Vec::new();
    let mut period = false;
    loop {
        if c.is("period") && matches!(c.kind_at(1), Some(TokenKind::Word | TokenKind::QuotedIdentifier)) {
            c.advance();
            period = true;
        }
        names.push(c.name()?);
        period |= c.eat(&["without", "overlaps"]);
        if !c.eat_kind(TokenKind::Comma) {
            c.need_kind(TokenKind::RightParen, ", or )")?;
            return Ok((names, period));
        }
    }
}

/// What stands after REFERENCES; the columns that refer are left empty.
fn references(c: &mut Cursor<'_>) -> Parsed<ForeignKey> {
    let mut key = ForeignKey { references: c.qualified()?, ..ForeignKey::default() };
    if c.kind() == Some(TokenKind::LeftParen) {
        key.referenced_columns = period_list(c)?.0;
    }
    loop {
        if c.eat(&["match"]) {
            key.match_full = c.is("full");
            if !c.eat_any(&["full", "partial", "simple"]) {
                return c.refuse("FULL, PARTIAL or SIMPLE");
            }
        } else if c.eat(&["on", "delete"]) {
            key.on_delete = referential_action(c)?;
            if c.kind() == Some(TokenKind::LeftParen) {
                key.set_columns = c.name_list()?;
            }
        } else if c.eat(&["on", "update"]) {
            key.on_update = referential_action(c)?;
        } else {
            return Ok(key);
        }
    }
}

fn referential_action(c: &mut Cursor<'_>) -> Parsed<Referential> {
    const ACTIONS: &[(&[&str], Referential)] = &[
        (&["no", "action"], Referential::NoAction),
        (&["restrict"], Referential::Restrict),
        (&["cascade"], Referential::Cascade),
        (&["set", "null"], Referential::SetNull),
        (&["set", "default"], Referential::SetDefault),
    ];
    match c.choose(ACTIONS) {
        Some(action) => Ok(action),
        None => c.refuse("NO ACTION, RESTRICT, CASCADE, SET NULL or SET DEFAULT"),
    }
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
    let mut constraint = ConstraintDef {
        name,
        body,
        deferrable: false,
        initially_deferred: false,
        not_valid: None,
        not_enforced: None,
        no_inherit: false,
        span: c.span_from(start),
    };
    loop {
        let at = c.start();
        if c.eat(&["not", "valid"]) {
            constraint.not_valid = Some(c.span_from(at));
        } else if c.eat(&["not", "deferrable"]) {
            constraint.deferrable = false;
        } else if c.eat(&["deferrable"]) {
            constraint.deferrable = true;
        } else if c.eat(&["initially", "deferred"]) {
            // INITIALLY DEFERRED implies DEFERRABLE (`processCASbits` in gram.y).
            constraint.deferrable = true;
            constraint.initially_deferred = true;
        } else if c.eat(&["not", "enforced"]) {
            constraint.not_enforced = Some(c.span_from(at));
        } else if c.eat(&["no", "inherit"]) {
            constraint.no_inherit = true;
        } else if !(c.eat(&["initially", "immediate"]) || c.eat(&["enforced"])) {
            break;
        }
    }
    constraint.span = c.span_from(start);
    Ok(constraint)
}
