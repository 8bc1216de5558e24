//! `workload/duplicate_query`: the same question, with the same values, several times in one unit of work. Silent about
//! statements without tables, catalog queries, queues, and functions whose answer changes.

use serde::Deserialize;

use crate::report::model::{Applicability, Confidence, RecommendationKind, Severity};
use crate::rules::WorkloadRule;
use crate::rules::context::WorkloadCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured, measured_ms};
use crate::rules::workload::session;
use crate::sql::StatementKind;
use crate::workload::model::Repeat;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_runs: u64,
    max_pause_ms: f64,
}

impl WorkloadRule for Rule {
    fn check(&self, cx: &WorkloadCx<'_>, out: &mut Sink) {
        for repeat in &cx.workload.repeats {
            if repeat.same_units == 0 || repeat.same_calls < self.min_runs * repeat.same_units {
                continue;
            }
            // A pooled session goes from request to request without a pause: what comes back after a while without a tag that
            // holds the unit together is another request's question.
            let tagged = repeat.same_examples.iter().any(|unit| !unit.tag.is_empty());
            if !tagged && repeat.gap_us as f64 / 1000.0 > self.max_pause_ms {
                continue;
            }
            if cx.workload.queries[repeat.query].kind == StatementKind::Select
                && session::reads_tables(cx, repeat.query)
            {
                let draft = duplicate(cx, repeat);
                let mixed = !tagged && repeat.with_others_between * 2 >= repeat.same_units;
                out.find(if mixed { draft.severity(Severity::Info).confidence(Confidence::Medium) } else { draft });
            }
        }
    }
}

fn duplicate(cx: &WorkloadCx<'_>, repeat: &Repeat) -> Draft {
    let widest = repeat.same_examples.first().map_or(0, |unit| unit.runs);
    let mut draft = Draft::query(
        cx,
        repeat.query,
        format!("Asked up to {widest} times with the same values in one unit of work"),
        "The answer was known after the first time. Each further run costs a round trip, whatever the server needs.",
    )
    .evidence(measured("units of work with repetitions", repeat.same_units, "units"))
    .evidence(measured("runs in them", repeat.same_calls, "calls"))
    .evidence(measured_ms("time in the database", repeat.database_us))
    .evidence(measured_ms("from first to last run", repeat.wall_us))
    .evidence(measured_ms("pause between two runs, median", repeat.gap_us))
    .evidence(measured("units with others between", repeat.with_others_between, "units"));
    session::show_units(&mut draft, &repeat.same_examples);
    draft.observed_us = Some(session::waited_us(repeat, repeat.same_calls, repeat.database_us));
    let mut advice = Advice::new(
        RecommendationKind::Application,
        "Keep the answer for the length of the request",
        session::remedy_for_duplicates(cx, repeat.query),
        "",
    );
    advice.applicability = Applicability::Sketch;
    let needless = repeat.same_calls.saturating_sub(repeat.same_units);
    advice.saves = Some(needless as f64 / repeat.same_calls.max(1) as f64);
    draft.ask(Ask::Ready(advice))
}
