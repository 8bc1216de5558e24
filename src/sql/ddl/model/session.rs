//! Transactions, settings, and what is sent to the session.

use super::{Name, ObjectKind, QualifiedName};
use crate::sql::facts::Span;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`; `chain`: the next one starts at once.
    Commit {
        chain: bool,
    },
    /// `ROLLBACK`, `ABORT`.
    Rollback {
        chain: bool,
    },
    Savepoint(Name),
    RollbackTo(Name),
    Release(Name),
    /// `PREPARE TRANSACTION`.
    Prepare,
    CommitPrepared,
    RollbackPrepared,
}

/// How long a setting lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    Session,
    /// To the end of the transaction.
    Local,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// In lower case, as `pg_settings.name` has it (`timezone`, `role` and `session_authorization` for their own syntax); `all` for ALTER SYSTEM RESET ALL.
    pub name: String,
    /// Strings without quotes, lists with `, `; `None` is DEFAULT (and RESET of ALTER SYSTEM, and a value that is no constant).
    pub value: Option<String>,
    pub scope: Scope,
    /// Of the value.
    pub span: Span,
}

/// `ALTER DATABASE | ROLE … SET | RESET`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetFor {
    pub kind: ObjectKind,
    /// `None`: `ALTER ROLE ALL`.
    pub name: Option<Name>,
    pub setting: Setting,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetConstraints {
    /// Empty: ALL.
    pub names: Vec<QualifiedName>,
    pub deferred: bool,
}

/// `verb`: what a rare statement does; with the object where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// In capitals: `CREATE`, `LISTEN`, `DISCARD`, …
    pub verb: &'static str,
    pub kind: Option<ObjectKind>,
    pub name: Option<QualifiedName>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Absent when a query is copied.
    pub table: Option<QualifiedName>,
    pub columns: Vec<Name>,
    /// The query of `COPY (…) TO`.
    pub query: Option<Span>,
    pub direction: CopyDirection,
    pub endpoint: CopyEndpoint,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyDirection {
    From,
    To,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyEndpoint {
    /// STDIN or STDOUT.
    Client,
    /// A file of the server.
    File(String),
    Program(String),
}
