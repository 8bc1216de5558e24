//! CREATE TABLE: columns and constraints.

use super::{Expr, KeyPart, Name, Parameter, QualifiedName, SequenceOptions, TypeName};
use crate::sql::facts::Span;

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
    /// `OF` this composite type.
    pub of_type: Option<QualifiedName>,
    /// `PARTITION OF` this parent.
    pub partition_of: Option<QualifiedName>,
    /// Of a partition.
    pub bound: Option<Bound>,
    /// What stands after `PARTITION BY`: `RANGE (created_at)`.
    pub partition_by: Option<Expr>,
    pub access_method: Option<Name>,
    /// `WITH (…)`.
    pub parameters: Vec<Parameter>,
    pub tablespace: Option<Name>,
    pub on_commit: Option<OnCommit>,
    /// Of a foreign table.
    pub server: Option<Name>,
    /// `CREATE TABLE … AS`: the columns come from this query.
    pub as_query: Option<Span>,
    /// `AS … WITH NO DATA`.
    pub with_no_data: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnCommit {
    PreserveRows,
    DeleteRows,
    Drop,
}

/// Which rows go into a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    Default,
    /// From `FOR VALUES` to its end.
    Values(Expr),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnDef {
    pub name: Name,
    /// Absent only in `PARTITION OF` and `CREATE TABLE … AS`, where the column exists already.
    pub type_name: Option<TypeName>,
    pub collation: Option<String>,
    /// Span of `NOT NULL`; of the type for a serial.
    pub not_null: Option<Span>,
    /// `CONSTRAINT name NOT NULL`.
    pub not_null_name: Option<Name>,
    pub default: Option<Expr>,
    pub identity: Option<Span>,
    /// `GENERATED ALWAYS AS IDENTITY`; false for BY DEFAULT.
    pub identity_always: bool,
    pub identity_options: SequenceOptions,
    /// `GENERATED ALWAYS AS (…)`.
    pub generated: Option<Expr>,
    /// How a generated column is kept.
    pub generated_kind: Option<GeneratedKind>,
    pub storage: Option<Name>,
    pub compression: Option<Name>,
    /// From the name to the end of the last option.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeneratedKind {
    Stored,
    Virtual,
    /// Neither is written: VIRTUAL on Postgres 18, a syntax error before.
    Unsaid,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConstraintDef {
    pub name: Option<Name>,
    pub body: ConstraintBody,
    pub deferrable: bool,
    pub initially_deferred: bool,
    pub not_valid: Option<Span>,
    /// `NOT ENFORCED` (Postgres 18).
    pub not_enforced: Option<Span>,
    pub no_inherit: bool,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConstraintBody {
    PrimaryKey(KeyDef),
    Unique(KeyDef),
    ForeignKey(ForeignKey),
    Check(Expr),
    /// `CONSTRAINT x NOT NULL column` as a table constraint (Postgres 18); of a domain the name is empty.
    NotNull(Name),
    Exclusion {
        method: String,
        keys: Vec<KeyPart>,
        predicate: Option<Expr>,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignKey {
    pub columns: Vec<Name>,
    pub references: QualifiedName,
    /// Empty when left out: the parent's primary key.
    pub referenced_columns: Vec<Name>,
    pub on_delete: Referential,
    pub on_update: Referential,
    /// `ON DELETE SET NULL (a)`: only these.
    pub set_columns: Vec<Name>,
    pub match_full: bool,
    /// The last column is `PERIOD x`.
    pub period: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Referential {
    #[default]
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyDef {
    pub columns: Vec<Name>,
    pub include: Vec<Name>,
    pub nulls_not_distinct: bool,
    /// The last column is `x WITHOUT OVERLAPS`.
    pub without_overlaps: bool,
    /// `USING INDEX name`: takes an existing index over.
    pub using_index: Option<Name>,
    pub parameters: Vec<Parameter>,
    pub tablespace: Option<Name>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Like {
    pub table: QualifiedName,
    /// `INCLUDING` (true) and `EXCLUDING` options in order: `defaults`, `constraints`, `indexes`, `identity`, `generated`, `all`.
    pub options: Vec<(bool, String)>,
}
