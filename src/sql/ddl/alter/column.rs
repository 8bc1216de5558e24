//! `ALTER [COLUMN] name …`.

use super::{expression, unknown};
use crate::sql::ddl::cursor::{Cursor, Parsed};
use crate::sql::ddl::model::{ActionKind, Name, SequenceOptions};
use crate::sql::ddl::parameters::parameters;
use crate::sql::ddl::sequence;
use crate::sql::ddl::types::type_name;
use crate::sql::lexer::TokenKind;

pub(super) fn alter_column(c: &mut Cursor<'_>) -> Parsed<ActionKind> {
    if c.kind() == Some(TokenKind::Number) {
        // ALTER TABLE takes an index too: ALTER COLUMN 1 SET STATISTICS.
        c.skip_to_comma();
        return Ok(ActionKind::Other);
    }
    let column = c.name()?;
    if c.eat(&["type"]) || c.eat(&["set", "data", "type"]) {
        return set_type(c, column);
    }
    if c.is("set") {
        return set(c, column);
    }
    if c.eat(&["drop"]) {
        return drop(c, column);
    }
    if c.eat(&["add", "generated"]) {
        if !c.eat(&["always"]) {
            c.need(&["by", "default"], "ALWAYS or BY DEFAULT")?;
        }
        c.need(&["as", "identity"], "AS IDENTITY")?;
        sequence::parenthesised(c)?;
        return Ok(ActionKind::AddIdentity(column));
    }
    if c.eat(&["options"]) {
        c.skip_parenthesised()?;
        return Ok(ActionKind::SetColumnOptions(column));
    }
    if c.eat(&["reset"]) {
        return Ok(ActionKind::ResetColumnParameters { column, parameters: parameters(c)? });
    }
    if c.is("restart") {
        return identity(c, column);
    }
    unknown(c)
}

fn set_type(c: &mut Cursor<'_>, column: Name) -> Parsed<ActionKind> {
    let to = type_name(c)?;
    let collation = if c.eat(&["collate"]) { Some(c.qualified()?.name) } else { None };
    let using = if c.eat(&["using"]) { Some(expression(c)?) } else { None };
    if c.eat(&["cascade"]) || c.eat(&["restrict"]) {
        // Attributes of a composite type share this form.
    }
    Ok(ActionKind::SetType { column, to, collation, using })
}

/// The cursor stands at SET.
fn set(c: &mut Cursor<'_>, column: Name) -> Parsed<ActionKind> {
    Ok(if c.eat(&["set", "not", "null"]) {
        ActionKind::SetNotNull(column)
    } else if c.eat(&["set", "default"]) {
        ActionKind::SetDefault { column, to: expression(c)? }
    } else if c.eat(&["set", "expression"]) {
        c.need(&["as"], "AS")?;
        ActionKind::SetExpression { column, to: c.parenthesised()? }
    } else if c.eat(&["set", "statistics"]) {
        let target = if c.eat(&["default"]) { None } else { Some(c.integer()?) };
        ActionKind::SetStatistics { column, target }
    } else if c.eat(&["set", "storage"]) {
        ActionKind::SetStorage { column, to: c.name()? }
    } else if c.eat(&["set", "compression"]) {
        ActionKind::SetCompression { column, to: c.name()? }
    } else if c.kind_at(1) == Some(TokenKind::LeftParen) {
        c.advance();
        ActionKind::SetColumnParameters { column, parameters: parameters(c)? }
    } else {
        return identity(c, column);
    })
}

/// `SET GENERATED …`, `SET` with an option of the sequence, `RESTART`: any number of them (`alter_identity_column_option`).
fn identity(c: &mut Cursor<'_>, column: Name) -> Parsed<ActionKind> {
    let (mut always, mut options) = (None, SequenceOptions::default());
    let mut any = false;
    loop {
        if c.eat(&["set", "generated", "always"]) {
            always = Some(true);
        } else if c.eat(&["set", "generated", "by", "default"]) {
            always = Some(false);
        } else if c.is("restart") {
            sequence::option(c, &mut options)?;
        } else if c.eat(&["set"]) {
            if !sequence::option(c, &mut options)? {
                return unknown(c);
            }
        } else if any {
            return Ok(ActionKind::AlterIdentity { column, always, options });
        } else {
            return unknown(c);
        }
        any = true;
    }
}

fn drop(c: &mut Cursor<'_>, column: Name) -> Parsed<ActionKind> {
    Ok(if c.eat(&["not", "null"]) {
        ActionKind::DropNotNull(column)
    } else if c.eat(&["default"]) {
        ActionKind::DropDefault(column)
    } else if c.eat(&["identity"]) {
        c.eat(&["if", "exists"]);
        ActionKind::DropIdentity(column)
    } else if c.eat(&["expression"]) {
        c.eat(&["if", "exists"]);
        ActionKind::DropExpression(column)
    } else {
        return unknown(c);
    })
}
