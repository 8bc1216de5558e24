//! `workload/slow_outlier`: a query that is quick as a rule and very slow now and then. Silent where another rule has the reason: waits
//! for locks, temporary files, a deep OFFSET.

use serde::Deserialize;

use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::WorkloadRule;
use crate::rules::context::WorkloadCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured, measured_ms, seen};
use crate::workload::model::{Query, QueryIndex};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_calls: u64,
    min_ms: f64,
    factor: f64,
    min_slow_calls: u64,
    min_offset: u64,
}

impl WorkloadRule for Rule {
    fn check(&self, cx: &WorkloadCx<'_>, out: &mut Sink) {
        for (index, query) in cx.workload.queries.iter().enumerate() {
            let works = query.kind.is_planned();
            let explained = query.lock_waits > 0
                || query.temp_files > 0
                || query.offsets.is_some_and(|offsets| offsets.max >= self.min_offset);
            if works && !explained && query.timed_calls >= self.min_calls {
                out.drafts.extend(self.outlier(cx, index, query));
            }
        }
    }
}

impl Rule {
    fn outlier(&self, cx: &WorkloadCx<'_>, index: QueryIndex, query: &Query) -> Option<Draft> {
        let median = query.quantile_us(0.5)?;
        let p99 = query.quantile_us(0.99)?;
        let limit = ((self.min_ms * 1000.0) as u64).max((median as f64 * self.factor) as u64);
        // A single slow call is chance: a cold cache, a checkpoint.
        let slow = slow_calls(query, limit);
        if query.max_us < limit || slow < self.min_slow_calls {
            return None;
        }
        let times = query.max_us as f64 / median.max(1) as f64;
        let mut draft = Draft::query(
            cx,
            index,
            format!("Quick as a rule, now and then {times:.0} times slower than the median"),
            "The same statement with other values: usually one value has far more rows than the others (a big customer, an empty search), \
             or the plan that is kept for all values suits some of them badly. Compare the parameters of the slow samples with \
             the usual ones.",
        )
        .evidence(measured("calls", query.timed_calls, "calls"))
        .evidence(measured_ms("median", median))
        .evidence(measured_ms("99th percentile", p99))
        .evidence(measured_ms("slowest", query.max_us))
        .evidence(measured("calls far above the median", slow, "calls"));
        for sample in query.samples.iter().filter(|sample| !sample.parameters.is_empty()).take(3) {
            let ms = sample.duration_us.unwrap_or_default() as f64 / 1000.0;
            draft = draft.evidence(seen("slow sample", format!("{ms:.1} ms with {}", sample.parameters)));
        }
        let mut advice = Advice::new(
            RecommendationKind::Application,
            "Look at the plan for the slow values",
            "EXPLAIN (ANALYZE, BUFFERS) the statement once with a slow sample's values and once with usual ones. If the plans are the same, \
             the rows make the difference: cap them, page them, or keep the sum beside them. If they differ, and the slow ones only \
             appear with prepared statements, plan_cache_mode = force_custom_plan for this query helps.",
            "",
        );
        advice.applicability = Applicability::Sketch;
        draft.observed_us = Some(slow.saturating_mul(limit).min(query.total_us));
        Some(draft.ask(Ask::Ready(advice)))
    }
}

/// Calls at or above this, from the quantiles.
fn slow_calls(query: &Query, limit_us: u64) -> u64 {
    let count = query.sketch.count();
    if query.max_us < limit_us || count == 0 {
        return 0;
    }
    // The largest rank that stays below the limit, by bisection: quantiles rise with the rank.
    let (mut below, mut above) = (0, count);
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        match query.sketch.quantile(middle as f64 / count as f64) {
            Some(value) if value < limit_us => below = middle,
            _ => above = middle,
        }
    }
    (count - below).max(1)
}
