//! Planner costs and what was measured in; what one unit of a statement's cost counts in the whole, out.

use crate::catalog::model::Catalog;

use super::Statement;
use super::explore::Explorer;

/// Milliseconds of one unit of planner cost where nothing was measured: a page read in order from memory.
const MS_OF_A_UNIT: f64 = 0.005;

/// A statement counts with its measured time; one that was not timed with its calls and cost, at the rate of the others.
pub fn weigh(explorer: &mut Explorer<'_, '_>, statements: &[Statement<'_>]) {
    let mut costs = vec![0.0; statements.len()];
    for (unit, known) in explorer.units.iter().zip(&explorer.known) {
        costs[unit.statement] += known.as_ref().map_or(0.0, |known| known.base) * unit.sample.share;
    }
    let measured = |at: usize| {
        let query = &statements[at].known;
        let timed = query.timed_calls > 0 && query.total_us > 0 && costs[at] > 0.0;
        timed.then(|| query.mean_us() / 1000.0 / costs[at])
    };
    let mut rates: Vec<f64> = (0..statements.len()).filter_map(measured).collect();
    rates.sort_by(f64::total_cmp);
    let usual = rates.get(rates.len() / 2).copied().unwrap_or(MS_OF_A_UNIT);
    explorer.weights = explorer
        .units
        .iter()
        .map(|unit| {
            let calls = statements[unit.statement].known.calls.max(1) as f64;
            unit.sample.share * calls * measured(unit.statement).unwrap_or(usual)
        })
        .collect();
}

/// Without a budget storage has a price all the same: indexes as large as all tables together have to save two percent of
/// the workload's time.
pub fn price_of_a_byte(explorer: &Explorer<'_, '_>, catalog: &Catalog) -> f64 {
    const SHARE: f64 = 0.02;
    let heap: u64 = catalog.tables.values().filter_map(|table| table.heap_bytes).sum();
    explorer.base_ms() * SHARE / (heap.max(1 << 20)) as f64
}
