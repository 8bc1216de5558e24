//! Rules and a workload with its catalog in; findings, and what could not be looked at and why, out.
//!
//! Rules run side by side, each behind a guard: one that panics becomes a problem of the report. The order of what
//! comes out is defined: impact, severity, rule, subject.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use crate::report::model::{Allowed, Problem, RuleNotRun, Suppressed};
use crate::workload::model::QueryIndex;

use super::allow::{Allow, Allows, names};
use super::candidate::candidate;
use super::comment::{Comments, suppressions};
use super::context::{Given, KnownPlan, PlanCx, QueryCx, SchemaCx, WorkloadCx};
use super::draft::Sink;
use super::finding::{Found, finish, sort};
use super::needs;
use super::page::Page;
use super::place::{Places, in_text};
use super::plans;
use super::registry::{Check, Configured, Registry};

#[derive(Debug, Default)]
pub struct Outcome {
    pub found: Vec<Found>,
    /// What comments of linted files take away.
    pub suppressed: Vec<Suppressed>,
    pub rules_run: Vec<String>,
    pub rules_not_run: Vec<RuleNotRun>,
    pub allowed: Vec<Allowed>,
    pub problems: Vec<Problem>,
}

impl Outcome {
    pub(super) fn take_allows(&mut self, (allowed, problems): (Vec<Allowed>, Vec<Problem>)) {
        self.allowed.extend(allowed);
        self.problems.extend(problems);
    }
}

/// What one rule said.
struct Said<'r> {
    rule: &'r Configured,
    sink: Sink,
    panics: Vec<String>,
}

/// Runs every rule over a workload and its catalog.
pub fn run(registry: &Registry, cx: &WorkloadCx<'_>, allows: &[Allow], places: Places<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut ready = Vec::new();
    // One about scripts is there for lint.
    let of_scripts = |rule: &Configured| matches!(rule.check, Check::Statement(_) | Check::Script(_));
    for rule in registry.rules.iter().filter(|rule| rule.severity.is_some() && !of_scripts(rule)) {
        match needs::missing(rule, cx) {
            Some(reason) => {
                outcome.rules_not_run.push(RuleNotRun { rule: rule.page.id.clone(), reason: reason.to_owned() });
            }
            None => ready.push(rule),
        }
    }
    let plans = on_plans(&ready, cx);
    let mut said: Vec<Said<'_>> = ready
        .into_par_iter()
        .zip(plans)
        .map(|(rule, about)| about.map_or_else(|| one(rule, cx), |(sink, panics)| Said { rule, sink, panics }))
        .collect();
    yields(&mut said, cx.given());
    let mut allows = Allows::new(allows, cx.workload.window.map(|(_, last)| last));
    let mut comments = Comments::default();
    for said in said {
        outcome.rules_run.push(said.rule.page.id.clone());
        outcome.problems.extend(said.panics.iter().map(|message| internal(&said.rule.page.id, message)));
        outcome.rules_not_run.extend(needs::in_part(said.rule, &said.sink.not_examined, cx));
        for draft in said.sink.drafts {
            let candidate = candidate(said.rule, &draft, cx);
            if !allows.takes(&candidate) && !comments.take(&candidate, &draft, cx.workload) {
                outcome.found.push(finish(said.rule, draft, Some(cx.workload), places, ""));
            }
        }
    }
    let (allowed, problems) =
        allows.report(|pattern| registry.rules.iter().any(|rule| names(pattern, &rule.page.id) && !of_scripts(rule)));
    outcome.allowed = allowed;
    outcome.problems.extend(problems);
    let (allowed, problems) = comments.report();
    outcome.allowed.extend(allowed);
    outcome.problems.extend(problems);
    outcome.rules_not_run.sort();
    sort(&mut outcome.found);
    outcome
}

/// Runs the query rules over one statement that stands in no workload; spans become places in its text.
pub fn statement(registry: &Registry, cx: &QueryCx<'_>, path: &str) -> Outcome {
    let mut outcome = Outcome::default();
    let suppressed = suppressions(cx.text);
    for rule in registry.rules.iter().filter(|rule| rule.severity.is_some()) {
        let Check::Query(check) = &rule.check else { continue };
        let (sink, panics) = guarded(|sink| check.check(cx, sink));
        outcome.problems.extend(panics.iter().map(|message| internal(&rule.page.id, message)));
        outcome.rules_not_run.extend(needs::fold(&rule.page.id, sink.not_examined.iter()));
        let allowed = suppressed.iter().any(|s| s.because.is_some() && names(&s.rule, &rule.page.id));
        for mut draft in sink.drafts.into_iter().filter(|_| !allowed) {
            draft.locations.extend(draft.spans.iter().map(|span| in_text(path, cx.text, *span)));
            outcome.found.push(finish(rule, draft, None, Places::default(), path));
        }
    }
    sort(&mut outcome.found);
    outcome
}

/// Takes away what a rule says of a query of which one speaks to which it yields.
fn yields(said: &mut [Said<'_>], given: Given) {
    let spoken: BTreeSet<(String, QueryIndex)> = said
        .iter()
        .flat_map(|said| said.sink.drafts.iter().map(|draft| (&said.rule.page.id, draft)))
        .filter_map(|(rule, draft)| Some((rule.clone(), *draft.queries.first()?)))
        .collect();
    let pages: Vec<&Page> = said.iter().map(|said| said.rule.page.as_ref()).collect();
    let better: Vec<Vec<String>> = pages.iter().map(|page| better_than(page, &pages, given)).collect();
    for (said, better) in said.iter_mut().zip(better) {
        said.sink.drafts.retain(|draft| {
            let Some(query) = draft.queries.first() else { return true };
            !better.iter().any(|rule| spoken.contains(&(rule.clone(), *query)))
        });
    }
}

/// The rules to which this one yields. What a rule about statements says of `plan/…` holds for a plan that somebody asks about; in
/// a log the statement is what the report is about, and it is the other way round.
fn better_than(page: &Page, pages: &[&Page], given: Given) -> Vec<String> {
    let reversed = |of: &Page, to: &str| given == Given::Logged && of.group() != "plan" && to.starts_with("plan/");
    let is = |to: &str, other: &Page| match to.strip_suffix('*') {
        Some(group) => other.id.starts_with(group) && other.id != page.id,
        None => other.id == to,
    };
    let own = page.yields_to.iter().filter(|to| !reversed(page, to));
    let named = own.flat_map(|to| pages.iter().filter(move |other| is(to, other)));
    let turned = pages.iter().filter(|other| other.yields_to.iter().any(|to| reversed(other, to) && *to == page.id));
    named.chain(turned).map(|other| other.id.clone()).collect()
}

/// Plans that a thread takes at a time: most are small.
const PLANS: usize = 64;

/// For each rule what it says of the plans, unless it is about something else. All rules look at one plan before the next: it is
/// still near.
fn on_plans(rules: &[&Configured], cx: &WorkloadCx<'_>) -> Vec<Option<(Sink, Vec<String>)>> {
    let about = |known: &KnownPlan| {
        let cx = plan_cx(known, cx)?;
        let said = rules.iter().enumerate().filter_map(|(at, rule)| {
            let Check::Plan(check) = &rule.check else { return None };
            let (sink, panics) = guarded(|sink| check.check(&cx, sink));
            let silent = sink.drafts.is_empty() && sink.not_examined.is_empty() && panics.is_empty();
            (!silent).then_some((at, sink, panics))
        });
        Some(said.collect::<Vec<_>>())
    };
    let parts: Vec<Vec<(usize, Sink, Vec<String>)>> =
        cx.plans.par_iter().with_min_len(PLANS).filter_map(about).collect();
    let mut said: Vec<(Vec<Sink>, Vec<String>)> = rules.iter().map(|_| Default::default()).collect();
    for (at, sink, panics) in parts.into_iter().flatten() {
        said[at].0.push(sink);
        said[at].1.extend(panics);
    }
    let is_about_plans = |rule: &Configured| matches!(rule.check, Check::Plan(_));
    rules
        .iter()
        .zip(said)
        .map(|(rule, (sinks, panics))| is_about_plans(rule).then(|| (plans::worth_a_line(sinks, cx.worth), panics)))
        .collect()
}

fn one<'r>(rule: &'r Configured, cx: &WorkloadCx<'_>) -> Said<'r> {
    let (sink, panics) = match &rule.check {
        Check::Query(check) => {
            let parts: Vec<(Sink, Vec<String>)> = cx
                .workload
                .queries
                .par_iter()
                .enumerate()
                .filter_map(|(index, query)| {
                    let facts = cx.facts.get(index)?.as_ref()?;
                    let cx = QueryCx {
                        text: &query.text,
                        facts,
                        catalog: cx.catalog,
                        query: Some(query),
                        index: Some(index),
                    };
                    Some(guarded(|sink| check.check(&cx, sink)))
                })
                .collect();
            together(parts)
        }
        // `on_plans` has run them.
        Check::Plan(_) => Default::default(),
        Check::Workload(check) => guarded(|sink| check.check(cx, sink)),
        // They look at scripts: see `lint`.
        Check::Statement(_) | Check::Script(_) => (Sink::default(), Vec::new()),
        Check::Schema(check) => guarded(|sink| {
            if let Some(catalog) = cx.catalog {
                check.check(&SchemaCx { catalog, workload: Some(cx) }, sink);
            }
        }),
    };
    Said { rule, sink, panics }
}

fn together(parts: Vec<(Sink, Vec<String>)>) -> (Sink, Vec<String>) {
    parts.into_iter().fold((Sink::default(), Vec::new()), |(mut all, mut panics), (sink, more)| {
        all.drafts.extend(sink.drafts);
        all.not_examined.extend(sink.not_examined);
        panics.extend(more);
        (all, panics)
    })
}

fn plan_cx<'a>(known: &'a KnownPlan, cx: &WorkloadCx<'a>) -> Option<PlanCx<'a>> {
    Some(PlanCx {
        given: cx.given(),
        id: &known.id,
        plan: &known.plan,
        figures: &known.figures,
        catalog: cx.catalog,
        query: cx.workload.queries.get(known.query)?,
        index: known.query,
        facts: cx.facts.get(known.query).and_then(Option::as_ref),
        place: &known.place,
    })
}

pub(super) fn guarded(check: impl FnOnce(&mut Sink)) -> (Sink, Vec<String>) {
    let mut sink = Sink::default();
    match panic_of(|| check(&mut sink)) {
        None => (sink, Vec::new()),
        Some(message) => (Sink::default(), vec![message]),
    }
}

/// The message of a panic, if there was one.
pub(super) fn panic_of(run: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(run)).err()?;
    let text = payload.downcast_ref::<String>().cloned();
    Some(text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default())
}

pub(super) fn internal(rule: &str, message: &str) -> Problem {
    Problem {
        path: None,
        line: None,
        message: format!("the rule {rule} failed inside: {message}"),
        hint: Some("this is a bug of sqlsift; everything else in the report stands".to_owned()),
        count: 1,
    }
}

#[cfg(test)]
mod tests;
