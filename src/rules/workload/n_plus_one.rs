//! `workload/n_plus_one`: a list, and then one query for each of its rows. Needs a link from the list to the query (a foreign key,
//! or a name like one), a parent that can give several rows, and three runs for each of the parent's.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::report::model::{Applicability, Confidence, RecommendationKind, Severity, SqlPart};
use crate::rules::context::{QueryCx, WorkloadCx};
use crate::rules::draft::{Advice, Ask, Draft, Sink, assumed, documented, measured, measured_ms, seen};
use crate::rules::{WorkloadRule, scope};
use crate::sql::StatementKind;
use crate::sql::facts::{Bound, Facts, RelationName};
use crate::workload::model::{Pair, QueryIndex};

use super::foreign_key_edge::{Edge, Way, edge, lookups};
use super::{all_at_once, session};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_runs: u64,
    min_wall_ms: f64,
}

/// A child with the parent that fits best.
struct Found<'a> {
    pair: &'a Pair,
    /// The pair's parent, or a child of it in between that is the nearer one.
    parent: QueryIndex,
    edge: Edge,
}

impl WorkloadRule for Rule {
    fn check(&self, cx: &WorkloadCx<'_>, out: &mut Sink) {
        let mut by_child: BTreeMap<QueryIndex, Vec<&Pair>> = BTreeMap::new();
        for pair in &cx.workload.pairs {
            by_child.entry(pair.child).or_default().push(pair);
        }
        let children: Vec<QueryIndex> = by_child.keys().copied().collect();
        let mut found: BTreeMap<QueryIndex, Found<'_>> = BTreeMap::new();
        for (child, pairs) in &by_child {
            if let Some(best) = best(cx, *child, pairs, &children) {
                found.insert(*child, best);
            }
        }
        // Three loops deep, the innermost may run less than three times for each run of the middle one.
        for (child, pairs) in &by_child {
            if !found.contains_key(child)
                && let Some(nested) = nested(cx, *child, pairs, &found)
            {
                found.insert(*child, nested);
            }
        }
        // A parent that only counts as one because it is a child itself must have turned out to be one.
        let kept: Vec<QueryIndex> = found
            .values()
            .filter(|f| is_list(cx, f.parent) || found.contains_key(&f.parent))
            .map(|f| f.pair.child)
            .collect();
        for child in kept {
            let chain = chain(&found, child);
            if let Some(one) = found.get(&child) {
                out.find(self.draft(cx, one, &chain));
            }
        }
    }
}

/// The parent with the surest link; of equally sure ones the nearest.
fn best<'a>(cx: &WorkloadCx<'_>, child: QueryIndex, pairs: &[&'a Pair], children: &[QueryIndex]) -> Option<Found<'a>> {
    let facts = facts_of(cx, child)?;
    if facts.kind != StatementKind::Select || !session::reads_tables(cx, child) {
        return None;
    }
    let lookups = lookups(facts, cx.catalog);
    if lookups.iter().any(|lookup| is_written_beside(cx, lookup.table, child)) {
        return None;
    }
    let linked = pairs.iter().filter(|pair| pair.parent != child).filter_map(|pair| {
        let parent = facts_of(cx, pair.parent)?;
        let list =
            parent.kind == StatementKind::Select && (is_list(cx, pair.parent) || children.contains(&pair.parent));
        let edge = lookups.iter().filter_map(|lookup| edge(lookup, parent, cx.catalog)).max()?;
        list.then_some(Found { pair, parent: pair.parent, edge })
    });
    linked.max_by(|a, b| {
        let sure = |f: &Found<'_>| matches!(f.edge, Edge::Key(..));
        // Distances are sums over units: compared crosswise as means.
        let (near_a, near_b) = (a.pair.distance * b.pair.units, b.pair.distance * a.pair.units);
        sure(a)
            .cmp(&sure(b))
            .then(near_b.cmp(&near_a))
            .then(a.pair.units.cmp(&b.pair.units))
            .then(b.pair.parent.cmp(&a.pair.parent))
    })
}

/// A child of a child: it runs three times as often as the list at the top, and is linked with the query in between.
fn nested<'a>(
    cx: &WorkloadCx<'_>,
    child: QueryIndex,
    pairs: &[&'a Pair],
    found: &BTreeMap<QueryIndex, Found<'a>>,
) -> Option<Found<'a>> {
    let facts = facts_of(cx, child).filter(|facts| facts.kind == StatementKind::Select)?;
    if !session::reads_tables(cx, child) {
        return None;
    }
    let lookups = lookups(facts, cx.catalog);
    pairs.iter().find_map(|pair| {
        let between = found.values().filter(|middle| middle.pair.parent == pair.parent && middle.pair.child != child);
        between.into_iter().find_map(|middle| {
            let parent = middle.pair.child;
            let edge = lookups.iter().filter_map(|lookup| edge(lookup, facts_of(cx, parent)?, cx.catalog)).max()?;
            (is_list(cx, parent) && pair.calls > middle.pair.calls).then_some(Found { pair, parent, edge })
        })
    })
}

fn facts_of<'a>(cx: &WorkloadCx<'a>, query: QueryIndex) -> Option<&'a Facts> {
    cx.facts.get(query)?.as_ref()
}

/// The query can give several rows: no unique key is fixed, no LIMIT 1, no aggregate over all rows.
fn is_list(cx: &WorkloadCx<'_>, query: QueryIndex) -> bool {
    let Some(facts) = facts_of(cx, query) else { return false };
    let Some(block) = facts.blocks.first() else { return false };
    let text = &cx.workload.queries[query].text;
    let at = QueryCx { text, facts, catalog: cx.catalog, query: None, index: None };
    let one_group = block.has_aggregate && block.group_by.is_empty();
    !one_group && !matches!(block.limit, Some(Bound::Number(0 | 1))) && !scope::at_most_one_row(&at, block)
}

/// Get-or-create: rows of the same table are inserted in a loop as well.
fn is_written_beside(cx: &WorkloadCx<'_>, table: &RelationName, child: QueryIndex) -> bool {
    let units = |index: QueryIndex| {
        let found = cx.workload.repeats.iter().find(|repeat| repeat.query == index);
        found.map_or(0, |repeat| repeat.varied_units)
    };
    cx.workload.repeats.iter().filter(|repeat| repeat.varied_units >= units(child).max(1)).any(|repeat| {
        facts_of(cx, repeat.query).is_some_and(|facts| {
            facts.kind == StatementKind::Insert && facts.write.as_ref().is_some_and(|write| write.target == *table)
        })
    })
}

/// The parents above a child, nearest first.
fn chain(found: &BTreeMap<QueryIndex, Found<'_>>, child: QueryIndex) -> Vec<QueryIndex> {
    let mut chain = Vec::new();
    let mut current = child;
    while let Some(next) = found.get(&current) {
        if chain.contains(&next.parent) || next.parent == child {
            break;
        }
        chain.push(next.parent);
        current = next.parent;
    }
    chain
}

impl Rule {
    fn draft(&self, cx: &WorkloadCx<'_>, found: &Found<'_>, chain: &[QueryIndex]) -> Draft {
        let pair = found.pair;
        let (child, parent) = (pair.child, found.parent);
        let table = |query| {
            let first = facts_of(cx, query).and_then(|facts| facts.tables.first());
            first.map_or("a table", |(table, _)| table.name.as_str())
        };
        let units = pair.units.max(1);
        let wall_ms = pair.wall_us as f64 / 1000.0 / units as f64;
        let mut draft = Draft::query(
            cx,
            child,
            format!("{} is asked once for each row of {}: up to {} times in one unit of work", table(child), table(parent), pair.max_runs),
            "A query gives a list, and for each of its rows the application asks again. Each question is quick for the server, and \
             each costs a round trip: the wall time below is what the application waits, and most of it is not spent in the \
             database.",
        )
        .severity(self.severity(pair, wall_ms))
        .confidence(confidence(cx, found))
        .evidence(seen("parent", cx.workload.queries[parent].fingerprint.to_string()))
        .evidence(seen("parent query", crate::sql::normalize(cx.workload.queries[parent].text.as_bytes())))
        .evidence(measured("units of work", pair.units, "units"))
        .evidence(measured("runs", pair.calls, "calls"))
        .evidence(measured("runs per unit, median", u64::from(pair.median_runs), "calls"))
        .evidence(measured("runs per unit, most", u64::from(pair.max_runs), "calls"))
        .evidence(measured_ms("from first to last run, all units", pair.wall_us))
        .evidence(measured_ms("time in the database", pair.database_us))
        .evidence(match &found.edge {
            Edge::Key(_, key) => documented("link", key.clone()),
            Edge::Named(_) => assumed("link", "guessed from the names of the columns: no catalog knows the tables"),
        });
        draft.queries.extend(chain);
        if chain.len() > 1 {
            let names: Vec<&str> = chain.iter().rev().map(|query| table(*query)).chain([table(child)]).collect();
            draft = draft.evidence(seen("chain", names.join(" → ")));
        }
        session::show_units(&mut draft, &pair.examples);
        let repeat = cx.workload.repeats.iter().find(|repeat| repeat.query == child);
        draft.observed_us =
            Some(repeat.map_or(pair.database_us, |repeat| session::waited_us(repeat, pair.calls, pair.database_us)));
        draft.ask(Ask::Ready(advice(cx, found)))
    }

    fn severity(&self, pair: &Pair, wall_ms: f64) -> Severity {
        if pair.max_runs >= 50 || wall_ms >= 500.0 {
            Severity::Error
        } else if u64::from(pair.max_runs) >= self.min_runs || wall_ms >= self.min_wall_ms {
            Severity::Warning
        } else {
            Severity::Info
        }
    }
}

fn confidence(cx: &WorkloadCx<'_>, found: &Found<'_>) -> Confidence {
    let pair = found.pair;
    let together = pair.in_transaction > 0 || pair.tagged > 0 || pair.units >= 2;
    let pauses_known = cx.workload.seen.fractional_times > 0 || pair.in_transaction > 0;
    match (&found.edge, together && pauses_known) {
        (Edge::Key(..), true) => Confidence::High,
        (Edge::Key(..), false) | (Edge::Named(_), true) => Confidence::Medium,
        (Edge::Named(_), false) => Confidence::Low,
    }
}

fn advice(cx: &WorkloadCx<'_>, found: &Found<'_>) -> Advice {
    let child = found.pair.child;
    let query = &cx.workload.queries[child];
    let counts = facts_of(cx, child).and_then(|f| f.blocks.first()).is_some_and(|block| block.has_aggregate);
    let orm = session::orm(cx, [child, found.parent]);
    let remedy = orm.map(|orm| {
        let how = match (counts, found.edge.way()) {
            (true, _) => orm.count(),
            (false, Way::BelongsTo) => orm.belongs_to(),
            (false, Way::Collection) => orm.collection(),
        };
        format!(" In {} (recognised by the spelling): {how}.", orm.name())
    });
    let facts = facts_of(cx, child);
    let rewritten = facts.and_then(|facts| {
        let at = QueryCx { text: &query.text, facts, catalog: cx.catalog, query: Some(query), index: Some(child) };
        all_at_once::rewritten(&at)
    });
    let (sql, note, more): (String, &str, Vec<SqlPart>) = match rewritten {
        Some(all) => (all.sql, all.note, all.more),
        None => (String::new(), "Collect the keys of the parent's rows and ask for all of them at once.", Vec::new()),
    };
    let mut advice = Advice::new(
        if sql.is_empty() { RecommendationKind::Application } else { RecommendationKind::Batch },
        "Ask once for all rows of the list",
        format!("{note}{}", remedy.unwrap_or_default()),
        sql,
    );
    advice.more_sql = more;
    advice.applicability = Applicability::Review;
    let needless = found.pair.calls.saturating_sub(found.pair.units);
    advice.saves = Some(needless as f64 / found.pair.calls.max(1) as f64);
    advice
}
