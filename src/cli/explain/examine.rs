//! Plans as they were read in; the report about them, and what a redacted one must not show, out.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::analyze::catalog::Given as Catalog;
use crate::cli::assemble::{self, Material, plan::About};
use crate::cli::redact;
use crate::cli::think::think;
use crate::config::Config;
use crate::report::model::{Finding, Report};
use crate::report::redact::Literals;
use crate::rules::context::{KnownPlan, WorkloadCx, Worth};
use crate::rules::place::Places;
use crate::rules::plans::{known, query_with};
use crate::rules::run::Outcome;
use crate::sql::facts::Facts;
use crate::workload::model::{Query, QueryIndex, Workload};

use super::reading::{Given, Read};

pub struct Examined {
    pub report: Report,
    pub secrets: Literals,
}

/// Groups of rules that speak of something else than one plan or its query.
const ELSEWHERE: [&str; 3] = ["schema/", "server/", "workload/"];

/// What is wanted of the plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Each,
    /// The first against the second.
    Comparison,
}

pub fn examine(read: Read, given: Catalog, mut config: Config, worth: Worth, asked: Asked) -> Examined {
    config.registry.rules.retain(|rule| !ELSEWHERE.iter().any(|group| rule.page.id.starts_with(group)));
    let texts: Vec<&str> = read.plans.iter().map(|given| given.plan.query.as_deref().unwrap_or_default()).collect();
    let facts = crate::sql::facts_of_many(&texts);
    let queries: Vec<Query> = read.plans.iter().zip(&facts).map(|(given, facts)| query(given, facts)).collect();
    let plans = known_plans(read.plans, &queries);
    let facts: Vec<Option<Facts>> =
        facts.into_iter().zip(&queries).map(|(facts, q)| (!q.text.is_empty()).then_some(facts)).collect();
    let workload = Workload { queries, ..Workload::default() };
    let mut secrets = redact::literals(&workload);
    plans.iter().for_each(|known| redact::plan_literals(&known.plan, &mut secrets));

    let catalog = given.catalog.as_ref();
    let cx = WorkloadCx { workload: &workload, facts: &facts, catalog, plans: &plans, worth };
    let names: Vec<String> = read.inputs.iter().map(|input| input.path.clone()).collect();
    let (outcome, advice) = think(&cx, &config, Places { inputs: &names, catalog: None }, None);
    let about = by_plan(&outcome);
    let mut inputs = read.inputs;
    inputs.extend(given.inputs);
    let mut problems = read.problems;
    problems.extend(given.problems);
    let mut notes = read.notes;
    notes.extend(given.notes);
    let mut report = assemble::report(Material {
        workload: &workload,
        facts: &facts,
        catalog,
        places: &names,
        inputs,
        unrecognised_lines: 0,
        outcome,
        recommendations: advice.recommendations,
        standing: advice.standing,
        index_set: None,
        problems,
        notes,
    });
    report.plans = entries(&plans, &about, &report.findings, &workload);
    report.comparison = match (asked, plans.as_slice()) {
        (Asked::Comparison, [old, new, ..]) => Some(assemble::comparison::of(old, new)),
        _ => None,
    };
    report.coverage.plans = plans.len() as u64;
    // A plan without its statement is no query.
    report.workload.queries.retain(|q| !q.text.is_empty());
    report.coverage.queries = report.workload.queries.len() as u64;
    report.coverage.queries_listed = report.coverage.queries;
    report.coverage.unparsed.retain(|u| report.workload.queries.iter().any(|q| q.fingerprint == u.fingerprint));
    Examined { report, secrets }
}

fn query(given: &Given, facts: &Facts) -> Query {
    Query { database: given.database.clone(), ..query_with(&given.plan, facts) }
}

/// Plans of one query and one shape have one id; those after the first get one of their own.
fn known_plans(given: Vec<Given>, queries: &[Query]) -> Vec<KnownPlan> {
    let mut met: BTreeMap<String, u64> = BTreeMap::new();
    let plans = given.into_iter().zip(queries).enumerate();
    plans
        .map(|(index, (given, query))| {
            let mut known = known(given.plan, query.fingerprint, index, given.place);
            let times = met.entry(known.id.clone()).or_default();
            *times += 1;
            if *times > 1 {
                let again = format!("{}\n{times}", known.id);
                known.id = crate::sql::fingerprint::fingerprint(again.as_bytes()).to_string();
            }
            known
        })
        .collect()
}

/// Ids of the findings about each plan and its query. A query stands at its plan's index.
fn by_plan(outcome: &Outcome) -> BTreeMap<QueryIndex, Vec<String>> {
    let mut about: BTreeMap<QueryIndex, Vec<String>> = BTreeMap::new();
    for found in &outcome.found {
        if let Some(&plan) = found.draft.queries.first() {
            about.entry(plan).or_default().push(found.finding.id.clone());
        }
    }
    about
}

fn entries(
    plans: &[KnownPlan],
    about: &BTreeMap<QueryIndex, Vec<String>>,
    findings: &[Finding],
    workload: &Workload,
) -> Vec<crate::report::model::PlanReport> {
    let none = Vec::new();
    let places: BTreeMap<&str, usize> = findings.iter().enumerate().map(|(at, f)| (f.id.as_str(), at)).collect();
    let entry = |(index, known): (QueryIndex, &KnownPlan)| {
        let ids = about.get(&index).unwrap_or(&none);
        let mine: BTreeSet<usize> = ids.iter().filter_map(|id| places.get(id.as_str()).copied()).collect();
        let query = workload.queries.get(index).filter(|q| !q.text.is_empty());
        assemble::plan::entry(
            known,
            &About {
                findings: mine.into_iter().map(|at| &findings[at]).collect(),
                fingerprint: query.map(|q| q.fingerprint.to_string()),
            },
        )
    };
    plans.iter().enumerate().map(entry).collect()
}
