//! What was not examined and why. "Not examined" is never shown as "fine".

use std::collections::BTreeMap;

use super::{View, heading};
use crate::report::escape;
use crate::report::model::{Coverage, Problem, Report};
use crate::report::render::wrap;
use crate::report::units;

pub fn render(report: &Report, view: &View) -> String {
    render_except(report, view, |_| false)
}

/// Without the problems that stand elsewhere already.
pub fn render_except(report: &Report, view: &View, said: impl Fn(&Problem) -> bool) -> String {
    let mut items = counts(&report.coverage);
    items.extend(rules(&report.coverage));
    items.extend(unparsed(&report.coverage));
    items.extend(report.coverage.allowed.iter().filter(|a| a.findings > 0).map(|a| {
        let n = units::counted(a.findings, "finding", "findings");
        format!("allowed: {n} of {}, because {}", escape::line(&a.rule), escape::line(&a.because))
    }));
    items.extend(report.coverage.notes.iter().map(|note| escape::line(note).into_owned()));
    let left: Vec<&Problem> = report.problems.iter().filter(|p| !said(p)).collect();
    items.extend(problems(&left));
    let ran = units::counted(report.coverage.rules_run.len() as u64, "rule", "rules");
    if items.is_empty() {
        return format!("{}nothing; {ran} ran\n", heading(view, "NOT EXAMINED", ""));
    }
    let mut out = heading(view, "NOT EXAMINED", &format!("and what to know about the rest; {ran} ran"));
    for item in items {
        for (i, line) in wrap::words(&item, view.width - 2).iter().enumerate() {
            out.push_str(&format!("{}{line}\n", if i == 0 { "- " } else { "  " }));
        }
    }
    out
}

fn counts(c: &Coverage) -> Vec<String> {
    [
        (c.unrecognised_lines, "line that no log format explains", "lines that no log format explains"),
        (c.filtered, "record left out by a filter", "records left out by a filter"),
        (c.queries_overflowed, "query folded into the entry `other`", "queries folded into the entry `other`"),
        (c.statements_without_duration, "statement without a duration", "statements without a duration"),
        (c.units_cut, "unit of work cut short at a bound", "units of work cut short at a bound"),
    ]
    .into_iter()
    .filter(|(n, _, _)| *n > 0)
    .map(|(n, one, many)| units::counted(n, one, many))
    .collect()
}

/// Rules that did not run, those with the same reason together.
fn rules(c: &Coverage) -> Vec<String> {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in &c.rules_not_run {
        by_reason.entry(&entry.reason).or_default().push(&entry.rule);
    }
    by_reason
        .into_iter()
        .map(|(reason, rules)| format!("{}: {}", escape::line(&names(&rules)), escape::line(reason)))
        .collect()
}

/// A few by name, many by group: the JSON has them all.
fn names(rules: &[&str]) -> String {
    const NAMED: usize = 12;
    if rules.len() <= NAMED {
        return rules.join(", ");
    }
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in rules {
        *groups.entry(rule.split('/').next().unwrap_or(rule)).or_default() += 1;
    }
    let groups: Vec<String> = groups.into_iter().map(|(group, many)| format!("{group} {many}")).collect();
    format!("{} rules ({})", rules.len(), groups.join(", "))
}

fn unparsed(c: &Coverage) -> Option<String> {
    const SHOWN: usize = 5;
    if c.unparsed.is_empty() {
        return None;
    }
    let some: Vec<String> = c
        .unparsed
        .iter()
        .take(SHOWN)
        .map(|u| format!("{} ({})", u.fingerprint, wrap::shorten(&escape::line(&u.reason), 60)))
        .collect();
    let more = c.unparsed.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!(
        "{} not parsed in full, known by tokens only: {}{more}",
        units::counted(c.unparsed.len() as u64, "query", "queries"),
        some.join(", ")
    ))
}

/// A hint behind its message: some are sentences.
fn hinted(hint: &str) -> String {
    if hint.starts_with(char::is_uppercase) { format!(". {hint}") } else { format!("; {hint}") }
}

fn problems(list: &[&Problem]) -> Vec<String> {
    const SHOWN: usize = 10;
    let mut out: Vec<String> = list
        .iter()
        .take(SHOWN)
        .map(|p| {
            let place = match (&p.path, p.line) {
                (Some(path), Some(line)) => format!("{path}:{line}: "),
                (Some(path), None) => format!("{path}: "),
                _ => String::new(),
            };
            let times = if p.count > 1 { format!(" ({} times)", units::count(p.count)) } else { String::new() };
            let hint = p.hint.as_deref().map(hinted).unwrap_or_default();
            escape::line(&format!("{place}{}{times}{hint}", p.message)).into_owned()
        })
        .collect();
    if list.len() > SHOWN {
        out.push(format!("{} more problems, all of them in the JSON", list.len() - SHOWN));
    }
    out
}
