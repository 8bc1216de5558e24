//! Orders in which formats list findings: by place, as a compiler does, or dearest first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::report::model::{Finding, Problem, Report};

/// By file, line and column; of one place the graver first.
pub fn by_place(report: &Report) -> Vec<&Finding> {
    let mut list: Vec<&Finding> = report.findings.iter().collect();
    list.sort_by(|a, b| place(a).cmp(&place(b)));
    list
}

fn place(f: &Finding) -> impl Ord + '_ {
    let place = f.locations.first().map(|l| (&*l.path, l.line, l.column));
    (place, Reverse(f.severity), f.rule.as_str(), f.id.as_str())
}

/// Graver first; within a severity as the report ranks them.
pub fn dearest(report: &Report) -> Vec<&Finding> {
    let mut list: Vec<&Finding> = report.findings.iter().collect();
    list.sort_by_key(|f| Reverse(f.severity));
    list
}

/// What a format with a part for each file says of one.
#[derive(Default)]
pub struct File<'r> {
    pub findings: Vec<&'r Finding>,
    pub problems: Vec<&'r Problem>,
}

/// Every linted file, those without findings too. What has no path stands under the empty one.
pub fn by_file(report: &Report) -> BTreeMap<&str, File<'_>> {
    let mut files: BTreeMap<&str, File<'_>> = BTreeMap::new();
    for input in report.inputs.iter().filter(|input| !matches!(&*input.format, "schema" | "snapshot")) {
        files.entry(&input.path).or_default();
    }
    for finding in by_place(report) {
        let path = finding.locations.first().map_or("", |l| &*l.path);
        files.entry(path).or_default().findings.push(finding);
    }
    for problem in &report.problems {
        files.entry(problem.path.as_deref().unwrap_or_default()).or_default().problems.push(problem);
    }
    files
}
