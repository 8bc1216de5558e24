//! A column definition with its inline constraints.

use super::constraint::column_constraint;
use super::cursor::{Cursor, Parsed};
use super::model::{ColumnDef, ConstraintDef, Expr, GeneratedKind};
use super::sequence;
use super::types::type_name;
use crate::sql::lexer::TokenKind;

/// `name type options…`.
pub(super) fn column(c: &mut Cursor<'_>) -> Parsed<(ColumnDef, Vec<ConstraintDef>)> {
    let start = c.start();
    let mut column = ColumnDef { name: c.name()?, ..ColumnDef::default() };
    let type_name = type_name(c)?;
    if type_name.serial {
        column.not_null = Some(type_name.span);
    }
    column.type_name = Some(type_name);
    let constraints = options(c, &mut column)?;
    column.span = c.span_from(start);
    Ok((column, constraints))
}

/// `name [WITH OPTIONS] options…`, of a column that a parent or a type defines.
pub(super) fn inherited_column(c: &mut Cursor<'_>) -> Parsed<(ColumnDef, Vec<ConstraintDef>)> {
    let start = c.start();
    let mut column = ColumnDef { name: c.name()?, ..ColumnDef::default() };
    c.eat(&["with", "options"]);
    let constraints = options(c, &mut column)?;
    column.span = c.span_from(start);
    Ok((column, constraints))
}

fn options(c: &mut Cursor<'_>, column: &mut ColumnDef) -> Parsed<Vec<ConstraintDef>> {
    let mut constraints = Vec::new();
    loop {
        let start = c.start();
        let name = if c.eat(&["constraint"]) { Some(c.name()?) } else { None };
        if c.eat(&["not", "null"]) {
            column.not_null = Some(c.span_from(start));
            column.not_null_name = name;
            while c.eat(&["no", "inherit"]) || c.eat(&["not", "enforced"]) || c.eat(&["enforced"]) {}
        } else if c.eat(&["null"]) || c.eat(&["with", "options"]) {
        } else if c.eat(&["default"]) {
            column.default = Some(default(c));
        } else if c.eat(&["collate"]) {
            column.collation = Some(c.qualified()?.name);
        } else if c.eat(&["storage"]) {
            column.storage = Some(c.name()?);
        } else if c.eat(&["compression"]) {
            column.compression = Some(c.name()?);
        } else if c.eat(&["generated"]) {
            generated(c, column, start)?;
        } else if c.eat(&["options"]) {
            c.skip_parenthesised()?;
        } else if let Some(constraint) = column_constraint(c, start, name.clone(), &column.name)? {
            constraints.push(constraint);
        } else if name.is_some() {
            return c.refuse("a constraint");
        } else {
            return Ok(constraints);
        }
    }
}

fn generated(c: &mut Cursor<'_>, column: &mut ColumnDef, start: usize) -> Parsed<()> {
    let always = c.eat(&["always"]);
    if !always {
        c.need(&["by", "default"], "ALWAYS or BY DEFAULT")?;
    }
    c.need(&["as"], "AS")?;
    if c.eat(&["identity"]) {
        column.identity_always = always;
        column.identity_options = sequence::parenthesised(c)?;
        // Identity columns are NOT NULL (documentation, CREATE TABLE, GENERATED … AS IDENTITY).
        column.identity = Some(c.span_from(start));
        column.not_null = column.not_null.or(column.identity);
        return Ok(());
    }
    column.generated = Some(c.parenthesised()?);
    column.generated_kind = Some(if c.eat(&["stored"]) {
        GeneratedKind::Stored
    } else if c.eat(&["virtual"]) {
        GeneratedKind::Virtual
    } else {
        GeneratedKind::Unsaid
    });
    Ok(())
}

/// The expression of DEFAULT is a `b_expr`: it ends where the next option of the column begins.
pub(super) fn default(c: &mut Cursor<'_>) -> Expr {
    const NEXT: &[&str] = &[
        "null",
        "constraint",
        "primary",
        "unique",
        "references",
        "check",
        "generated",
        "collate",
        "deferrable",
        "initially",
        "default",
        "options",
    ];
    let start = c.start();
    // A sign or the first word of the expression is never an option, though it may be spelt like one (NULL).
    if c.kind() != Some(TokenKind::LeftParen) && !c.is("case") && c.kind() != Some(TokenKind::RightParen) {
        c.advance();
    }
    c.skip_until(|c| c.kind() == Some(TokenKind::Comma) || c.is_any(NEXT) || (c.is("not") && !c.after("is")));
    c.expr_from(start)
}
