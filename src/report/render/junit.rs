//! JUnit's XML: each linted file is a test case, which fails if something at or above the threshold was found in it, and is in error if
//! a statement of it is one that no server can read: where the command ends with 1.
//!
//! The form is the one that Jenkins reads (`fixtures/formats/junit-10.xsd`); GitLab, CircleCI and others take it too.

use super::facts::{self, Advice};
use super::order;
use super::tally;
use super::xml::{attribute, text};
use crate::report::model::{Finding, Problem, Report, Severity};

/// `threshold`: the least severity that fails a test case; with `None` nothing does. What is below stands in `system-out`.
pub fn render(report: &Report, threshold: Option<Severity>) -> String {
    let advice = Advice::of(report);
    let files = order::by_file(report);
    let fails = |f: &Finding| threshold.is_some_and(|least| f.severity >= least);
    let failures = files.values().filter(|file| file.findings.iter().any(|f| fails(f))).count();
    let breaks = |problem: &&Problem| threshold.is_some() && problem.is_syntax_error();
    let errors = files.values().filter(|file| file.problems.iter().any(&breaks)).count();
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"", files.len());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sqlsift\" {counts}>\n  \
         <testsuite name=\"sqlsift lint\" {counts} skipped=\"0\" time=\"0\">\n"
    );
    for (path, file) in &files {
        let path = if path.is_empty() { "-" } else { path };
        let (failing, other): (Vec<&Finding>, Vec<&Finding>) = file.findings.iter().partition(|f| fails(f));
        let head = format!("    <testcase classname=\"sqlsift.lint\" name=\"{}\" time=\"0\"", attribute(path));
        let (broken, unread): (Vec<&Problem>, Vec<&Problem>) =
            file.problems.iter().partition(|problem| breaks(problem));
        let inside =
            format!("{}{}{}", errors_of(&broken), failure(&failing, &advice), output(&unread, &other, &advice));
        if inside.is_empty() {
            out.push_str(&format!("{head}/>\n"));
        } else {
            out.push_str(&format!("{head}>\n{inside}    </testcase>\n"));
        }
    }
    out + "  </testsuite>\n</testsuites>\n"
}

fn errors_of(problems: &[&Problem]) -> String {
    let one = |problem| format!("      <error type=\"{}\" message=\"{problem}\"/>\n", facts::PROBLEM);
    problems.iter().map(|problem| one(attribute(&facts::problem(problem)))).collect()
}

/// One for all of a file: readers show the first and drop the others.
fn failure(findings: &[&Finding], advice: &Advice<'_>) -> String {
    let Some(first) = findings.first() else { return String::new() };
    let message = match findings.len() {
        1 => first.title.clone(),
        _ => tally::counts_of(findings.iter().copied()),
    };
    format!(
        "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
        attribute(if findings.len() == 1 { &first.rule } else { "sqlsift" }),
        attribute(&message),
        text(&listing(findings, advice)),
    )
}

fn output(problems: &[&Problem], findings: &[&Finding], advice: &Advice<'_>) -> String {
    if findings.is_empty() && problems.is_empty() {
        return String::new();
    }
    let unread = problems.iter().map(|problem| format!("\n{}: {}", facts::PROBLEM, facts::problem(problem)));
    let said = unread.collect::<String>() + &listing(findings, advice);
    format!("      <system-out>{}</system-out>\n", text(&said))
}

fn listing(findings: &[&Finding], advice: &Advice<'_>) -> String {
    let mut out = String::from("\n");
    for finding in findings {
        out.push_str(&super::short::line(finding));
        out.push('\n');
        for line in facts::lines(finding, advice) {
            out.push_str(&format!("  {line}\n"));
        }
    }
    out
}
