//! Which queries are worth a parse: the dearest, and all that a pattern of the sessions is about.

use std::collections::BTreeSet;

use crate::sql;
use crate::sql::facts::Facts;
use crate::workload::model::{QueryIndex, Workload};

/// Parsing costs about 50 µs a query: these take a tenth of a second.
const DEAREST: usize = 2000;

/// Facts parallel to the workload's queries.
pub fn of(workload: &Workload) -> Vec<Option<Facts>> {
    let wanted: Vec<QueryIndex> = wanted(workload).into_iter().collect();
    let texts: Vec<&str> = wanted.iter().map(|&i| workload.queries[i].text.as_str()).collect();
    let mut facts: Vec<Option<Facts>> = Vec::new();
    facts.resize_with(workload.queries.len(), || None);
    for (index, found) in wanted.into_iter().zip(sql::facts_of_many(&texts)) {
        facts[index] = Some(found);
    }
    facts
}

fn wanted(workload: &Workload) -> BTreeSet<QueryIndex> {
    let mut by_time: Vec<QueryIndex> = (0..workload.queries.len()).collect();
    by_time.sort_by_key(|&i| (std::cmp::Reverse(workload.queries[i].total_us), i));
    let mut wanted: BTreeSet<QueryIndex> = by_time.into_iter().take(DEAREST).collect();
    wanted.extend(workload.repeats.iter().map(|r| r.query));
    wanted.extend(workload.pairs.iter().flat_map(|p| [p.child, p.parent]));
    wanted.extend(workload.walks.iter().map(|w| w.query));
    wanted.extend(workload.neighbours.iter().flat_map(|n| [n.first, n.second]));
    wanted.extend(workload.errors.iter().filter_map(|e| e.query));
    wanted.extend(workload.lock_waits.iter().filter_map(|l| l.query));
    wanted
}
