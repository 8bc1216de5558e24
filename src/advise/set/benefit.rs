//! What an index does for each of its queries in; the range of the effect over the values of their calls, and how sure it is, out.

use crate::advise::samples::spread::{Spread, confidence};
use crate::report::model::{Confidence, EffectRange};
use crate::rules::context::WorkloadCx;

use super::Service;

/// A query with less of the whole does not make it unsure.
const SMALL: f64 = 0.1;

/// Over all calls of the queries; `None` where the planner was not asked.
pub fn range(serves: &[Service], cx: &WorkloadCx<'_>) -> Option<EffectRange> {
    let calls = |service: &Service| cx.workload.queries.get(service.query).map_or(1, |known| known.calls.max(1)) as f64;
    let (mut least, mut most, mut sure) = (0.0, 0.0, Confidence::High);
    let cost = |service: &Service| service.without * calls(service);
    let whole: f64 = serves.iter().map(cost).sum();
    for service in serves {
        let (spread, word) = (Spread::of(&service.saved)?, confidence(&service.saved)?);
        // Of the samples that gain most, the cost that is left is least.
        least += cost(service) * (1.0 - spread.max);
        most += cost(service) * (1.0 - spread.min);
        if cost(service) >= whole * SMALL {
            sure = sure.min(word);
        }
    }
    (!serves.is_empty()).then_some(EffectRange { after_least: least, after_most: most, confidence: sure })
}
