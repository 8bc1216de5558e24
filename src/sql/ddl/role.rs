//! CREATE and ALTER ROLE, USER, GROUP; ALTER DATABASE; REASSIGN OWNED.

use super::cursor::{Cursor, Parsed};
use super::model::{AlterObject, Ddl, Name, ObjectAction, ObjectKind, Role, RoleVerb, Scope, SetFor, Setting};
use super::routine::object_action;
use super::session;

/// The cursor stands after `CREATE ROLE | USER | GROUP`.
pub(super) fn create(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    c.eat(&["if", "not", "exists"]);
    let name = c.name()?;
    c.eat(&["with"]);
    attributes(c, RoleVerb::Create, name)
}

/// The cursor stands after `ALTER ROLE | USER | GROUP`.
pub(super) fn alter(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let all = c.is("all");
    let name = c.name()?;
    if c.eat(&["rename", "to"]) {
        let role =
            Role { verb: RoleVerb::Alter, name, attributes: Vec::new(), password: None, rename_to: Some(c.name()?) };
        c.end("the end of the statement")?;
        return Ok(Ddl::Role(role));
    }
    if c.eat(&["in", "database"]) {
        c.name()?;
    }
    if let Some(setting) = set_or_reset(c)? {
        let name = if all { None } else { Some(name) };
        return Ok(Ddl::SetFor(SetFor { kind: ObjectKind::Role, name, setting }));
    }
    if c.eat(&["add", "user"]) || c.eat(&["drop", "user"]) {
        c.names()?;
        c.end("the end of the statement")?;
        return Ok(Ddl::Role(Role {
            verb: RoleVerb::Alter,
            name,
            attributes: Vec::new(),
            password: None,
            rename_to: None,
        }));
    }
    c.eat(&["with"]);
    attributes(c, RoleVerb::Alter, name)
}

fn attributes(c: &mut Cursor<'_>, verb: RoleVerb, name: Name) -> Parsed<Ddl> {
    let mut role = Role { verb, name, attributes: Vec::new(), password: None, rename_to: None };
    while !c.done() {
        let attribute = c.name()?;
        match attribute.text.as_str() {
            "encrypted" | "unencrypted" => continue,
            "password" => {
                let start = c.start();
                if c.string().is_some() {
                    role.password = Some(c.span_from(start));
                } else {
                    c.name()?;
                }
            }
            "connection" => {
                c.need(&["limit"], "LIMIT")?;
                c.integer()?;
            }
            "valid" => {
                c.need(&["until"], "UNTIL")?;
                if c.string().is_none() {
                    c.name()?;
                }
            }
            "in" => {
                if !c.eat_any(&["role", "group"]) {
                    return c.refuse("ROLE");
                }
                c.names()?;
            }
            "role" | "user" | "admin" => {
                c.names()?;
            }
            "sysid" => {
                c.integer()?;
            }
            _ => {}
        }
        role.attributes.push(attribute);
    }
    Ok(Ddl::Role(role))
}

/// `SET name …`, `RESET name | ALL` to the end.
fn set_or_reset(c: &mut Cursor<'_>) -> Parsed<Option<Setting>> {
    let setting = if c.eat(&["set"]) {
        session::setting(c)?
    } else if c.eat(&["reset"]) {
        let start = c.start();
        c.qualified()?;
        let span = c.span_from(start);
        Setting { name: c.slice(span).to_ascii_lowercase(), value: None, scope: Scope::Session, span }
    } else {
        return Ok(None);
    };
    c.end("the end of the statement")?;
    Ok(Some(setting))
}

/// The cursor stands after ALTER SYSTEM.
pub(super) fn alter_system(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    match set_or_reset(c)? {
        Some(setting) => Ok(Ddl::AlterSystem(setting)),
        None => c.refuse("SET or RESET"),
    }
}

/// The cursor stands after ALTER DATABASE.
pub(super) fn alter_database(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let name = c.qualified()?;
    let action = if c.eat(&["set", "tablespace"]) {
        c.name()?;
        ObjectAction::Other
    } else if let Some(setting) = set_or_reset(c)? {
        let name = Some(Name { text: name.name, span: name.span });
        return Ok(Ddl::SetFor(SetFor { kind: ObjectKind::Database, name, setting }));
    } else if let Some(action) = object_action(c)? {
        action
    } else if c.is_name() {
        c.skip_to_end();
        ObjectAction::Other
    } else {
        return c.refuse("a change of the database");
    };
    c.end("the end of ALTER DATABASE")?;
    Ok(Ddl::AlterObject(AlterObject { kind: ObjectKind::Database, name: Some(name), action }))
}

/// The cursor stands after REASSIGN.
pub(super) fn reassign(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    c.need(&["owned", "by"], "OWNED BY")?;
    let from = c.names()?;
    c.need(&["to"], "TO")?;
    let to = c.name()?;
    c.end("the end of REASSIGN OWNED")?;
    Ok(Ddl::ReassignOwned { from, to })
}
