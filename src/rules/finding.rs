//! A rule's draft in, a finding with its id, severity, places and impact out.

use std::borrow::{Borrow, BorrowMut};
use std::cmp::Ordering;
use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use crate::report::model::{Finding, Severity, Subject};
use crate::report::rank::per_day_ms;
use crate::workload::model::{Origin, QueryIndex, Workload};

use super::draft::Draft;
use super::place::Places;
use super::registry::Configured;

/// A finding and what it was made from; `advise` answers the draft's asks.
#[derive(Clone, Debug)]
pub struct Found {
    pub finding: Finding,
    pub draft: Draft,
    /// Why a comment takes it away.
    pub because: Option<String>,
}

impl Borrow<Draft> for Found {
    fn borrow(&self) -> &Draft {
        &self.draft
    }
}

impl BorrowMut<Draft> for Found {
    fn borrow_mut(&mut self) -> &mut Draft {
        &mut self.draft
    }
}

/// `path` names the text that was looked at when there is no workload. What the finding says goes out of the draft into it.
pub fn finish(
    rule: &Configured,
    mut draft: Draft,
    workload: Option<&Workload>,
    places: Places<'_>,
    path: &str,
) -> Found {
    let mut locations = std::mem::take(&mut draft.locations);
    if locations.is_empty() {
        locations.extend(draft.origins.iter().map(|origin| places.of(*origin)));
    }
    if locations.is_empty()
        && let Some((workload, index)) = workload.zip(draft.queries.first())
    {
        locations.extend(without_a_call(workload, *index).map(|origin| places.of(origin)));
    }
    if locations.is_empty() {
        let mut anywhere = places.anywhere();
        if !path.is_empty() {
            anywhere.path = path.into();
        }
        locations.push(anywhere);
    }
    // Most drafts hold one of each, in room for four.
    locations.shrink_to_fit();
    draft.asks.shrink_to_fit();
    draft.evidence.shrink_to_fit();
    let database = workload
        .and_then(|workload| draft.queries.first().and_then(|index| workload.queries.get(*index)))
        .map_or("", |query| query.database.as_str());
    let impact = workload.and_then(|workload| per_day_ms(draft.observed_us? as f64, workload.window_us()));
    let finding = Finding {
        id: id(&rule.page.id, &draft.subject, if workload.is_some() { database } else { path }, 0),
        rule: rule.page.id.clone(),
        severity: severity(rule, &draft),
        confidence: draft.confidence.unwrap_or(rule.page.confidence),
        title: std::mem::take(&mut draft.title),
        detail: std::mem::take(&mut draft.detail),
        subject: draft.subject.clone(),
        locations,
        evidence: std::mem::take(&mut draft.evidence),
        recommendations: Vec::new(),
        impact_ms_per_day: impact,
        accounts_for_ms: draft.accounts.and_then(|accounts| accounts.ms),
        accounts_for_share: draft.accounts.map(|accounts| accounts.share),
    };
    Found { finding, draft, because: None }
}

/// The first event about a statement that never ended well: no sample of it was kept.
fn without_a_call(workload: &Workload, query: QueryIndex) -> Option<Origin> {
    let errors = workload.errors.iter().map(|e| (e.query, e.origin));
    let waits = workload.lock_waits.iter().map(|w| (w.query, w.origin));
    let deadlocks = workload.deadlocks.iter().map(|d| (d.query, d.origin));
    errors.chain(waits).chain(deadlocks).filter(|(of, _)| *of == Some(query)).map(|(_, origin)| origin).min()
}

/// The user's severity is the last word: a rule's own adjustment only counts where the page's value stands.
fn severity(rule: &Configured, draft: &Draft) -> Severity {
    let effective = rule.severity.unwrap_or(rule.page.severity);
    if effective == rule.page.severity { draft.severity.unwrap_or(effective) } else { effective }
}

/// Stable over runs and over lines: rule and subject only, and an ordinal where a subject has several.
fn id(rule: &str, subject: &Subject, database: &str, ordinal: usize) -> String {
    format!("{:016x}", xxh3_64(format!("{rule}\0{subject:?}\0{database}\0{ordinal}").as_bytes()))
}

/// The order in which files are read: path, line, column, rule.
pub fn by_place(a: &Finding, b: &Finding) -> Ordering {
    a.locations.first().cmp(&b.locations.first()).then_with(|| a.rule.cmp(&b.rule))
}

/// Makes ids of findings about one subject distinct, then sorts: impact, severity, rule, subject.
pub fn sort(found: &mut [Found]) {
    distinct(found.iter_mut().map(|one| &mut one.finding));
    by_worth(found);
}

/// Makes ids distinct.
pub fn distinct<'f>(findings: impl Iterator<Item = &'f mut Finding>) {
    let mut seen: FxHashSet<String> = FxHashSet::default();
    // The last id that was made of one: of ten thousand alike, each goes on where the one before ended.
    let mut last: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for finding in findings {
        if seen.insert(finding.id.clone()) {
            continue;
        }
        let (id, ordinal) = last.entry(finding.id.clone()).or_insert_with(|| (finding.id.clone(), 0));
        while !seen.insert(id.clone()) {
            *ordinal += 1;
            *id = format!("{:016x}", xxh3_64(format!("{id}\0{ordinal}").as_bytes()));
        }
        finding.id.clone_from(id);
    }
}

fn by_worth(found: &mut [Found]) {
    found.sort_by(|a, b| {
        let impact = |f: &Found| f.finding.impact_ms_per_day.unwrap_or(0.0);
        let accounts = |f: &Found| f.finding.accounts_for_ms.unwrap_or(0.0);
        let share = |f: &Found| f.finding.accounts_for_share.unwrap_or(0.0);
        impact(b)
            .total_cmp(&impact(a))
            .then_with(|| accounts(b).total_cmp(&accounts(a)))
            .then_with(|| share(b).total_cmp(&share(a)))
            .then_with(|| b.finding.severity.cmp(&a.finding.severity))
            .then_with(|| a.finding.rule.cmp(&b.finding.rule))
            .then_with(|| a.finding.subject.cmp(&b.finding.subject))
            .then_with(|| a.finding.id.cmp(&b.finding.id))
    });
}
