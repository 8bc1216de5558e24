//! Time observed in the log, as a rate for a day.

use crate::report::rank;
use crate::workload::model::{QueryIndex, Workload};

/// What `micros` of the observed window make in a day, ms; `None` when the window is empty.
pub fn per_day_ms(micros: f64, workload: &Workload) -> Option<f64> {
    rank::per_day_ms(micros, workload.window_us())
}

/// Total time of distinct queries, µs.
pub fn total_us(queries: &[QueryIndex], workload: &Workload) -> u64 {
    let mut distinct: Vec<QueryIndex> = queries.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.iter().filter_map(|q| workload.queries.get(*q)).map(|q| q.total_us).sum()
}

/// Dearest first, so that the query a reader should care for stands first; fingerprints, each once.
pub fn fingerprints(queries: &[QueryIndex], workload: &Workload) -> Vec<String> {
    let mut known: Vec<_> = queries.iter().filter_map(|q| workload.queries.get(*q)).collect();
    known.sort_by_key(|q| (std::cmp::Reverse(q.total_us), q.fingerprint));
    let mut names: Vec<String> = Vec::new();
    for query in known {
        let name = query.fingerprint.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
