//! Scans of plans that want an index: the statement that reads the scan's table alone in; candidates, or why there is none, out.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::access::{Service, accesses, indexes_of, quote_ident, serves};
use crate::catalog::model::{Index, TableName};
use crate::rules::context::{KnownPlan, WorkloadCx};
use crate::rules::plan::scan::doubt::{Doubt, Parent, Partitions, doubt_of_statement};
use crate::rules::plan::scan::rows::rows_of_statement;
use crate::sql::facts_of_many;
use crate::workload::model::{Query, QueryIndex};

use super::candidate::{Candidate, Scan};
use super::{for_statement, table_of};

/// Who asks for the index of one scan.
#[derive(Debug, Default)]
pub struct ScanAsk {
    pub drafts: BTreeSet<usize>,
    /// The greatest part of the query's time that one of them accounts for, 0 to 1.
    pub share: f64,
}

impl ScanAsk {
    pub fn add(&mut self, draft: usize, share: f64) {
        self.drafts.insert(draft);
        self.share = self.share.max(share);
    }
}

pub fn for_scans(asks: &BTreeMap<(QueryIndex, String), ScanAsk>, cx: &WorkloadCx<'_>) -> Vec<Candidate> {
    let texts: Vec<&str> = asks.keys().map(|(_, statement)| statement.as_str()).collect();
    if texts.is_empty() {
        return Vec::new();
    }
    let facts = facts_of_many(&texts);
    let mut plans: BTreeMap<QueryIndex, Vec<&KnownPlan>> = BTreeMap::new();
    cx.plans.iter().for_each(|plan| plans.entry(plan.query).or_default().push(plan));
    let mut all = Vec::new();
    for (((query, statement), ask), facts) in asks.iter().zip(&facts) {
        let Some(known) = cx.workload.queries.get(*query) else { continue };
        let part = part_of(known, statement);
        let of_query = || plans.get(query).into_iter().flatten().copied();
        let rows = rows_of_statement(of_query(), statement, cx.catalog);
        let doubt = match cx.catalog {
            Some(_) => Doubt::default(),
            None => {
                let text = cx.facts.get(*query).and_then(Option::as_ref);
                doubt_of_statement(of_query(), statement, text)
            }
        };
        let scan = Scan { statement: statement.clone(), share: ask.share, rows, doubt };
        let mut found = for_statement((*query, &part), facts, cx);
        for served in found.iter_mut().flat_map(|candidate| &mut candidate.served) {
            served.scan = Some(scan.clone());
        }
        for candidate in &mut found {
            candidate.table = with_partitions(candidate.table.clone(), scan.doubt.partitions.as_ref());
        }
        all.extend(found);
    }
    all
}

/// The table that the index belongs on, as far as the plan and its query tell.
fn with_partitions(table: TableName, partitions: Option<&Partitions>) -> TableName {
    match partitions.map(|partitions| &partitions.parent) {
        Some(Parent::Named(name)) => {
            TableName { schema: name.schema.clone().map_or(table.schema, Into::into), name: name.name.as_str().into() }
        }
        Some(Parent::Called(name)) => TableName { name: name.as_str().into(), ..table },
        Some(Parent::Unknown) | None => table,
    }
}

/// The query as if it were the statement. One run tells nothing of what is the same in all runs: a literal of its plan makes no
/// partial index. A plan that was not executed took no time, which does not make it quick.
fn part_of(known: &Query, statement: &str) -> Query {
    let timed_calls = if known.total_us == 0 { 0 } else { known.timed_calls };
    Query { text: statement.to_owned(), calls: known.calls.max(2), timed_calls, rows: None, ..known.clone() }
}

/// Why no index is advised for a scan.
pub fn refusal(query: QueryIndex, statement: &str, cx: &WorkloadCx<'_>) -> String {
    let facts = crate::sql::facts(statement);
    let all = accesses(statement, &facts, cx.catalog);
    let Some(access) = all.first() else {
        return match cx.catalog {
            Some(_) => "no index is advised: nothing in the scan's conditions is something that an index could answer",
            None => {
                "no index is advised: whether one could answer the condition depends on the types of the columns; give the schema (--schema)"
            }
        }
        .to_owned();
    };
    let Some(table) = table_of(&access.table, cx) else {
        return match cx.catalog {
            Some(_) => format!("no index is advised: {} is not in the schema that was given", access.table.name),
            None => {
                "no index is advised: whether one could answer the condition depends on the schema, which was not given"
                    .to_owned()
            }
        };
    };
    let existing = indexes_of(table);
    let full = existing.iter().find(|index| serves(access, index) == Service::Full);
    let quick = cx.workload.queries.get(query).is_some_and(|known| super::candidate::quick(&part_of(known, statement)));
    match full {
        Some(index) => format!(
            "an index for it exists: {} ({}). Why was it not used? The planner's estimate (are the statistics of {} fresh?), a setting \
             (enable_indexscan, enable_bitmapscan, random_page_cost), the parameter's type, or simply so many rows that reading the \
             table is cheaper",
            index.name,
            keys(index),
            quote_ident(&access.table.name)
        ),
        None if quick => "no index is advised: the query takes less than half a millisecond".to_owned(),
        None => "no index is advised: none would leave out enough of the rows".to_owned(),
    }
}

fn keys(index: &Index) -> String {
    index.keys.iter().map(|key| key.text.as_str()).collect::<Vec<_>>().join(", ")
}
