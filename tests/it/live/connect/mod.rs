//! Every way to a server, and what is said of those that do not lead there.

mod hosts;
mod pooler;
mod secure;

use std::collections::BTreeMap;
use std::path::Path;

use sqlsift::db::Session;
use sqlsift::db::cancel::Interrupt;
use sqlsift::db::connect::ConnectError;
use sqlsift::db::conninfo::{self, Surroundings};
use sqlsift::db::session::Limits;

/// Connects as the command line does, with these variables and this home.
pub fn open_in(dsn: &str, variables: &[(&'static str, &str)], home: Option<&Path>) -> Result<Session, ConnectError> {
    let variables: BTreeMap<&'static str, String> =
        variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let around = Surroundings { variables, home: home.map(Into::into), user: Some("postgres".into()) };
    let settings = conninfo::settings(dsn, &around)?;
    Session::open(&settings, Interrupt::default())
}

pub fn open(dsn: &str) -> Result<Session, ConnectError> {
    open_in(dsn, &[], None)
}

/// The one value of a question.
pub fn ask(session: &mut Session, sql: &str) -> String {
    let rows = session.reading(Limits::default(), |reading| reading.rows(sql, &[])).expect(sql);
    rows.first().map(|row| row.get::<_, String>(0)).unwrap_or_default()
}
