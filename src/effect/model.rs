//! What a statement does to a running database.

use crate::catalog::model::TableName;
use crate::sql::facts::Span;

use super::LockMode;

/// A major version: 13 to 19.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32);

impl Version {
    pub const OLDEST: Version = Version(13);
    pub const NEWEST: Version = Version(18);
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Of tables, views and (where they are locked as themselves) indexes; each once, with its strongest mode; held to the end
    /// of the transaction.
    pub locks: Vec<Lock>,
    /// What takes time in proportion to a table's size.
    pub works: Vec<Work>,
    /// Why the server will refuse it, when that is certain.
    pub fails: Vec<Failure>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    pub on: TableName,
    pub mode: LockMode,
    /// The part of the statement that takes it.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    pub kind: WorkKind,
    pub on: TableName,
    pub cause: Cause,
    /// The mode that is held on `on` meanwhile.
    pub under: LockMode,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkKind {
    /// A new file for the table and all its indexes.
    Rewrite,
    /// Every row is read.
    Scan,
    /// Every row is read, and an index is written.
    IndexBuild,
}

/// Which clause makes the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    CreateIndex,
    Reindex,
    VolatileDefault,
    /// A default that calls a function which is not known; it is taken for volatile.
    UnknownDefault,
    Serial,
    Identity,
    StoredGenerated,
    AlterType,
    /// An index over a column whose type changes without a rewrite.
    TypeIndex,
    SetNotNull,
    Check,
    ForeignKey,
    Unique,
    PrimaryKey,
    Exclusion,
    Validate,
    AttachPartition,
    DefaultPartition,
    DetachPartition,
    Logged,
    AccessMethod,
    Tablespace,
    Cluster,
    VacuumFull,
    Vacuum,
    RefreshMaterializedView,
    DomainConstraint,
    SetExpression,
    AddColumnCheck,
    CreateTableAs,
    Dml,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// SQLSTATE.
    pub code: &'static str,
    pub message: String,
    pub span: Span,
}

impl WorkKind {
    /// What is done to the table, in a sentence.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Rewrite => "rewrites",
            Self::Scan => "reads every row of",
            Self::IndexBuild => "builds an index on",
        }
    }
}

impl Effect {
    /// The strongest lock on a table.
    pub fn lock_on(&self, table: &TableName) -> Option<&Lock> {
        self.locks.iter().filter(|lock| lock.on == *table).max_by_key(|lock| lock.mode)
    }

    pub fn works_of(&self, cause: Cause) -> impl Iterator<Item = &Work> {
        self.works.iter().filter(move |work| work.cause == cause)
    }
}
