//! Pairs of indexes in; one that serves what both serve, out: the keys of the one, and behind them what the other carries.

use std::collections::BTreeSet;

use crate::advise::index::candidate::{Candidate, Method, exists};
use crate::advise::index::include;
use crate::catalog::access::Key;
use crate::catalog::model::{Catalog, Table};

use super::explore::Explorer;
use super::known::IndexAt;

/// Bytes of a row that a merged index may carry.
const WIDEST: u32 = 100;

/// More are hardly ever of use.
const MOST: usize = 40;

/// The merged indexes of all pairs that the planner would take, so many as are worth a look.
pub fn all(explorer: &mut Explorer<'_, '_>, open: &[IndexAt], catalog: &Catalog) -> Vec<IndexAt> {
    let mut found: Vec<Candidate> = Vec::new();
    for &first in open {
        for &second in open {
            let (first, second) = (explorer.pool.candidate(first), explorer.pool.candidate(second));
            let Some(table) = catalog.tables.get(&first.table) else { continue };
            found.extend(merged(first, second, table).filter(|whole| !exists(whole, Some(table))));
        }
    }
    let mut added = Vec::new();
    for whole in found {
        let at = explorer.add(whole);
        if added.len() < MOST && explorer.pool.entries[at].id.is_none() && explorer.offer(at) {
            added.push(at);
        }
    }
    added
}

/// Unless one of the two is already what both need.
pub fn merged(first: &Candidate, second: &Candidate, table: &Table) -> Option<Candidate> {
    let plain = |c: &Candidate| c.method == Method::Btree && c.predicate.is_none();
    let leading = first.keys.first()? == second.keys.first()?;
    let same = first.table == second.table && leading && plain(first) && plain(second);
    // Without columns that are carried along neither of them is read alone.
    if !same
        || (first.include.is_empty() && first.keys.len() < 2)
        || (second.include.is_empty() && second.keys.len() < 2)
    {
        return None;
    }
    let all: BTreeSet<String> = columns(first)?.union(&columns(second)?).cloned().collect();
    let mut whole = first.clone();
    whole.served.clear();
    whole.include =
        all.into_iter().filter(|name| !whole.keys.iter().any(|k| k.key == Key::Column(name.clone()))).collect();
    let width: Option<u32> = whole.include.iter().map(|name| include::width(table.column(name)?)).sum();
    (width? <= WIDEST && whole.include != first.include).then_some(whole)
}

fn columns(candidate: &Candidate) -> Option<BTreeSet<String>> {
    let keys = candidate.keys.iter().map(|key| match &key.key {
        Key::Column(name) => Some(name.clone()),
        Key::Expression(_) => None,
    });
    keys.chain(candidate.include.iter().cloned().map(Some)).collect()
}
