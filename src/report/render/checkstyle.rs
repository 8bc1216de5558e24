//! Checkstyle's XML, which reviewdog, Jenkins and many editors read: files, and in each what was found.

use super::xml::attribute;
use super::{facts, order};
use crate::report::model::{Finding, Problem, Report};

/// Which form of the document it is, not which program wrote it.
const VERSION: &str = "4.3";

pub fn render(report: &Report) -> String {
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"{VERSION}\">\n");
    for (path, file) in order::by_file(report) {
        let path = if path.is_empty() { "-" } else { path };
        out.push_str(&format!("  <file name=\"{}\">\n", attribute(path)));
        file.findings.iter().for_each(|f| finding(&mut out, f));
        file.problems.iter().for_each(|p| problem(&mut out, p));
        out.push_str("  </file>\n");
    }
    out + "</checkstyle>\n"
}

fn finding(out: &mut String, finding: &Finding) {
    let location = finding.locations.first();
    let line = location.map_or(1, |l| l.line.max(1));
    let column = location.and_then(|l| l.column).map_or_else(String::new, |c| format!(" column=\"{c}\""));
    let mut message = finding.title.clone();
    if let Some(facts) = facts::said(finding) {
        message.push_str(&format!(" ({facts})"));
    }
    out.push_str(&format!(
        "    <error line=\"{line}\"{column} severity=\"{}\" message=\"{}\" source=\"sqlsift.{}\"/>\n",
        facts::severity(finding.severity),
        attribute(&message),
        attribute(&finding.rule),
    ));
}

fn problem(out: &mut String, problem: &Problem) {
    out.push_str(&format!(
        "    <error line=\"{}\" severity=\"warning\" message=\"{}\" source=\"sqlsift.{}\"/>\n",
        problem.line.unwrap_or(1).max(1),
        attribute(&facts::problem(problem)),
        facts::PROBLEM,
    ));
}
