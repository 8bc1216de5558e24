//! The best set in; what each of its indexes is worth, without those that are worth too little, out.

use std::collections::BTreeMap;

use crate::advise::constants::Put;
use crate::advise::index::candidate::{Candidate, Served};
use crate::advise::samples::spread::Told;
use crate::catalog::access::Key;

use super::explore::Explorer;
use super::known::{IndexAt, Scratch};
use super::risk::{Risk, risks};
use super::{Chosen, Judged, Outcome, Service, Statement};

/// An index that saves less than this share of the workload stays only if it makes some statement better by the other.
const LEAST: f64 = 0.0001;
const MUCH: f64 = 0.10;
/// Of the time: from here on what is known has to do.
const ASKING: f64 = 0.98;

pub fn outcome(
    explorer: &mut Explorer<'_, '_>,
    set: &[IndexAt],
    order: &[usize],
    statements: &[Statement<'_>],
) -> Outcome {
    let set = without_idle(explorer, set);
    let cost_ms = explorer.likely_ms(&set);
    let mut chosen: Vec<Chosen> = set.iter().map(|&at| chosen(explorer, &set, at, statements, cost_ms)).collect();
    chosen.sort_by(|a, b| b.gain_ms.total_cmp(&a.gain_ms).then_with(|| a.ddl.cmp(&b.ddl)));
    let mut queries: BTreeMap<usize, Judged> = BTreeMap::new();
    let mut scratch = Scratch::default();
    for &unit in order {
        let (Some(known), sample) = (&explorer.known[unit], &explorer.units[unit].sample) else { continue };
        let statement = &statements[explorer.units[unit].statement];
        let cost = known.cost(&explorer.own(unit, &set), &mut scratch).likely;
        let judged = queries.entry(statement.query).or_insert(Judged {
            query: statement.query,
            base: 0.0,
            bound: 0.0,
            cost: 0.0,
            calls: statement.known.calls as f64,
        });
        judged.base += known.base * sample.share;
        judged.bound += known.bound().min(cost) * sample.share;
        judged.cost += cost * sample.share;
    }
    let unserved = unserved(statements, &queries);
    let refused = explorer
        .refused
        .iter()
        .map(|(unit, reason)| (statements[explorer.units[*unit].statement].query, reason.clone()));
    let kept_ms = cost_ms - set.iter().map(|&at| explorer.pool.entries[at].upkeep).sum::<f64>();
    Outcome {
        refused: refused.collect(),
        unserved,
        queries: queries.into_values().collect(),
        base_ms: explorer.base_ms(),
        // Indexes that the planner could not try save beside those that it could.
        bound_ms: explorer.bound_ms().min(kept_ms),
        cost_ms: kept_ms,
        candidates: explorer.pool.entries.iter().filter(|entry| entry.id.is_some()).count(),
        calls: explorer.calls,
        cut_short: explorer.cut_short,
        gone: explorer.gone.clone(),
        chosen,
    }
}

/// What is quick needs no reason.
fn unserved(statements: &[Statement<'_>], queries: &BTreeMap<usize, Judged>) -> Vec<(usize, String)> {
    /// Planner cost, and the share of it that an index of another condition must have left.
    const DEAR: f64 = 100.0;
    const LEFT: f64 = 0.1;
    let stays = |query: usize| queries.get(&query).is_none_or(|j| j.cost > DEAR && j.cost > j.base * LEFT);
    let lacking = statements.iter().filter(|statement| !statement.missing.is_empty() && stays(statement.query));
    lacking.map(|statement| (statement.query, statement.missing.join("; "))).collect()
}

/// Takes out, one after the other, what the others make needless.
fn without_idle(explorer: &mut Explorer<'_, '_>, set: &[IndexAt]) -> Vec<IndexAt> {
    let mut kept = set.to_vec();
    loop {
        let all = explorer.likely_ms(&kept);
        let least = explorer.base_ms() * LEAST;
        let mut worst: Option<(f64, IndexAt)> = None;
        for &at in &kept {
            let rest: Vec<IndexAt> = kept.iter().copied().filter(|&other| other != at).collect();
            for unit in explorer.units_of(at) {
                if explorer.spent() < ASKING {
                    explorer.ask(unit, &rest);
                }
            }
            let gain = explorer.likely_ms(&rest) - all;
            let needed = gain > 0.0 && (gain >= least || helps_one(explorer, &kept, &rest, at));
            if !needed && worst.is_none_or(|(least, _)| gain < least) {
                worst = Some((gain, at));
            }
        }
        match worst {
            Some((_, at)) => kept.retain(|&other| other != at),
            None => return kept,
        }
    }
}

fn helps_one(explorer: &Explorer<'_, '_>, set: &[IndexAt], rest: &[IndexAt], at: IndexAt) -> bool {
    /// What costs less is quick anyway.
    const CHEAP: f64 = 100.0;
    explorer.units_of(at).into_iter().any(|unit| {
        let (with, without) = (explorer.likely(unit, set), explorer.likely(unit, rest));
        without > CHEAP && with < without * (1.0 - MUCH)
    })
}

fn chosen(
    explorer: &Explorer<'_, '_>,
    set: &[IndexAt],
    at: IndexAt,
    statements: &[Statement<'_>],
    cost_ms: f64,
) -> Chosen {
    let entry = &explorer.pool.entries[at];
    let rest: Vec<IndexAt> = set.iter().copied().filter(|&other| other != at).collect();
    let mut served: BTreeMap<usize, Service> = BTreeMap::new();
    let mut saved: BTreeMap<usize, Vec<Told>> = BTreeMap::new();
    let mut candidate = entry.candidate.clone();
    let mut dangers: Vec<Risk> = Vec::new();
    let mut assumed: Vec<Put> = Vec::new();
    for &unit in &entry.units {
        let Some(known) = &explorer.known[unit] else { continue };
        let (without, with) = (explorer.likely(unit, &rest), explorer.likely(unit, set));
        let Statement { query, put, .. } = &statements[explorer.units[unit].statement];
        let query = *query;
        let (share, values) = (explorer.units[unit].sample.share, explorer.units[unit].sample.values);
        let figure = (1.0 - with / without.max(f64::MIN_POSITIVE)).max(0.0);
        saved.entry(query).or_default().push(Told { share, values, figure });
        if with < without * 0.999 || explorer.uses(unit, set, at) {
            let service = served.entry(query).or_insert_with(|| Service {
                query,
                base: 0.0,
                without: 0.0,
                with: 0.0,
                saved: Vec::new(),
            });
            service.base += known.base * share;
            service.without += without * share;
            service.with += with * share;
            if let Some(new) = explorer.scans_under(unit, set) {
                let found = risks(query, (&explorer.scans[unit], known.base), (new, with));
                let of_table = found.into_iter().filter(|risk| risk.table == entry.candidate.table.name);
                dangers
                    .extend(of_table.filter(|risk| !dangers.iter().any(|d| d.query == risk.query)).collect::<Vec<_>>());
            }
            let keyed = |put: &&Put| !assumed.contains(*put) && stands_in(put, &entry.candidate);
            let new: Vec<Put> = put.iter().filter(keyed).cloned().collect();
            assumed.extend(new);
            let reaches = explorer.units[unit].reaches.iter();
            for reach in reaches.filter(|reach| super::pool::could_use(&entry.candidate, reach)) {
                let known = candidate.served.iter().any(|s| s.query == Some(query));
                if !known {
                    candidate.served.push(Served { query: Some(query), access: reach.access.clone(), scan: None });
                }
            }
        }
    }
    for (query, service) in &mut served {
        service.saved = saved.remove(query).unwrap_or_default();
    }
    Chosen {
        candidate,
        ddl: entry.ddl.clone(),
        bytes: entry.bytes,
        size: entry.size,
        gain_ms: explorer.likely_ms(&rest) - cost_ms,
        upkeep_ms: entry.upkeep,
        estimated: entry.id.is_none(),
        serves: served.into_values().collect(),
        assumed,
        risks: dangers,
    }
}

/// The constant is part of one of the index's keys, or of its predicate.
fn stands_in(put: &Put, candidate: &Candidate) -> bool {
    let keys = candidate.keys.iter().filter_map(|key| match &key.key {
        Key::Expression(sql) => Some(sql.as_str()),
        Key::Column(_) => None,
    });
    keys.chain(candidate.predicate.as_deref()).any(|sql| sql.contains(&put.literal))
}
