//! TRUNCATE, LOCK, REINDEX, CLUSTER, VACUUM, ANALYZE.

use super::{Name, QualifiedName};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truncate {
    pub tables: Vec<QualifiedName>,
    pub only: bool,
    pub restart_identity: bool,
    pub cascade: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockTable {
    pub tables: Vec<QualifiedName>,
    pub only: bool,
    /// As `pg_locks.mode` has it: `AccessExclusiveLock`.
    pub mode: &'static str,
    pub nowait: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reindex {
    pub target: ReindexTarget,
    /// The current database may be left out (Postgres 16).
    pub name: Option<QualifiedName>,
    /// `REINDEX INDEX CONCURRENTLY i` or `REINDEX (CONCURRENTLY) INDEX i`.
    pub concurrently: bool,
    pub tablespace: Option<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReindexTarget {
    Index,
    Table,
    Schema,
    Database,
    System,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// `None`: every table that was clustered before.
    pub table: Option<QualifiedName>,
    pub index: Option<QualifiedName>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vacuum {
    pub full: bool,
    pub analyze: bool,
    pub freeze: bool,
    /// Empty: the whole database.
    pub tables: Vec<Cleaned>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analyze {
    /// Empty: the whole database.
    pub tables: Vec<Cleaned>,
}

/// A table of VACUUM or ANALYZE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaned {
    pub name: QualifiedName,
    /// `ONLY` (Postgres 18): neither partitions nor children.
    pub only: bool,
}
