//! A `plan` fence: the output of EXPLAIN as a server gave it (`pg=15` says which), read as `sqlsift explain` reads it, with the page's
//! setup as the catalog. `everything` shows also what accounts for too little to be worth a line; `no_catalog` leaves the setup out.
//! All rules run: those of other groups too, on the query above the plan if there is one.

use libtest_mimic::Failed;
use sqlsift::advise::{self, Advice};
use sqlsift::catalog::model::Catalog;
use sqlsift::plan::read;
use sqlsift::report::model::Location;
use sqlsift::rules::context::{WorkloadCx, Worth};
use sqlsift::rules::finding::Found;
use sqlsift::rules::page::{Fence, Page};
use sqlsift::rules::place::Places;
use sqlsift::rules::plans::{known, query_of};
use sqlsift::rules::registry::Registry;
use sqlsift::rules::run;
use sqlsift::sql::facts;
use sqlsift::workload::model::Workload;

pub fn check(page: &Page, fence: &Fence) -> Result<(), Failed> {
    let catalog = super::lint::catalog(&super::setup(page))?.filter(|_| fence.fact("no_catalog").is_none());
    let worth = if fence.fact("everything").is_some() { Worth::ANYTHING } else { Worth::default() };
    let (found, advice) = findings(&fence.text, catalog.as_ref(), worth)?;
    // These two speak of nearly every plan: pages of other rules need not name them.
    let general = |rule: &str| rule != page.id && matches!(rule, "plan/missing_data" | "plan/nothing_to_gain");
    let of_plans: Vec<Found> = found
        .into_iter()
        .filter(|found| found.finding.rule.starts_with("plan/") && !general(&found.finding.rule))
        .collect();
    super::judge(page, fence, &super::lint::spoke(&of_plans))?;
    if let Some(text) = fence.fact("advice") {
        let wanted = text.replace('_', " ");
        let titles: Vec<&str> = advice.recommendations.iter().map(|r| r.title.as_ref()).collect();
        if !titles.iter().any(|title| title.contains(&wanted)) {
            return Err(format!("no recommendation says {wanted:?}, but:\n{}", titles.join("\n")).into());
        }
    }
    Ok(())
}

/// What all rules say of the plans in a text, and what is advised; a warning of the parser is an error.
pub fn findings(text: &str, catalog: Option<&Catalog>, worth: Worth) -> Result<(Vec<Found>, Advice), Failed> {
    let reading = read(text.as_bytes());
    let warnings = reading.warnings.iter().chain(reading.plans.iter().flat_map(|plan| &plan.warnings));
    if let Some(warning) = warnings.into_iter().next() {
        return Err(format!("line {}: {}", warning.line, warning.message).into());
    }
    if reading.plans.is_empty() {
        return Err("no plan was read".into());
    }
    let queries: Vec<_> = reading.plans.iter().map(query_of).collect();
    let plans: Vec<_> = reading
        .plans
        .into_iter()
        .zip(&queries)
        .enumerate()
        .map(|(index, (plan, query))| {
            let place = Location { path: "plan.txt".into(), line: plan.line.into(), ..Location::default() };
            known(plan, query.fingerprint, index, place)
        })
        .collect();
    let facts: Vec<_> = queries.iter().map(|query| (!query.text.is_empty()).then(|| facts(&query.text))).collect();
    let workload = Workload { queries, ..Workload::default() };
    let cx = WorkloadCx { workload: &workload, facts: &facts, catalog, plans: &plans, worth };
    let outcome = run::run(&Registry::defaults(), &cx, &[], Places::default());
    if let Some(problem) = outcome.problems.first() {
        return Err(problem.message.clone().into());
    }
    let mut drafts: Vec<_> = outcome.found.iter().map(|found| found.draft.clone()).collect();
    let advice = advise::recommend(&mut drafts, &cx);
    Ok((outcome.found, advice))
}
