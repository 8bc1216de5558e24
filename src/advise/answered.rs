//! What findings ask of indexes, and the set that the planner was asked for, in; each ask that the set answers, linked to it, out.

use std::collections::BTreeSet;

use crate::advise::Collected;
use crate::advise::index::{Asks, NewIndex};
use crate::advise::set::{Outcome, refusals};
use crate::catalog::access::Key;
use crate::report::model::Recommendation;
use crate::rules::draft::{Ask, Draft};
use crate::workload::model::QueryIndex;

/// Takes out of `asks` those of queries that the planner was asked about. Foreign keys keep theirs unless an index of the set begins
/// with their columns.
pub fn by_set(
    asks: &mut Asks,
    set: &Outcome,
    planned: &[(NewIndex, Recommendation)],
    drafts: &[&Draft],
    collected: &mut Collected,
) {
    for (_, recommendation) in planned {
        collected.keep(recommendation.clone());
    }
    let examined: BTreeSet<QueryIndex> = set.queries.iter().map(|judged| judged.query).collect();
    // An index that was never weighed against the others would only break the budget.
    let late: BTreeSet<QueryIndex> = set.late().filter(|query| !examined.contains(query)).collect();
    asks.queries.retain(|query, _| !examined.contains(query) && !late.contains(query));
    asks.scans.retain(|(query, _), _| !examined.contains(query) && !late.contains(query));
    asks.columns.retain(|(table, columns), wanted| {
        let leads = |index: &NewIndex| {
            let keys = index.candidate.keys.iter().take(columns.len());
            let mut named = keys.filter_map(|key| match &key.key {
                Key::Column(name) => Some(name),
                Key::Expression(_) => None,
            });
            index.candidate.table == *table
                && index.candidate.predicate.is_none()
                && index.candidate.keys.len() >= columns.len()
                && named.all(|name| columns.contains(name))
        };
        let Some((_, recommendation)) = planned.iter().find(|(index, _)| leads(index)) else { return true };
        wanted.iter().for_each(|&draft| collected.add(draft, recommendation.clone()));
        false
    });
    for (i, draft) in drafts.iter().enumerate() {
        let asked = draft.asks.iter().filter_map(|ask| match ask {
            Ask::IndexFor { query } | Ask::IndexForScan { query, .. } => Some(*query),
            _ => None,
        });
        if asked.clone().any(|query| late.contains(&query)) {
            collected.refuse(
                i,
                "no index is advised for it: the time was over before the planner was asked (--time-limit)".to_owned(),
            );
        }
        for query in asked.filter(|query| examined.contains(query)) {
            for (chosen, (_, recommendation)) in set.chosen.iter().zip(planned) {
                if chosen.serves.iter().any(|service| service.query == query) {
                    collected.add(i, recommendation.clone());
                }
            }
            if let Some(reason) = refusals(set, query) {
                collected.refuse(i, reason);
            }
        }
    }
}
