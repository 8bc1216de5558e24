//! GitLab's Code Quality report: a JSON array, for `artifacts:reports:codequality`
//! (GitLab documentation, "Code Quality", "Code Quality report format").

use std::collections::BTreeMap;

use serde::Serialize;

use super::facts::{self, Advice};
use super::{order, path};
use crate::report::escape;
use crate::report::model::{Finding, Problem, Report, Severity};

#[derive(Serialize)]
struct Violation {
    description: String,
    check_name: String,
    /// The same for the same thing in the next run, different within one: GitLab compares branches by it.
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u64>,
}

pub fn render(report: &Report) -> String {
    let advice = Advice::of(report);
    let mut list: Vec<Violation> = order::by_place(report).into_iter().map(|f| violation(f, &advice)).collect();
    let mut met = BTreeMap::new();
    list.extend(report.problems.iter().map(|problem| of_problem(problem, &mut met)));
    let mut text = serde_json::to_string_pretty(&list).expect("text keys only");
    text.push('\n');
    escape::json(text)
}

fn violation(finding: &Finding, advice: &Advice<'_>) -> Violation {
    let location = finding.locations.first();
    let mut description = escape::line(&finding.title).into_owned();
    if let Some(facts) = facts::said(finding) {
        description.push_str(&format!(" ({facts})"));
    }
    for recommendation in advice.for_finding(finding) {
        description.push_str(&format!(". Fix: {}", escape::line(&recommendation.title)));
    }
    Violation {
        description,
        check_name: finding.rule.clone(),
        fingerprint: finding.id.clone(),
        severity: severity(finding.severity),
        location: Place {
            path: named(location.map_or("", |l| &l.path)),
            lines: Lines { begin: location.map_or(1, |l| l.line.max(1)), end: location.and_then(|l| l.end_line) },
        },
    }
}

/// The fingerprint holds no line, but which of its like it is.
fn of_problem<'r>(problem: &'r Problem, met: &mut BTreeMap<(&'r str, &'r str), u64>) -> Violation {
    let path = problem.path.as_deref().unwrap_or_default();
    let ordinal = met.entry((path, &problem.message)).or_default();
    *ordinal += 1;
    let identity = format!("{}\0{path}\0{}\0{ordinal}", facts::PROBLEM, problem.message);
    Violation {
        description: facts::problem(problem),
        check_name: facts::PROBLEM.into(),
        fingerprint: format!("{:016x}", xxhash_rust::xxh3::xxh3_64(identity.as_bytes())),
        severity: if problem.is_syntax_error() { severity(Severity::Error) } else { "minor" },
        location: Place { path: named(path), lines: Lines { begin: problem.line.unwrap_or(1).max(1), end: None } },
    }
}

/// GitLab wants a path for everything.
fn named(path: &str) -> String {
    let path = path::relative(path);
    if path.is_empty() { "-".into() } else { path.into_owned() }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "info",
    }
}
