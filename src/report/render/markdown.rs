//! Markdown for a pull-request comment or a job summary: a table for each file, details folded below.
//!
//! GitHub refuses a comment of more than 65,536 characters; this stays below [`ROOM`], drops details before rows and what is
//! light before what is grave, and says what was cut. The first line is a mark by which a bot finds its comment again.

mod escape;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::facts::{self, Advice};
use super::order::{self, File};
use super::path;
use super::tally::{self, Tally};
use crate::report::model::{Finding, Problem, Recommendation, Report};
use crate::report::source::Sources;
use crate::report::units;
use escape::{block, cell, code, inline};

/// Bytes, of which there are never fewer than characters.
const ROOM: usize = 60_000;
/// For what comes after the tables and says what was cut.
const TAIL: usize = 4_000;
/// Lines and bytes of one piece of code.
const LINES: usize = 30;
const CODE: usize = 3_000;
const TITLE: usize = 300;

pub const MARK: &str = "<!-- sqlsift lint -->";

pub fn render(report: &Report, sources: &Sources<'_>) -> String {
    let mut out = format!("{MARK}\n### sqlsift: {}\n\n", inline(&Tally::of(report).sentence()));
    let mut files: Vec<(&str, File<'_>)> = order::by_file(report).into_iter().collect();
    files.retain(|(_, file)| !file.findings.is_empty() || !file.problems.is_empty());
    files.sort_by_key(|(path, file)| (Reverse(file.findings.iter().map(|f| f.severity).max()), *path));
    let tail = tail(report);
    let room = ROOM - TAIL;
    let rows = tables(&mut out, &files, room);
    let details = details(&mut out, report, &files, sources, room);
    out.push_str(&cut_note(rows, details));
    out.push_str(&tail);
    out
}

/// The tables; gives how many findings and problems have no row.
fn tables(out: &mut String, files: &[(&str, File<'_>)], room: usize) -> usize {
    let mut cut = 0;
    for (path, file) in files {
        let path = if path.is_empty() { "-" } else { path };
        let head = format!(
            "**{}**\n\n| line | severity | finding | rule |\n|---:|---|---|---|\n",
            code(&path::relative(path))
        );
        let rows: Vec<String> =
            file.findings.iter().map(|f| row(f)).chain(file.problems.iter().map(|p| problem_row(p))).collect();
        let Some(first) = rows.first() else { continue };
        if out.len() + head.len() + first.len() > room {
            cut += rows.len();
            continue;
        }
        out.push_str(&head);
        for row in &rows {
            if out.len() + row.len() > room { cut += 1 } else { out.push_str(row) }
        }
        out.push('\n');
    }
    cut
}

fn row(finding: &Finding) -> String {
    let line = finding.locations.first().map_or_else(String::new, |l| l.line.to_string());
    let facts = facts::said(finding).map_or_else(String::new, |facts| format!("<br>{}", cell(&facts)));
    format!(
        "| {line} | {} | {}{facts} | {} |\n",
        facts::severity(finding.severity),
        cell(&shorten(&finding.title, TITLE)),
        code(&finding.rule)
    )
}

fn problem_row(problem: &Problem) -> String {
    let line = problem.line.map_or_else(String::new, |line| line.to_string());
    format!("| {line} | warning | {} | {} |\n", cell(&shorten(&facts::problem(problem), TITLE)), code(facts::PROBLEM))
}

/// Why and how to do it safely, folded, graver files first; gives how many findings are left out.
fn details(out: &mut String, report: &Report, files: &[(&str, File<'_>)], sources: &Sources<'_>, room: usize) -> usize {
    let advice = Advice::of(report);
    let mut explained = BTreeSet::new();
    let mut cut = 0;
    const OPEN: &str = "<details><summary>Why, and the safe way</summary>\n\n";
    const CLOSE: &str = "</details>\n\n";
    let mut body = String::new();
    for finding in files.iter().flat_map(|(_, file)| &file.findings) {
        let first = !explained.contains(finding.rule.as_str());
        let text = detail(finding, first, &advice, sources);
        if out.len() + OPEN.len() + body.len() + text.len() + CLOSE.len() > room {
            cut += 1;
            continue;
        }
        explained.insert(finding.rule.as_str());
        body.push_str(&text);
    }
    if !body.is_empty() {
        out.push_str(&format!("{OPEN}{body}{CLOSE}"));
    }
    cut
}

fn detail(finding: &Finding, first: bool, advice: &Advice<'_>, sources: &Sources<'_>) -> String {
    let mut out = String::new();
    if let Some(location) = finding.locations.first() {
        out.push_str(&format!("{} ", code(&super::table::place(location))));
    }
    out.push_str(&format!("**{}** {}\n\n", inline(&shorten(&finding.title, TITLE)), code(&finding.rule)));
    if let Some(text) = shown(finding, sources) {
        out.push_str(&block(&text));
    }
    if first && !finding.detail.is_empty() {
        out.push_str(&format!("{}\n\n", inline(&finding.detail)));
    }
    for recommendation in advice.for_finding(finding) {
        out.push_str(&fix(recommendation, first));
    }
    out
}

fn fix(recommendation: &Recommendation, first: bool) -> String {
    let mut out = format!("Fix ({}): {}\n\n", facts::trust(recommendation), inline(&recommendation.title));
    if first && !recommendation.detail.is_empty() {
        out.push_str(&format!("{}\n\n", inline(&recommendation.detail)));
    }
    let sql = facts::sql(recommendation);
    if !sql.is_empty() {
        out.push_str(&block(&shorten_lines(&sql)));
    }
    out
}

/// The lines of the place.
fn shown(finding: &Finding, sources: &Sources<'_>) -> Option<String> {
    let location = finding.locations.first()?;
    let source = sources.get(&location.path)?;
    let last = location.end_line.unwrap_or(location.line).min(location.line.saturating_add(LINES as u64));
    let lines: Vec<&str> = (location.line..=last).map_while(|number| source.line(number)).collect();
    (!lines.is_empty()).then(|| shorten_lines(&lines.join("\n")))
}

fn shorten_lines(text: &str) -> String {
    let cut = |text: &str| {
        let text: String = text.chars().take(CODE).collect();
        text.lines().take(LINES).collect::<Vec<_>>().join("\n")
    };
    let short = cut(text);
    if short.len() < text.trim_end().len() { format!("{short}\n-- (cut)") } else { short }
}

fn shorten(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}

fn cut_note(rows: usize, details: usize) -> String {
    let mut said = Vec::new();
    if rows > 0 {
        said.push(format!("{} not in the tables", units::counted(rows as u64, "finding", "findings")));
    }
    if details > 0 {
        said.push(format!("the details of {} left out", units::counted(details as u64, "finding", "findings")));
    }
    if said.is_empty() {
        return String::new();
    }
    format!("Cut to fit a comment: {}. The log of the run has everything.\n\n", said.join(", "))
}

/// What was not examined, shortened to its room.
fn tail(report: &Report) -> String {
    let mut out = String::new();
    for text in tally::not_examined(report) {
        let line = format!("- {}\n", inline(&shorten(&text, TITLE)));
        if out.len() + line.len() > TAIL / 2 {
            out.push_str("- and more, see the log\n");
            break;
        }
        out.push_str(&line);
    }
    if out.is_empty() { out } else { format!("<details><summary>Not examined</summary>\n\n{out}\n</details>\n") }
}

#[cfg(test)]
mod tests;
