//! Indexes, views, and DROP.

use super::{Expr, MoveTo, Name, ObjectKind, Parameter, QualifiedName};
use crate::sql::facts::Span;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateIndex {
    /// Absent when Postgres is to choose it.
    pub name: Option<Name>,
    pub table: QualifiedName,
    pub unique: bool,
    pub concurrently: bool,
    pub if_not_exists: bool,
    pub only: bool,
    /// `btree` when not given.
    pub method: String,
    pub keys: Vec<KeyPart>,
    pub include: Vec<Name>,
    pub nulls_not_distinct: bool,
    pub parameters: Vec<Parameter>,
    pub tablespace: Option<Name>,
    pub predicate: Option<Expr>,
}

/// A column or expression of an index, with how it sorts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPart {
    /// The column's name, or the expression without its outer parentheses.
    pub text: String,
    pub expression: bool,
    pub span: Span,
    pub collation: Option<String>,
    pub opclass: Option<String>,
    /// Of the operator class.
    pub parameters: Vec<Parameter>,
    pub descending: bool,
    /// As written; `None` = first for DESC, last for ASC.
    pub nulls_first: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterIndex {
    pub name: QualifiedName,
    pub if_exists: bool,
    pub action: IndexAction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexAction {
    Rename(Name),
    AttachPartition(QualifiedName),
    SetTablespace(Name),
    SetParameters(Vec<Parameter>),
    ResetParameters(Vec<Parameter>),
    /// `ALTER COLUMN n SET STATISTICS`.
    SetStatistics,
    DependsOnExtension(Name),
    /// What is allowed of tables but means nothing here.
    Other,
}

/// `ALTER … ALL IN TABLESPACE from SET TABLESPACE to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveAll {
    pub kind: ObjectKind,
    pub from: Name,
    pub to: Name,
    pub nowait: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drop {
    pub kind: ObjectKind,
    /// A cast, transform or user mapping has none.
    pub names: Vec<QualifiedName>,
    /// What stands in parentheses after each name (routines, aggregates, operators); parallel to `names`.
    pub arguments: Vec<Option<Expr>>,
    /// The table of a trigger, policy or rule.
    pub on: Option<QualifiedName>,
    pub if_exists: bool,
    pub concurrently: bool,
    pub cascade: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateView {
    pub name: QualifiedName,
    pub materialized: bool,
    pub or_replace: bool,
    pub if_not_exists: bool,
    pub temporary: bool,
    pub recursive: bool,
    /// The column list, where one is written.
    pub columns: Vec<Name>,
    /// `security_barrier`, `security_invoker`, …
    pub parameters: Vec<Parameter>,
    pub tablespace: Option<Name>,
    pub with_data: bool,
    /// From after AS to the end; without `WITH [NO] DATA`.
    pub query: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    pub name: QualifiedName,
    pub concurrently: bool,
    pub with_data: bool,
}

/// Of all RENAME TO and SET SCHEMA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectAction {
    Move(MoveTo),
    OwnerTo(Name),
    DependsOnExtension(Name),
    Other,
}
