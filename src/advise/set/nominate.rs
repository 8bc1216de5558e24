//! All candidates in; the few that some statement's planner would take, out: for each statement, and for each of its tables, the
//! best, then the best of those that are smaller, and so on.

use crate::advise::index::candidate::{Candidate, CandidateKey, Method, exists};
use crate::catalog::access::{Inverted, Key, NEAREST};
use crate::catalog::model::{Catalog, Table};

use super::candidates;
use super::explore::Explorer;
use super::known::IndexAt;

/// An index that saves less than this share of a statement's cost is of no interest to it.
const LEAST: f64 = 0.002;

/// One chain of questions: about all tables of a unit together, or about one of them.
struct Chain {
    unit: usize,
    set: Vec<IndexAt>,
    steps: usize,
    next: Next,
}

/// What is left of a chain's indexes after an answer.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    /// Those on the same table that are smaller than the largest one used.
    Smaller,
    /// All but those used.
    Others,
}

impl Next {
    /// A chain ends here at the latest.
    fn longest(self) -> usize {
        match self {
            Next::Smaller => 8,
            Next::Others => 4,
        }
    }
}

/// Asks about each unit once, with a few candidates of each of its tables: what can be had, and roughly by which indexes. Where planning
/// takes long there is no time for more.
pub fn at_once(explorer: &mut Explorer<'_, '_>, own: &[Vec<IndexAt>], order: &[usize], until: f64) -> Vec<IndexAt> {
    let mut nominated: Vec<IndexAt> = Vec::new();
    let step =
        |&unit: &usize| Chain { unit, set: own[unit].clone(), steps: Next::Smaller.longest(), next: Next::Smaller };
    run(explorer, order.iter().map(step).collect(), &mut nominated, until);
    nominated.sort_unstable();
    nominated.dedup();
    nominated
}

/// Asks until the time given is over (`until`, 0 to 1). `own` are the candidates that were made for each unit.
pub fn nominate(explorer: &mut Explorer<'_, '_>, own: &[Vec<IndexAt>], order: &[usize], until: f64) -> Vec<IndexAt> {
    let mut nominated: Vec<IndexAt> = Vec::new();
    let whole =
        order.iter().map(|&unit| Chain { unit, set: own[unit].clone(), steps: 0, next: Next::Smaller }).collect();
    run(explorer, whole, &mut nominated, until);
    let mut single = Vec::new();
    for &unit in order {
        let mut tables: Vec<usize> = own[unit].iter().map(|&at| explorer.pool.tables[at]).collect();
        tables.sort_unstable();
        tables.dedup();
        for table in tables {
            let of_table = |at: &IndexAt| explorer.pool.tables[*at] == table;
            let set: Vec<IndexAt> = own[unit].iter().copied().filter(of_table).collect();
            single.push(Chain { unit, set: set.clone(), steps: 0, next: Next::Smaller });
            single.push(Chain { unit, set, steps: 0, next: Next::Others });
        }
    }
    run(explorer, single, &mut nominated, until);
    nominated.sort_unstable();
    nominated.dedup();
    nominated
}

/// All chains take their first step before any takes its second.
fn run(explorer: &mut Explorer<'_, '_>, mut chains: Vec<Chain>, nominated: &mut Vec<IndexAt>, until: f64) {
    while !chains.is_empty() {
        let mut left = Vec::new();
        for mut chain in chains {
            if explorer.spent() > until || explorer.gone.is_some() {
                return;
            }
            let Some((used, cost)) = explorer.ask(chain.unit, &chain.set) else { continue };
            let base = explorer.base_cost(chain.unit);
            if used.is_empty() || base - cost < base * LEAST {
                continue;
            }
            nominated.extend(&used);
            explorer.credit(chain.unit, &used, cost);
            // Of the table with the largest index used, only smaller ones from here on.
            let size = |at: IndexAt| explorer.pool.entries[at].bytes;
            let Some(&largest) = used.iter().max_by_key(|&&at| size(at)) else { continue };
            let (table, bytes) = (explorer.pool.tables[largest], size(largest));
            match chain.next {
                Next::Smaller => chain.set.retain(|&at| explorer.pool.tables[at] != table || size(at) < bytes),
                Next::Others => chain.set.retain(|at| !used.contains(at)),
            }
            chain.steps += 1;
            if chain.steps < chain.next.longest() {
                left.push(chain);
            }
        }
        chains = left;
    }
}

/// What each nominated index is worth alone to every unit that could use it, as far as earlier answers leave that open.
pub fn singles(explorer: &mut Explorer<'_, '_>, nominated: &[IndexAt], order: &[usize], until: f64) {
    for &unit in order {
        for &at in nominated {
            if explorer.spent() > until || explorer.gone.is_some() {
                return;
            }
            let hopeful = explorer.hope(unit, at) > LEAST;
            if hopeful {
                explorer.ask(unit, &[at]);
            }
        }
    }
}

/// Indexes of kinds that the planner's what-if does not know, with what they are thought to save.
pub fn estimated(explorer: &mut Explorer<'_, '_>, catalog: &Catalog, order: &[usize]) -> Vec<IndexAt> {
    let mut found = Vec::new();
    for &unit in order {
        let reaches = explorer.units[unit].reaches;
        for reach in reaches {
            let Some(table) = catalog.tables.get(&reach.access.table) else { continue };
            // In the order of an index that stops early such a condition is a filter.
            let cheap = explorer.base_cost(unit) < CHEAP;
            for candidate in candidates::inverted(&reach.access, explorer.units[unit].query) {
                if cheap || exists(&candidate, Some(table)) {
                    continue;
                }
                let at = explorer.add(candidate);
                if explorer.pool.is_without(at) {
                    continue;
                }
                let own = explorer.pool.entries[at].units.binary_search(&unit).is_ok();
                // A server whose HypoPG knows the method answers for itself.
                if !own || explorer.offer(at) {
                    found.extend(own.then_some(at));
                    continue;
                }
                explorer.price(at, None);
                let (base, of_table) = (explorer.base_cost(unit), explorer.pool.tables[at]);
                let nearest =
                    |one: &Inverted| one.operator == NEAREST && explorer.pool.candidate(at).keys[0].key == one.key;
                let saved = if reach.access.inverted.iter().any(nearest) {
                    // The first rows come at once: neither the table is read nor its rows are sorted.
                    base * 0.99
                } else {
                    saved(explorer, unit, &reach.access.table.name, table)
                };
                if saved < base * LEAST {
                    continue;
                }
                if let Some(known) = explorer.known[unit].as_mut() {
                    known.guess(at, base - saved, of_table);
                }
                found.push(at);
            }
        }
    }
    found
}

/// Indexes on an expression that HypoPG makes and the planner does not know again: HypoPG does not simplify the expression as a real index
/// does (`RelationGetIndexExpressions` in relcache.c), so that a constant that needs a cast (`coalesce(parent_id, 0)` of a bigint)
/// is another one. They are estimated.
pub fn unknown_expressions(explorer: &mut Explorer<'_, '_>, catalog: &Catalog, order: &[usize]) -> Vec<IndexAt> {
    let mut found = Vec::new();
    for &unit in order {
        for reach in explorer.units[unit].reaches {
            let Some(table) = catalog.tables.get(&reach.access.table) else { continue };
            let expressions = reach.access.equal.iter().filter(|c| matches!(c.key, Key::Expression(_)));
            for condition in expressions {
                let keys = vec![CandidateKey::plain(condition.key.clone())];
                let candidate = Candidate::new(reach.access.table.clone(), Method::Btree, keys);
                if exists(&candidate, Some(table)) || explorer.base_cost(unit) < CHEAP {
                    continue;
                }
                let at = explorer.add(candidate);
                if explorer.pool.is_without(at) {
                    continue;
                }
                let tried = explorer.known[unit].as_ref().is_some_and(|known| known.was_offered(at));
                let taken = explorer.known.iter().flatten().any(|known| known.uses(at));
                if !tried || taken || explorer.scans[unit].whole(&reach.access.table.name).is_none() {
                    continue;
                }
                let saved = saved(explorer, unit, &reach.access.table.name, table);
                let (base, of_table) = (explorer.base_cost(unit), explorer.pool.tables[at]);
                if saved < base * LEAST {
                    continue;
                }
                let entry = &mut explorer.pool.entries[at];
                (entry.id, entry.refused) = (None, true);
                if let Some(known) = explorer.known[unit].as_mut() {
                    known.forget(at);
                    known.guess(at, base - saved, of_table);
                }
                found.push(at);
            }
        }
    }
    found
}

/// What reading the table through its heap by a bitmap saves over the scan that the plan has, even beside all other candidates.
fn saved(explorer: &Explorer<'_, '_>, unit: usize, name: &str, table: &Table) -> f64 {
    /// Of the scan, where the plan does not show it: a partition's.
    const UNSEEN: f64 = 0.9;
    let scans = [&explorer.scans[unit], &explorer.scans_at_best[unit].1];
    let asked = explorer.scans_at_best[unit].0 > 0;
    if scans.iter().take(if asked { 2 } else { 1 }).any(|scans| scans.only_otherwise(name)) {
        return 0.0;
    }
    let base = explorer.base_cost(unit);
    let Some(scan) = scans[0].whole(name) else { return UNSEEN * scan_cost(table).unwrap_or(base).min(base) };
    let Some(pages) = table.heap_bytes.map(|bytes| (bytes as f64 / 8192.0).max(1.0)) else { return UNSEEN * scan.cost };
    (scan.cost - bitmap_cost(scan.rows, pages)).clamp(0.0, base)
}

/// At the default settings: a page of a bitmap costs between a random and a sequential one, the more the fewer there are
/// (`cost_bitmap_heap_scan` in costsize.c), and the index itself about a hundred pages of posting lists.
fn bitmap_cost(rows: f64, pages: f64) -> f64 {
    const INDEX: f64 = 100.0;
    let fetched = (2.0 * pages * rows / (2.0 * pages + rows)).min(pages);
    let of_a_page = 4.0 - 3.0 * (fetched / pages).sqrt();
    INDEX + fetched * of_a_page + rows * 0.0125
}

/// Of a sequential scan with one condition, at the default settings (`cost_seqscan` in costsize.c): a page 1, a row 0.01, and an
/// operator 0.0025.
fn scan_cost(table: &Table) -> Option<f64> {
    Some(table.heap_bytes? as f64 / 8192.0 + table.rows? * 0.0125)
}

/// A plan that costs less reads a hundred pages at most.
const CHEAP: f64 = 500.0;
