//! One line a finding, as gcc writes them: `path:line:column: severity: title [rule]`. Editors and `grep` read it.

use super::table::place;
use super::{facts, order};
use crate::report::escape;
use crate::report::model::{Finding, Problem, Report};

pub fn render(report: &Report) -> String {
    let mut out: String = order::by_place(report).into_iter().map(|f| line(f) + "\n").collect();
    for one in &report.problems {
        out.push_str(&problem(one));
        out.push('\n');
    }
    out
}

/// Without a line feed.
pub fn line(finding: &Finding) -> String {
    let place = finding.locations.first().map_or_else(String::new, |l| format!("{}: ", place(l)));
    let severity = facts::severity(finding.severity);
    format!("{place}{severity}: {} [{}]", escape::line(&finding.title), escape::line(&finding.rule))
}

fn problem(problem: &Problem) -> String {
    let place = match (&problem.path, problem.line) {
        (Some(path), Some(line)) => format!("{}:{line}: ", escape::line(path)),
        (Some(path), None) => format!("{}: ", escape::line(path)),
        (None, _) => String::new(),
    };
    format!("{place}warning: {} [{}]", facts::problem(problem), facts::PROBLEM)
}
