//! What findings ask for in; recommendations out, each shared by all findings that it answers.

mod answered;
mod capped_count;
pub mod constants;
mod drop_index;
#[cfg(test)]
mod fixture;
mod impact;
pub mod index;
pub mod keyset;
pub mod samples;
pub mod set;
pub mod verify;
pub mod whatif;

use std::borrow::{Borrow, BorrowMut};
use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;

use xxhash_rust::xxh3::xxh3_64;

use crate::report::model::{Recommendation, RecommendationKind, VerifiedBy};
use crate::report::rank;
use crate::rules::context::WorkloadCx;
use crate::rules::draft::{Advice as Ready, Ask, Draft};
use crate::workload::model::QueryIndex;
use index::name::Names;

#[derive(Debug, Default)]
pub struct Advice {
    /// By impact, the greatest first; ties by id.
    pub recommendations: Vec<Recommendation>,
    /// For each draft, in the order given: the ids of its recommendations, the most telling first.
    pub links: Vec<Vec<String>>,
    /// For each draft: why advice that it asked for is not given.
    pub refusals: Vec<Vec<String>>,
    /// Ids of recommendations that need no finding.
    pub standing: BTreeSet<String>,
    /// Ids of the recommendations of the set, in its order.
    pub set: Vec<String>,
}

/// Recommendations for the drafts of all rules. Advice that a rule wrote out is taken out of its draft.
pub fn recommend<D: BorrowMut<Draft>>(drafts: &mut [D], cx: &WorkloadCx<'_>) -> Advice {
    recommend_set(drafts, cx, None)
}

/// Recommendations for the drafts of all rules. Where the planner was asked which set of indexes is best, that answers what findings ask
/// of indexes, and every index of the set is recommended.
pub fn recommend_set<D: BorrowMut<Draft>>(
    all_drafts: &mut [D],
    cx: &WorkloadCx<'_>,
    set: Option<&set::Outcome>,
) -> Advice {
    let drafts: Vec<&Draft> = all_drafts.iter().map(Borrow::borrow).collect();
    let drafts = drafts.as_slice();
    let mut collected = Collected::new(drafts.len());
    let mut asks = index_asks(drafts, cx);
    let mut names = if asks.is_empty() && set.is_none() { Names::default() } else { Names::of(cx.catalog) };
    let planned = set.map(|set| set::recommendations(set, cx, &mut names)).unwrap_or_default();
    if let Some(set) = set {
        answered::by_set(&mut asks, set, &planned, drafts, &mut collected);
    }
    let chosen = index::choose(&asks, cx, &mut names);
    let created = index::recommendations(&chosen, cx, &mut names);
    // Of ten thousand plans each may ask for an index of its own.
    let mut of_draft: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, index) in chosen.iter().enumerate() {
        index.drafts.iter().for_each(|&draft| of_draft.entry(draft).or_default().push(at));
    }
    let all: Vec<index::NewIndex> =
        chosen.iter().cloned().chain(planned.iter().map(|(index, _)| index.clone())).collect();
    for (i, draft) in all_drafts.iter_mut().map(BorrowMut::borrow_mut).enumerate() {
        let mut asks_of_draft = take(&mut draft.asks);
        for ask in &mut asks_of_draft {
            match ask {
                Ask::IndexFor { .. } | Ask::IndexOn { .. } => {}
                Ask::IndexForScan { query, statement } => {
                    if !of_draft.contains_key(&i) && asks.scans.contains_key(&(*query, statement.clone())) {
                        collected.refuse(i, index::scan::refusal(*query, statement, cx));
                    }
                }
                Ask::Keyset { query } => match keyset::recommend::recommendation(*query, &all, cx) {
                    Ok(found) => collected.add(i, found),
                    Err(reason) => collected.refuse(i, format!("no keyset form: {reason}")),
                },
                Ask::CappedCount { query } => match capped_count::recommendation(*query, cx) {
                    Ok(found) => collected.add(i, found),
                    Err(reason) => collected.refuse(i, reason),
                },
                Ask::DropIndex { table, index } => match drop_index::recommendation(table, index, cx) {
                    Ok(found) => collected.add(i, found),
                    Err(reason) => collected.refuse(i, reason),
                },
                Ask::Ready(ready) => collected.add(i, as_recommendation(ready, draft, cx)),
            }
        }
        for &at in of_draft.get(&i).into_iter().flatten() {
            collected.add(i, created[at].clone());
        }
        asks_of_draft.retain(|ask| !matches!(ask, Ask::Ready(_)));
        asks_of_draft.shrink_to_fit();
        draft.asks = asks_of_draft;
    }
    let drafts: Vec<&Draft> = all_drafts.iter().map(Borrow::borrow).collect();
    collected.share_pages(&drafts);
    let mut advice = collected.finish();
    advice.set = planned.into_iter().map(|(_, recommendation)| recommendation.id).collect();
    advice
}

fn index_asks(drafts: &[&Draft], cx: &WorkloadCx<'_>) -> index::Asks {
    let mut asks = index::Asks::default();
    for (i, draft) in drafts.iter().enumerate() {
        for ask in &draft.asks {
            match ask {
                Ask::IndexFor { query } => {
                    asks.queries.entry(*query).or_default().insert(i);
                }
                Ask::IndexForScan { query, statement } => {
                    let share = draft.accounts.map_or(0.0, |accounts| accounts.share);
                    asks.scans.entry((*query, statement.clone())).or_default().add(i, share);
                }
                Ask::IndexOn { table, columns } => {
                    asks.columns.entry((table.clone(), columns.clone())).or_default().insert(i);
                }
                Ask::Keyset { query } => asks.pages.extend(keyset::need::page_need(*query, cx)),
                Ask::DropIndex { .. } | Ask::CappedCount { .. } | Ask::Ready(_) => {}
            }
        }
    }
    asks
}

/// Stable: the same kind with the same SQL (or title, where there is no SQL) has the same id in every report.
pub(crate) fn id(kind: RecommendationKind, text: &str) -> String {
    format!("{:016x}", xxh3_64(format!("{kind:?}\n{text}").as_bytes()))
}

/// Advice that a rule wrote out itself, taken from there.
fn as_recommendation(ready: &mut Ready, draft: &Draft, cx: &WorkloadCx<'_>) -> Recommendation {
    let observed = draft.observed_us.unwrap_or_else(|| impact::total_us(&draft.queries, cx.workload)) as f64;
    let per_day = |us: f64| impact::per_day_ms(us, cx.workload);
    let mut identity =
        if ready.sql.is_empty() { format!("{}\n{:?}", ready.title, draft.subject) } else { ready.sql.clone() };
    // The same advice at two places of a script is two changes.
    for edit in &ready.edits {
        identity.push_str(&format!("\n{}:{}", edit.path, edit.start));
    }
    Recommendation {
        id: id(ready.kind, &identity),
        kind: ready.kind,
        title: take(&mut ready.title),
        detail: take(&mut ready.detail),
        sql: take(&mut ready.sql),
        more_sql: take(&mut ready.more_sql),
        applicability: ready.applicability,
        lock: ready.lock.take(),
        undo: ready.undo.take(),
        verified_by: VerifiedBy::Heuristic,
        before: ready.saves.and_then(|_| per_day(observed)),
        after: ready.saves.and_then(|share| per_day(observed * (1.0 - share))),
        unit: "ms/day".into(),
        queries: impact::fingerprints(&draft.queries, cx.workload),
        size_bytes: None,
        cost: None,
        impact_ms_per_day: ready.saves.and_then(|share| per_day(observed * share)),
        edits: take(&mut ready.edits),
        range: None,
    }
}

/// Recommendations by id while they are being collected.
struct Collected {
    found: BTreeMap<String, Recommendation>,
    /// The queries of those that several findings share.
    queries: BTreeMap<String, BTreeSet<String>>,
    links: Vec<Vec<String>>,
    refusals: Vec<Vec<String>>,
    standing: BTreeSet<String>,
}

impl Collected {
    fn new(drafts: usize) -> Self {
        Collected {
            found: BTreeMap::new(),
            queries: BTreeMap::new(),
            links: vec![Vec::new(); drafts],
            refusals: vec![Vec::new(); drafts],
            standing: BTreeSet::new(),
        }
    }

    fn add(&mut self, draft: usize, recommendation: Recommendation) {
        let id = recommendation.id.clone();
        if !self.links[draft].contains(&id) {
            self.links[draft].push(id.clone());
        }
        match self.found.get_mut(&id) {
            None => {
                self.found.insert(id, recommendation);
            }
            Some(known) => {
                let met = self.queries.entry(id).or_insert_with(|| known.queries.iter().cloned().collect());
                let new: BTreeSet<String> =
                    recommendation.queries.into_iter().filter(|query| met.insert(query.clone())).collect();
                known.queries.extend(new);
                if recommendation.impact_ms_per_day.unwrap_or(-1.0) > known.impact_ms_per_day.unwrap_or(-1.0) {
                    known.impact_ms_per_day = recommendation.impact_ms_per_day;
                }
            }
        }
    }

    /// A query whose pages are advised by key needs the index that stands there: a finding that asked for an index and got
    /// none is answered by the same advice.
    fn share_pages(&mut self, drafts: &[&Draft]) {
        let pages: BTreeMap<QueryIndex, String> = drafts
            .iter()
            .enumerate()
            .flat_map(|(i, draft)| draft.asks.iter().map(move |ask| (i, ask)))
            .filter_map(|(i, ask)| match ask {
                Ask::Keyset { query } => {
                    let page = |id: &&String| self.found[*id].kind == RecommendationKind::KeysetPage;
                    Some((*query, self.links[i].iter().find(page)?.clone()))
                }
                _ => None,
            })
            .collect();
        for (links, draft) in self.links.iter_mut().zip(drafts).filter(|(links, _)| links.is_empty()) {
            let asked = draft.asks.iter().find_map(|ask| match ask {
                Ask::IndexFor { query } | Ask::IndexForScan { query, .. } => pages.get(query),
                _ => None,
            });
            links.extend(asked.cloned());
        }
    }

    fn refuse(&mut self, draft: usize, reason: String) {
        if !self.refusals[draft].contains(&reason) {
            self.refusals[draft].push(reason);
        }
    }

    /// Advice that stands for itself, whatever the findings.
    fn keep(&mut self, recommendation: Recommendation) {
        self.standing.insert(recommendation.id.clone());
        self.found.entry(recommendation.id.clone()).or_insert(recommendation);
    }

    fn finish(self) -> Advice {
        let mut recommendations: Vec<Recommendation> = self.found.into_values().collect();
        rank::recommendations(&mut recommendations);
        Advice { recommendations, links: self.links, refusals: self.refusals, standing: self.standing, set: Vec::new() }
    }
}
