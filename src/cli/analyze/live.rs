//! A session in; the server's catalog and its queries, as a snapshot file would hold them, out.

use std::collections::BTreeSet;
use std::time::Duration;

use super::catalog::Given;
use crate::catalog::model::{Catalog, TableName};
use crate::catalog::snapshot::Snapshot;
use crate::cli::connect;
use crate::cli::failure::Failure;
use crate::db::error::DbErrorKind;
use crate::db::rights::Rights;
use crate::db::session::Limits;
use crate::db::{Session, catalog, health, statements, values};
use crate::report::model::Input;
use crate::report::units::counted;
use crate::sql::facts::Facts;

/// What the server may work on one statement of ours, if nothing else was said.
const LIMITS: Limits = Limits { statement_ms: 60_000, lock_ms: 500 };

/// What a command reads of a server beside its catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// To analyse it, or to take it home: health, and what ran; with an interval, between two readings.
    Everything(Option<Duration>),
    /// To explain statements: counters and health.
    Health,
    /// To lint: what runs on the tables.
    Traffic,
}

/// Everything that a server says of itself without being asked about single queries.
pub fn read(session: &mut Session, wanted: Wanted) -> Result<Given, Failure> {
    let snapshot = take(session, wanted)?;
    let catalog = &snapshot.catalog;
    let details = [
        catalog.server_version.map(|version| format!("Postgres {}", shown(version))),
        Some(counted(catalog.tables.len() as u64, "table", "tables")),
        snapshot
            .queries
            .as_ref()
            .map(|queries| format!("{} of pg_stat_statements", counted(queries.len() as u64, "entry", "entries"))),
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
        planned: None,
        notes: snapshot.notes,
    })
}

/// What `sqlsift snapshot` writes and every other command works on.
pub fn take(session: &mut Session, wanted: Wanted) -> Result<Snapshot, Failure> {
    let read = catalog::read(session).map_err(|error| connect::lost(&error))?;
    let mut notes = read.notes;
    let mut catalog = read.catalog;
    // From here on something has been learnt: what goes wrong is said beside it.
    match Rights::read(session) {
        // To lint, no table is read.
        Ok(rights) => notes.extend(rights.lacks(read.hidden.as_ref().filter(|_| wanted != Wanted::Traffic))),
        Err(error) => notes.push(format!("what the role may see was not read: {error}")),
    }
    // What it could not read stands in the catalog, and the rules say so.
    if wanted != Wanted::Traffic
        && let Err(error) = health::read(session, LIMITS, &mut catalog)
    {
        notes.push(format!("the counters and the health of the server were not read: {error}"));
    }
    let interval = match wanted {
        Wanted::Everything(interval) => interval,
        Wanted::Traffic => None,
        Wanted::Health => return Ok(Snapshot { catalog, notes, ..Snapshot::default() }),
    };
    let statements = statements::read(session, interval).unwrap_or_else(|error| statements::Statements {
        notes: vec![match error.kind {
            DbErrorKind::Stopped => {
                "stopped before pg_stat_statements was read: its queries are not in here".to_owned()
            }
            _ => format!("the connection was lost before pg_stat_statements was read: {error}"),
        }],
        ..statements::Statements::default()
    });
    if wanted != Wanted::Traffic || !statements.available {
        notes.extend(statements.notes);
    }
    catalog::paths::choose(&mut catalog, &statements.queries);
    Ok(Snapshot {
        catalog,
        queries: statements.available.then_some(statements.queries),
        statistics_seconds: statements.seconds,
        indexes: None,
        notes,
    })
}

/// Values of the tables that queries name; samples of queries are drawn from them. They stay in memory. What was not read is
/// said for the report.
pub fn read_values(session: &mut Session, catalog: &mut Catalog, facts: &[Option<Facts>]) -> Option<String> {
    let named: BTreeSet<&str> =
        facts.iter().flatten().flat_map(|facts| &facts.tables).map(|(table, _)| table.name.as_str()).collect();
    let tables: Vec<TableName> =
        catalog.tables.keys().filter(|table| named.contains(table.name.as_str())).cloned().collect();
    let filled = values::fill(session, Limits::default(), catalog, &tables);
    filled.err().map(|error| format!("values of columns, for samples of queries, were not read: {error}"))
}

/// `15.18` of 150018.
fn shown(version: u32) -> String {
    format!("{}.{}", version / 10_000, version % 10_000)
}
