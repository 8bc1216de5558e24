//! What a server counted (read live or from a snapshot) in; a workload out, alone or joined with that of logs.

use std::collections::BTreeMap;

use super::catalog::Given;
use super::reading::Read;
use crate::catalog::snapshot::ObservedQuery;
use crate::cli::args::Analyze;
use crate::sql::Fingerprint;
use crate::workload::export::{self, ExportRow};
use crate::workload::model::{Query, Workload};

/// The server's queries as the workload, over the time in which they were counted.
pub fn read(given: &mut Given, args: &Analyze) -> Read {
    let (workload, left_out) = workload(given, &args.user);
    let mut notes = Vec::new();
    if left_out > 0 {
        notes.push(format!("{left_out} entries of pg_stat_statements are of other users than --user"));
    }
    let blind = [
        ("--since", args.since.is_some()),
        ("--until", args.until.is_some()),
        ("--application", !args.application.is_empty()),
    ];
    let blind: Vec<&str> = blind.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
    if !blind.is_empty() {
        notes.push(format!("{} cannot be applied: pg_stat_statements does not carry it", blind.join(", ")));
    }
    notes.push(
        "pg_stat_statements keeps no constants, no order and no single durations of statements: rules that look at those (wildcards, casts, \
         OFFSETs, N+1, outliers) see little or nothing; a log of the server shows them"
            .into(),
    );
    // Nothing stands in a line of it.
    let places = given.inputs.iter().map(|input| input.path.clone()).collect();
    Read { workload, notes, places, ..Read::default() }
}

/// Beside a log calls and times are the log's; of the same queries the server knows rows and blocks, and it knows of queries
/// that the log does not hold.
pub fn join(mut read: Read, given: &mut Given) -> Read {
    if given.queries.is_none() {
        return read;
    }
    let (server, _) = workload(given, &[]);
    let database = given.catalog.as_ref().and_then(|catalog| catalog.database.as_deref()).unwrap_or_default();
    let mut known: BTreeMap<Fingerprint, Query> = server.queries.into_iter().map(|q| (q.fingerprint, q)).collect();
    let mut met = 0u64;
    let here = |query: &Query| query.database.is_empty() || query.database == database;
    for query in read.workload.queries.iter_mut().filter(|query| here(query)) {
        let Some(counted) = known.remove(&query.fingerprint) else { continue };
        met += 1;
        let share = query.calls as f64 / (counted.calls.max(1)) as f64;
        let of_these = |all: Option<u64>| all.map(|all| (all as f64 * share).round() as u64);
        query.rows = query.rows.or_else(|| of_these(counted.rows));
        query.blocks_read = query.blocks_read.or_else(|| of_these(counted.blocks_read));
        query.query_ids.extend(&counted.query_ids);
        query.query_ids.sort_unstable();
        query.query_ids.dedup();
    }
    known.retain(|fingerprint, query| query.calls > 0 && read.workload.singles.find(*fingerprint).next().is_none());
    let (calls, us) = known.values().fold((0, 0), |(calls, us), query| (calls + query.calls, us + query.total_us));
    read.notes.push(format!(
        "{met} queries of the log are in pg_stat_statements too: calls and times are the log's, rows and blocks the server's"
    ));
    if !known.is_empty() {
        read.notes.push(format!(
            "{} queries of pg_stat_statements ({calls} calls, {:.0} ms) are not in the log; without LOG they are examined",
            known.len(),
            us as f64 / 1e3
        ));
    }
    read
}

/// The workload of the entries, with how many are of other users than those wanted.
fn workload(given: &mut Given, users: &[String]) -> (Workload, usize) {
    let catalog = given.catalog.as_ref();
    let database = catalog.and_then(|catalog| catalog.database.clone()).unwrap_or_default();
    let queries = given.queries.as_deref().unwrap_or_default();
    let wanted =
        |query: &&ObservedQuery| users.is_empty() || query.user.as_ref().is_some_and(|user| users.contains(user));
    let rows: Vec<ExportRow> = queries.iter().filter(wanted).map(|query| row(query, &database)).collect();
    let mut workload = export::workload(&rows);
    let taken_at = catalog.and_then(|catalog| catalog.taken_at);
    workload.window = taken_at.zip(given.statistics_seconds).map(|(at, seconds)| (at - (seconds * 1e6) as i64, at));
    (workload, queries.len() - rows.len())
}

fn row(query: &ObservedQuery, database: &str) -> ExportRow {
    ExportRow {
        line: 0,
        query: query.text.clone(),
        query_id: query.query_id,
        database: database.to_owned(),
        user: query.user.clone().unwrap_or_default(),
        toplevel: !query.nested,
        calls: query.calls,
        total_ms: query.total_ms,
        min_ms: query.min_ms,
        max_ms: query.max_ms,
        mean_ms: query.mean_ms,
        stddev_ms: query.stddev_ms,
        rows: query.rows,
        shared_blocks_hit: query.blocks_hit,
        shared_blocks_read: query.blocks_read,
        temp_blocks_read: None,
        temp_blocks_written: query.temp_blocks_written,
    }
}
