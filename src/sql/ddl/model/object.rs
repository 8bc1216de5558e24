//! Schemas, extensions, statistics, publications, comments, and ALTER of what has no variant of its own.

use super::{Ddl, Expr, Name, ObjectAction, ObjectKind, QualifiedName};
use crate::sql::facts::Span;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSchema {
    /// That of the role where only AUTHORIZATION is given.
    pub name: Name,
    pub if_not_exists: bool,
    pub authorization: Option<Name>,
    /// Statements in the same statement, with their places in it.
    pub elements: Vec<Ddl>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateExtension {
    pub name: Name,
    pub if_not_exists: bool,
    pub schema: Option<Name>,
    pub version: Option<String>,
    pub cascade: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterExtension {
    pub name: Name,
    pub action: ExtensionAction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtensionAction {
    /// `UPDATE [TO version]`.
    Update(Option<String>),
    SetSchema(Name),
    /// `ADD` or `DROP` of a member object.
    Member,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateStatistics {
    pub name: Option<QualifiedName>,
    pub if_not_exists: bool,
    /// `ndistinct`, `dependencies`, `mcv`; empty: all.
    pub kinds: Vec<Name>,
    /// The columns and expressions.
    pub on: Expr,
    pub table: QualifiedName,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    pub verb: PublicationVerb,
    pub name: Name,
    pub all_tables: bool,
    /// Those after TABLE.
    pub tables: Vec<QualifiedName>,
    pub schemas: Vec<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicationVerb {
    Create,
    AlterAdd,
    AlterSet,
    AlterDrop,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterObject {
    pub kind: ObjectKind,
    /// A cast, transform or user mapping has none.
    pub name: Option<QualifiedName>,
    pub action: ObjectAction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub kind: ObjectKind,
    /// Of a column: `table.column` with the column as `name` and its table in `on`. A cast has none.
    pub name: Option<QualifiedName>,
    /// The table (or domain) of a column, constraint, policy, rule or trigger.
    pub on: Option<QualifiedName>,
    /// `None`: `IS NULL` takes the comment away.
    pub text: Option<Span>,
}
