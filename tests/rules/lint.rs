//! Statements and schemas of rule pages, looked at by all rules without a server.

use libtest_mimic::Failed;
use sqlsift::catalog::model::Catalog;
use sqlsift::catalog::{SchemaFile, from_files};
use sqlsift::rules::context::{QueryCx, WorkloadCx, Worth};
use sqlsift::rules::draft::Ask;
use sqlsift::rules::finding::Found;
use sqlsift::rules::page::{Fence, Page};
use sqlsift::rules::place::Places;
use sqlsift::rules::run;
use sqlsift::sql::facts::{Level, StatementKind, facts};
use sqlsift::workload::model::Workload;

pub fn catalog(text: &str) -> Result<Option<Catalog>, Failed> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = from_files(&[SchemaFile { path: "setup.sql", text }]);
    match read.problems.first() {
        Some(problem) => Err(format!("setup: {problem:?}").into()),
        None => Ok(Some(read.catalog)),
    }
}

/// The setup's, with the sizes that the fence gives: `rows=orders:40000000`.
fn sized(page: &Page, fence: &Fence) -> Result<Option<Catalog>, Failed> {
    let mut catalog = catalog(&super::setup(page))?;
    let Some((name, rows)) = fence.fact("rows").and_then(|fact| fact.split_once(':')) else { return Ok(catalog) };
    let rows: f64 = rows.parse().map_err(|_| "rows= takes a table and a number")?;
    let table = catalog.iter_mut().flat_map(|catalog| catalog.tables.iter_mut()).find(|(table, _)| table.name == name);
    table.ok_or("rows= names no table of the setup")?.1.rows = Some(rows);
    Ok(catalog)
}

fn statement(page: &Page, text: &str, catalog: Option<&Catalog>) -> Result<Vec<Found>, Failed> {
    let text = text.trim();
    let facts = facts(text);
    let known = !matches!(facts.kind, StatementKind::Utility | StatementKind::Other);
    if let Level::Tokens { reason } = &facts.level
        && known
    {
        return Err(format!("not parsed: {reason}\n{text}").into());
    }
    let cx = QueryCx { text, facts: &facts, catalog, query: None, index: None };
    let outcome = run::statement(&super::registry(page), &cx, "page.sql");
    match outcome.problems.first() {
        Some(problem) => Err(problem.message.clone().into()),
        None => Ok(outcome.found),
    }
}

pub fn spoke(found: &[Found]) -> Vec<(String, String)> {
    found.iter().map(|found| (found.finding.rule.clone(), found.finding.title.clone())).collect()
}

/// Statements that the rule itself wrote out.
fn rewrites(found: &[Found], rule: &str) -> Vec<String> {
    let own = found.iter().filter(|found| found.finding.rule == rule);
    own.flat_map(|found| &found.draft.asks)
        .filter_map(|ask| match ask {
            Ask::Ready(advice) if !advice.sql.is_empty() => Some(advice.sql.clone()),
            _ => None,
        })
        .collect()
}

pub fn bad(page: &Page, fence: &Fence) -> Result<(), Failed> {
    let catalog = sized(page, fence)?;
    let found = statement(page, &fence.text, catalog.as_ref())?;
    super::judge(page, fence, &spoke(&found))?;
    for found in &found {
        if found.draft.spans.iter().any(|span| span.of(fence.text.trim()).is_empty()) {
            return Err(format!("{}: a span outside the statement", found.finding.rule).into());
        }
    }
    for sql in rewrites(&found, &page.id) {
        let again = statement(page, &sql, catalog.as_ref())?;
        if again.iter().any(|found| found.finding.rule == page.id) {
            return Err(format!("the rule speaks of its own rewrite:\n{sql}").into());
        }
    }
    Ok(())
}

pub fn good(page: &Page, fence: &Fence) -> Result<(), Failed> {
    let catalog = sized(page, fence)?;
    super::judge(page, fence, &spoke(&statement(page, &fence.text, catalog.as_ref())?))
}

/// What the `bad` fence before this one is advised to become.
pub fn fixed(page: &Page, index: usize) -> Result<(), Failed> {
    let catalog = catalog(&super::setup(page))?;
    let wanted = page.fences()[index].text.trim();
    let before = page.fences()[..index].iter().rev().filter(|fence| fence.role.as_deref() == Some("bad"));
    let mut seen = Vec::new();
    for fence in before {
        seen.extend(rewrites(&statement(page, &fence.text, catalog.as_ref())?, &page.id));
        if seen.iter().any(|sql| sql.trim() == wanted) {
            let again = statement(page, wanted, catalog.as_ref())?;
            return match again.first() {
                Some(found) => Err(format!("the rewrite gives {}", found.finding.rule).into()),
                None => Ok(()),
            };
        }
    }
    Err(format!("no `bad` fence before is advised to become this, but:\n{}", seen.join("\n")).into())
}

/// A schema on its own.
pub fn ddl(page: &Page, fence: &Fence) -> Result<(), Failed> {
    let catalog = catalog(&fence.text)?.unwrap_or_default();
    let workload = Workload::default();
    let cx =
        WorkloadCx { workload: &workload, facts: &[], catalog: Some(&catalog), plans: &[], worth: Worth::default() };
    let outcome = run::run(&super::registry(page), &cx, &[], Places::default());
    if let Some(found) = outcome.found.iter().find(|found| found.finding.locations.is_empty()) {
        return Err(format!("{} has no place", found.finding.rule).into());
    }
    super::judge(page, fence, &spoke(&outcome.found))
}
