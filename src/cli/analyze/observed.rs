//! What a server counted (read live or from a snapshot) in; a workload out, alone or joined with that of logs.

use std::collections::BTreeMap;

use super::catalog::Given;
use super::reading::Read;
use crate::catalog::model::Catalog;
use crate::catalog::snapshot::ObservedQuery;
use crate::cli::args::Analyze;
use crate::sql::Fingerprint;
use crate::workload::export::{self, ExportRow};
use crate::workload::model::{Query, Workload};

/// The server's queries as the workload, over the time in which they were counted.
pub fn read(given: &mut Given, args: &Analyze) -> Read {
    let (workload, left_out) = of_given(given, &args.user);
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

/// Beside a log, calls and times of a query are the log's, and the server adds rows and blocks. Queries that the log does not hold
/// (most logs leave out what is quick) are the server's, brought to the time that the log covers.
pub fn join(mut read: Read, given: &mut Given, args: &Analyze) -> Read {
    if given.queries.is_none() {
        return read;
    }
    let (server, _) = of_given(given, &args.user);
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
    read.notes.push(format!(
        "{met} queries of the log are in pg_stat_statements too: calls and times are the log's, rows and blocks the server's"
    ));
    known.retain(|fingerprint, query| query.calls > 0 && read.workload.singles.find(*fingerprint).next().is_none());
    let database_wanted = args.database.is_empty() || args.database.iter().any(|wanted| wanted == database);
    if known.is_empty() || !database_wanted {
        return read;
    }
    let (calls, us) = known.values().fold((0, 0), |(calls, us), query| (calls + query.calls, us + query.total_us));
    let what = format!("{} queries of pg_stat_statements ({calls} calls, {:.0} ms)", known.len(), us as f64 / 1e3);
    if !args.application.is_empty() {
        read.notes
            .push(format!("{what} are not in the log, and left out: pg_stat_statements does not know --application"));
        return read;
    }
    let share = share_of_time(&read.workload, given.statistics_seconds);
    read.notes.push(match share {
        Some(share) => format!(
            "{what} are not in the log: they are examined with {:.2} % of their figures, the part of the time that the log covers",
            share * 100.0
        ),
        None => format!("{what} are not in the log: they are examined with all that was counted, which may be of a longer time"),
    });
    let mut queries: Vec<Query> = known.into_values().collect();
    queries.iter_mut().for_each(|query| scale(query, share.unwrap_or(1.0)));
    let added = queries.len() as u64;
    let mut beside = Workload { queries, ..Workload::default() };
    beside.seen.from_exports = added;
    read.workload = Workload::merge(vec![std::mem::take(&mut read.workload), beside]);
    read
}

/// Of the time in which the server counted, the part that the log covers; `None` if one of them is not known.
fn share_of_time(log: &Workload, counted_s: Option<f64>) -> Option<f64> {
    let (first, last) = log.window?;
    let (log_s, counted_s) = ((last - first) as f64 / 1e6, counted_s.filter(|seconds| *seconds > 0.0)?);
    (log_s > 0.0).then_some((log_s / counted_s).min(1.0))
}

/// That share of everything that was counted, and at least one call.
fn scale(query: &mut Query, share: f64) {
    let share = share.max(1.0 / query.calls.max(1) as f64);
    let part = |count: u64| (count as f64 * share).round() as u64;
    for count in [
        &mut query.calls,
        &mut query.timed_calls,
        &mut query.total_us,
        &mut query.nested_calls,
        &mut query.nested_us,
        &mut query.temp_bytes,
    ] {
        *count = part(*count);
    }
    query.sum_squares = (query.sum_squares as f64 * share) as u128;
    query.rows = query.rows.map(part);
    query.blocks_read = query.blocks_read.map(part);
}

fn of_given(given: &Given, users: &[String]) -> (Workload, usize) {
    workload(given.queries.as_deref().unwrap_or_default(), given.catalog.as_ref(), given.statistics_seconds, users)
}

/// The workload of the entries, with how many are of other users than those wanted.
pub fn workload(
    queries: &[ObservedQuery],
    catalog: Option<&Catalog>,
    statistics_seconds: Option<f64>,
    users: &[String],
) -> (Workload, usize) {
    let database = catalog.and_then(|catalog| catalog.database.clone()).unwrap_or_default();
    let wanted =
        |query: &&ObservedQuery| users.is_empty() || query.user.as_ref().is_some_and(|user| users.contains(user));
    let rows: Vec<ExportRow> = queries.iter().filter(wanted).map(|query| row(query, &database)).collect();
    let mut workload = export::workload(&rows);
    let taken_at = catalog.and_then(|catalog| catalog.taken_at);
    workload.window = taken_at.zip(statistics_seconds).map(|(at, seconds)| (at - (seconds * 1e6) as i64, at));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_brought_to_the_time_of_the_log_and_never_vanishes() {
        let query =
            |calls, total_us| Query { calls, timed_calls: calls, total_us, rows: Some(calls), ..Query::default() };
        let mut often = query(1000, 2_000_000);
        scale(&mut often, 0.1);
        assert_eq!((often.calls, often.total_us, often.rows), (100, 200_000, Some(100)));
        let mut seldom = query(2, 2_000_000);
        scale(&mut seldom, 0.001);
        assert_eq!((seldom.calls, seldom.total_us), (1, 1_000_000));
    }

    #[test]
    fn the_share_is_that_of_the_time() {
        let hour = Workload { window: Some((0, 3_600_000_000)), ..Workload::default() };
        assert_eq!(share_of_time(&hour, Some(36_000.0)), Some(0.1));
        assert_eq!(share_of_time(&hour, Some(60.0)), Some(1.0));
        assert_eq!((share_of_time(&hour, None), share_of_time(&Workload::default(), Some(60.0))), (None, None));
    }
}
