//! A workload, the catalog and an open session in; the set of indexes that the server's planner finds best for it, or why it could
//! not be asked, out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::advise::Advice;
use crate::advise::set::{self, Outcome, SizeModel, Step, Watch};
use crate::catalog::model::Catalog;
use crate::cli::args::{Common, IndexAdvice, Sizes};
use crate::cli::terminal;
use crate::db;
use crate::db::hypopg::{HypoPg, OpenError};
use crate::db::session::Session;
use crate::report::model::{IndexSet, SetIndex, SetQuery, Unserved};
use crate::report::units::counted;
use crate::rules::context::WorkloadCx;

use super::names;

/// What the planner said.
#[derive(Debug)]
pub struct Advised {
    pub outcome: Outcome,
    pub took: Duration,
    /// Queries that were too many.
    pub left_out: usize,
    /// What it was asked with.
    pub limits: set::Limits,
}

/// `Err` is the reason for a reader, where there is a server that could not be asked.
pub fn search(
    session: &mut Session,
    cx: &WorkloadCx<'_>,
    args: &IndexAdvice,
    common: &Common,
    without: &BTreeSet<String>,
) -> Result<Option<Advised>, String> {
    let Some(catalog) = cx.catalog else { return Ok(None) };
    let seen = db::seen::read(session);
    let statements = set::of_workload(cx, &seen);
    if statements.all.is_empty() {
        return Ok(None);
    }
    let mut hypopg = open(session, catalog)
        .map_err(|error| format!("indexes are advised by estimate, because the planner could not be asked: {error}"))?;
    let left_out = statements.left_out;
    let clock = Clock::new(args.time_limit, common);
    let limits = limits(args, without);
    let outcome = set::search(&statements.all, catalog, &mut hypopg, &limits, &clock);
    Ok(Some(Advised { outcome, took: clock.started.elapsed(), left_out, limits }))
}

pub fn limits(args: &IndexAdvice, without: &BTreeSet<String>) -> set::Limits {
    let sizes = match args.size_model {
        Sizes::Own => SizeModel::Own,
        Sizes::Hypopg => SizeModel::Hypopg,
    };
    set::Limits { budget: args.budget, most_indexes: args.max_indexes, sizes, without: without.clone() }
}

/// HypoPG on this connection, or why there is none.
pub fn open<'s>(session: &'s mut Session, catalog: &Catalog) -> Result<HypoPg<'s>, OpenError> {
    let (limits, route) = (session.limits(), session.route);
    let allowed = db::names::read(session, limits)?;
    let path = names::path(catalog, session)?;
    Ok(HypoPg::open(session, route, limits, allowed)?.under(&path))
}

/// The set as the report has it.
pub fn reported(advised: &Advised, advice: &Advice, cx: &WorkloadCx<'_>) -> IndexSet {
    let outcome = &advised.outcome;
    let fingerprint = |query: usize| cx.workload.queries[query].fingerprint.to_string();
    // What the copy refuted is no longer advised.
    let kept = |id: &str| advice.recommendations.iter().any(|one| one.id == id);
    let advised_ones = outcome.chosen.iter().zip(&advice.set).filter(|(_, id)| kept(id));
    let bytes = advised_ones.clone().map(|(chosen, _)| chosen.bytes).sum();
    let indexes = advised_ones.map(|(chosen, id)| SetIndex {
        recommendation: id.clone(),
        definition: chosen.ddl.clone(),
        bytes: chosen.bytes,
        bytes_least: chosen.size.map(|size| size.least),
        bytes_most: chosen.size.map(|size| size.most),
        gain_ms: chosen.gain_ms,
        upkeep_ms: chosen.upkeep_ms,
        queries: chosen
            .serves
            .iter()
            .map(|service| SetQuery {
                fingerprint: fingerprint(service.query),
                before: service.base,
                without: service.without,
                after: service.with,
            })
            .collect(),
    });
    IndexSet {
        cost_before_ms: outcome.base_ms,
        cost_after_ms: outcome.cost_ms,
        cost_bound_ms: outcome.bound_ms,
        budget_bytes: advised.limits.budget,
        bytes,
        size_model: advised.limits.sizes.name().into(),
        candidates: outcome.candidates as u64,
        planner_calls: outcome.calls as u64,
        seconds: advised.took.as_secs_f64(),
        cut_short: outcome.cut_short,
        queries_examined: outcome.queries.len() as u64,
        queries_not_examined: outcome.refused.len() as u64,
        indexes: indexes.collect(),
        unserved: unserved(outcome, cx),
    }
}

/// Each query with one reason, in the order of the workload.
fn unserved(outcome: &Outcome, cx: &WorkloadCx<'_>) -> Vec<Unserved> {
    let mut reasons: BTreeMap<usize, String> = BTreeMap::new();
    for (query, reason) in &outcome.refused {
        reasons.entry(*query).or_insert_with(|| format!("the planner was not asked: {reason}"));
    }
    for (query, reason) in &outcome.unserved {
        reasons.insert(*query, reason.clone());
    }
    let named = |(query, reason): (usize, String)| Unserved {
        fingerprint: cx.workload.queries[query].fingerprint.to_string(),
        reason,
    };
    reasons.into_iter().map(named).collect()
}

/// For the coverage: what the search did not see.
pub fn notes(advised: &Advised) -> Vec<String> {
    let outcome = &advised.outcome;
    let mut said = Vec::new();
    if advised.left_out > 0 {
        said.push(format!(
            "no index was tried for {}: those with the most time were",
            counted(advised.left_out as u64, "query", "queries")
        ));
    }
    if let Some((_, reason)) = outcome.refused.first() {
        said.push(format!(
            "{} could not be planned, so no index was tried: {reason}",
            counted(outcome.refused.len() as u64, "statement", "statements")
        ));
    }
    if let Some(reason) = &outcome.gone {
        said.push(format!("the search for indexes was cut short, the server does not answer: {reason}"));
    }
    if outcome.cut_short {
        said.push("the search for indexes used all its time; --time-limit gives it more".to_owned());
    }
    said
}

/// The time that the search may take, and a line on a terminal that shows how far it is.
struct Clock {
    started: Instant,
    limit: Duration,
    bar: Option<ProgressBar>,
}

impl Clock {
    fn new(limit: Duration, common: &Common) -> Self {
        let wanted = !common.quiet && !common.no_progress && terminal::stderr_is_terminal();
        Clock { started: Instant::now(), limit, bar: wanted.then(bar) }
    }
}

impl Watch for Clock {
    fn spent(&self) -> f64 {
        let spent = self.started.elapsed().as_secs_f64() / self.limit.as_secs_f64();
        if let Some(bar) = &self.bar {
            bar.set_position((spent.min(1.0) * 1000.0) as u64);
        }
        spent
    }

    fn step(&self, step: Step) {
        let Some(bar) = &self.bar else { return };
        let share = |cost: f64| (1.0 - cost / step.base.max(f64::MIN_POSITIVE)) * 100.0;
        bar.set_message(format!("{:.1} % saved of {:.1} % at most", share(step.cost), share(step.bound)));
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("choosing indexes [{bar:30}] {msg}").expect("the template is constant");
    bar.set_style(style.progress_chars("#-."));
    bar
}
