//! What was linted in; the report out.

use std::collections::{BTreeMap, BTreeSet};

use crate::advise;
use crate::catalog::model::{Catalog, SourceLine, TableName};
use crate::cli::analyze::catalog::Given;
use crate::config::lint::{Paths, severity};
use crate::report::model::{
    Applicability, Coverage, Finding, Input, Problem, Recommendation, RecommendationKind, Report, SCHEMA_VERSION,
    Server, Tool, WorkloadSummary,
};
use crate::report::units::{count, counted};
use crate::report::{self, rank};
use crate::rules::context::{WorkloadCx, Worth};
use crate::rules::draft::{Ask, Draft};
use crate::rules::lint::{Dynamic, Linted, Unparsed};
use crate::script::model::{Kind, Script};
use crate::sql::FINGERPRINT_VERSION;
use crate::workload::model::Workload;

pub fn assemble(
    mut linted: Linted,
    scripts: &[Script],
    given: Given,
    unreadable: Vec<Problem>,
    wanted: &dyn Fn(&str) -> bool,
) -> Report {
    let mut recommendations = advice(&mut linted.findings, linted.asks, &linted.catalog, &linted.renamed);
    // It goes into a script; what takes a statement's place in one has its `;` behind it already.
    let for_script = recommendations.iter_mut().filter(|one| one.kind != RecommendationKind::RewriteQuery);
    for recommendation in for_script {
        end(&mut recommendation.sql);
        recommendation.more_sql.iter_mut().for_each(|part| end(&mut part.sql));
    }
    let (unparsed, not_parsed) = unparsed(linted.unparsed);
    let own = || scripts.iter().filter(|script| wanted(&script.path));
    let of_scripts = own().flat_map(|script| {
        script.problems.iter().map(|problem| Problem {
            path: Some(script.path.clone()),
            line: problem.line.map(|line| line as u64),
            message: problem.message.clone(),
            hint: problem.hint.clone(),
            count: 1,
        })
    });
    let mut problems: Vec<Problem> =
        unreadable.into_iter().chain(given.problems).chain(of_scripts).chain(linted.outcome.problems).collect();
    problems.sort();
    problems.dedup();
    let inputs = given.inputs.into_iter().chain(own().map(input)).collect();
    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool {
            name: "sqlsift".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            fingerprint_version: FINGERPRINT_VERSION,
        },
        inputs,
        server: given
            .catalog
            .filter(|c| c.server_version.is_some() || c.database.is_some())
            .map(|c| Server { version: c.server_version, database: c.database }),
        coverage: Coverage {
            files: own().count() as u64,
            statements_checked: linted.statements,
            statements_down: linted.down,
            rules_run: linted.outcome.rules_run,
            rules_not_run: linted.outcome.rules_not_run,
            allowed: linted.outcome.allowed,
            unparsed,
            notes: given
                .notes
                .into_iter()
                .chain(strangers(linted.strangers))
                .chain(not_read(&linted.dynamic))
                .chain(not_parsed)
                .collect(),
            ..Coverage::default()
        },
        workload: WorkloadSummary::default(),
        plans: Vec::new(),
        comparison: None,
        index_set: None,
        suppressed: linted.outcome.suppressed,
        findings: linted.findings,
        recommendations,
        problems,
    }
}

/// Findings that are answered at once, where one's advice has nothing to do with another's.
const AT_ONCE: usize = 256;

/// Recommendations for the findings, which get their ids.
#[expect(clippy::vec_box)] // as the report keeps them
fn advice(
    findings: &mut [Finding],
    asks: Vec<Vec<Ask>>,
    catalog: &Catalog,
    renamed: &BTreeMap<TableName, TableName>,
) -> Vec<Box<Recommendation>> {
    let workload = Workload::default();
    let cx =
        WorkloadCx { workload: &workload, facts: &[], catalog: Some(catalog), plans: &[], worth: Worth::default() };
    let alone = |ask: &Ask| matches!(ask, Ask::Ready(_) | Ask::DropIndex { .. });
    let at_once = if asks.iter().flatten().all(alone) { AT_ONCE } else { usize::MAX };
    let mut all: Vec<Box<Recommendation>> = Vec::new();
    let mut asks = asks.into_iter();
    for part in findings.chunks_mut(at_once) {
        let about = part.iter().zip(asks.by_ref());
        let mut drafts: Vec<Draft> =
            about.map(|(finding, asks)| Draft { asks, ..Draft::new(finding.subject.clone(), "", "") }).collect();
        let names: Vec<Option<Renamed>> = drafts.iter().map(|draft| name_of_later(draft, renamed)).collect();
        let mut advice = advise::recommend(&mut drafts, &cx);
        for (links, name) in advice.links.iter().zip(names) {
            let Some(name) = name else { continue };
            let linked = advice.recommendations.iter_mut().filter(|one| links.contains(&one.id));
            linked.for_each(|one| say_name(one, name));
        }
        part.iter_mut().zip(advice.links).for_each(|(finding, links)| finding.recommendations = links);
        all.extend(advice.recommendations.into_iter().map(Box::new));
    }
    rank::recommendations(&mut all);
    all.dedup_by(|later, first| later.id == first.id);
    all
}

/// A table's name at the end, and its name before.
type Renamed<'r> = (&'r TableName, &'r TableName);

/// Of advice that names a table as the scripts leave it, which is not what it is called where the finding stands.
fn name_of_later<'r>(draft: &Draft, renamed: &'r BTreeMap<TableName, TableName>) -> Option<Renamed<'r>> {
    draft.asks.iter().find_map(|ask| match ask {
        Ask::IndexOn { table, .. } | Ask::DropIndex { table, .. } => renamed.get_key_value(table),
        _ => None,
    })
}

fn say_name(one: &mut Recommendation, (now, before): Renamed<'_>) {
    let run_behind = format!(" These files rename {before} to {now}: run it behind them.");
    if !one.detail.ends_with(&run_behind) {
        one.detail = format!("{}{run_behind}", one.detail).into();
    }
    if one.applicability == Applicability::Machine {
        one.applicability = Applicability::Review;
    }
}

/// Ends SQL with a `;`, unless its last line has one or ends in a comment.
fn end(sql: &mut String) {
    let last = sql.lines().next_back().unwrap_or_default();
    if !last.trim().is_empty() && !last.contains("--") && !last.trim_end().ends_with(';') {
        sql.truncate(sql.trim_end().len());
        sql.push(';');
    }
}

/// What to know when the history is not whole.
fn strangers(statements: u64) -> Option<String> {
    (statements > 0).then(|| {
        let concern = counted(statements, "statement concerns", "statements concern");
        format!(
            "{concern} tables or indexes that none of these files makes: they were taken for large and in use; give the migrations \
             before them, --schema or --snapshot to know their columns and keys"
        )
    })
}

/// What to know of SQL that is put together when it runs.
fn not_read(dynamic: &Dynamic) -> Option<String> {
    let places: Vec<String> = dynamic.places.iter().map(|place| format!("{}:{}", place.path, place.line)).collect();
    let more = if dynamic.statements > places.len() as u64 { ", …" } else { "" };
    (dynamic.statements > 0).then(|| {
        format!(
            "the SQL of {} is put together at run time and was not looked at: {}{more}",
            counted(dynamic.statements, "EXECUTE statement", "EXECUTE statements"),
            places.join(", ")
        )
    })
}

/// Files that somebody named and that are not looked at nevertheless.
pub fn excluded(paths: &[String]) -> Option<String> {
    const NAMED: usize = 3;
    let names = paths.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if paths.len() > NAMED { ", …" } else { "" };
    (!paths.is_empty()).then(|| {
        let files = counted(paths.len() as u64, "file was", "files were");
        format!("{files} left out, as `exclude` under [lint] says: {names}{more}")
    })
}

/// Queries of which only the tokens are known, and what to know of them.
fn unparsed(found: Unparsed) -> (Vec<report::model::Unparsed>, Option<String>) {
    const NAMED: usize = 3;
    let places: Vec<String> =
        found.some.iter().take(NAMED).map(|(_, at, _)| format!("{}:{}", at.path, at.line)).collect();
    let more = if found.statements > places.len() as u64 { ", …" } else { "" };
    let note = (found.statements > 0).then(|| {
        let queries = counted(found.statements, "query was", "queries were");
        format!(
            "{queries} not understood in full, so rules that look into them did not run there: {}{more}",
            places.join(", ")
        )
    });
    let one = |(fingerprint, at, reason): (String, SourceLine, String)| report::model::Unparsed {
        fingerprint,
        database: String::new(),
        reason: format!("{}:{}: {reason}", at.path, at.line),
    };
    (found.some.into_iter().map(one).collect(), note)
}

/// What to know of findings about small tables: how many there were, and which tables.
pub fn left_out(small: &BTreeMap<TableName, u64>, rows: u64) -> Option<String> {
    const NAMED: usize = 5;
    let findings: u64 = small.values().sum();
    let names: Vec<String> = small.keys().take(NAMED).map(TableName::to_string).collect();
    let more = if small.len() > NAMED { ", …" } else { "" };
    (findings > 0).then(|| {
        let (said, names) = (counted(findings, "finding", "findings"), names.join(", "));
        format!("{said} left out: the tables have fewer than {} rows ({names}{more})", count(rows))
    })
}

fn input(script: &Script) -> Input {
    let format = match script.kind {
        Kind::Migration(_) => "migration",
        Kind::Dump => "dump",
        Kind::Queries => "queries",
    };
    let details = match script.kind {
        Kind::Migration(framework) => vec![framework.name().to_owned()],
        _ => Vec::new(),
    };
    Input { path: script.path.clone(), format: format.into(), details, bytes: script.bytes }
}

/// Gives findings the severities that `[[paths]]` sets for their files, and leaves out what is off there.
pub fn by_path(report: &mut Report, entries: &[Paths]) {
    if entries.is_empty() {
        return;
    }
    report.findings.retain_mut(|finding| is_on(finding, entries));
    report.suppressed.retain_mut(|suppressed| is_on(&mut suppressed.finding, entries));
    forget_unasked(report);
}

/// Whether the rule is on for the finding's file; the finding then has the severity that holds there.
fn is_on(finding: &mut Finding, entries: &[Paths]) -> bool {
    let path = finding.locations.first().map_or("", |place| &*place.path);
    match severity(entries, path, &finding.rule) {
        Some(None) => false,
        Some(Some(severity)) => {
            finding.severity = severity;
            true
        }
        None => true,
    }
}

/// Leaves out recommendations that no finding asks for any more.
pub fn forget_unasked(report: &mut Report) {
    let asked: BTreeSet<&str> =
        report.findings.iter().flat_map(|finding| &finding.recommendations).map(String::as_str).collect();
    report.recommendations.retain(|recommendation| asked.contains(recommendation.id.as_str()));
}
