//! A session in; what `pg_stat_statements` of its database holds out, as [`ObservedQuery`]s, with all that is missing from
//! it said in words. Versions 1.8 (Postgres 13) to 1.12 (18), and older ones that pg_upgrade left.

mod difference;
mod entry;

use std::time::Duration;

use crate::catalog::snapshot::ObservedQuery;

use super::error::DbError;
use super::session::{Limits, Row, Session};
use entry::Entry;

/// The text file of 5,000 entries is read at once; a larger one takes longer.
const LIMITS: Limits = Limits { statement_ms: 60_000, lock_ms: 500 };

/// What was running, and for how long it was counted.
#[derive(Debug, Default)]
pub struct Statements {
    pub queries: Vec<ObservedQuery>,
    /// From the last reset (or between two readings) to now; `None` if the server does not say.
    pub seconds: Option<f64>,
    /// Whether there was anything to read from.
    pub available: bool,
    /// Sentences: what is not in here, why, and what to do about it.
    pub notes: Vec<String>,
}

/// Where the extension is, and what it is set to.
struct Extension {
    /// Quoted where needed.
    schema: String,
    has_info: bool,
}

/// One look at all entries of this database.
struct Reading {
    entries: Vec<Entry>,
    /// Seconds since the epoch.
    at: f64,
    reset_at: Option<f64>,
    evictions: Option<i64>,
    others: (i64, i64),
}

/// Reads the entries of the connected database; with an interval twice, to give what ran in between.
///
/// # Errors
/// If the connection is gone. An extension that is missing, not loaded or not readable is a note.
pub fn read(session: &mut Session, interval: Option<Duration>) -> Result<Statements, DbError> {
    let looked = look(session, interval);
    match looked {
        Err(error) if !error.is_final() => Ok(Statements {
            notes: vec![format!("pg_stat_statements was not read: {error}; its queries are not in here")],
            ..Statements::default()
        }),
        other => other,
    }
}

fn look(session: &mut Session, interval: Option<Duration>) -> Result<Statements, DbError> {
    let extension = match find(session)? {
        Ok(extension) => extension,
        Err(note) => return Ok(Statements { notes: vec![note], ..Statements::default() }),
    };
    let first = take(session, &extension)?;
    let Some(interval) = interval else {
        let seconds = first.reset_at.map(|reset| (first.at - reset).round()).filter(|seconds| *seconds > 0.0);
        let mut notes = notes(&first);
        if seconds.is_none() {
            notes.push(
                "this version of pg_stat_statements does not say since when it counts: figures a day are not known; \
                 --interval 60s measures them"
                    .into(),
            );
        }
        return Ok(Statements { queries: entry::queries(first.entries), seconds, available: true, notes });
    };
    session.pause(interval)?;
    let second = take(session, &extension)?;
    let mut notes = notes(&second);
    let seconds = second.at - first.at;
    let (entries, said) = difference::between(first.entries, second.entries, first.reset_at != second.reset_at);
    notes.extend(said);
    if let (Some(before), Some(after)) = (first.evictions, second.evictions)
        && after > before
    {
        notes.push(format!(
            "pg_stat_statements threw out entries {} times between the two readings: calls of those are missing",
            after - before
        ));
    }
    Ok(Statements { queries: entry::queries(entries), seconds: Some(seconds), available: true, notes })
}

pub(super) const FIND: &str = "SELECT pg_catalog.quote_ident(n.nspname), \
        pg_catalog.current_setting('pg_stat_statements.max', true) IS NOT NULL, \
        EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace OPERATOR(pg_catalog.=) n.oid \
                AND c.relname OPERATOR(pg_catalog.=) 'pg_stat_statements_info') \
    FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace \
    WHERE e.extname OPERATOR(pg_catalog.=) 'pg_stat_statements'";

pub(super) const LOADED: &str = "SELECT pg_catalog.current_setting('pg_stat_statements.max', true) IS NOT NULL";

/// The extension, or what to do to get it.
fn find(session: &mut Session) -> Result<Result<Extension, String>, DbError> {
    let (rows, loaded) = session.reading(LIMITS, |reading| {
        let rows = reading.rows(FIND, &[])?;
        let loaded: bool = reading.rows(LOADED, &[])?.first().map_or(Ok(false), |row| row.try_get(0))?;
        Ok((rows, loaded))
    })?;
    let preload = "add pg_stat_statements to shared_preload_libraries and restart the server";
    let create = "CREATE EXTENSION pg_stat_statements in this database";
    let Some(row) = rows.first() else {
        let steps = if loaded { create.to_owned() } else { format!("{preload}, then {create}") };
        return Ok(Err(format!(
            "pg_stat_statements is not installed in this database, so its queries are not known: {steps}"
        )));
    };
    if !row.try_get::<_, bool>(1)? {
        return Ok(Err(format!(
            "pg_stat_statements is installed but not loaded, so its queries are not known: {preload}"
        )));
    }
    Ok(Ok(Extension { schema: row.try_get(0)?, has_info: row.try_get(2)? }))
}

pub(super) const SETTINGS: &str = "SELECT pg_catalog.set_config('search_path', '', true)";

/// The entries of this database, how many others there are, and the time with that of the last reset, as version 1.9 and later
/// know it and as older ones do not. Columns differ from version to version: the row as JSON has those that there are.
pub(super) fn texts(schema: &str) -> [String; 4] {
    [
        format!(
            "SELECT s.query, r.rolname::text, (to_jsonb(s) - 'query')::text FROM {schema}.pg_stat_statements s \
             LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.userid \
             WHERE s.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
        ),
        format!(
            "SELECT count(*), coalesce(sum(s.calls), 0)::int8 FROM {schema}.pg_stat_statements(false) s \
             WHERE s.dbid <> (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
        ),
        format!(
            "SELECT extract(epoch FROM clock_timestamp())::float8, extract(epoch FROM stats_reset)::float8, dealloc \
             FROM {schema}.pg_stat_statements_info"
        ),
        "SELECT extract(epoch FROM clock_timestamp())::float8, NULL::float8, NULL::int8".to_owned(),
    ]
}

fn take(session: &mut Session, extension: &Extension) -> Result<Reading, DbError> {
    let [entries, others, with_info, without_info] = texts(&extension.schema);
    let info = if extension.has_info { with_info } else { without_info };
    session.reading(LIMITS, |reading| {
        reading.rows(SETTINGS, &[])?;
        let rows = reading.rows(&entries, &[])?;
        let entries = rows.iter().map(Entry::of).collect::<Result<Vec<_>, _>>()?;
        let entries = entries.into_iter().flatten().collect();
        let others = reading.rows(&others, &[])?;
        let others = others.first().map_or(Ok((0, 0)), pair)?;
        let told = reading.rows(&info, &[])?;
        let (at, reset_at, evictions) = match told.first() {
            Some(row) => (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?),
            None => (0.0, None, None),
        };
        Ok(Reading { entries, at, reset_at, evictions, others })
    })
}

fn pair(row: &Row) -> Result<(i64, i64), DbError> {
    Ok((row.try_get(0)?, row.try_get(1)?))
}

fn counted(entries: usize) -> String {
    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
}

/// What is not among the queries.
fn notes(reading: &Reading) -> Vec<String> {
    let mut notes = Vec::new();
    if let (entries @ 1.., calls) = reading.others {
        notes.push(format!(
            "of other databases, and left out: {} of pg_stat_statements ({calls} calls)",
            counted(entries as usize)
        ));
    }
    let hidden: Vec<&Entry> = reading.entries.iter().filter(|entry| entry.is_hidden()).collect();
    if !hidden.is_empty() {
        let calls: u64 = hidden.iter().map(|entry| entry.calls).sum();
        let ms: f64 = hidden.iter().map(|entry| entry.total_ms).sum();
        notes.push(format!(
            "without their text, which this role may not see, and left out: {} of other roles ({calls} calls, {ms:.0} ms)",
            counted(hidden.len())
        ));
    }
    let lost = reading.entries.iter().filter(|entry| entry.text.is_none()).count();
    if lost > 0 {
        notes.push(format!(
            "{} of pg_stat_statements without a text (its file was damaged or written anew), left out; \
             SELECT pg_stat_statements_reset() begins a new file",
            counted(lost)
        ));
    }
    if let Some(evictions @ 1..) = reading.evictions {
        notes.push(format!(
            "pg_stat_statements was full {evictions} times since its reset and threw out the entries used least: their calls \
             are missing; a larger pg_stat_statements.max keeps more"
        ));
    }
    notes
}
