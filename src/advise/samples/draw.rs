//! A query with parameters and the statistics in; the query with common, rare and absent values in their place, out.

use std::collections::BTreeMap;

use super::slots::{Slot, slots};
use super::{fill, pick};
use crate::advise::whatif::{Sample, Values};
use crate::catalog::model::Catalog;
use crate::sql::facts::Facts;
use crate::workload::model::Query;

/// Rows of a page where the statistics do not say how many rows a call gives.
const PAGE: u64 = 20;
/// Of the calls that do not ask for a common value, those that find nothing: an assumption.
const ABSENT: f64 = 0.1;
/// Of all calls at least, those with a seldom value, also where most rows have a common one: work that is still to be done is looked for more
/// often than work that is done. An assumption.
const SELDOM: f64 = 0.25;
/// Of calls with a range and no equality, those with a wide one: an assumption.
const WIDE: f64 = 0.5;

/// Statements with a value for every parameter that can be drawn; the others stay. None if no value is known.
pub(super) fn samples(query: &Query, facts: &Facts, catalog: Option<&Catalog>) -> Vec<Sample> {
    let slots = slots(facts, catalog);
    let shares = shares(&slots);
    let mut samples: Vec<Sample> = Vec::new();
    for (values, share) in [(Values::Common, shares.0), (Values::Rare, shares.1), (Values::Absent, shares.2)] {
        let (sql, any) = fill(&query.text, |number| value(&slots, number, values, query));
        let known = samples.iter_mut().find(|sample| sample.sql == sql);
        match known {
            Some(sample) => sample.share += share,
            None if any && share > 0.0 => samples.push(Sample { sql, share, values }),
            None => {}
        }
    }
    let sum: f64 = samples.iter().map(|sample| sample.share).sum();
    samples.iter_mut().for_each(|sample| sample.share /= sum);
    samples
}

/// How calls divide over common, rare and absent values: as the rows do, by the most selective equality.
fn shares(slots: &BTreeMap<u16, Slot<'_>>) -> (f64, f64, f64) {
    let equal = slots.values().filter_map(|slot| match slot {
        Slot::One { of, .. } | Slot::Several { of } => pick::common_share(*of),
        _ => None,
    });
    let common = equal.reduce(f64::min).unwrap_or(WIDE);
    let rest = (1.0 - common).max(SELDOM);
    let common = 1.0 - rest;
    (common, rest * (1.0 - ABSENT), rest * ABSENT)
}

fn value(slots: &BTreeMap<u16, Slot<'_>>, number: u16, kind: Values, query: &Query) -> Option<String> {
    match *slots.get(&number)? {
        // Where nothing can be absent, something rare is.
        Slot::One { of, place } => pick::one(of, kind, place).or_else(|| pick::one(of, Values::Rare, place)),
        Slot::Several { of } => pick::several(of, kind).or_else(|| pick::several(of, Values::Rare)),
        Slot::Least { of } => {
            let closed = slots.values().any(|slot| matches!(slot, Slot::Most { of: other } if of.is(other)));
            pick::bound(of, if closed { between(kind).0 } else { least(kind) })
        }
        Slot::Most { of } => {
            let closed = slots.values().any(|slot| matches!(slot, Slot::Least { of: other } if of.is(other)));
            pick::bound(of, if closed { between(kind).1 } else { 1.0 - least(kind) })
        }
        Slot::Limit => Some(page(query).to_string()),
        Slot::Offset => Some("0".to_owned()),
    }
}

/// Below which share of the rows a lower bound lies: a third of the rows, a fiftieth, none.
fn least(kind: Values) -> f64 {
    match kind {
        Values::Common => 0.67,
        Values::Rare => 0.98,
        _ => 1.0,
    }
}

fn between(kind: Values) -> (f64, f64) {
    match kind {
        Values::Common => (0.45, 0.55),
        Values::Rare => (0.5, 0.51),
        _ => (1.0, 1.0),
    }
}

fn page(query: &Query) -> u64 {
    match query.rows {
        Some(rows) if query.calls > 0 => rows.div_ceil(query.calls).max(1),
        _ => PAGE,
    }
}
