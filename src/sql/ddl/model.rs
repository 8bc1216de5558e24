//! One DDL or utility statement as data: what the catalog replays and a linter reads.
//!
//! Names are as Postgres stores them (unquoted ones folded to lower case, cut at 63 bytes). Spans are byte offsets into
//! the statement's text. Expressions are slices of the source, never printed back from a tree.

mod access;
mod action;
mod basic;
mod code;
mod maintenance;
mod object;
mod relation;
mod session;
mod table;
mod types;

pub use access::*;
pub use action::*;
pub use basic::*;
pub use code::*;
pub use maintenance::*;
pub use object::*;
pub use relation::*;
pub use session::*;
pub use table::*;
pub use types::*;

use crate::sql::facts::Span;

/// A statement that is no query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ddl {
    CreateTable(CreateTable),
    AlterTable(AlterTable),
    CreateIndex(CreateIndex),
    AlterIndex(AlterIndex),
    /// `ALTER TABLE | INDEX | MATERIALIZED VIEW ALL IN TABLESPACE`.
    MoveAllInTablespace(MoveAll),
    Drop(Drop),
    CreateView(CreateView),
    RefreshMaterializedView(Refresh),

    CreateType(CreateType),
    /// `ALTER TYPE | DOMAIN name RENAME TO | SET SCHEMA`.
    MoveType {
        name: QualifiedName,
        to: MoveTo,
    },
    AlterEnum(AlterEnum),
    AlterCompositeType(AlterCompositeType),
    AlterDomain(AlterDomain),

    CreateExtension(CreateExtension),
    AlterExtension(AlterExtension),
    CreateSchema(CreateSchema),
    RenameSchema {
        name: Name,
        to: Name,
    },
    CreateSequence(CreateSequence),
    AlterSequence(AlterSequence),
    CreateStatistics(CreateStatistics),
    Publication(Publication),
    /// ALTER of an object that has no variant of its own.
    AlterObject(AlterObject),
    Comment(Comment),

    Do(Do),
    Routine(Routine),
    AlterRoutine(AlterRoutine),
    CreateTrigger(CreateTrigger),
    AlterTrigger(AlterTrigger),
    CreateRule(CreateRule),
    CreateEventTrigger(CreateEventTrigger),
    CreatePolicy(Policy),
    AlterPolicy(Policy),

    Grant(Grant),
    GrantRole(GrantRole),
    AlterDefaultPrivileges(AlterDefaultPrivileges),
    Role(Role),
    ReassignOwned {
        from: Vec<Name>,
        to: Name,
    },
    DropOwned {
        roles: Vec<Name>,
        cascade: bool,
    },

    Transaction(Transaction),
    /// `SET search_path`, or `SELECT set_config('search_path', …)`. Empty: only qualified names resolve.
    SearchPath(Vec<String>, Scope),
    /// Any other `SET`, and `SELECT set_config('name', 'value', …)`.
    Set(Setting),
    /// `RESET name`; `None` is `RESET ALL`.
    Reset(Option<Name>),
    /// `SET TRANSACTION …`, `SET SESSION CHARACTERISTICS AS TRANSACTION …`.
    SetTransaction(Span),
    SetConstraints(SetConstraints),
    AlterSystem(Setting),
    /// `ALTER DATABASE | ROLE name [IN DATABASE x] SET …`.
    SetFor(SetFor),

    Truncate(Truncate),
    Lock(LockTable),
    Reindex(Reindex),
    Cluster(Cluster),
    Vacuum(Vacuum),
    Analyze(Analyze),
    Checkpoint,
    Copy(Copy),

    /// `EXPLAIN [ANALYZE] statement`: the span of the statement.
    Explain {
        analyze: bool,
        statement: Span,
    },
    /// `PREPARE name [(types)] AS statement`: the span of the statement.
    Prepare {
        name: Name,
        statement: Span,
    },
    /// `EXECUTE name`.
    Execute(Name),
    /// `CALL procedure(…)`.
    Call(QualifiedName),
    /// Everything that is rare or of no consequence: its verb and what it is about.
    Other(Other),
}
