//! For a snapshot: a session and what was read of the server in; the set of indexes that its planner finds best for the queries that
//! ran there, out. And back: such a set in; what the planner said, as if it had been asked now, out.

use std::collections::BTreeSet;
use std::mem::take;
use std::time::Duration;

use crate::advise::set::kept::{self, Search, Unfit};
use crate::catalog::snapshot::Snapshot;
use crate::catalog::snapshot::planned::PlannedSet;
use crate::cli::args::{Common, IndexAdvice};
use crate::db::Session;
use crate::rules::context::{WorkloadCx, Worth};

use super::advisor::{self, Advised};
use super::{facts, live, names, observed};

/// Fills in `indexes`, or notes why not. Values of rows that the search tries are not in what it finds, and forgotten.
pub fn search(session: &mut Session, snapshot: &mut Snapshot, args: &IndexAdvice, common: &Common) {
    let Some(queries) = snapshot.queries.as_deref().filter(|queries| !queries.is_empty()) else { return };
    let (workload, _) = observed::workload(queries, Some(&snapshot.catalog), snapshot.statistics_seconds, &[]);
    let mut facts = facts::of(&workload);
    let unread = live::read_values(session, &mut snapshot.catalog, &facts);
    let _ = names::settle(&workload, &mut facts, &snapshot.catalog);
    let catalog = Some(&snapshot.catalog);
    let cx = WorkloadCx { workload: &workload, facts: &facts, catalog, plans: &[], worth: Worth::default() };
    match advisor::search(session, &cx, args, common, &BTreeSet::new()) {
        Ok(Some(advised)) => {
            let search = Search { seconds: advised.took.as_secs_f64(), left_out: advised.left_out };
            snapshot.indexes = Some(kept::keep(&advised.outcome, search, &advised.limits, &cx));
        }
        Ok(None) => {}
        Err(reason) => snapshot.notes.push(reason),
    }
    snapshot.notes.extend(unread);
    for column in snapshot.catalog.tables.values_mut().flat_map(|table| &mut table.columns) {
        if let Some(stats) = &mut column.stats {
            stats.values = None;
        }
    }
}

/// Why a set that the file holds is not taken goes into `notes`.
pub fn found(
    set: &mut Option<PlannedSet>,
    cx: &WorkloadCx<'_>,
    args: &IndexAdvice,
    notes: &mut Vec<String>,
) -> Option<Advised> {
    let set = take(set)?;
    let limits = advisor::limits(args, &BTreeSet::new());
    let (outcome, limits) = match kept::restore(&set, &limits, cx) {
        Ok(restored) => restored,
        Err(unfit) => {
            let why = match unfit {
                Unfit::Limits => "was asked for with other limits (--budget, --max-indexes, --size-model) than these",
                Unfit::Queries => "is for other queries than these",
                Unfit::Unknown => "cannot be read by this version of sqlsift",
            };
            notes.push(format!(
                "indexes are advised by estimate: what the planner said when the snapshot was taken {why}"
            ));
            return None;
        }
    };
    notes.push("indexes are as the server's planner found them best when the snapshot was taken".to_owned());
    let took = Duration::try_from_secs_f64(set.seconds).unwrap_or_default();
    Some(Advised { outcome, took, left_out: set.left_out, limits })
}
