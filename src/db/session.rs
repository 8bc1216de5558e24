//! One connection, used from synchronous code: short read-only transactions in, rows out.
//!
//! Nothing of it outlives a transaction: settings are SET LOCAL, statements have no name. So it works through a pooler that
//! gives every transaction another connection (pgbouncer's `pool_mode = transaction`).

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::Client;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::cancel::Interrupt;
use super::connect::{self, ConnectError, Connected};
use super::conninfo::{self, Settings, Surroundings};
use super::error::{DbError, DbErrorKind};
use super::hypopg::Route;
use crate::sql::lexer::{Lexer, TokenKind};

pub use tokio_postgres::Row;

/// Stands in every statement of our own, so that it can be told in pg_stat_statements.
pub const MARK: &str = "/* sqlsift */";

/// Statements of our own with the mark behind the first word of each: what stands before a statement is no part of it for
/// Postgres 18 (`stmt_location`).
pub(super) fn marked(batch: &str) -> String {
    let mut out = String::with_capacity(batch.len() + 64);
    let (mut copied, mut begins) = (0, true);
    for token in Lexer::new(batch.as_bytes()) {
        match token.kind {
            TokenKind::Semicolon => begins = true,
            TokenKind::Word if begins => {
                out.push_str(&batch[copied..token.end]);
                out.push(' ');
                out.push_str(MARK);
                (copied, begins) = (token.end, false);
            }
            _ => {}
        }
    }
    out.push_str(&batch[copied..]);
    out
}

/// A value of a statement of our own; statements name its type by a cast.
#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    Text(String),
    Int(i64),
    Texts(Vec<String>),
}

/// A connection to one database.
pub struct Session {
    runtime: Runtime,
    /// `None` once it is being closed.
    client: Option<Client>,
    task: JoinHandle<Result<(), tokio_postgres::Error>>,
    tls: MakeRustlsConnect,
    interrupt: Interrupt,
    /// `server_version_num`, e.g. 150018.
    pub version: u32,
    /// `db.example.com:5432`, as people are told.
    pub place: String,
    pub database: String,
    pub user: String,
    /// Whether the next transaction runs in the same server process.
    pub route: Route,
    /// Takes the place of a transaction's own limit.
    pub statement_timeout: Option<Duration>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("place", &self.place).field("version", &self.version).finish_non_exhaustive()
    }
}

/// What a transaction may take of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub statement_ms: u32,
    pub lock_ms: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { statement_ms: 10_000, lock_ms: 500 }
    }
}

impl Limits {
    /// The same with another time for a statement, where one was given.
    #[must_use]
    pub fn or(self, statement: Option<Duration>) -> Self {
        let ms = |limit: Duration| u32::try_from(limit.as_millis()).unwrap_or(u32::MAX).max(1);
        Limits { statement_ms: statement.map_or(self.statement_ms, ms), ..self }
    }
}

/// A transaction that we leave open for longer than this is ended by the server, whatever became of us.
const IDLE_MS: u32 = 60_000;

/// How long past its statement_timeout the server may take to say so before we take the line for dead.
const GRACE: Duration = Duration::from_secs(20);

/// How long we wait for a cancelled statement, and for the connection to close.
const ENOUGH: Duration = Duration::from_secs(5);

/// The first question: which version, and whether the process carries the mark that we gave it.
pub(super) fn greeting() -> String {
    let direct = connect::DIRECT;
    format!(
        "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int8, \
         coalesce(pg_catalog.current_setting('{direct}', true), '') = 'on'"
    )
}

/// The first message of a transaction, with its limits in milliseconds.
pub(super) fn begin(statement: impl Display, lock: impl Display) -> String {
    format!(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = {statement}; SET LOCAL lock_timeout = {lock}; \
         SET LOCAL idle_in_transaction_session_timeout = {IDLE_MS}"
    )
}

impl Session {
    /// What one statement of this session may take, unless it needs more.
    pub fn limits(&self) -> Limits {
        Limits::default().or(self.statement_timeout)
    }

    /// Connects with nothing but what the string says.
    pub fn connect(dsn: &str) -> Result<Self, DbError> {
        let settings =
            conninfo::settings(dsn, &Surroundings { user: Some("postgres".into()), ..Surroundings::default() })?;
        Ok(Session::open(&settings, Interrupt::default())?)
    }

    /// Connects and asks for the server's version.
    pub fn open(settings: &Settings, interrupt: Interrupt) -> Result<Self, ConnectError> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| DbError::settings(format!("the operating system gives no event queue: {error}")))?;
        let Connected { client, task, tls, place } = runtime.block_on(async {
            tokio::select! {
                biased;
                () = interrupt.stopped() => Err(DbError::stopped().into()),
                connected = connect::connect(settings) => connected,
            }
        })?;
        let mut session = Session {
            runtime,
            client: Some(client),
            task,
            tls,
            interrupt,
            version: 0,
            place,
            database: settings.database.clone(),
            user: settings.user.clone(),
            route: Route::Pooled,
            statement_timeout: None,
        };
        let version = session.reading(Limits::default(), |reading| reading.rows(&greeting(), &[]));
        let version = version.map_err(|error| ConnectError::after(&session.place, error))?;
        if let Some(row) = version.first() {
            session.version = row.get::<_, i64>(0) as u32;
            session.route = if row.get::<_, bool>(1) { Route::Direct } else { Route::Pooled };
        }
        tracing::info!(
            "connected to {} as {}, server {}, {:?}",
            session.place,
            session.user,
            session.version,
            session.route
        );
        Ok(session)
    }

    /// Whether the user pressed Ctrl-C; to be asked between pieces of work that send nothing.
    pub fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Waits, with no transaction open, unless the user stops it.
    pub fn pause(&self, time: Duration) -> Result<(), DbError> {
        self.runtime.block_on(async {
            tokio::select! {
                () = tokio::time::sleep(time) => Ok(()),
                () = self.interrupt.stopped() => Err(DbError::stopped()),
            }
        })
    }

    /// One read-only transaction, rolled back at its end whatever happened.
    pub fn reading<T>(
        &mut self,
        limits: Limits,
        work: impl FnOnce(&mut Reading<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let limits = limits.or(self.statement_timeout);
        let limit = Duration::from_millis(limits.statement_ms.into()) + GRACE;
        let begin = begin(limits.statement_ms, limits.lock_ms);
        tracing::debug!("{begin}");
        self.drive(limit, self.client()?.batch_execute(&marked(&begin)))?;
        let result = work(&mut Reading { session: self, limit });
        let ended = self.roll_back();
        let value = result?;
        ended?;
        Ok(value)
    }

    /// Also after Ctrl-C: a pooler keeps the connection.
    fn roll_back(&self) -> Result<(), DbError> {
        tracing::debug!("ROLLBACK");
        let back = marked("ROLLBACK");
        let rolled = self.client()?.batch_execute(&back);
        match self.runtime.block_on(async { timeout(ENOUGH, rolled).await }) {
            Ok(ended) => ended.map_err(|error| self.explain(error.into())),
            Err(_) => Err(DbError::cut(format!("{} does not answer", self.place))),
        }
    }

    pub(super) fn client(&self) -> Result<&Client, DbError> {
        self.client.as_ref().ok_or_else(|| DbError::cut("the connection is closed".into()))
    }

    /// Waits for the answer to a statement, or for Ctrl-C.
    fn drive<T>(
        &self,
        limit: Duration,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, DbError> {
        self.wait(limit, answer)?.map_err(|error| self.explain(error.into()))
    }

    /// Waits for whatever the server was asked, or for Ctrl-C, which cancels the statement that runs. Nothing is sent any
    /// more once it was pressed.
    pub(super) fn wait<T>(&self, limit: Duration, answer: impl Future<Output = T>) -> Result<T, DbError> {
        if self.interrupt.is_stopped() {
            return Err(DbError::stopped());
        }
        let token = self.client()?.cancel_token();
        let answered = self.runtime.block_on(async {
            let mut answer = std::pin::pin!(answer);
            tokio::select! {
                answered = timeout(limit, &mut answer) => Some(answered),
                () = self.interrupt.stopped() => {
                    // Whatever comes of it: the statement ends by its timeout at the latest.
                    let _ = timeout(ENOUGH, token.cancel_query(self.tls.clone())).await;
                    let _ = timeout(ENOUGH, &mut answer).await;
                    None
                }
            }
        });
        match answered {
            None => Err(DbError::stopped()),
            Some(Ok(answer)) => Ok(answer),
            Some(Err(_)) => Err(DbError::cut(format!("{} has not answered for {} s", self.place, limit.as_secs()))),
        }
    }

    /// A cut connection, with the server's own words where there are any.
    pub(super) fn explain(&self, mut error: DbError) -> DbError {
        if error.kind == DbErrorKind::Cut {
            error.message = format!("{} closed the connection: {}", self.place, error.message);
        }
        error
    }
}

impl Drop for Session {
    /// Says goodbye, so that the server logs no lost connection.
    fn drop(&mut self) {
        drop(self.client.take());
        let task = &mut self.task;
        let _ = self.runtime.block_on(async { timeout(ENOUGH, task).await });
    }
}

/// An open read-only transaction.
#[derive(Debug)]
pub struct Reading<'s> {
    session: &'s mut Session,
    limit: Duration,
}

impl Reading<'_> {
    pub fn version(&self) -> u32 {
        self.session.version
    }

    /// One statement of our own through the extended protocol, unnamed, so that poolers need to remember nothing.
    pub fn rows(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>, DbError> {
        tracing::debug!("{sql}");
        let typed: Vec<(&(dyn ToSql + Sync), Type)> = params
            .iter()
            .map(|param| match param {
                Param::Text(text) => (text as &(dyn ToSql + Sync), Type::TEXT),
                Param::Int(number) => (number as &(dyn ToSql + Sync), Type::INT8),
                Param::Texts(texts) => (texts as &(dyn ToSql + Sync), Type::TEXT_ARRAY),
            })
            .collect();
        self.session.drive(self.limit, self.session.client()?.query_typed(&marked(sql), &typed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_of_a_batch_is_marked() {
        for (batch, sent) in [
            ("ROLLBACK", "ROLLBACK /* sqlsift */"),
            ("BEGIN READ ONLY; SET LOCAL a = 1", "BEGIN /* sqlsift */ READ ONLY; SET /* sqlsift */ LOCAL a = 1"),
            ("SELECT ';x' ; -- no\n SHOW a;", "SELECT /* sqlsift */ ';x' ; -- no\n SHOW /* sqlsift */ a;"),
        ] {
            assert_eq!(marked(batch), sent);
        }
    }
}
