//! A connection in; HypoPG on it, or what to do to have it, out.

use std::collections::BTreeMap;

use super::{HypoPg, Route};
use crate::db::error::DbError;
use crate::db::planner::Planner;
use crate::db::quote;
use crate::db::session::{Limits, Session};
use crate::sql::guard::Names;

/// Why nothing can be tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("the extension hypopg is not created in this database; next step: CREATE EXTENSION hypopg")]
    NotCreated,
    #[error(
        "the extension hypopg is not installed on this server; next step: install its package (postgresql-{0}-hypopg)"
    )]
    NotInstalled(u32),
    #[error(transparent)]
    Db(#[from] DbError),
}

pub(in crate::db) const FIND: &str = "SELECT a.name IS NOT NULL, e.extversion, n.nspname::text \
    FROM (VALUES ('hypopg')) w(name) \
    LEFT JOIN pg_catalog.pg_available_extensions() a ON a.name = w.name \
    LEFT JOIN pg_catalog.pg_extension e ON e.extname = w.name \
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace";

impl<'s> HypoPg<'s> {
    /// Names without a schema are looked up in these.
    #[must_use]
    pub fn under(mut self, schemas: &[String]) -> Self {
        self.planner = std::mem::take(&mut self.planner).under(schemas);
        self
    }

    /// `names` are what no statement may use; [`crate::db::names::read`] reads them.
    pub fn open(session: &'s mut Session, route: Route, limits: Limits, names: Names) -> Result<Self, OpenError> {
        let rows = session.reading(limits, |reading| reading.rows(FIND, &[]))?;
        let found = rows.first().map(|row| (row.get(0), row.get(1), row.get(2)));
        let (version, schema): (String, String) = match found {
            Some((_, Some(version), Some(schema))) => (version, schema),
            Some((true, _, _)) => return Err(OpenError::NotCreated),
            _ => return Err(OpenError::NotInstalled(session.version / 10_000)),
        };
        let schema = quote::identifier(&schema);
        let offered = Vec::new();
        let mut hypopg = HypoPg {
            session,
            route,
            planner: Planner::new(limits),
            names,
            schema,
            version,
            offered,
            existing: BTreeMap::new(),
            calls: 0,
            process: None,
        };
        hypopg.reset()?;
        Ok(hypopg)
    }
}
