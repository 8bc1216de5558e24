//! What one log record says: in come fields borrowed from the input buffer, out goes an [`Event`].
//!
//! An event lives only as long as the buffer that it was read from. Texts are bytes because logs are not always UTF-8.

/// Microseconds since 1970-01-01T00:00:00Z.
pub type Micros = i64;

/// A session (backend): a stable hash of `%c`, else of the process id and what is known of the backend's start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub u64);

/// One record of a log. Empty byte strings and zero numbers mean "the log does not say".
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// When the record was written, UTC. For a statement with a duration this is its end.
    pub at: Micros,
    /// 1-based line of the record's first byte within its input.
    pub line: u64,
    pub session: SessionId,
    pub pid: u32,
    pub who: Who<'a>,
    /// Postgres's own query identifier (`%Q`, csvlog and jsonlog column); 0 when absent.
    pub query_id: i64,
    pub kind: EventKind<'a>,
}

/// Who ran the statement, as far as the prefix or the columns tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Who<'a> {
    pub database: &'a [u8],
    pub user: &'a [u8],
    pub application: &'a [u8],
    pub remote: &'a [u8],
}

#[derive(Clone, Copy, Debug)]
pub enum EventKind<'a> {
    Statement(Statement<'a>),
    /// A bare `duration: 1.2 ms`: the statement's text was logged before it (`log_statement`).
    Duration {
        duration_us: Micros,
    },
    Plan(LoggedPlan<'a>),
    Error(LoggedError<'a>),
    LockWait(LockWait<'a>),
    Deadlock(LoggedError<'a>),
    TempFile(TempFile<'a>),
    Checkpoint(Checkpoint),
    Autovacuum(Autovacuum<'a>),
    Connection,
    Disconnection {
        session_us: Micros,
    },
    Other {
        severity: Severity,
        message: &'a [u8],
    },
}

/// The step of the extended protocol that was logged; `Simple` is the simple protocol's `statement:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    Simple,
    Parse,
    Bind,
    Execute,
    /// `execute fetch from PORTAL`: a further batch of a query that was already counted.
    Fetch,
}

#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    pub phase: Phase,
    /// Absent for `log_statement` lines; then a bare [`EventKind::Duration`] of the session may follow.
    pub duration_us: Option<Micros>,
    pub text: &'a [u8],
    /// Raw parameter list as logged (`$1 = '5', $2 = NULL`), without the `parameters:` heading; empty when not logged.
    pub parameters: &'a [u8],
    /// Name of the prepared statement or portal (`S_1`, `<unnamed>`), empty for the simple protocol.
    pub name: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlanFormat {
    Text,
    Json,
    Yaml,
    Xml,
}

/// A plan that auto_explain logged.
#[derive(Clone, Copy, Debug)]
pub struct LoggedPlan<'a> {
    pub format: PlanFormat,
    pub duration_us: Micros,
    /// The statement's text (`Query Text`), unescaped.
    pub query: &'a [u8],
    /// `Query Parameters` as logged, empty when absent.
    pub parameters: &'a [u8],
    /// The plan without query text and parameters where the format allows to cut them off, else whole.
    pub body: &'a [u8],
    /// Ran inside a function (the record has a CONTEXT): not a call of the client.
    pub nested: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Debug,
    Log,
    Info,
    Notice,
    Warning,
    Error,
    Fatal,
    Panic,
}

#[derive(Clone, Copy, Debug)]
pub struct LoggedError<'a> {
    pub severity: Severity,
    /// Five characters, or empty when the log format does not carry it.
    pub sqlstate: &'a [u8],
    pub message: &'a [u8],
    pub detail: &'a [u8],
    pub hint: &'a [u8],
    pub context: &'a [u8],
    pub statement: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockState {
    /// `still waiting for …`
    Waiting,
    /// `acquired … after …`
    Acquired,
}

#[derive(Clone, Copy, Debug)]
pub struct LockWait<'a> {
    pub state: LockState,
    pub waited_us: Micros,
    /// `ShareLock`, `AccessExclusiveLock`, …
    pub mode: &'a [u8],
    /// `transaction 727`, `relation 16384 of database 5`, `tuple (0,1) of relation …`
    pub target: &'a [u8],
    pub detail: &'a [u8],
    pub context: &'a [u8],
    pub statement: &'a [u8],
}

#[derive(Clone, Copy, Debug)]
pub struct TempFile<'a> {
    pub bytes: u64,
    pub statement: &'a [u8],
}

#[derive(Clone, Copy, Debug)]
pub struct Checkpoint {
    /// Asked for by WAL volume (`wal`/`xlog`) or by a command rather than by `time`. Postgres says so in the record
    /// `checkpoint starting`, which has no figures; `None` in the record `checkpoint complete`, which has them.
    pub requested: Option<bool>,
    pub buffers: u64,
    pub total_us: Micros,
}

#[derive(Clone, Copy, Debug)]
pub struct Autovacuum<'a> {
    /// `vacuum` or `analyze`.
    pub verb: &'a [u8],
    /// `database.schema.table`
    pub table: &'a [u8],
    pub elapsed_us: Micros,
}
