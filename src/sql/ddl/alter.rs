//! ALTER TABLE with all its actions.

use super::column::column;
use super::constraint::{starts_table_constraint, table_constraint};
use super::cursor::{Cursor, Parsed};
use super::model::{Action, ActionKind, AlterTable, MoveTo};
use super::types::type_name;
use crate::sql::lexer::TokenKind;

/// The cursor stands after `ALTER TABLE` (or `ALTER FOREIGN TABLE`, `ALTER VIEW`, `ALTER MATERIALIZED VIEW`, whose
/// actions are a part of the same list). `None` for `ALL IN TABLESPACE`.
pub(super) fn alter_table(c: &mut Cursor<'_>) -> Parsed<Option<AlterTable>> {
    if c.are(&["all", "in"]) {
        return Ok(None);
    }
    let if_exists = c.eat(&["if", "exists"]);
    let only = c.eat(&["only"]);
    let name = c.qualified()?;
    c.eat_operator("*");
    let mut actions = Vec::new();
    loop {
        let start = c.start();
        let kind = action(c)?;
        actions.push(Action { kind, span: c.span_from(start) });
        if !c.eat_kind(TokenKind::Comma) {
            break;
        }
    }
    if c.done() { Ok(Some(AlterTable { name, if_exists, only, actions })) } else { c.refuse(", or the end") }
}

fn action(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    if c.done() {
        return c.refuse("an action");
    }
    if c.eat(&["add"]) {
        return add(c);
    }
    if c.eat(&["drop"]) {
        return drop(c);
    }
    if c.eat(&["alter", "constraint"]) {
        return alter_constraint(c);
    }
    if c.eat(&["alter"]) {
        c.eat(&["column"]);
        return alter_column(c);
    }
    if c.eat(&["rename"]) {
        return rename(c);
    }
    if c.eat(&["validate", "constraint"]) {
        return Ok(ActionKind::ValidateConstraint(c.name()?));
    }
    if c.eat(&["set", "schema"]) {
        return Ok(ActionKind::Move(MoveTo::Schema(c.name()?)));
    }
    if c.eat(&["attach", "partition"]) {
        let partition = c.qualified()?;
        c.skip_to_end();
        return Ok(ActionKind::AttachPartition(partition));
    }
    if c.eat(&["detach", "partition"]) {
        let partition = c.qualified()?;
        let concurrently = c.eat(&["concurrently"]);
        c.eat(&["finalize"]);
        return Ok(ActionKind::DetachPartition { partition, concurrently });
    }
    if c.eat(&["inherit"]) {
        return Ok(ActionKind::Inherit(c.qualified()?));
    }
    if c.eat(&["no", "inherit"]) {
        return Ok(ActionKind::NoInherit(c.qualified()?));
    }
    if c.eat(&["enable", "row", "level", "security"]) {
        return Ok(ActionKind::EnableRowSecurity);
    }
    if c.eat(&["disable", "row", "level", "security"]) {
        return Ok(ActionKind::DisableRowSecurity);
    }
    other(c)
}

fn other(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    if !c.is_name() {
        return c.refuse("an action");
    }
    c.skip_to_comma();
    Ok(ActionKind::Other)
}

fn add(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    if starts_table_constraint(c) {
        return Ok(ActionKind::AddConstraint(table_constraint(c)?));
    }
    c.eat(&["column"]);
    let if_not_exists = c.eat(&["if", "not", "exists"]);
    let (column, constraints) = column(c)?;
    Ok(ActionKind::AddColumn { column, constraints, if_not_exists })
}

fn drop(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    let constraint = c.eat(&["constraint"]);
    if !constraint {
        c.eat(&["column"]);
    }
    let if_exists = c.eat(&["if", "exists"]);
    let name = c.name()?;
    c.eat_any(&["cascade", "restrict"]);
    Ok(if constraint {
        ActionKind::DropConstraint { constraint: name, if_exists }
    } else {
        ActionKind::DropColumn { column: name, if_exists }
    })
}

fn alter_constraint(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    let constraint = c.name()?;
    let mut deferrable = None;
    loop {
        if c.eat(&["not", "deferrable"]) {
            deferrable = Some(false);
        } else if c.eat(&["deferrable"]) || c.eat(&["initially", "deferred"]) {
            deferrable = Some(true);
        } else if !c.eat(&["initially", "immediate"]) {
            break;
        }
    }
    c.skip_to_comma();
    Ok(ActionKind::AlterConstraint { constraint, deferrable })
}

fn alter_column(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    if c.kind() == Some(TokenKind::Number) {
        // ALTER INDEX … ALTER COLUMN 1 SET STATISTICS.
        c.skip_to_comma();
        return Ok(ActionKind::Other);
    }
    let column = c.name()?;
    if c.eat(&["set", "data", "type"]) || c.eat(&["type"]) {
        let to = type_name(c)?;
        let collation = if c.eat(&["collate"]) { Some(c.qualified()?.name) } else { None };
        let using = c.eat(&["using"]).then(|| {
            let start = c.start();
            c.skip_to_comma();
            c.expr_from(start)
        });
        return Ok(ActionKind::SetType { column, to, collation, using });
    }
    if c.eat(&["set", "not", "null"]) {
        return Ok(ActionKind::SetNotNull(column));
    }
    if c.eat(&["drop", "not", "null"]) {
        return Ok(ActionKind::DropNotNull(column));
    }
    if c.eat(&["set", "default"]) {
        let start = c.start();
        c.skip_to_comma();
        return Ok(ActionKind::SetDefault { column, to: c.expr_from(start) });
    }
    if c.eat(&["drop", "default"]) {
        return Ok(ActionKind::DropDefault(column));
    }
    if c.are(&["add", "generated"]) {
        c.skip_to_comma();
        return Ok(ActionKind::AddIdentity(column));
    }
    if c.eat(&["drop", "identity"]) {
        c.eat(&["if", "exists"]);
        return Ok(ActionKind::DropIdentity(column));
    }
    if c.eat(&["drop", "expression"]) {
        c.eat(&["if", "exists"]);
        return Ok(ActionKind::DropExpression(column));
    }
    other(c)
}

fn rename(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    if c.eat(&["to"]) {
        return Ok(ActionKind::Move(MoveTo::Name(c.name()?)));
    }
    let constraint = c.eat(&["constraint"]);
    if !constraint && c.is("column") && !c.is_at(1, "to") {
        c.advance();
    }
    let from = c.name()?;
    c.need(&["to"], "TO")?;
    let to = c.name()?;
    Ok(if constraint { ActionKind::RenameConstraint { from, to } } else { ActionKind::RenameColumn { from, to } })
}
