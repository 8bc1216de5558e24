//! What kind of object is meant, and how such an object is named.

use super::cursor::{Cursor, Parsed};
use super::model::{Expr, ObjectKind, QualifiedName};
use super::types::type_name;
use crate::sql::lexer::TokenKind;

const KINDS: &[(&[&str], ObjectKind)] = &[
    (&["table"], ObjectKind::Table),
    (&["index"], ObjectKind::Index),
    (&["view"], ObjectKind::View),
    (&["function"], ObjectKind::Function),
    (&["trigger"], ObjectKind::Trigger),
    (&["type"], ObjectKind::Type),
    (&["schema"], ObjectKind::Schema),
    (&["sequence"], ObjectKind::Sequence),
    (&["column"], ObjectKind::Column),
    (&["constraint"], ObjectKind::Constraint),
    (&["materialized", "view"], ObjectKind::MaterializedView),
    (&["foreign", "table"], ObjectKind::ForeignTable),
    (&["foreign", "data", "wrapper"], ObjectKind::ForeignDataWrapper),
    (&["extension"], ObjectKind::Extension),
    (&["domain"], ObjectKind::Domain),
    (&["policy"], ObjectKind::Policy),
    (&["procedure"], ObjectKind::Procedure),
    (&["routine"], ObjectKind::Routine),
    (&["aggregate"], ObjectKind::Aggregate),
    (&["rule"], ObjectKind::Rule),
    (&["database"], ObjectKind::Database),
    (&["user", "mapping"], ObjectKind::UserMapping),
    (&["role"], ObjectKind::Role),
    (&["user"], ObjectKind::Role),
    (&["group"], ObjectKind::Role),
    (&["tablespace"], ObjectKind::Tablespace),
    (&["statistics"], ObjectKind::Statistics),
    (&["publication"], ObjectKind::Publication),
    (&["subscription"], ObjectKind::Subscription),
    (&["event", "trigger"], ObjectKind::EventTrigger),
    (&["server"], ObjectKind::Server),
    (&["foreign", "server"], ObjectKind::Server),
    (&["access", "method"], ObjectKind::AccessMethod),
    (&["cast"], ObjectKind::Cast),
    (&["collation"], ObjectKind::Collation),
    (&["conversion"], ObjectKind::Conversion),
    (&["default", "conversion"], ObjectKind::Conversion),
    (&["language"], ObjectKind::Language),
    (&["procedural", "language"], ObjectKind::Language),
    (&["trusted", "language"], ObjectKind::Language),
    (&["trusted", "procedural", "language"], ObjectKind::Language),
    (&["large", "object"], ObjectKind::LargeObject),
    (&["operator", "class"], ObjectKind::OperatorClass),
    (&["operator", "family"], ObjectKind::OperatorFamily),
    (&["operator"], ObjectKind::Operator),
    (&["parameter"], ObjectKind::Parameter),
    (&["text", "search", "configuration"], ObjectKind::TextSearchConfiguration),
    (&["text", "search", "dictionary"], ObjectKind::TextSearchDictionary),
    (&["text", "search", "parser"], ObjectKind::TextSearchParser),
    (&["text", "search", "template"], ObjectKind::TextSearchTemplate),
    (&["transform"], ObjectKind::Transform),
];

/// Takes the words for a kind of object.
pub(super) fn kind(c: &mut Cursor<'_>) -> Option<ObjectKind> {
    c.choose(KINDS)
}

/// An object as statements name it.
#[derive(Default)]
pub(super) struct Object {
    /// A cast, transform or user mapping has none.
    pub name: Option<QualifiedName>,
    /// What stands in parentheses after it.
    pub arguments: Option<Expr>,
    /// The table (or domain) that it is a part of.
    pub on: Option<QualifiedName>,
}

pub(super) fn object(c: &mut Cursor<'_>, kind: ObjectKind) -> Parsed<Object> {
    use ObjectKind as K;
    let mut found = Object::default();
    match kind {
        K::Cast => c.skip_parenthesised()?,
        K::Transform => {
            c.need(&["for"], "FOR")?;
            type_name(c)?;
            c.need(&["language"], "LANGUAGE")?;
            c.name()?;
        }
        K::UserMapping => {
            c.need(&["for"], "FOR")?;
            c.name()?;
            c.need(&["server"], "SERVER")?;
            c.name()?;
        }
        K::OperatorClass | K::OperatorFamily => {
            found.name = Some(c.qualified()?);
            c.need(&["using"], "USING")?;
            c.name()?;
        }
        K::Operator => {
            found.name = Some(operator(c)?);
            found.arguments = Some(c.parenthesised()?);
        }
        K::Function | K::Procedure | K::Routine | K::Aggregate => {
            found.name = Some(c.qualified()?);
            if c.kind() == Some(TokenKind::LeftParen) {
                found.arguments = Some(c.parenthesised()?);
            }
        }
        K::Trigger | K::Policy | K::Rule | K::Constraint => {
            found.name = Some(c.qualified()?);
            c.need(&["on"], "ON")?;
            c.eat(&["domain"]);
            found.on = Some(c.qualified()?);
        }
        K::Column => {
            let path = c.path()?;
            if path.on.is_none() {
                return c.refuse(".");
            }
            found.on = path.on;
            found.name = Some(path.name);
        }
        K::LargeObject => {
            c.integer()?;
        }
        K::Type | K::Domain => found.name = Some(named_type(c)?),
        _ => found.name = Some(c.qualified()?),
    }
    Ok(found)
}

/// Types may be named as in a column definition: `double precision`, `int4[]`.
fn named_type(c: &mut Cursor<'_>) -> Parsed<QualifiedName> {
    if c.is("double") {
        let start = c.start();
        let name = type_name(c)?.canonical;
        return Ok(QualifiedName { schema: None, name, span: c.span_from(start) });
    }
    let name = c.qualified()?;
    if c.eat_kind(TokenKind::LeftBracket) {
        c.need_kind(TokenKind::RightBracket, "]")?;
    }
    Ok(name)
}

/// `[schema.]+`.
pub(super) fn operator(c: &mut Cursor<'_>) -> Parsed<QualifiedName> {
    let start = c.start();
    let mut schema = None;
    while c.is_name() {
        schema = Some(c.name()?.text);
        c.need_kind(TokenKind::Dot, ".")?;
    }
    let at = c.start();
    while matches!(c.kind(), Some(TokenKind::Operator | TokenKind::Placeholder)) {
        c.advance();
    }
    let symbol = c.span_from(at);
    if symbol.start == symbol.end {
        return c.refuse("an operator");
    }
    Ok(QualifiedName { schema, name: c.slice(symbol).to_owned(), span: c.span_from(start) })
}
