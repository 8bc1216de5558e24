//! What can go wrong with a server, told apart by what the reader does next.

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
    /// Stopped by Ctrl-C.
    Stopped,
    /// The server refused a statement.
    Refused,
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        let sqlstate = error.code().map(|code| code.code().to_owned());
        let kind = match sqlstate.as_deref() {
            Some("42501") => DbErrorKind::Denied,
            Some("57014" | "55P03") => DbErrorKind::Timeout,
            Some(state) if state.starts_with("57P") || state.starts_with("08") => DbErrorKind::Cut,
            Some(_) => DbErrorKind::Refused,
            None => DbErrorKind::Cut,
        };
        let message = error.as_db_error().map_or_else(|| error.to_string(), |told| told.message().to_owned());
        DbError { kind, message, sqlstate }
    }
}
