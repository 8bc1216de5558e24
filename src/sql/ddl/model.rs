//! One DDL statement as data: what the catalog replays and a linter reads.
//!
//! Names are as Postgres stores them (unquoted ones folded to lower case, cut at 63 bytes). Spans are byte offsets into
//! the statement's text. Expressions are slices of the source, never printed back from a tree.

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

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ddl {
    CreateTable(CreateTable),
    AlterTable(AlterTable),
    CreateIndex(CreateIndex),
    AlterIndex(AlterIndex),
    Drop(Drop),
    CreateView(CreateView),
    CreateType(CreateType),
    /// `ALTER TYPE | DOMAIN name RENAME TO | SET SCHEMA`.
    MoveType {
        name: QualifiedName,
        to: MoveTo,
    },
    CreateExtension {
        name: Name,
        if_not_exists: bool,
    },
    CreateSchema {
        name: Name,
        if_not_exists: bool,
    },
    RenameSchema {
        name: Name,
        to: Name,
    },
    CreateSequence {
        name: QualifiedName,
        if_not_exists: bool,
    },
    /// `SET search_path`, or `SELECT set_config('search_path', …)`. Empty: only qualified names resolve.
    SearchPath(Vec<String>),
}

/// The new place of something that is renamed or moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveTo {
    Name(Name),
    Schema(Name),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Persistence {
    #[default]
    Permanent,
    Temporary,
    Unlogged,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateTable {
    pub name: QualifiedName,
    pub if_not_exists: bool,
    pub persistence: Persistence,
    pub foreign: bool,
    pub columns: Vec<ColumnDef>,
    /// Table constraints and the inline ones of columns, in order of appearance.
    pub constraints: Vec<ConstraintDef>,
    pub like: Vec<Like>,
    pub inherits: Vec<QualifiedName>,
    /// `PARTITION OF` this parent.
    pub partition_of: Option<QualifiedName>,
    /// What stands after `PARTITION BY`: `RANGE (created_at)`.
    pub partition_by: Option<Expr>,
    /// `CREATE TABLE … AS`: the columns come from this query.
    pub as_query: Option<Span>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnDef {
    pub name: Name,
    /// Absent only in `PARTITION OF` and `CREATE TABLE … AS`, where the column exists already.
    pub type_name: Option<TypeName>,
    pub collation: Option<String>,
    /// Span of `NOT NULL`.
    pub not_null: Option<Span>,
    pub default: Option<Expr>,
    pub identity: Option<Span>,
    /// `GENERATED ALWAYS AS (…)`.
    pub generated: Option<Expr>,
    /// From the name to the end of the last option.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConstraintDef {
    pub name: Option<Name>,
    pub body: ConstraintBody,
    pub deferrable: bool,
    pub not_valid: Option<Span>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConstraintBody {
    PrimaryKey(KeyDef),
    Unique(KeyDef),
    ForeignKey {
        columns: Vec<Name>,
        references: QualifiedName,
        /// Empty when left out: the parent's primary key.
        referenced_columns: Vec<Name>,
    },
    Check(Expr),
    /// `CONSTRAINT x NOT NULL column` as a table constraint (Postgres 18).
    NotNull(Name),
    Exclusion {
        method: String,
        keys: Vec<KeyPart>,
        predicate: Option<Expr>,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyDef {
    pub columns: Vec<Name>,
    pub include: Vec<Name>,
    pub nulls_not_distinct: bool,
    /// `USING INDEX name`: takes an existing index over.
    pub using_index: Option<Name>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Like {
    pub table: QualifiedName,
    /// `INCLUDING` (true) and `EXCLUDING` options in order: `defaults`, `constraints`, `indexes`, `identity`, `generated`, `all`.
    pub options: Vec<(bool, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterTable {
    pub name: QualifiedName,
    pub if_exists: bool,
    pub only: bool,
    pub actions: Vec<Action>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub kind: ActionKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionKind {
    AddColumn {
        column: ColumnDef,
        constraints: Vec<ConstraintDef>,
        if_not_exists: bool,
    },
    DropColumn {
        column: Name,
        if_exists: bool,
    },
    RenameColumn {
        from: Name,
        to: Name,
    },
    SetType {
        column: Name,
        to: TypeName,
        collation: Option<String>,
        using: Option<Expr>,
    },
    SetNotNull(Name),
    DropNotNull(Name),
    SetDefault {
        column: Name,
        to: Expr,
    },
    DropDefault(Name),
    AddIdentity(Name),
    DropIdentity(Name),
    DropExpression(Name),
    AddConstraint(ConstraintDef),
    ValidateConstraint(Name),
    DropConstraint {
        constraint: Name,
        if_exists: bool,
    },
    /// `ALTER CONSTRAINT`; `deferrable` is `None` when it is not spoken of.
    AlterConstraint {
        constraint: Name,
        deferrable: Option<bool>,
    },
    RenameConstraint {
        from: Name,
        to: Name,
    },
    Move(MoveTo),
    AttachPartition(QualifiedName),
    DetachPartition {
        partition: QualifiedName,
        concurrently: bool,
    },
    Inherit(QualifiedName),
    NoInherit(QualifiedName),
    EnableRowSecurity,
    DisableRowSecurity,
    /// An action that changes nothing a catalog knows of (OWNER TO, SET STATISTICS, …); read it from the span.
    Other,
}

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
    /// SET TABLESPACE, SET (…) and the like.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropKind {
    Table,
    Index,
    View,
    Schema,
    Type,
    Extension,
    Sequence,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drop {
    pub kind: DropKind,
    pub names: Vec<QualifiedName>,
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
    /// The column list, where one is written.
    pub columns: Vec<Name>,
    /// From after AS to the end.
    pub query: Span,
}

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
    },
    /// Composite, range or base type.
    Other,
}
