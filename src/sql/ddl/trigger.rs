//! Triggers, event triggers and rules.

use super::cursor::{Cursor, Parsed};
use super::model::{
    AlterTrigger, CreateEventTrigger, CreateRule, CreateTrigger, ObjectAction, TriggerEvent, TriggerTiming,
};
use super::routine::{executed, object_action};

/// The cursor stands after `CREATE [OR REPLACE] [CONSTRAINT] TRIGGER`.
pub(super) fn create(c: &mut Cursor<'_>, or_replace: bool, constraint: bool) -> Parsed<CreateTrigger> {
    const TIMINGS: &[(&[&str], TriggerTiming)] = &[
        (&["before"], TriggerTiming::Before),
        (&["after"], TriggerTiming::After),
        (&["instead", "of"], TriggerTiming::InsteadOf),
    ];
    let name = c.name()?;
    let Some(timing) = c.choose(TIMINGS) else {
        return c.refuse("BEFORE, AFTER or INSTEAD OF");
    };
    let mut events = vec![event(c)?];
    while c.eat(&["or"]) {
        events.push(event(c)?);
    }
    c.need(&["on"], "ON")?;
    let table = c.qualified()?;
    let (mut from, mut per_row, mut when) = (None, false, None);
    loop {
        if c.eat(&["from"]) {
            from = Some(c.qualified()?);
        } else if c.eat(&["referencing"]) {
            c.skip_until(|c| c.is_any(&["for", "when", "execute"]));
        } else if c.eat(&["for"]) {
            c.eat(&["each"]);
            per_row = c.is("row");
            if !c.eat_any(&["row", "statement"]) {
                return c.refuse("ROW or STATEMENT");
            }
        } else if c.eat(&["when"]) {
            when = Some(c.parenthesised()?);
        } else if !(c.eat(&["not", "deferrable"])
            || c.eat(&["deferrable"])
            || c.eat(&["initially", "deferred"])
            || c.eat(&["initially", "immediate"]))
        {
            break;
        }
    }
    let function = executed(c)?;
    c.end("the end of CREATE TRIGGER")?;
    Ok(CreateTrigger { name, table, or_replace, constraint, timing, events, from, per_row, when, function })
}

fn event(c: &mut Cursor<'_>) -> Parsed<TriggerEvent> {
    Ok(if c.eat(&["insert"]) {
        TriggerEvent::Insert
    } else if c.eat(&["delete"]) {
        TriggerEvent::Delete
    } else if c.eat(&["truncate"]) {
        TriggerEvent::Truncate
    } else if c.eat(&["update"]) {
        TriggerEvent::Update(if c.eat(&["of"]) { c.names()? } else { Vec::new() })
    } else {
        return c.refuse("INSERT, UPDATE, DELETE or TRUNCATE");
    })
}

/// The cursor stands after ALTER TRIGGER.
pub(super) fn alter(c: &mut Cursor<'_>) -> Parsed<AlterTrigger> {
    let name = c.name()?;
    c.need(&["on"], "ON")?;
    let table = c.qualified()?;
    let action = match object_action(c)? {
        Some(action @ (ObjectAction::Move(_) | ObjectAction::DependsOnExtension(_))) => action,
        _ => return c.refuse("RENAME TO or DEPENDS ON EXTENSION"),
    };
    c.end("the end of ALTER TRIGGER")?;
    Ok(AlterTrigger { name, table, action })
}

/// The cursor stands after CREATE EVENT TRIGGER.
pub(super) fn create_event_trigger(c: &mut Cursor<'_>) -> Parsed<CreateEventTrigger> {
    let name = c.name()?;
    c.need(&["on"], "ON")?;
    let event = c.name()?.text;
    if c.eat(&["when"]) {
        c.skip_until(|c| c.is("execute"));
    }
    let function = executed(c)?;
    c.end("the end of CREATE EVENT TRIGGER")?;
    Ok(CreateEventTrigger { name, event, function })
}

/// The cursor stands after `CREATE [OR REPLACE] RULE`.
pub(super) fn create_rule(c: &mut Cursor<'_>, or_replace: bool) -> Parsed<CreateRule> {
    let name = c.name()?;
    c.need(&["as", "on"], "AS ON")?;
    let event = c.word();
    if !c.eat_any(&["select", "insert", "update", "delete"]) {
        return c.refuse("SELECT, INSERT, UPDATE or DELETE");
    }
    c.need(&["to"], "TO")?;
    let table = c.qualified()?;
    if c.eat(&["where"]) {
        c.skip_until(|c| c.is("do"));
    }
    c.need(&["do"], "DO")?;
    let instead = c.eat(&["instead"]);
    c.eat(&["also"]);
    if c.done() {
        return c.refuse("NOTHING or a command");
    }
    c.skip_to_end();
    Ok(CreateRule { name, table, or_replace, event, instead })
}
