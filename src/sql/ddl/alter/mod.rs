//! ALTER TABLE with all its actions, and ALTER VIEW, MATERIALIZED VIEW and FOREIGN TABLE, whose actions are some of these.

mod column;
mod partition;
mod switch;

use super::column::column;
use super::constraint::{starts_table_constraint, table_constraint};
use super::cursor::{Cursor, Parsed};
use super::model::{Action, ActionKind, AlterTable, Expr, MoveTo, RelationKind};
use super::parameters::parameters;
use crate::sql::lexer::TokenKind;

/// The cursor stands after `ALTER TABLE` and the like.
pub(super) fn alter_table(c: &mut Cursor<'_>, relation: RelationKind) -> Parsed<AlterTable> {
    let if_exists = c.eat(&["if", "exists"]);
    let only = c.eat(&["only"]);
    let name = if only && c.eat_kind(TokenKind::LeftParen) {
        let name = c.qualified()?;
        c.need_kind(TokenKind::RightParen, ")")?;
        name
    } else {
        c.qualified()?
    };
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
    c.end(", or the end")?;
    Ok(AlterTable { relation, name, if_exists, only, actions })
}

fn action(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    if c.eat(&["add"]) {
        return add(c);
    }
    if c.eat(&["alter", "constraint"]) {
        return alter_constraint(c);
    }
    if c.eat(&["alter"]) {
        c.eat(&["column"]);
        return column::alter_column(c);
    }
    if c.eat(&["drop"]) {
        return drop(c);
    }
    if c.eat(&["set"]) {
        return set(c);
    }
    if c.eat(&["validate", "constraint"]) {
        return Ok(ActionKind::ValidateConstraint(c.name()?));
    }
    if c.eat(&["rename"]) {
        return rename(c);
    }
    if c.eat(&["owner", "to"]) {
        return Ok(ActionKind::OwnerTo(c.name()?));
    }
    if let Some(found) = partition::action(c)? {
        return Ok(found);
    }
    if let Some(found) = switch::action(c)? {
        return Ok(found);
    }
    if c.eat(&["reset"]) {
        return Ok(ActionKind::ResetParameters(parameters(c)?));
    }
    if c.eat(&["inherit"]) {
        return Ok(ActionKind::Inherit(c.qualified()?));
    }
    if c.eat(&["no", "inherit"]) {
        return Ok(ActionKind::NoInherit(c.qualified()?));
    }
    if c.eat(&["of"]) {
        return Ok(ActionKind::OfType(c.qualified()?));
    }
    if c.eat(&["cluster", "on"]) {
        return Ok(ActionKind::ClusterOn(c.name()?));
    }
    if c.eat(&["no", "depends", "on", "extension"]) || c.eat(&["depends", "on", "extension"]) {
        return Ok(ActionKind::DependsOnExtension(c.name()?));
    }
    if c.eat(&["options"]) {
        c.skip_parenthesised()?;
        return Ok(ActionKind::SetOptions);
    }
    c.refuse("an action")
}

/// What a version that is not known yet may have after a word that is known.
fn unknown(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    if !c.is_name() {
        return c.refuse("an action");
    }
    c.skip_to_comma();
    Ok(ActionKind::Other)
}

/// An expression up to the next action.
fn expression(c: &mut Cursor<'_>) -> Parsed<Expr> {
    let start = c.start();
    c.skip_to_comma();
    let found = c.expr_from(start);
    if found.text.is_empty() { c.refuse("an expression") } else { Ok(found) }
}

fn add(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    if starts_table_constraint(c) {
        return Ok(ActionKind::AddConstraint(table_constraint(c)?));
    }
    c.eat(&["column"]);
    let if_not_exists = c.eat(&["if", "not", "exists"]);
    let (column, constraints) = column(c)?;
    Ok(ActionKind::AddColumn { column: Box::new(column), constraints, if_not_exists })
}

fn drop(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    let constraint = c.eat(&["constraint"]);
    if !constraint {
        c.eat(&["column"]);
    }
    let if_exists = c.eat(&["if", "exists"]);
    let name = c.name()?;
    let cascade = c.is("cascade");
    c.eat_any(&["cascade", "restrict"]);
    Ok(if constraint {
        ActionKind::DropConstraint { constraint: name, if_exists, cascade }
    } else {
        ActionKind::DropColumn { column: name, if_exists, cascade }
    })
}

/// Of the table as a whole; the cursor stands after SET.
fn set(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    if c.kind() == Some(TokenKind::LeftParen) {
        return Ok(ActionKind::SetParameters(parameters(c)?));
    }
    Ok(if c.eat(&["schema"]) {
        ActionKind::Move(MoveTo::Schema(c.name()?))
    } else if c.eat(&["tablespace"]) {
        let to = c.name()?;
        c.eat(&["nowait"]);
        ActionKind::SetTablespace(to)
    } else if c.eat(&["logged"]) {
        ActionKind::SetLogged
    } else if c.eat(&["unlogged"]) {
        ActionKind::SetUnlogged
    } else if c.eat(&["without", "cluster"]) {
        ActionKind::SetWithoutCluster
    } else if c.eat(&["without", "oids"]) {
        ActionKind::SetWithoutOids
    } else if c.eat(&["access", "method"]) {
        let default = c.eat(&["default"]);
        ActionKind::SetAccessMethod(if default { None } else { Some(c.name()?) })
    } else {
        return unknown(c);
    })
}

fn alter_constraint(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    let constraint = c.name()?;
    let (mut deferrable, mut initially_deferred, mut enforced, mut inherit) = (None, None, None, None);
    loop {
        if c.eat(&["not", "deferrable"]) {
            deferrable = Some(false);
        } else if c.eat(&["deferrable"]) {
            deferrable = Some(true);
        } else if c.eat(&["initially", "deferred"]) {
            deferrable = Some(true);
            initially_deferred = Some(true);
        } else if c.eat(&["initially", "immediate"]) {
            initially_deferred = Some(false);
        } else if c.eat(&["not", "enforced"]) {
            enforced = Some(false);
        } else if c.eat(&["enforced"]) {
            enforced = Some(true);
        } else if c.eat(&["no", "inherit"]) {
            inherit = Some(false);
        } else if c.eat(&["inherit"]) {
            inherit = Some(true);
        } else {
            return Ok(ActionKind::AlterConstraint { constraint, deferrable, initially_deferred, enforced, inherit });
        }
    }
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
