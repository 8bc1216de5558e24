//! Sequences, and the options that identity columns share with them.

use super::cursor::{Cursor, Parsed};
use super::model::{
    AlterSequence, CreateSequence, MoveTo, OwnedBy, Persistence, Restart, SequenceAction, SequenceOptions,
};
use super::types::type_name;
use crate::sql::lexer::TokenKind;

/// The cursor stands after CREATE SEQUENCE.
pub(super) fn create(c: &mut Cursor<'_>, persistence: Persistence) -> Parsed<CreateSequence> {
    let if_not_exists = c.eat(&["if", "not", "exists"]);
    let name = c.qualified()?;
    let mut options = SequenceOptions::default();
    while option(c, &mut options)? {}
    c.end("an option of the sequence")?;
    Ok(CreateSequence { name, if_not_exists, persistence, options })
}

/// The cursor stands after ALTER SEQUENCE.
pub(super) fn alter(c: &mut Cursor<'_>) -> Parsed<AlterSequence> {
    let if_exists = c.eat(&["if", "exists"]);
    let name = c.qualified()?;
    let action = if c.eat(&["rename", "to"]) {
        SequenceAction::Move(MoveTo::Name(c.name()?))
    } else if c.eat(&["set", "schema"]) {
        SequenceAction::Move(MoveTo::Schema(c.name()?))
    } else if c.eat(&["owner", "to"]) {
        SequenceAction::OwnerTo(c.name()?)
    } else if c.eat(&["set", "logged"]) {
        SequenceAction::SetLogged
    } else if c.eat(&["set", "unlogged"]) {
        SequenceAction::SetUnlogged
    } else {
        let mut options = SequenceOptions::default();
        if !option(c, &mut options)? {
            return c.refuse("a change of the sequence");
        }
        while option(c, &mut options)? {}
        SequenceAction::Options(options)
    };
    c.end("the end of ALTER SEQUENCE")?;
    Ok(AlterSequence { name, if_exists, action })
}

/// `(START WITH 1 …)` of an identity column, if it comes next.
pub(super) fn parenthesised(c: &mut Cursor<'_>) -> Parsed<SequenceOptions> {
    let mut options = SequenceOptions::default();
    if c.eat_kind(TokenKind::LeftParen) {
        while option(c, &mut options)? {}
        c.need_kind(TokenKind::RightParen, "an option of the sequence, or )")?;
    }
    Ok(options)
}

/// Takes one option (`SeqOptElem` in gram.y); false when none comes next.
pub(super) fn option(c: &mut Cursor<'_>, options: &mut SequenceOptions) -> Parsed<bool> {
    if c.eat(&["as"]) {
        options.as_type = Some(type_name(c)?);
    } else if c.eat(&["increment"]) {
        c.eat(&["by"]);
        options.increment = Some(c.integer()?);
    } else if c.eat(&["start"]) {
        c.eat(&["with"]);
        options.start = Some(c.integer()?);
    } else if c.eat(&["restart"]) {
        let with = c.eat(&["with"]);
        let given = with || c.kind() == Some(TokenKind::Number) || c.kind() == Some(TokenKind::Operator);
        options.restart = Some(if given { Restart::With(c.integer()?) } else { Restart::AtStart });
    } else if c.eat(&["minvalue"]) {
        options.min_value = Some(c.integer()?);
    } else if c.eat(&["maxvalue"]) {
        options.max_value = Some(c.integer()?);
    } else if c.eat(&["cache"]) {
        options.cache = Some(c.integer()?);
    } else if c.eat(&["cycle"]) {
        options.cycle = Some(true);
    } else if c.eat(&["no", "cycle"]) {
        options.cycle = Some(false);
    } else if c.eat(&["owned", "by"]) {
        options.owned_by = Some(owner(c)?);
    } else if c.eat(&["sequence", "name"]) {
        c.qualified()?;
    } else {
        return Ok(c.eat(&["no", "minvalue"]) || c.eat(&["no", "maxvalue"]) || c.eat_any(&["logged", "unlogged"]));
    }
    Ok(true)
}

fn owner(c: &mut Cursor<'_>) -> Parsed<OwnedBy> {
    let path = c.path()?;
    match path.on {
        None if path.name.name == "none" => Ok(OwnedBy::None),
        None => c.refuse("table.column"),
        Some(table) => Ok(OwnedBy::Column { table, column: path.name.name }),
    }
}
