//! `workload/temp_files`: a sort or hash that did not fit into memory.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::WorkloadRule;
use crate::rules::context::WorkloadCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured};
use crate::sql::{Fingerprint, StatementKind};
use crate::workload::model::QueryIndex;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_bytes: u64,
}

impl WorkloadRule for Rule {
    fn check(&self, cx: &WorkloadCx<'_>, out: &mut Sink) {
        // Lines of parallel workers may lack the database, and so the same statement counts as another: the one that has calls
        // speaks for both.
        let mut by_text: BTreeMap<Fingerprint, (QueryIndex, u64, u64)> = BTreeMap::new();
        for (index, query) in cx.workload.queries.iter().enumerate().filter(|(_, query)| query.temp_bytes > 0) {
            let entry = by_text.entry(query.fingerprint).or_insert((index, 0, 0));
            if query.calls > cx.workload.queries[entry.0].calls {
                entry.0 = index;
            }
            entry.1 += query.temp_files;
            entry.2 += query.temp_bytes;
        }
        for (index, files, bytes) in by_text.into_values() {
            if bytes >= self.min_bytes {
                out.find(spills(cx, index, files, bytes));
            }
        }
    }
}

fn spills(cx: &WorkloadCx<'_>, index: QueryIndex, files: u64, bytes: u64) -> Draft {
    let query = &cx.workload.queries[index];
    // pg_stat_statements counts the blocks and not the files: at least one for each call that spills, of which there may be few.
    let pieces = if files == 0 { query.calls } else { files };
    let a_file = bytes / pieces.max(1);
    let title = match files {
        0 if query.calls == 1 => format!("Spills to disk: {} of temporary files in one call", size(bytes)),
        0 => format!("Spills to disk: {} of temporary files in {} calls", size(bytes), query.calls),
        _ => format!("Spills to disk: {files} temporary files, {} in all", size(bytes)),
    };
    let words = "A sort, a hash or a materialised result did not fit into work_mem and went through files.";
    let draft = Draft::query(cx, index, title, words);
    let draft = if files == 0 { draft } else { draft.evidence(measured("temporary files", files, "files")) };
    let draft = draft.evidence(measured("written to them", bytes, "bytes")).evidence(measured(
        if files == 0 { "a call" } else { "mean file" },
        a_file,
        "bytes",
    ));
    let builds_index = query.kind == StatementKind::Utility;
    let setting = if builds_index { "maintenance_work_mem" } else { "work_mem" };
    let mut advice = Advice::new(
        RecommendationKind::Setting,
        format!("More {setting} for this statement alone"),
        format!(
            "Rows take two to three times the space in memory that they take in a file. Each sort and each hash of each session may use \
             {setting}, so raise it where the statement runs, not for the whole server. First see whether it must sort so much: \
             fewer columns, an index that gives the order, or grouping before joining."
        ),
        format!("SET LOCAL {setting} = '{}MB'", megabytes(a_file)),
    );
    advice.applicability = Applicability::Review;
    draft.ask(Ask::Ready(advice))
}

/// Three times the mean file, in whole steps of a power of two, at least 4 MB and at most 1 GB.
fn megabytes(a_file: u64) -> u64 {
    (a_file.saturating_mul(3) >> 20).saturating_add(1).next_power_of_two().clamp(4, 1024)
}

fn size(bytes: u64) -> String {
    match bytes {
        0..=9_999 => format!("{bytes} bytes"),
        10_000..=9_999_999 => format!("{:.0} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn work_mem_in_powers_of_two() {
        assert_eq!(super::megabytes(100), 4);
        assert_eq!(super::megabytes(10 << 20), 32);
        assert_eq!(super::megabytes(u64::MAX / 2), 1024);
    }
}
