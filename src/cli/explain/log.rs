//! A log in; the plans that auto_explain left in it, as far as the workload keeps them (the slowest of each query), out.

use crate::cli::analyze::plans::as_logged;
use crate::cli::assemble;
use crate::ingest::source::Input as Source;
use crate::plan::read as read_plans;
use crate::report::model::{Input, Location};
use crate::workload::model::{PlanSample, Query};
use crate::workload::pipeline::{self, InputProblem, ReadError, ReadOptions, ReadOutcome, Silent};

use super::reading::{Given, Read, problem, warning};

pub fn read(source: Source, read: &mut Read) {
    let name = source.name.clone();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let options = ReadOptions { threads, ..ReadOptions::default() };
    let outcome = match pipeline::read_opened(source, &options, &Silent) {
        Ok(outcome) => outcome,
        Err(ReadError::NoInput) => return,
        Err(ReadError::Nothing(problems)) => return read.problems.extend(problems.iter().map(input_problem)),
    };
    read.problems.extend(outcome.problems.iter().map(input_problem));
    let plans = plans(&outcome, &name, read);
    let all: u64 = outcome.workload.queries.iter().map(|q| q.plan_count).sum();
    if plans.is_empty() {
        let message = "it is a log, and auto_explain left no plan in it".into();
        let next = "LOAD 'auto_explain' in the session, or add it to session_preload_libraries, and set \
                    auto_explain.log_min_duration; sqlsift analyze reads the log itself";
        return read.problems.push(problem(&name, None, message, Some(next.into())));
    }
    if (plans.len() as u64) < all {
        read.notes.push(format!("{name}: of {all} plans the {} slowest of each query were read", plans.len()));
    }
    for input in &outcome.inputs {
        read.inputs.push(Input {
            path: input.name.clone(),
            format: input.format.into(),
            details: vec![input.details.clone(), assemble::plan::counted(plans.len())],
            bytes: input.bytes,
        });
    }
    read.plans.extend(plans);
}

/// Slowest first: nobody reads a log's plans in the order of its lines.
fn plans(outcome: &ReadOutcome, name: &str, read: &mut Read) -> Vec<Given> {
    let mut samples: Vec<(&Query, &PlanSample)> =
        outcome.workload.queries.iter().flat_map(|q| q.plans.iter().map(move |plan| (q, plan))).collect();
    samples.sort_by(|a, b| b.1.duration_us.cmp(&a.1.duration_us).then_with(|| a.1.origin.cmp(&b.1.origin)));
    let mut plans = Vec::new();
    for (query, sample) in samples {
        let found = read_plans(sample.body.as_bytes());
        let before = sample.origin.line.saturating_sub(1);
        let warnings = found.warnings.iter().chain(found.plans.iter().flat_map(|p| &p.warnings));
        read.problems.extend(warnings.map(|w| warning(name, before, w)));
        for plan in found.plans {
            let line = before + u64::from(plan.line.max(1));
            plans.push(Given {
                plan: as_logged(plan, query, sample),
                database: query.database.clone(),
                place: Location { path: name.into(), line, ..Location::default() },
            });
        }
    }
    plans
}

fn input_problem(found: &InputProblem) -> crate::report::model::Problem {
    let p = &found.problem;
    let hint = Some(p.next_step.to_string()).filter(|hint| !hint.is_empty());
    problem(&found.input, (p.line > 0).then_some(p.line), p.cause.to_string(), hint)
}
