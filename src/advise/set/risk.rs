//! The plans of a statement without new indexes and with the set in; joins that a wrong estimate makes slower than today, out.
//!
//! An index that makes a nested loop cheap is right only while few rows come out of the outer side. Where that number is a
//! product of several selectivities it is often far too small, since columns depend on each other (documentation, "Extended
//! Statistics"), and then the hash join of today was the better plan: no cost of the planner shows it.

use crate::workload::model::QueryIndex;

use super::scans::{Loop, Scans};

/// A table that is joined row by row where it was not before.
#[derive(Clone, Debug, PartialEq)]
pub struct Risk {
    pub query: QueryIndex,
    pub table: String,
    /// Of the outer side, as estimated from so many selectivities.
    pub rows: f64,
    pub guesses: u32,
    /// From so many times as many rows on the plan is dearer than without the index.
    pub margin: f64,
}

/// An estimate may be off by this for each selectivity in it: an assumption.
const OFF_BY: f64 = 2.0;
const FEWEST_GUESSES: u32 = 2;
/// No estimate of more conditions is thought to be worse than of so many.
const MOST_GUESSES: u32 = 8;

/// `before` and `after` are the plans' total costs.
pub fn risks(query: QueryIndex, (old, before): (&Scans, f64), (new, after): (&Scans, f64)) -> Vec<Risk> {
    let known = |table: &str| old.loops.iter().any(|one| one.table == table);
    let mut found: Vec<Risk> = Vec::new();
    for Loop { table, rows, guesses, cost } in &new.loops {
        let margin = 1.0 + (before - after).max(0.0) / (rows * cost).max(f64::MIN_POSITIVE);
        let doubtful = *guesses >= FEWEST_GUESSES && margin < OFF_BY.powi((*guesses).min(MOST_GUESSES) as i32);
        if doubtful && !known(table) && !found.iter().any(|risk| risk.table == *table) {
            found.push(Risk { query, table: table.clone(), rows: *rows, guesses: *guesses, margin });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(loops: &[(&str, f64, u32, f64)]) -> Scans {
        let one =
            |&(table, rows, guesses, cost): &(&str, f64, u32, f64)| Loop { table: table.into(), rows, guesses, cost };
        Scans { loops: loops.iter().map(one).collect(), ..Scans::default() }
    }

    #[test]
    fn a_loop_over_an_uncertain_estimate_is_a_risk_until_it_has_room() {
        // 100 looks of 8 save 1,000: twice the rows still cost less than before, three times do not.
        let new = with(&[("lines", 100.0, 4, 8.0)]);
        let found = risks(0, (&with(&[]), 2000.0), (&new, 1000.0));
        assert_eq!(found.len(), 1);
        assert!((found[0].margin - 2.25).abs() < 1e-9, "{found:?}");
        assert_eq!(risks(0, (&with(&[]), 200_000.0), (&new, 1000.0)), [], "it may be off by 16, and has room for 249");
        assert_eq!(risks(0, (&with(&[]), 2000.0), (&with(&[("lines", 100.0, 1, 8.0)]), 1000.0)), [], "one condition");
        assert_eq!(risks(0, (&new, 2000.0), (&new, 1000.0)), [], "it was a loop before");
    }
}
