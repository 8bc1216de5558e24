//! GRANT, REVOKE, ALTER DEFAULT PRIVILEGES.

use super::cursor::{Cursor, Parsed};
use super::model::{AlterDefaultPrivileges, Ddl, Grant, GrantRole, GrantVerb, Grantee, Name, ObjectKind, Privilege};
use super::object::{kind, object};
use crate::sql::lexer::TokenKind;

const PLURALS: &[(&[&str], ObjectKind)] = &[
    (&["tables"], ObjectKind::Table),
    (&["sequences"], ObjectKind::Sequence),
    (&["functions"], ObjectKind::Function),
    (&["procedures"], ObjectKind::Procedure),
    (&["routines"], ObjectKind::Routine),
    (&["types"], ObjectKind::Type),
    (&["schemas"], ObjectKind::Schema),
    (&["large", "objects"], ObjectKind::LargeObject),
];

/// The cursor stands after GRANT or REVOKE.
pub(super) fn grant(c: &mut Cursor<'_>, verb: GrantVerb) -> Parsed<Ddl> {
    let mut option_for = false;
    let mut role_option = false;
    if verb == GrantVerb::Revoke {
        option_for = c.eat(&["grant", "option", "for"]);
        role_option = c.eat(&["admin", "option", "for"])
            || c.eat(&["inherit", "option", "for"])
            || c.eat(&["set", "option", "for"]);
    }
    let privileges = privileges(c)?;
    if !c.eat(&["on"]) {
        return membership(c, verb, privileges, role_option);
    }
    let mut grant = Grant {
        verb,
        privileges,
        kind: ObjectKind::Table,
        all_in_schema: false,
        names: Vec::new(),
        arguments: Vec::new(),
        grantees: Vec::new(),
        grant_option: option_for,
        cascade: false,
    };
    objects(c, &mut grant)?;
    to(c, &mut grant)?;
    Ok(Ddl::Grant(grant))
}

fn privileges(c: &mut Cursor<'_>) -> Parsed<Vec<Privilege>> {
    let mut found = Vec::new();
    loop {
        let start = c.start();
        let name = if c.eat(&["all"]) {
            c.eat(&["privileges"]);
            "all".to_owned()
        } else if c.eat(&["alter", "system"]) {
            "alter system".to_owned()
        } else {
            c.name()?.text
        };
        let span = c.span_from(start);
        let columns = if c.kind() == Some(TokenKind::LeftParen) { c.name_list()? } else { Vec::new() };
        found.push(Privilege { name, columns, span });
        if !c.eat_kind(TokenKind::Comma) {
            return Ok(found);
        }
    }
}

fn objects(c: &mut Cursor<'_>, grant: &mut Grant) -> Parsed<()> {
    if c.eat(&["all"]) {
        let Some(kind) = c.choose(PLURALS) else {
            return c.refuse("TABLES, SEQUENCES, FUNCTIONS, PROCEDURES or ROUTINES");
        };
        c.need(&["in", "schema"], "IN SCHEMA")?;
        grant.kind = kind;
        grant.all_in_schema = true;
        grant.names = c.qualified_list()?;
        return Ok(());
    }
    // A table may be called as a kind of object is, if nothing of that kind follows.
    if !(c.is_at(1, "to") || c.is_at(1, "from") || matches!(c.kind_at(1), Some(TokenKind::Comma | TokenKind::Dot)))
        && let Some(kind) = kind(c)
    {
        grant.kind = kind;
    }
    loop {
        let found = object(c, grant.kind)?;
        if let Some(name) = found.name {
            grant.names.push(name);
            grant.arguments.push(found.arguments);
        }
        if !c.eat_kind(TokenKind::Comma) {
            return Ok(());
        }
    }
}

/// `TO | FROM grantees …` to the end.
fn to(c: &mut Cursor<'_>, grant: &mut Grant) -> Parsed<()> {
    match grant.verb {
        GrantVerb::Grant => c.need(&["to"], "TO")?,
        GrantVerb::Revoke => c.need(&["from"], "FROM")?,
    }
    grant.grantees = grantees(c)?;
    grant.grant_option |= c.eat(&["with", "grant", "option"]);
    if c.eat(&["granted", "by"]) {
        c.name()?;
    }
    grant.cascade = c.eat(&["cascade"]);
    c.eat(&["restrict"]);
    c.end("the end of the statement")
}

fn grantees(c: &mut Cursor<'_>) -> Parsed<Vec<Grantee>> {
    let mut found = Vec::new();
    loop {
        c.eat(&["group"]);
        let start = c.start();
        found.push(if c.eat(&["public"]) { Grantee::Public(c.span_from(start)) } else { Grantee::Role(c.name()?) });
        if !c.eat_kind(TokenKind::Comma) {
            return Ok(found);
        }
    }
}

fn membership(c: &mut Cursor<'_>, verb: GrantVerb, privileges: Vec<Privilege>, option: bool) -> Parsed<Ddl> {
    let roles = privileges.into_iter().map(|one| Name { text: one.name, span: one.span }).collect();
    match verb {
        GrantVerb::Grant => c.need(&["to"], "ON or TO")?,
        GrantVerb::Revoke => c.need(&["from"], "ON or FROM")?,
    }
    let grantees = grantees(c)?;
    let mut admin_option = option;
    if c.eat(&["with"]) {
        admin_option = c.is("admin") && !c.is_at(1, "false");
        // WITH INHERIT TRUE, SET FALSE (Postgres 16).
        c.skip_until(|c| c.are(&["granted", "by"]));
    }
    if c.eat(&["granted", "by"]) {
        c.name()?;
    }
    c.eat_any(&["cascade", "restrict"]);
    c.end("the end of the statement")?;
    Ok(Ddl::GrantRole(GrantRole { verb, roles, grantees, admin_option }))
}

/// The cursor stands after ALTER DEFAULT PRIVILEGES.
pub(super) fn default_privileges(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let (mut for_roles, mut in_schemas) = (Vec::new(), Vec::new());
    loop {
        if c.eat(&["for", "role"]) || c.eat(&["for", "user"]) {
            for_roles = c.names()?;
        } else if c.eat(&["in", "schema"]) {
            in_schemas = c.names()?;
        } else {
            break;
        }
    }
    let verb = if c.eat(&["grant"]) {
        GrantVerb::Grant
    } else if c.eat(&["revoke"]) {
        GrantVerb::Revoke
    } else {
        return c.refuse("GRANT or REVOKE");
    };
    let grant_option = c.eat(&["grant", "option", "for"]);
    let privileges = privileges(c)?;
    c.need(&["on"], "ON")?;
    let Some(kind) = c.choose(PLURALS) else {
        return c.refuse("TABLES, SEQUENCES, FUNCTIONS, TYPES or SCHEMAS");
    };
    let mut grant = Grant {
        verb,
        privileges,
        kind,
        all_in_schema: false,
        names: Vec::new(),
        arguments: Vec::new(),
        grantees: Vec::new(),
        grant_option,
        cascade: false,
    };
    to(c, &mut grant)?;
    Ok(Ddl::AlterDefaultPrivileges(AlterDefaultPrivileges { for_roles, in_schemas, grant }))
}
