//! Schemas, extensions, statistics, publications, comments, and what is only known by kind and name.

use super::cursor::{Cursor, Parsed};
use super::model::{
    AlterExtension, AlterObject, Comment, CreateExtension, CreateSchema, CreateStatistics, Ddl, ExtensionAction, Name,
    ObjectAction, ObjectKind, Other, Publication, PublicationVerb,
};
use super::object::{self, kind, object};
use super::routine::object_action;
use crate::sql::facts::Span;
use crate::sql::lexer::TokenKind;

/// The cursor stands after CREATE SCHEMA.
pub(super) fn create_schema(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let if_not_exists = c.eat(&["if", "not", "exists"]);
    let own = if c.is("authorization") { None } else { Some(c.name()?) };
    let authorization = if c.eat(&["authorization"]) { Some(c.name()?) } else { None };
    let Some(name) = own.or_else(|| authorization.clone()) else {
        return c.refuse("a name or AUTHORIZATION");
    };
    let mut elements = Vec::new();
    while !c.done() {
        if !c.is_any(&["create", "grant"]) {
            return c.refuse("the end of CREATE SCHEMA");
        }
        // GRANT CREATE ON … holds the word too; no element begins after GRANT or a comma.
        let count = c.count_until(|c, ahead| {
            let starts = c.is_at(ahead, "create") || c.is_at(ahead, "grant");
            starts && !c.is_at(ahead - 1, "grant") && c.kind_at(ahead - 1) != Some(TokenKind::Comma)
        });
        elements.extend(super::statement(&mut c.take(count))?);
    }
    Ok(Ddl::CreateSchema(CreateSchema { name, if_not_exists, authorization, elements }))
}

/// The cursor stands after CREATE EXTENSION.
pub(super) fn create_extension(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let if_not_exists = c.eat(&["if", "not", "exists"]);
    let mut extension = CreateExtension { name: c.name()?, if_not_exists, schema: None, version: None, cascade: false };
    c.eat(&["with"]);
    while !c.done() {
        if c.eat(&["schema"]) {
            extension.schema = Some(c.name()?);
        } else if c.eat(&["version"]) {
            extension.version = Some(version(c)?);
        } else if c.eat(&["from"]) {
            version(c)?;
        } else if c.eat(&["cascade"]) {
            extension.cascade = true;
        } else {
            return c.refuse("the end of CREATE EXTENSION");
        }
    }
    Ok(Ddl::CreateExtension(extension))
}

fn version(c: &mut Cursor<'_>) -> Parsed<String> {
    match c.string() {
        Some(version) => Ok(version),
        None => Ok(c.name()?.text),
    }
}

/// The cursor stands after ALTER EXTENSION.
pub(super) fn alter_extension(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let name = c.name()?;
    let action = if c.eat(&["update"]) {
        ExtensionAction::Update(if c.eat(&["to"]) { Some(version(c)?) } else { None })
    } else if c.eat(&["set", "schema"]) {
        ExtensionAction::SetSchema(c.name()?)
    } else if c.eat_any(&["add", "drop"]) {
        let Some(kind) = kind(c) else {
            return c.refuse("a kind of object");
        };
        object(c, kind)?;
        ExtensionAction::Member
    } else {
        return c.refuse("UPDATE, SET SCHEMA, ADD or DROP");
    };
    c.end("the end of ALTER EXTENSION")?;
    Ok(Ddl::AlterExtension(AlterExtension { name, action }))
}

/// The cursor stands after CREATE STATISTICS.
pub(super) fn create_statistics(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let if_not_exists = c.eat(&["if", "not", "exists"]);
    let named = !c.is("on") && c.kind() != Some(TokenKind::LeftParen);
    let name = if named { Some(c.qualified()?) } else { None };
    let kinds = if c.kind() == Some(TokenKind::LeftParen) { c.name_list()? } else { Vec::new() };
    c.need(&["on"], "ON")?;
    let start = c.start();
    c.skip_until(|c| c.is("from"));
    let on = c.expr_from(start);
    c.need(&["from"], "FROM")?;
    let table = c.qualified()?;
    c.end("the end of CREATE STATISTICS")?;
    Ok(Ddl::CreateStatistics(CreateStatistics { name, if_not_exists, kinds, on, table }))
}

/// The cursor stands after CREATE PUBLICATION.
pub(super) fn create_publication(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let mut publication = Publication {
        verb: PublicationVerb::Create,
        name: c.name()?,
        all_tables: false,
        tables: Vec::new(),
        schemas: Vec::new(),
    };
    if c.eat(&["for", "all", "tables"]) {
        publication.all_tables = true;
        c.skip_until(|c| c.is("with"));
    } else if c.eat(&["for"]) {
        members(c, &mut publication)?;
    }
    if c.eat(&["with"]) {
        c.skip_parenthesised()?;
    }
    c.end("the end of CREATE PUBLICATION")?;
    Ok(Ddl::Publication(publication))
}

/// `TABLE [ONLY] a [*] [(x, y)] [WHERE (…)], b, TABLES IN SCHEMA s, …`.
fn members(c: &mut Cursor<'_>, publication: &mut Publication) -> Parsed<()> {
    let mut of_schemas = false;
    loop {
        if c.eat(&["tables", "in", "schema"]) {
            of_schemas = true;
        } else if c.is("table") && c.kind_at(1) != Some(TokenKind::Dot) {
            c.advance();
            of_schemas = false;
        }
        if of_schemas {
            publication.schemas.push(c.name()?);
        } else {
            c.eat(&["only"]);
            publication.tables.push(c.qualified()?);
            c.eat_operator("*");
            if c.kind() == Some(TokenKind::LeftParen) {
                c.skip_parenthesised()?;
            }
            if c.eat(&["where"]) {
                c.skip_parenthesised()?;
            }
        }
        if !c.eat_kind(TokenKind::Comma) {
            return Ok(());
        }
    }
}

/// The cursor stands after ALTER PUBLICATION.
pub(super) fn alter_publication(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let name = c.name()?;
    let verb = if c.is("set") && c.kind_at(1) != Some(TokenKind::LeftParen) {
        PublicationVerb::AlterSet
    } else if c.is("add") {
        PublicationVerb::AlterAdd
    } else if c.is("drop") {
        PublicationVerb::AlterDrop
    } else {
        return altered(c, ObjectKind::Publication, Some(name));
    };
    c.advance();
    let mut publication = Publication { verb, name, all_tables: false, tables: Vec::new(), schemas: Vec::new() };
    if c.eat(&["all", "tables"]) {
        publication.all_tables = true;
        c.skip_to_end();
    } else {
        members(c, &mut publication)?;
    }
    c.end("the end of ALTER PUBLICATION")?;
    Ok(Ddl::Publication(publication))
}

fn altered(c: &mut Cursor<'_>, kind: ObjectKind, name: Option<Name>) -> Parsed<Ddl> {
    let name = name.map(|name| super::model::QualifiedName { schema: None, name: name.text, span: name.span });
    change(c, kind, name)
}

fn change(c: &mut Cursor<'_>, kind: ObjectKind, name: Option<super::model::QualifiedName>) -> Parsed<Ddl> {
    let action = match object_action(c)? {
        Some(action) => {
            c.end("the end of ALTER")?;
            action
        }
        None if c.done() => return c.refuse("a change"),
        None => {
            c.skip_to_end();
            ObjectAction::Other
        }
    };
    Ok(Ddl::AlterObject(AlterObject { kind, name, action }))
}

/// ALTER of what is only known by kind and name; the cursor stands after the kind.
pub(super) fn alter_object(c: &mut Cursor<'_>, kind: ObjectKind) -> Parsed<Ddl> {
    c.eat(&["if", "exists"]);
    let found = object(c, kind)?;
    change(c, kind, found.name)
}

/// CREATE of what is only known by kind and name; the cursor stands after the kind.
pub(super) fn create_object(c: &mut Cursor<'_>, kind: ObjectKind) -> Parsed<Ddl> {
    use ObjectKind as K;
    c.eat(&["if", "not", "exists"]);
    let name = match kind {
        K::Cast | K::Transform | K::UserMapping => {
            object(c, kind)?;
            None
        }
        K::Operator => Some(object::operator(c)?),
        _ => Some(c.qualified()?),
    };
    c.skip_to_end();
    Ok(Ddl::Other(Other { verb: "CREATE", kind: Some(kind), name }))
}

/// The cursor stands after COMMENT ON.
pub(super) fn comment(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let Some(kind) = kind(c) else {
        return c.refuse("a kind of object");
    };
    let found = object(c, kind)?;
    c.need(&["is"], "IS")?;
    let text = constant(c)?;
    c.end("the end of COMMENT")?;
    Ok(Ddl::Comment(Comment { kind, name: found.name, on: found.on, text }))
}

/// A string's place, or NULL.
fn constant(c: &mut Cursor<'_>) -> Parsed<Option<Span>> {
    let start = c.start();
    if c.eat(&["null"]) {
        return Ok(None);
    }
    if c.string().is_none() {
        // A placeholder of a template may stand for the string.
        let placeholder = matches!(c.kind(), Some(TokenKind::Parameter | TokenKind::Placeholder));
        if !placeholder && !c.token_text(0).starts_with([':', '$', '{']) {
            return c.refuse("a string or NULL");
        }
        c.advance();
    }
    Ok(Some(c.span_from(start)))
}

/// The cursor stands after SECURITY LABEL.
pub(super) fn security_label(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    if c.eat(&["for"]) && c.string().is_none() {
        c.name()?;
    }
    c.need(&["on"], "ON")?;
    let Some(kind) = kind(c) else {
        return c.refuse("a kind of object");
    };
    let found = object(c, kind)?;
    c.need(&["is"], "IS")?;
    constant(c)?;
    c.end("the end of SECURITY LABEL")?;
    Ok(Ddl::Other(Other { verb: "SECURITY LABEL", kind: Some(kind), name: found.name }))
}
