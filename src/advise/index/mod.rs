//! What findings ask of indexes in; the indexes to create, out: built per access, merged over the workload, named.

pub mod candidate;
pub mod ddl;
pub mod effect;
pub mod include;
mod merge;
pub mod name;
pub mod partial;
pub mod pattern;
pub mod reason;
pub mod scan;
pub mod size;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::access::{Access, Condition, ConditionKind, Key, Service, accesses, best_service};
use crate::catalog::model::{Table, TableKind, TableName};
use crate::report::model::{Applicability, Recommendation, RecommendationKind, VerifiedBy};
use crate::rules::context::WorkloadCx;
use crate::rules::plan::scan::doubt::Parent;
use crate::sql::facts::{Facts, Span};
use crate::workload::model::{Query, QueryIndex};

use super::impact;
use candidate::{Candidate, CandidateKey, Method, Served, candidates};
use name::Names;
use scan::ScanAsk;

/// Who asks for which index.
#[derive(Debug, Default)]
pub struct Asks {
    /// Drafts that ask for the best indexes of a query.
    pub queries: BTreeMap<QueryIndex, BTreeSet<usize>>,
    /// Drafts that ask for the index of a plan's scan, by the query and the statement that reads the scan's table alone.
    pub scans: BTreeMap<(QueryIndex, String), ScanAsk>,
    /// Drafts that ask for a plain index on columns.
    pub columns: BTreeMap<(TableName, Vec<String>), BTreeSet<usize>>,
    /// Orders that pages by key need: an index that is created anyway is extended by them.
    pub pages: Vec<Access>,
}

impl Asks {
    pub fn is_empty(&self) -> bool {
        self.queries.is_empty() && self.scans.is_empty() && self.columns.is_empty() && self.pages.is_empty()
    }
}

/// An index to create.
#[derive(Clone, Debug)]
pub struct NewIndex {
    pub candidate: Candidate,
    pub name: String,
    /// Drafts that it answers.
    pub drafts: BTreeSet<usize>,
}

/// The indexes that answer the asks, in the order of their tables and names.
pub fn choose(asks: &Asks, cx: &WorkloadCx<'_>, names: &mut Names) -> Vec<NewIndex> {
    let mut all = Vec::new();
    for &query in asks.queries.keys() {
        all.extend(for_query(query, cx));
    }
    all.extend(scan::for_scans(&asks.scans, cx));
    for (table, columns) in asks.columns.keys() {
        all.extend(on_columns(table, columns, cx));
    }
    let mut merged = merge::merge(all);
    for page in &asks.pages {
        merge::extend_for_page(&mut merged, page, table_of(&page.table, cx));
    }
    merged.sort_by(|a, b| (&a.table, &a.keys, &a.predicate).cmp(&(&b.table, &b.keys, &b.predicate)));
    let mut chosen = Vec::new();
    for mut candidate in merged {
        let table = table_of(&candidate.table, cx);
        merge::trim(&mut candidate, table);
        merge::follow_existing(&mut candidate, table);
        let name = names.choose(&candidate);
        let drafts = drafts_of(&candidate, asks);
        chosen.push(NewIndex { candidate, name, drafts });
    }
    chosen
}

pub fn table_of<'a>(name: &TableName, cx: &WorkloadCx<'a>) -> Option<&'a Table> {
    cx.catalog?.tables.get(name)
}

fn for_query(query: QueryIndex, cx: &WorkloadCx<'_>) -> Vec<Candidate> {
    let (Some(known), Some(Some(facts))) = (cx.workload.queries.get(query), cx.facts.get(query)) else {
        return Vec::new();
    };
    for_statement((query, known), facts, cx)
}

/// The candidates for a query by its text, or for a statement that stands for a part of it.
fn for_statement(query: (QueryIndex, &Query), facts: &Facts, cx: &WorkloadCx<'_>) -> Vec<Candidate> {
    let all = accesses(&query.1.text, facts, cx.catalog);
    let mut found = Vec::new();
    for access in &all {
        let table = table_of(&access.table, cx);
        let indexable = |t: &Table| {
            matches!(
                t.kind,
                TableKind::Table | TableKind::Partitioned | TableKind::Partition | TableKind::MaterializedView
            )
        };
        // A table that the catalog does not know may have any index already.
        let known_table = cx.catalog.is_none() || table.is_some_and(indexable);
        if known_table && worth_an_index(access, &all) && !narrow_enough(access, table) {
            found.extend(candidates(access, query, table));
        }
    }
    found
}

/// The access is reached by its own conditions, by the order it must give, or from the few rows of a partner.
fn worth_an_index(access: &Access, all: &[Access]) -> bool {
    let here = |other: &&Access| other.block == access.block && other.source != access.source;
    if access.restricted() || access.or_branch {
        return true;
    }
    if access.wants_order() && access.joined.is_empty() {
        return !all.iter().filter(here).any(Access::restricted);
    }
    let partial = access.constants.iter().any(|c| c.selectivity.is_some_and(|s| s < 0.1));
    let driven = access.joined.iter().any(|join| match join.kind {
        ConditionKind::Join(block, _) if block < access.block => true,
        ConditionKind::Join(block, source) if block == access.block => {
            all.iter().any(|o| (o.block, o.source) == (block, source) && !o.equal.is_empty())
        }
        ConditionKind::Join(block, _) => all.iter().any(|o| o.block == block && !o.equal.is_empty()),
        _ => false,
    });
    driven || partial
}

/// An index that exists leaves so few rows that another could not be noticed.
fn narrow_enough(access: &Access, table: Option<&Table>) -> bool {
    const FEW_ROWS: f64 = 100.0;
    let Some(table) = table else { return false };
    let Service::Prefix(_) = best_service(access, table) else { return false };
    let bound = |c: &&Condition| {
        let alone =
            Access { equal: vec![(*c).clone()], ranges: vec![], inverted: vec![], limit: None, ..access.clone() };
        best_service(&alone, table) == Service::Full
    };
    let best = access.equal.iter().filter(bound).filter_map(|c| c.selectivity).min_by(f64::total_cmp);
    best.zip(table.rows).is_some_and(|(share, rows)| share * rows < FEW_ROWS)
}

fn on_columns(table: &TableName, columns: &[String], cx: &WorkloadCx<'_>) -> Option<Candidate> {
    let condition = |column: &String| Condition {
        key: Key::Column(column.clone()),
        columns: vec![column.clone()],
        kind: ConditionKind::Equal,
        span: Span::default(),
        selectivity: None,
    };
    let access = Access { equal: columns.iter().map(condition).collect(), ..Access::of_table(table.clone()) };
    if table_of(table, cx).is_some_and(|known| best_service(&access, known) == Service::Full) {
        return None;
    }
    let keys = columns.iter().map(|c| CandidateKey::plain(Key::Column(c.clone()))).collect();
    let mut candidate = Candidate::new(table.clone(), Method::Btree, keys);
    candidate.equal = columns.len();
    candidate.served.push(Served { query: None, access, scan: None });
    Some(candidate)
}

fn drafts_of(candidate: &Candidate, asks: &Asks) -> BTreeSet<usize> {
    let mut drafts = BTreeSet::new();
    for served in &candidate.served {
        match (served.query, &served.scan) {
            (Some(query), Some(scan)) => {
                let ask = asks.scans.get(&(query, scan.statement.clone()));
                drafts.extend(ask.into_iter().flat_map(|ask| &ask.drafts));
            }
            (Some(query), None) => drafts.extend(asks.queries.get(&query).into_iter().flatten()),
            (None, _) => {
                let columns = served.access.equal.iter().flat_map(|c| c.columns.clone()).collect();
                drafts.extend(asks.columns.get(&(candidate.table.clone(), columns)).into_iter().flatten());
            }
        }
    }
    drafts
}

/// The recommendation for each index, in the same order.
pub fn recommendations(chosen: &[NewIndex], cx: &WorkloadCx<'_>, names: &mut Names) -> Vec<Recommendation> {
    let mut shared: BTreeMap<QueryIndex, usize> = BTreeMap::new();
    for index in chosen {
        index.queries().into_iter().for_each(|query| *shared.entry(query).or_default() += 1);
    }
    chosen.iter().map(|index| recommendation(index, &shared, cx, names)).collect()
}

impl NewIndex {
    pub fn queries(&self) -> BTreeSet<QueryIndex> {
        self.candidate.served.iter().filter_map(|s| s.query).collect()
    }
}

fn recommendation(
    index: &NewIndex,
    shared: &BTreeMap<QueryIndex, usize>,
    cx: &WorkloadCx<'_>,
    names: &mut Names,
) -> Recommendation {
    let candidate = &index.candidate;
    let table = table_of(&candidate.table, cx);
    let queries: Vec<QueryIndex> = index.queries().into_iter().collect();
    let (mut before, mut after) = (0.0, 0.0);
    let mut how = VerifiedBy::Heuristic;
    for &query in &queries {
        let known = &cx.workload.queries[query];
        let served = || candidate.served.iter().filter(|s| s.query == Some(query));
        let savings = served().filter(|s| s.scan.is_none()).map(|s| {
            let (share, by) = effect::saving(&s.access, known, sources(query, &s.access, cx), table);
            (share / shared[&query].max(1) as f64, by)
        });
        let of_scans = effect::saving_of_scans(served().filter_map(|s| Some((&s.access, s.scan.as_ref()?))), table);
        let best = savings.chain(of_scans).max_by(|a, b| a.0.total_cmp(&b.0));
        let (share, by) = best.unwrap_or((0.0, VerifiedBy::Heuristic));
        if by == VerifiedBy::Estimate {
            how = by;
        }
        before += known.total_us as f64;
        after += effect::remaining_us(known.total_us, known.calls, share);
    }
    let per_day = |us: f64| if queries.is_empty() { None } else { impact::per_day_ms(us, cx.workload) };
    let selectivity =
        candidate.served.iter().flat_map(|s| &s.access.constants).filter_map(|c| c.selectivity).reduce(f64::min);
    let ddl = ddl::write(candidate, &index.name, cx.catalog, names);
    let mut more_sql = ddl.more;
    more_sql.extend(reason::made_redundant(candidate, table));
    let undo = reason::undo(candidate, table, ddl.undo);
    // Without figures the condition may hold for half of the table, and then the planner leaves the index alone.
    let sure = cx.catalog.is_some() && (how == VerifiedBy::Estimate || queries.is_empty());
    let parent = candidate.partitions().map(|partitions| &partitions.parent);
    let applicability = match parent {
        Some(Parent::Unknown | Parent::Called(_)) => Applicability::Sketch,
        Some(Parent::Named(_)) => Applicability::Review,
        None if sure => Applicability::Machine,
        None => Applicability::Review,
    };
    let on = match (parent, candidate.partitions()) {
        (Some(Parent::Unknown), Some(partitions)) => format!("the partitioned table of {}", partitions.partition),
        _ => candidate.table.name.to_string(),
    };
    Recommendation {
        id: super::id(RecommendationKind::CreateIndex, &ddl.create),
        kind: RecommendationKind::CreateIndex,
        title: format!("Create an index on {on} {}", ddl::definition(candidate)).into(),
        detail: reason::detail(candidate, how, cx).into(),
        sql: ddl.create,
        more_sql,
        applicability,
        lock: Some(ddl.lock.to_owned()),
        undo: Some(undo),
        verified_by: how,
        before: per_day(before),
        after: per_day(after),
        unit: "ms/day".into(),
        queries: impact::fingerprints(&queries, cx.workload),
        size_bytes: table.and_then(|t| size::bytes(candidate, selectivity, t)),
        cost: effect::cost(candidate, cx),
        impact_ms_per_day: per_day(before - after),
        edits: Vec::new(),
        range: None,
    }
}

fn sources(query: QueryIndex, access: &Access, cx: &WorkloadCx<'_>) -> usize {
    let facts = cx.facts.get(query).and_then(Option::as_ref);
    facts.and_then(|f| f.blocks.get(access.block)).map_or(1, |block| block.sources.len())
}
