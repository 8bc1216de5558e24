//! Fewer indexes for the same queries: what one candidate serves, another need not be created for.

use std::collections::BTreeMap;

use crate::catalog::access::{Access, Service, best_service, serves};

use super::candidate::{Candidate, CandidateKey, MAX_KEYS, Method};
use super::include;
use crate::catalog::model::{Index, Table, TableName};

/// Permutations are tried for so many equality columns at most (24 orders).
const MAX_PERMUTED: usize = 4;

/// Absorbs every candidate that another one can serve, if need be with its equality columns in another order. Wider
/// candidates are kept, ties go to the one that came first.
pub fn merge(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by_key(|c| std::cmp::Reverse(c.keys.len()));
    let mut kept: Vec<Candidate> = Vec::new();
    let mut of_table: BTreeMap<TableName, Vec<usize>> = BTreeMap::new();
    for candidate in candidates {
        let known = of_table.entry(candidate.table.clone()).or_default();
        match known.iter().find_map(|&at| Some((at, absorbed(&kept[at], &candidate)?))) {
            Some((at, merged)) => kept[at] = merged,
            None => {
                known.push(kept.len());
                kept.push(candidate);
            }
        }
    }
    kept
}

/// `wide`, with its free columns arranged so that it serves the other's accesses as well as its own.
fn absorbed(wide: &Candidate, other: &Candidate) -> Option<Candidate> {
    if wide.method != other.method {
        return None;
    }
    if wide.method != Method::Btree {
        let same = wide.keys == other.keys && wide.predicate == other.predicate;
        return same.then(|| joined(wide.clone(), other));
    }
    if wide.predicate.is_some() && wide.predicate != other.predicate {
        return None;
    }
    arrangements(wide)
        .into_iter()
        .find(|arranged| {
            let index = arranged.as_index("");
            let judged = |c: &Candidate| {
                let before = c.as_index("");
                c.served.iter().all(|s| serves(&s.access, &index) >= serves(&s.access, &before))
            };
            judged(wide) && judged(other)
        })
        .map(|arranged| joined(arranged, other))
}

/// Puts the order of a page behind an index on exactly its equality columns.
pub fn extend_for_page(candidates: &mut [Candidate], page: &Access, table: Option<&Table>) {
    let served = |c: &Candidate| serves(page, &c.as_index("")) == Service::Full;
    let of_table = |c: &&mut Candidate| c.table == page.table && c.method == Method::Btree && c.predicate.is_none();
    if table.is_some_and(|t| best_service(page, t) == Service::Full)
        || candidates.iter().any(|c| c.table == page.table && served(c))
    {
        return;
    }
    for candidate in candidates.iter_mut().filter(of_table) {
        let on_equality = candidate.equal == candidate.keys.len();
        let same = candidate.keys.iter().all(|k| page.equal.iter().any(|c| c.key == k.key))
            && page.equal.iter().all(|c| candidate.keys.iter().any(|k| k.key == c.key));
        let mut extended = candidate.clone();
        extended.keys.extend(page.sort.iter().map(CandidateKey::sorted));
        if on_equality && same && extended.keys.len() <= MAX_KEYS && served(&extended) {
            *candidate = extended;
            return;
        }
    }
}

/// Arranges the free columns so that an index that exists becomes a prefix of the new one, and superfluous.
pub fn follow_existing(candidate: &mut Candidate, table: Option<&Table>) {
    let (Some(table), Method::Btree, None) = (table, candidate.method, &candidate.predicate) else { return };
    let before = candidate.as_index("");
    let replaces = |arranged: &Candidate| {
        let new = arranged.as_index("");
        let prefix =
            |old: &Index| old.keys.len() < new.keys.len() && old.keys.iter().zip(&new.keys).all(|(a, b)| a == b);
        let plain = |old: &Index| {
            !old.unique
                && !old.constraint
                && old.predicate.is_none()
                && old.valid
                && matches!(old.method.as_str(), "" | "btree")
        };
        let serving = candidate.served.iter().all(|s| serves(&s.access, &new) >= serves(&s.access, &before));
        serving && table.indexes.iter().any(|old| plain(old) && prefix(old))
    };
    if let Some(better) = arrangements(candidate).into_iter().find(replaces) {
        *candidate = better;
    }
}

fn joined(mut wide: Candidate, other: &Candidate) -> Candidate {
    wide.served.extend(other.served.iter().cloned());
    wide.include.extend(other.include.iter().cloned());
    let keyed = |name: &String| wide.keys.iter().any(|k| k.key == crate::catalog::access::Key::Column(name.clone()));
    wide.include = wide.include.iter().filter(|name| !keyed(name)).cloned().collect();
    wide
}

fn arrangements(candidate: &Candidate) -> Vec<Candidate> {
    let n = candidate.equal.min(candidate.keys.len());
    if !(2..=MAX_PERMUTED).contains(&n) {
        return vec![candidate.clone()];
    }
    let mut orders: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..n {
        orders = orders
            .into_iter()
            .flat_map(|order| {
                let free: Vec<usize> = (0..n).filter(|i| !order.contains(i)).collect();
                free.into_iter().map(move |i| order.iter().copied().chain([i]).collect())
            })
            .collect();
    }
    let arranged = |order: Vec<usize>| {
        let mut keys: Vec<_> = order.into_iter().map(|i| candidate.keys[i].clone()).collect();
        keys.extend_from_slice(&candidate.keys[n..]);
        Candidate { keys, ..candidate.clone() }
    };
    orders.into_iter().map(arranged).collect()
}

/// Drops included columns that no longer pay after merging: more than a few make the index as wide as the table.
pub fn trim(candidate: &mut Candidate, table: Option<&Table>) {
    const WIDEST: u32 = 48;
    let of = |name: &String| table.and_then(|t| t.columns.iter().find(|c| c.name == *name)).and_then(include::width);
    let width: Option<u32> = candidate.include.iter().map(of).sum();
    if candidate.include.len() > 4 || width.is_none_or(|w| w > WIDEST) {
        candidate.include.clear();
    }
}
