//! What can go wrong with a server, told apart by what the reader does next.

use std::error::Error as _;

/// What went wrong, and with which statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DbError {
    pub kind: DbErrorKind,
    /// Without any password.
    pub message: String,
    /// Of the server, if it answered: `42501`.
    pub sqlstate: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DbErrorKind {
    /// The connection string, or a file that it names.
    Settings,
    /// No connection came about.
    Connect,
    /// The connection was cut, or the server went away.
    Cut,
    /// Permission denied (class 42501).
    Denied,
    /// statement_timeout or lock_timeout (57014, 55P03).
    Timeout,
    /// Stopped by Ctrl-C: what was learnt until then stands.
    Stopped,
    /// The server refused a statement.
    Refused,
}

impl DbError {
    pub fn settings(message: String) -> Self {
        DbError { kind: DbErrorKind::Settings, message, sqlstate: None }
    }

    pub fn stopped() -> Self {
        DbError { kind: DbErrorKind::Stopped, message: "stopped".into(), sqlstate: None }
    }

    pub fn cut(message: String) -> Self {
        DbError { kind: DbErrorKind::Cut, message, sqlstate: None }
    }

    /// No other statement can follow: the connection is gone, or nobody wants more of it.
    pub fn is_final(&self) -> bool {
        matches!(self.kind, DbErrorKind::Settings | DbErrorKind::Connect | DbErrorKind::Cut | DbErrorKind::Stopped)
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        let sqlstate = error.code().map(|code| code.code().to_owned());
        let kind = match sqlstate.as_deref() {
            Some("42501") => DbErrorKind::Denied,
            Some("57014" | "55P03") => DbErrorKind::Timeout,
            Some(state) if state.starts_with("57P") || state.starts_with("08") => DbErrorKind::Cut,
            // idle_in_transaction_session_timeout, transaction_timeout: the server ends the session.
            Some("25P03" | "25P04") => DbErrorKind::Cut,
            Some(_) => DbErrorKind::Refused,
            None => DbErrorKind::Cut,
        };
        let message = error.as_db_error().map_or_else(|| chain(&error), |told| told.message().to_owned());
        DbError { kind, message, sqlstate }
    }
}

/// An error with its causes, each once.
pub(super) fn chain(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = inner.source();
    }
    text
}
