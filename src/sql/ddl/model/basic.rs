//! Names, expressions, types, and the kinds of objects.

use crate::sql::facts::{RelationName, Span};

/// An identifier and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

/// `name` or `schema.name`; of `database.schema.name` the database is dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QualifiedName {
    pub schema: Option<String>,
    pub name: String,
    pub span: Span,
}

impl QualifiedName {
    pub fn relation(&self) -> RelationName {
        RelationName { schema: self.schema.clone(), name: self.name.clone() }
    }
}

/// An expression as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expr {
    pub text: String,
    pub span: Span,
}

/// A type in a column definition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeName {
    /// As `format_type` prints it (`bigint`, `character varying(20)`, `timestamp with time zone`, `integer[]`); types of
    /// schema `public` without the schema.
    pub canonical: String,
    /// `serial`, `bigserial`, `smallserial`: `canonical` is then the integer type.
    pub serial: bool,
    pub span: Span,
}

/// The new place of something that is renamed or moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveTo {
    Name(Name),
    Schema(Name),
}

/// `name = value` in `WITH (…)`, `SET (…)` and `OPTIONS (…)`; `toast.name` with its namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    /// Without quotes; absent for a bare name (true).
    pub value: Option<String>,
    pub span: Span,
}

/// What kind of object a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    AccessMethod,
    Aggregate,
    Cast,
    Collation,
    Column,
    Constraint,
    Conversion,
    Database,
    Domain,
    EventTrigger,
    Extension,
    ForeignDataWrapper,
    ForeignTable,
    Function,
    Index,
    Language,
    LargeObject,
    MaterializedView,
    Operator,
    OperatorClass,
    OperatorFamily,
    /// A configuration parameter (`GRANT SET ON PARAMETER`).
    Parameter,
    Policy,
    Procedure,
    Publication,
    Role,
    Routine,
    Rule,
    Schema,
    Sequence,
    Server,
    Statistics,
    Subscription,
    Table,
    Tablespace,
    TextSearchConfiguration,
    TextSearchDictionary,
    TextSearchParser,
    TextSearchTemplate,
    Transform,
    Trigger,
    Type,
    UserMapping,
    View,
}

impl ObjectKind {
    /// In words: `materialized view`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessMethod => "access method",
            Self::Aggregate => "aggregate",
            Self::Cast => "cast",
            Self::Collation => "collation",
            Self::Column => "column",
            Self::Constraint => "constraint",
            Self::Conversion => "conversion",
            Self::Database => "database",
            Self::Domain => "domain",
            Self::EventTrigger => "event trigger",
            Self::Extension => "extension",
            Self::ForeignDataWrapper => "foreign-data wrapper",
            Self::ForeignTable => "foreign table",
            Self::Function => "function",
            Self::Index => "index",
            Self::Language => "language",
            Self::LargeObject => "large object",
            Self::MaterializedView => "materialized view",
            Self::Operator => "operator",
            Self::OperatorClass => "operator class",
            Self::OperatorFamily => "operator family",
            Self::Parameter => "parameter",
            Self::Policy => "policy",
            Self::Procedure => "procedure",
            Self::Publication => "publication",
            Self::Role => "role",
            Self::Routine => "routine",
            Self::Rule => "rule",
            Self::Schema => "schema",
            Self::Sequence => "sequence",
            Self::Server => "server",
            Self::Statistics => "statistics",
            Self::Subscription => "subscription",
            Self::Table => "table",
            Self::Tablespace => "tablespace",
            Self::TextSearchConfiguration => "text search configuration",
            Self::TextSearchDictionary => "text search dictionary",
            Self::TextSearchParser => "text search parser",
            Self::TextSearchTemplate => "text search template",
            Self::Transform => "transform",
            Self::Trigger => "trigger",
            Self::Type => "type",
            Self::UserMapping => "user mapping",
            Self::View => "view",
        }
    }
}
