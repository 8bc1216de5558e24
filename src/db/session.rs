//! One connection, used from synchronous code: short read-only transactions in, rows out.

use std::str::FromStr;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls};

use super::error::{DbError, DbErrorKind};

pub use tokio_postgres::Row;

/// A value of a statement of our own; statements name its type by a cast.
#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    Text(String),
    Int(i64),
    Texts(Vec<String>),
}

/// A connection to one database.
#[derive(Debug)]
pub struct Session {
    pub(super) runtime: Runtime,
    pub(super) client: Client,
    /// `server_version_num`, e.g. 150018.
    pub version: u32,
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

impl Session {
    /// Connects and asks for the server's version.
    pub fn connect(dsn: &str) -> Result<Self, DbError> {
        let settings = |message: String| DbError { kind: DbErrorKind::Settings, message, sqlstate: None };
        let mut config = tokio_postgres::Config::from_str(dsn).map_err(|error| settings(error.to_string()))?;
        config.application_name("sqlsift");
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(|error| settings(error.to_string()))?;
        let client = runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await?;
            tokio::spawn(connection);
            Ok::<_, DbError>(client)
        })?;
        let mut session = Session { runtime, client, version: 0 };
        let version = session.reading(Limits::default(), |reading| {
            reading.rows("SELECT current_setting('server_version_num')::int8", &[])
        })?;
        session.version = version.first().map_or(0, |row| row.get::<_, i64>(0)) as u32;
        Ok(session)
    }

    /// One read-only transaction, rolled back at its end whatever happened.
    pub fn reading<T>(
        &mut self,
        limits: Limits,
        work: impl FnOnce(&mut Reading<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let begin = format!(
            "BEGIN READ ONLY; SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
            limits.statement_ms, limits.lock_ms
        );
        self.runtime.block_on(self.client.batch_execute(&begin))?;
        let result = work(&mut Reading { session: self });
        let ended = self.runtime.block_on(self.client.batch_execute("ROLLBACK"));
        let value = result?;
        ended?;
        Ok(value)
    }
}

/// An open read-only transaction.
#[derive(Debug)]
pub struct Reading<'s> {
    session: &'s mut Session,
}

impl Reading<'_> {
    pub fn version(&self) -> u32 {
        self.session.version
    }

    /// One statement of our own through the extended protocol, unnamed, so that poolers need to remember nothing.
    pub fn rows(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>, DbError> {
        let typed: Vec<(&(dyn ToSql + Sync), Type)> = params
            .iter()
            .map(|param| match param {
                Param::Text(text) => (text as &(dyn ToSql + Sync), Type::TEXT),
                Param::Int(number) => (number as &(dyn ToSql + Sync), Type::INT8),
                Param::Texts(texts) => (texts as &(dyn ToSql + Sync), Type::TEXT_ARRAY),
            })
            .collect();
        Ok(self.session.runtime.block_on(self.session.client.query_typed(sql, &typed))?)
    }
}
