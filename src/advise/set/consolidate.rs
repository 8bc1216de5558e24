//! The chosen set in; the same set with the keys of its indexes in an order that makes others needless, out.
//!
//! Keys that are compared for equality may stand in any order. Of `(paid, tenant_id)` and `(tenant_id)` one index does the work of both when it
//! is `(tenant_id, paid)`; the same where the shorter one exists already, or is what a foreign key wants.

use crate::advise::index::candidate::{Candidate, CandidateKey, Method, exists};
use crate::catalog::access::Key;
use crate::catalog::model::{Catalog, ConstraintKind, Table};

use super::explore::Explorer;
use super::known::IndexAt;

/// What another order may cost more: the planner multiplies the correlation of the first column in.
const DEARER: f64 = 1.001;
/// Of the time: from here on the set stays as it is.
const ASKING: f64 = 0.95;

/// Each exchange that the planner finds no dearer is made.
pub fn consolidated(explorer: &mut Explorer<'_, '_>, set: Vec<IndexAt>, catalog: &Catalog) -> Vec<IndexAt> {
    let mut set = set;
    for wide in set.clone() {
        if !set.contains(&wide) {
            continue;
        }
        let others: Vec<IndexAt> = set.iter().copied().filter(|&at| at != wide).collect();
        let mut changed = others.into_iter().find_map(|narrow| {
            let (whole, part) = (explorer.pool.candidate(wide), explorer.pool.candidate(narrow));
            let new = beginning(whole, part)?;
            exchanged(explorer, &set, (wide, Some(narrow)), new, catalog)
        });
        if changed.is_none() {
            let whole = explorer.pool.candidate(wide).clone();
            let table = catalog.tables.get(&whole.table);
            let new = table.into_iter().flat_map(wanted).find_map(|keys| led_by(&whole, &keys));
            changed = new.and_then(|new| exchanged(explorer, &set, (wide, None), new, catalog));
        }
        set = changed.unwrap_or(set);
    }
    set
}

/// Keys that stand in front already need no exchange.
fn wanted(table: &Table) -> Vec<Vec<CandidateKey>> {
    let plain = |name: &str| CandidateKey::plain(Key::Column(name.to_owned()));
    let whole = |index: &&crate::catalog::model::Index| {
        index.valid
            && index.method == "btree"
            && index.predicate.is_none()
            && !index.unique
            && index.include.is_empty()
            && index.keys.iter().all(|key| !key.expression && !key.descending && key.opclass.is_none())
    };
    let existing =
        table.indexes.iter().filter(whole).map(|index| index.keys.iter().map(|key| plain(&key.text)).collect());
    let references = table.constraints.iter().filter(|one| matches!(one.kind, ConstraintKind::ForeignKey { .. }));
    let led = |columns: &[String]| {
        table.indexes.iter().any(|index| {
            index.predicate.is_none() && columns.iter().zip(&index.keys).all(|(column, key)| key.text == *column)
        })
    };
    let referring = references
        .map(|one| one.columns.iter().map(ToString::to_string).collect::<Vec<String>>())
        .filter(|columns| !led(columns))
        .map(|columns| columns.iter().map(|column| plain(column)).collect());
    existing.chain(referring).collect()
}

/// `wide` with the keys of `narrow` in front, if it then does what both do.
fn beginning(wide: &Candidate, narrow: &Candidate) -> Option<Candidate> {
    let carried =
        |name: &String| wide.include.contains(name) || wide.keys.iter().any(|key| key.key == Key::Column(name.clone()));
    let same = wide.table == narrow.table && narrow.method == Method::Btree && wide.predicate == narrow.predicate;
    let plain = narrow.keys.iter().all(|key| key.opclass.is_none() && !key.descending);
    if !same || !plain || !narrow.include.iter().all(carried) {
        return None;
    }
    led_by(wide, &narrow.keys)
}

/// `None` if these are not among the keys whose order is free, or stand in front already.
fn led_by(wide: &Candidate, first: &[CandidateKey]) -> Option<Candidate> {
    let free = wide.keys.get(..wide.equal)?;
    let all = first.iter().all(|key| free.iter().any(|known| known.key == key.key));
    if wide.method != Method::Btree || !all || first.is_empty() || wide.keys.starts_with(first) {
        return None;
    }
    let rest = wide.keys.iter().filter(|key| !first.iter().any(|known| known.key == key.key)).cloned();
    Some(Candidate { keys: first.iter().cloned().chain(rest).collect(), served: Vec::new(), ..wide.clone() })
}

/// The set with `new` for `old` (and for another one that it makes needless), if the planner finds it no dearer.
fn exchanged(
    explorer: &mut Explorer<'_, '_>,
    set: &[IndexAt],
    old: (IndexAt, Option<IndexAt>),
    new: Candidate,
    catalog: &Catalog,
) -> Option<Vec<IndexAt>> {
    if exists(&new, catalog.tables.get(&new.table)) || explorer.spent() > ASKING {
        return None;
    }
    let gone = |at: &IndexAt| *at == old.0 || Some(*at) == old.1;
    if set.iter().filter(|at| gone(at)).any(|&at| explorer.pool.entries[at].id.is_none()) {
        return None;
    }
    let at = explorer.add(new);
    if !explorer.offer(at) {
        return None;
    }
    let mut other: Vec<IndexAt> = set.iter().copied().filter(|at| !gone(at)).collect();
    other.push(at);
    other.sort_unstable();
    other.dedup();
    let mut units: Vec<usize> = set.iter().filter(|at| gone(at)).flat_map(|&at| explorer.units_of(at)).collect();
    units.extend(explorer.units_of(at));
    units.sort_unstable();
    units.dedup();
    for unit in units {
        explorer.ask(unit, set)?;
        explorer.ask(unit, &other)?;
    }
    (explorer.certain_ms(&other) <= explorer.certain_ms(set) * DEARER).then_some(other)
}
