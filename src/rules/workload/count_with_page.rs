//! `workload/count_with_page`: the total beside a page. Speaks of a count over the same tables and conditions as a page that ran next
//! to it, when the counting takes time.

use serde::Deserialize;

use crate::rules::WorkloadRule;
use crate::rules::context::WorkloadCx;
use crate::rules::draft::{Ask, Draft, Sink, measured, measured_ms, seen};
use crate::sql::StatementKind;
use crate::sql::facts::{Facts, Output, Value};
use crate::workload::model::QueryIndex;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_mean_ms: f64,
    min_times: u64,
}

impl WorkloadRule for Rule {
    fn check(&self, cx: &WorkloadCx<'_>, out: &mut Sink) {
        let mut told: Vec<QueryIndex> = Vec::new();
        for (index, query) in cx.workload.queries.iter().enumerate() {
            if query.kind != StatementKind::Select || query.mean_us() / 1000.0 < self.min_mean_ms {
                continue;
            }
            let Some(facts) = facts_of(cx, index).filter(|facts| only_counts(facts)) else { continue };
            // A pager is two fingerprints: the first page has no OFFSET.
            let beside =
                cx.workload.neighbours.iter().filter_map(|pair| match (pair.first == index, pair.second == index) {
                    (true, _) => Some((pair.second, pair.count)),
                    (_, true) => Some((pair.first, pair.count)),
                    _ => None,
                });
            let pages: Vec<(QueryIndex, u64)> = beside
                .filter(|(page, _)| {
                    facts_of(cx, *page).is_some_and(|page_facts| is_page_of(cx, *page, page_facts, index, facts))
                })
                .collect();
            let times: u64 = pages.iter().map(|(_, count)| count).sum();
            if times >= self.min_times && !told.contains(&index) {
                told.push(index);
                out.find(beside_page(cx, index, &pages, times));
            }
        }
    }
}

fn beside_page(cx: &WorkloadCx<'_>, count: QueryIndex, pages: &[(QueryIndex, u64)], times: u64) -> Draft {
    let query = &cx.workload.queries[count];
    let mut draft = Draft::query(
        cx,
        count,
        "Counts all rows to show one page of them",
        "The page stops after its rows, the count beside it reads all that the conditions leave, for each page that is turned. Fetch \
         one row more than the page has to learn whether there is a next one, count up to a cap (\"more than 10 000\"), or \
         keep the count for some minutes.",
    )
    .evidence(measured("next to a page", times, "times"))
    .evidence(measured_ms("mean time of the count", query.mean_us() as u64))
    .evidence(measured("calls of the count", query.calls, "calls"));
    let mut shown: Vec<String> = Vec::new();
    for (page, _) in pages {
        let page = &cx.workload.queries[*page];
        let text = crate::sql::normalize(page.text.as_bytes());
        if !shown.contains(&text) {
            draft = draft
                .evidence(seen("page", text.clone()))
                .evidence(measured_ms("mean time of the page", page.mean_us() as u64));
            shown.push(text);
        }
    }
    draft.queries.extend(pages.iter().map(|(page, _)| *page));
    draft.queries.sort_unstable_by_key(|query| (*query != count, *query));
    draft.queries.dedup();
    draft.ask(Ask::CappedCount { query: count })
}

fn facts_of<'a>(cx: &WorkloadCx<'a>, query: QueryIndex) -> Option<&'a Facts> {
    cx.facts.get(query)?.as_ref()
}

/// One output, and that is the number of rows.
fn only_counts(facts: &Facts) -> bool {
    let Some(block) = facts.blocks.first() else { return false };
    let [Output::Expr { operand, .. }] = block.projection.as_slice() else { return false };
    matches!(&operand.value, Value::Function { name, .. } if name == "count")
        && block.group_by.is_empty()
        && !facts.set_operation
        && facts.blocks.len() == 1
}

/// The same tables under the same conditions, with LIMIT, and rows as output.
fn is_page_of(cx: &WorkloadCx<'_>, page: QueryIndex, facts: &Facts, count: QueryIndex, counted: &Facts) -> bool {
    let (Some(block), Some(other)) = (facts.blocks.first(), counted.blocks.first()) else { return false };
    let tables = |facts: &Facts| {
        let mut names: Vec<_> = facts.tables.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    };
    let condition = |query: QueryIndex, block: &crate::sql::facts::Block| {
        let text = &cx.workload.queries[query].text;
        block.where_span.map(|span| crate::sql::normalize(span.of(text).as_bytes()))
    };
    (block.limit.is_some() || block.offset.is_some())
        && !block.has_aggregate
        && facts.kind == StatementKind::Select
        && tables(facts) == tables(counted)
        && condition(page, block) == condition(count, other)
}
