//! Rows of pg_stat_statements come in, a [`Workload`] without sessions and quantiles goes out.

use std::collections::BTreeMap;

pub use crate::ingest::export::ExportRow;
use crate::sql::{self, Fingerprint};

use super::model::{Query, Workload};

/// Bytes of a block; Postgres is hardly ever built with another size.
const BLOCK: u64 = 8192;

/// Rows of one fingerprint and database (of several users, or of texts that our fingerprint does not tell apart) add up.
pub fn workload(rows: &[ExportRow]) -> Workload {
    let mut queries: BTreeMap<(String, Fingerprint), Query> = BTreeMap::new();
    let mut scratch = sql::Scratch::default();
    let mut workload = Workload::default();
    for row in rows {
        let scan = sql::scan(row.query.as_bytes(), &mut scratch);
        let query = queries
            .entry((row.database.clone(), scan.fingerprint))
            .or_insert_with(|| Query::new(&row.database, scan.fingerprint, scan.kind, &row.query));
        add(query, row);
        workload.seen.from_exports += 1;
    }
    workload.queries = queries.into_values().collect();
    for query in &mut workload.queries {
        query.query_ids.sort_unstable();
        query.query_ids.dedup();
    }
    workload
}

fn add(query: &mut Query, row: &ExportRow) {
    // Of several texts the smallest: the order of the rows means nothing.
    if row.query < query.text {
        query.text.clone_from(&row.query);
    }
    query.query_ids.extend(row.query_id);
    if !row.toplevel {
        query.nested_calls += row.calls;
        query.nested_us += micros(row.total_ms);
        return;
    }
    if row.calls > 0 {
        if let Some(min) = row.min_ms.map(micros) {
            query.min_us = if query.timed_calls == 0 { min } else { query.min_us.min(min) };
        }
        query.max_us = query.max_us.max(row.max_ms.map_or(0, micros));
    }
    query.calls += row.calls;
    query.timed_calls += row.calls;
    query.total_us += micros(row.total_ms);
    let calls = row.calls as f64;
    let mean = row.mean_ms.unwrap_or(if row.calls == 0 { 0.0 } else { row.total_ms / calls }) * 1e3;
    let deviation = row.stddev_ms.unwrap_or(0.0) * 1e3;
    query.sum_squares += (calls * (deviation * deviation + mean * mean)) as u128;
    query.rows = row.rows.map(|rows| rows + query.rows.unwrap_or(0)).or(query.rows);
    query.blocks_read =
        row.shared_blocks_read.map(|blocks| blocks + query.blocks_read.unwrap_or(0)).or(query.blocks_read);
    query.temp_bytes += row.temp_blocks_written.unwrap_or(0) * BLOCK;
    if !row.user.is_empty() {
        query.users.add(&row.user, row.calls);
    }
}

fn micros(ms: f64) -> u64 {
    (ms * 1e3).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(query: &str, user: &str, calls: u64, mean_ms: f64) -> ExportRow {
        ExportRow {
            query: query.to_owned(),
            database: "shop".to_owned(),
            user: user.to_owned(),
            toplevel: true,
            calls,
            total_ms: mean_ms * calls as f64,
            min_ms: Some(mean_ms / 2.0),
            max_ms: Some(mean_ms * 2.0),
            stddev_ms: Some(0.0),
            rows: Some(calls),
            query_id: Some(7),
            ..ExportRow::default()
        }
    }

    #[test]
    fn rows_of_one_query_add_up() {
        let rows = [
            row("SELECT * FROM t WHERE id = $1", "a", 10, 2.0),
            row("select * from t where id = $1", "b", 30, 4.0),
            ExportRow { toplevel: false, ..row("SELECT * FROM t WHERE id = $1", "a", 5, 1.0) },
        ];
        let workload = workload(&rows);
        assert_eq!(workload.queries.len(), 1);
        let query = &workload.queries[0];
        assert_eq!((query.calls, query.total_us, query.rows), (40, 140_000, Some(40)));
        assert_eq!((query.min_us, query.max_us), (1_000, 8_000));
        assert_eq!((query.nested_calls, query.nested_us), (5, 5_000));
        assert_eq!(query.users.0.get("b"), Some(&30));
        assert_eq!(query.query_ids, [7]);
        // 10 calls of 2 ms and 30 of 4 ms: variance (10*4 + 30*16)/40 - 3.5² = 0.75.
        assert!((query.stddev_us().expect("many calls") - 0.75f64.sqrt() * 1e3).abs() < 0.01);
        assert_eq!(query.quantile_us(0.5), None);
    }
}
