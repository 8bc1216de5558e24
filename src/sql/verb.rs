//! What a statement does, told from its first words.

use super::facts::StatementKind;
use super::keyword::Keyword;

/// What a statement does, from its head word; `WITH` is what its main verb says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// No token but comments and `;`.
    Empty,
    /// `SELECT`, also `SELECT INTO`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `MERGE`.
    Merge,
    /// `VALUES` on its own.
    Values,
    /// `TABLE t`.
    Table,
    /// `WITH` whose main verb was not found.
    With,
    /// `COPY`.
    Copy,
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `ROLLBACK` and `ROLLBACK TO`, `ABORT`.
    Rollback,
    /// `SAVEPOINT`.
    Savepoint,
    /// `RELEASE`.
    Release,
    /// `SET`, `RESET`.
    Set,
    /// `SHOW`.
    Show,
    /// `DECLARE`.
    Declare,
    /// `FETCH`.
    Fetch,
    /// `MOVE`.
    Move,
    /// `CLOSE`.
    Close,
    /// `PREPARE`.
    Prepare,
    /// `EXECUTE`.
    Execute,
    /// `DEALLOCATE`.
    Deallocate,
    /// `EXPLAIN`.
    Explain,
    /// `CREATE`.
    Create,
    /// `ALTER`.
    Alter,
    /// `DROP`.
    Drop,
    /// `TRUNCATE`.
    Truncate,
    /// `ANALYZE`.
    Analyze,
    /// `VACUUM`.
    Vacuum,
    /// `REINDEX`.
    Reindex,
    /// `CLUSTER`.
    Cluster,
    /// `REFRESH MATERIALIZED VIEW`.
    Refresh,
    /// `LOCK TABLE`.
    Lock,
    /// `CALL`.
    Call,
    /// `DO`.
    Do,
    /// `DISCARD`.
    Discard,
    /// `LISTEN`, `NOTIFY`, `UNLISTEN`.
    Notify,
    /// `LOAD`.
    Load,
    /// `COMMENT ON`.
    Comment,
    /// `GRANT`, `REVOKE`.
    Grant,
    /// `CHECKPOINT`.
    Checkpoint,
    /// A head word that is none of these.
    #[default]
    Other,
}

impl Verb {
    pub(crate) fn from_head(keyword: Keyword) -> Self {
        use Keyword as K;
        match keyword {
            K::Select => Self::Select,
            K::Insert => Self::Insert,
            K::Update => Self::Update,
            K::Delete => Self::Delete,
            K::Merge => Self::Merge,
            K::Values => Self::Values,
            K::Table => Self::Table,
            K::With => Self::With,
            K::Copy => Self::Copy,
            K::Begin | K::Start => Self::Begin,
            K::Commit | K::End => Self::Commit,
            K::Rollback | K::Abort => Self::Rollback,
            K::Savepoint => Self::Savepoint,
            K::Release => Self::Release,
            K::Set | K::Reset => Self::Set,
            K::Show => Self::Show,
            K::Declare => Self::Declare,
            K::Fetch => Self::Fetch,
            K::Move => Self::Move,
            K::Close => Self::Close,
            K::Prepare => Self::Prepare,
            K::Execute => Self::Execute,
            K::Deallocate => Self::Deallocate,
            K::Explain => Self::Explain,
            K::Create => Self::Create,
            K::Alter => Self::Alter,
            K::Drop => Self::Drop,
            K::Truncate => Self::Truncate,
            K::Analyze => Self::Analyze,
            K::Vacuum => Self::Vacuum,
            K::Reindex => Self::Reindex,
            K::Cluster => Self::Cluster,
            K::Refresh => Self::Refresh,
            K::Lock => Self::Lock,
            K::Call => Self::Call,
            K::Do => Self::Do,
            K::Discard => Self::Discard,
            K::Listen | K::Notify | K::Unlisten => Self::Notify,
            K::Load => Self::Load,
            K::Comment => Self::Comment,
            K::Grant | K::Revoke => Self::Grant,
            K::Checkpoint => Self::Checkpoint,
            _ => Self::Other,
        }
    }

    /// The verb in lower case, as reports show it (`select`, `start` as `begin`, …).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Select => "select",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Merge => "merge",
            Self::Values => "values",
            Self::Table => "table",
            Self::With => "with",
            Self::Copy => "copy",
            Self::Begin => "begin",
            Self::Commit => "commit",
            Self::Rollback => "rollback",
            Self::Savepoint => "savepoint",
            Self::Release => "release",
            Self::Set => "set",
            Self::Show => "show",
            Self::Declare => "declare",
            Self::Fetch => "fetch",
            Self::Move => "move",
            Self::Close => "close",
            Self::Prepare => "prepare",
            Self::Execute => "execute",
            Self::Deallocate => "deallocate",
            Self::Explain => "explain",
            Self::Create => "create",
            Self::Alter => "alter",
            Self::Drop => "drop",
            Self::Truncate => "truncate",
            Self::Analyze => "analyze",
            Self::Vacuum => "vacuum",
            Self::Reindex => "reindex",
            Self::Cluster => "cluster",
            Self::Refresh => "refresh",
            Self::Lock => "lock",
            Self::Call => "call",
            Self::Do => "do",
            Self::Discard => "discard",
            Self::Notify => "notify",
            Self::Load => "load",
            Self::Comment => "comment",
            Self::Grant => "grant",
            Self::Checkpoint => "checkpoint",
            Self::Other => "other",
        }
    }

    /// The coarse kind that rules and reports tell apart.
    pub fn kind(self) -> StatementKind {
        match self {
            Self::Select | Self::Values | Self::Table => StatementKind::Select,
            Self::Insert => StatementKind::Insert,
            Self::Update => StatementKind::Update,
            Self::Delete => StatementKind::Delete,
            Self::Merge => StatementKind::Merge,
            Self::Copy => StatementKind::Copy,
            Self::Begin | Self::Commit | Self::Rollback | Self::Savepoint | Self::Release => StatementKind::Transaction,
            Self::Set | Self::Show | Self::Discard | Self::Prepare | Self::Deallocate | Self::Notify | Self::Load => {
                StatementKind::Session
            }
            Self::Declare | Self::Fetch | Self::Move | Self::Close => StatementKind::Cursor,
            Self::Explain
            | Self::Create
            | Self::Alter
            | Self::Drop
            | Self::Truncate
            | Self::Analyze
            | Self::Vacuum
            | Self::Reindex
            | Self::Cluster
            | Self::Refresh
            | Self::Lock
            | Self::Comment
            | Self::Grant
            | Self::Checkpoint => StatementKind::Utility,
            Self::Empty | Self::With | Self::Execute | Self::Call | Self::Do | Self::Other => StatementKind::Other,
        }
    }

    /// Whether it is a statement that the planner plans: it reads or changes rows.
    pub fn is_query(self) -> bool {
        matches!(
            self,
            Self::Select
                | Self::Insert
                | Self::Update
                | Self::Delete
                | Self::Merge
                | Self::Values
                | Self::Table
                | Self::With
        )
    }
}
