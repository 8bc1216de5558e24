//! CREATE and ALTER of types, domains and sequences.

use super::{ConstraintDef, Expr, MoveTo, Name, Persistence, QualifiedName, TypeName};
use crate::sql::facts::Span;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateType {
    pub name: QualifiedName,
    pub body: TypeBody,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeBody {
    Enum {
        labels: Vec<String>,
    },
    Domain {
        base: TypeName,
        not_null: bool,
        default: Option<Expr>,
        constraints: Vec<ConstraintDef>,
    },
    Composite {
        attributes: Vec<(Name, TypeName)>,
    },
    Range,
    /// A base type, or the shell of one.
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterEnum {
    pub name: QualifiedName,
    pub change: EnumChange,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnumChange {
    AddValue {
        value: String,
        if_not_exists: bool,
        placed: Option<Placed>,
        /// Of the new label.
        span: Span,
    },
    RenameValue {
        from: String,
        to: String,
    },
}

/// Where a new label of an enum goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placed {
    Before(String),
    After(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterCompositeType {
    pub name: QualifiedName,
    pub actions: Vec<AttributeAction>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeAction {
    pub kind: AttributeChange,
    pub cascade: bool,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeChange {
    Add { attribute: Name, type_name: TypeName },
    Drop { attribute: Name, if_exists: bool },
    SetType { attribute: Name, to: TypeName },
    Rename { from: Name, to: Name },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterDomain {
    pub name: QualifiedName,
    pub action: DomainAction,
}

/// RENAME TO and SET SCHEMA of domains are [`super::Ddl::MoveType`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainAction {
    AddConstraint(ConstraintDef),
    ValidateConstraint(Name),
    DropConstraint { constraint: Name, if_exists: bool, cascade: bool },
    RenameConstraint { from: Name, to: Name },
    SetNotNull,
    DropNotNull,
    SetDefault(Expr),
    DropDefault,
    OwnerTo(Name),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSequence {
    pub name: QualifiedName,
    pub if_not_exists: bool,
    pub persistence: Persistence,
    pub options: SequenceOptions,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterSequence {
    pub name: QualifiedName,
    pub if_exists: bool,
    pub action: SequenceAction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SequenceAction {
    Options(SequenceOptions),
    Move(MoveTo),
    OwnerTo(Name),
    SetLogged,
    SetUnlogged,
}

/// What is spoken of; `NO MINVALUE` and the like leave the value out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SequenceOptions {
    pub as_type: Option<TypeName>,
    pub increment: Option<i64>,
    pub min_value: Option<i64>,
    pub max_value: Option<i64>,
    pub start: Option<i64>,
    pub restart: Option<Restart>,
    pub cache: Option<i64>,
    pub cycle: Option<bool>,
    pub owned_by: Option<OwnedBy>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restart {
    AtStart,
    With(i64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnedBy {
    None,
    Column { table: QualifiedName, column: String },
}
