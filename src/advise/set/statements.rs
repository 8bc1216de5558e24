//! A workload in; the queries that a search advises for, with the statements that stand for their calls, out.

use std::borrow::Cow;

use crate::advise::constants::{self, Seen};
use crate::advise::samples;
use crate::rules::context::WorkloadCx;
use crate::sql::facts::Facts;
use crate::workload::model::Query;

use super::Statement;

/// Those with the most time come first; a search that looks at more does not end in time.
const MOST: usize = 500;

#[derive(Debug, Default)]
pub struct Statements<'a> {
    pub all: Vec<Statement<'a>>,
    /// Left out because there are too many.
    pub left_out: usize,
}

/// `seen` may show constants that stand inside expressions.
pub fn of_workload<'a>(cx: &WorkloadCx<'a>, seen: &Seen) -> Statements<'a> {
    let queries = &cx.workload.queries;
    let mut order: Vec<usize> = (0..queries.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse((queries[at].total_us, queries[at].calls)), at));
    let mut found = Statements::default();
    for at in order {
        let (known, facts) = (&queries[at], cx.facts.get(at).and_then(Option::as_ref));
        let Some(facts) = facts.filter(|facts| !facts.blocks.is_empty() && known.kind.is_planned()) else { continue };
        if found.all.len() == MOST {
            found.left_out += 1;
            continue;
        }
        found.all.push(statement(at, known, facts, cx, seen));
    }
    found
}

fn statement<'a>(at: usize, known: &'a Query, facts: &'a Facts, cx: &WorkloadCx<'a>, seen: &Seen) -> Statement<'a> {
    let completed = constants::complete(known, facts, cx.catalog, seen);
    let (known, facts) = match completed.text {
        Some(text) => {
            let facts = crate::sql::facts(&text);
            (Cow::Owned(Query { text, ..known.clone() }), Cow::Owned(facts))
        }
        None => (Cow::Borrowed(known), Cow::Borrowed(facts)),
    };
    let samples = samples::of(&known, &facts, cx.catalog);
    Statement { query: at, known, facts, samples, put: completed.put, missing: completed.missing }
}
