//! A connection string in; the server's catalog and its queries, as a snapshot file would hold them, out.

use super::catalog::{Given, Sources};
use crate::catalog::snapshot::Snapshot;
use crate::cli::connect;
use crate::cli::failure::Failure;
use crate::db::session::Limits;
use crate::db::statements::Statements;
use crate::db::{catalog, statements};
use crate::report::model::Input;

/// What the server may work on one statement of ours, if nothing else was said: catalogs can be large.
const LIMITS: Limits = Limits { statement_ms: 60_000, lock_ms: 500 };

/// Everything that a server says of itself without being asked about single queries.
pub fn read(dsn: &str, sources: Sources<'_>) -> Result<Given, Failure> {
    let snapshot = take(dsn, sources)?;
    let catalog = &snapshot.catalog;
    let details = [
        catalog.server_version.map(|version| format!("Postgres {}", shown(version))),
        Some(format!("{} tables", catalog.tables.len())),
        snapshot.queries.as_ref().map(|queries| format!("{} entries of pg_stat_statements", queries.len())),
    ];
    let input = Input {
        path: catalog.database.clone().unwrap_or_default(),
        format: "server".into(),
        details: details.into_iter().flatten().collect(),
        bytes: 0,
    };
    Ok(Given {
        catalog: Some(snapshot.catalog),
        inputs: vec![input],
        problems: Vec::new(),
        queries: snapshot.queries,
        statistics_seconds: snapshot.statistics_seconds,
        notes: snapshot.notes,
    })
}

/// What `sqlsift snapshot` writes and every other command works on.
pub fn take(dsn: &str, sources: Sources<'_>) -> Result<Snapshot, Failure> {
    let mut session = connect::connect(dsn, sources.server, sources.common)?;
    let read = catalog::read(&mut session, LIMITS).map_err(|error| connect::lost(&error))?;
    let mut notes = read.notes;
    // From here on something has been learnt: what goes wrong is said beside it.
    let statements = statements::read(&mut session, LIMITS, sources.interval).unwrap_or_else(|error| Statements {
        notes: vec![format!("pg_stat_statements was not read: {error}; the queries are not known")],
        ..Statements::default()
    });
    notes.extend(statements.notes);
    let mut catalog = read.catalog;
    catalog::paths::choose(&mut catalog, &statements.queries);
    Ok(Snapshot {
        catalog,
        queries: statements.available.then_some(statements.queries),
        statistics_seconds: statements.seconds,
        notes,
    })
}

/// `15.18` of 150018.
fn shown(version: u32) -> String {
    format!("{}.{}", version / 10_000, version % 10_000)
}
