//! CREATE and ALTER of enums, composite types and domains.

use super::constraint::{domain_constraint, starts_table_constraint};
use super::cursor::{Cursor, Parsed};
use super::model::{
    AlterCompositeType, AlterDomain, AlterEnum, AlterObject, AttributeAction, AttributeChange, CreateType, Ddl,
    DomainAction, EnumChange, MoveTo, ObjectAction, ObjectKind, Placed, QualifiedName, TypeBody,
};
use super::types::type_name;
use crate::sql::lexer::TokenKind;

/// The cursor stands after CREATE TYPE.
pub(super) fn create_type(c: &mut Cursor<'_>) -> Parsed<CreateType> {
    let name = c.qualified()?;
    let body = if c.eat(&["as", "enum"]) {
        TypeBody::Enum { labels: labels(c)? }
    } else if c.eat(&["as", "range"]) {
        c.skip_parenthesised()?;
        TypeBody::Range
    } else if c.eat(&["as"]) {
        TypeBody::Composite { attributes: attributes(c)? }
    } else {
        if !c.done() {
            c.skip_parenthesised()?;
        }
        TypeBody::Other
    };
    c.end("the end of CREATE TYPE")?;
    Ok(CreateType { name, body })
}

fn labels(c: &mut Cursor<'_>) -> Parsed<Vec<String>> {
    c.need_kind(TokenKind::LeftParen, "(")?;
    let mut labels = Vec::new();
    while let Some(label) = c.string() {
        labels.push(label);
        if !c.eat_kind(TokenKind::Comma) {
            break;
        }
    }
    c.need_kind(TokenKind::RightParen, ", or )")?;
    Ok(labels)
}

fn attributes(c: &mut Cursor<'_>) -> Parsed<Vec<(super::model::Name, super::model::TypeName)>> {
    c.need_kind(TokenKind::LeftParen, "(")?;
    let mut attributes = Vec::new();
    if c.eat_kind(TokenKind::RightParen) {
        return Ok(attributes);
    }
    loop {
        attributes.push((c.name()?, type_name(c)?));
        collation(c)?;
        if !c.eat_kind(TokenKind::Comma) {
            c.need_kind(TokenKind::RightParen, ", or )")?;
            return Ok(attributes);
        }
    }
}

fn collation(c: &mut Cursor<'_>) -> Parsed<()> {
    if c.eat(&["collate"]) {
        c.qualified()?;
    }
    Ok(())
}

/// The cursor stands after CREATE DOMAIN.
pub(super) fn create_domain(c: &mut Cursor<'_>) -> Parsed<CreateType> {
    let name = c.qualified()?;
    c.eat(&["as"]);
    let base = type_name(c)?;
    let (mut not_null, mut default, mut constraints) = (false, None, Vec::new());
    while !c.done() {
        if c.eat(&["default"]) {
            default = Some(super::column::default(c));
        } else if c.eat(&["collate"]) {
            c.qualified()?;
        } else if c.eat(&["null"]) {
        } else if c.are(&["not", "null"]) || starts_table_constraint(c) {
            let constraint = domain_constraint(c)?;
            not_null |= matches!(constraint.body, super::model::ConstraintBody::NotNull(_));
            constraints.push(constraint);
        } else {
            return c.refuse("a constraint of the domain");
        }
    }
    Ok(CreateType { name, body: TypeBody::Domain { base, not_null, default, constraints } })
}

/// RENAME TO, SET SCHEMA and OWNER TO of types and domains.
fn moved(c: &mut Cursor<'_>, kind: ObjectKind, name: &QualifiedName) -> Parsed<Option<Ddl>> {
    let to = if c.eat(&["rename", "to"]) {
        MoveTo::Name(c.name()?)
    } else if c.eat(&["set", "schema"]) {
        MoveTo::Schema(c.name()?)
    } else if c.eat(&["owner", "to"]) {
        let action = ObjectAction::OwnerTo(c.name()?);
        return Ok(Some(Ddl::AlterObject(AlterObject { kind, name: Some(name.clone()), action })));
    } else {
        return Ok(None);
    };
    Ok(Some(Ddl::MoveType { name: name.clone(), to }))
}

/// The cursor stands after ALTER TYPE.
pub(super) fn alter_type(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let name = c.qualified()?;
    let ddl = if let Some(ddl) = moved(c, ObjectKind::Type, &name)? {
        ddl
    } else if c.eat(&["add", "value"]) {
        Ddl::AlterEnum(AlterEnum { name, change: add_value(c)? })
    } else if c.eat(&["rename", "value"]) {
        let from = text(c)?;
        c.need(&["to"], "TO")?;
        Ddl::AlterEnum(AlterEnum { name, change: EnumChange::RenameValue { from, to: text(c)? } })
    } else if c.eat(&["set"]) {
        c.skip_parenthesised()?;
        Ddl::AlterObject(AlterObject { kind: ObjectKind::Type, name: Some(name), action: ObjectAction::Other })
    } else {
        let mut actions = vec![attribute_action(c)?];
        while c.eat_kind(TokenKind::Comma) {
            actions.push(attribute_action(c)?);
        }
        Ddl::AlterCompositeType(AlterCompositeType { name, actions })
    };
    c.end("the end of ALTER TYPE")?;
    Ok(ddl)
}

fn text(c: &mut Cursor<'_>) -> Parsed<String> {
    match c.string() {
        Some(text) => Ok(text),
        None => c.refuse("a string"),
    }
}

fn add_value(c: &mut Cursor<'_>) -> Parsed<EnumChange> {
    let if_not_exists = c.eat(&["if", "not", "exists"]);
    let start = c.start();
    let value = text(c)?;
    let span = c.span_from(start);
    let placed = if c.eat(&["before"]) {
        Some(Placed::Before(text(c)?))
    } else if c.eat(&["after"]) {
        Some(Placed::After(text(c)?))
    } else {
        None
    };
    Ok(EnumChange::AddValue { value, if_not_exists, placed, span })
}

fn attribute_action(c: &mut Cursor<'_>) -> Parsed<AttributeAction> {
    let start = c.start();
    let kind = if c.eat(&["add", "attribute"]) {
        let (attribute, type_name) = (c.name()?, type_name(c)?);
        AttributeChange::Add { attribute, type_name }
    } else if c.eat(&["drop", "attribute"]) {
        let if_exists = c.eat(&["if", "exists"]);
        AttributeChange::Drop { attribute: c.name()?, if_exists }
    } else if c.eat(&["alter", "attribute"]) {
        let attribute = c.name()?;
        if !c.eat(&["set", "data", "type"]) {
            c.need(&["type"], "TYPE")?;
        }
        AttributeChange::SetType { attribute, to: type_name(c)? }
    } else if c.eat(&["rename", "attribute"]) {
        let from = c.name()?;
        c.need(&["to"], "TO")?;
        AttributeChange::Rename { from, to: c.name()? }
    } else {
        return c.refuse("a change of the type");
    };
    collation(c)?;
    let cascade = c.eat(&["cascade"]);
    c.eat(&["restrict"]);
    Ok(AttributeAction { kind, cascade, span: c.span_from(start) })
}

/// The cursor stands after ALTER DOMAIN.
pub(super) fn alter_domain(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let name = c.qualified()?;
    let ddl = match moved(c, ObjectKind::Domain, &name)? {
        Some(Ddl::AlterObject(AlterObject { action: ObjectAction::OwnerTo(owner), .. })) => {
            Ddl::AlterDomain(AlterDomain { name, action: DomainAction::OwnerTo(owner) })
        }
        Some(ddl) => ddl,
        None => Ddl::AlterDomain(AlterDomain { name, action: domain_action(c)? }),
    };
    c.end("the end of ALTER DOMAIN")?;
    Ok(ddl)
}

fn domain_action(c: &mut Cursor<'_>) -> Parsed<DomainAction> {
    Ok(if c.eat(&["add"]) {
        DomainAction::AddConstraint(domain_constraint(c)?)
    } else if c.eat(&["validate", "constraint"]) {
        DomainAction::ValidateConstraint(c.name()?)
    } else if c.eat(&["drop", "constraint"]) {
        let if_exists = c.eat(&["if", "exists"]);
        let constraint = c.name()?;
        let cascade = c.eat(&["cascade"]);
        c.eat(&["restrict"]);
        DomainAction::DropConstraint { constraint, if_exists, cascade }
    } else if c.eat(&["rename", "constraint"]) {
        let from = c.name()?;
        c.need(&["to"], "TO")?;
        DomainAction::RenameConstraint { from, to: c.name()? }
    } else if c.eat(&["set", "not", "null"]) {
        DomainAction::SetNotNull
    } else if c.eat(&["drop", "not", "null"]) {
        DomainAction::DropNotNull
    } else if c.eat(&["set", "default"]) {
        let start = c.start();
        c.skip_to_end();
        DomainAction::SetDefault(c.expr_from(start))
    } else if c.eat(&["drop", "default"]) {
        DomainAction::DropDefault
    } else {
        return c.refuse("a change of the domain");
    })
}
