//! Annotations on a pull request: workflow commands for the log of a GitHub Actions step.
//!
//! GitHub shows ten annotations of each kind for a step and drops the others without a word
//! (GitHub documentation, "Workflow commands", "Limits"), so the dearest are given and the rest is counted. Commands are
//! read from the log, which is why what stood in a file must never begin a line of its own: everything is escaped here,
//! and other output belongs between [`fence`]s.

use super::facts::{self, Advice};
use super::{order, path, tally};
use crate::report::escape;
use crate::report::model::{Finding, Location, Problem, Report, Severity};

/// Of each kind, for one step.
const SHOWN: usize = 10;
/// Characters of a message; the SQL of a long fix is in the summary and in the JSON.
const LONGEST: usize = 2000;

pub fn render(report: &Report) -> String {
    let advice = Advice::of(report);
    let mut commands: [Vec<String>; 3] = Default::default();
    let mut left: Vec<&Finding> = Vec::new();
    let dearest = order::dearest(report);
    // One place among the notices is kept for the line that counts what is left out.
    let cut = cut(&dearest, &report.problems);
    let room = |severity| SHOWN - usize::from(cut && severity == Severity::Info);
    for finding in dearest {
        let list = &mut commands[kind(finding.severity)];
        if list.len() < room(finding.severity) {
            list.push(annotation(finding, &advice));
        } else {
            left.push(finding);
        }
    }
    let mut problems = 0;
    for problem in &report.problems {
        let list = &mut commands[kind(Severity::Warning)];
        if list.len() < SHOWN {
            list.push(problem_annotation(problem));
        } else {
            problems += 1;
        }
    }
    let mut out: String = commands.into_iter().rev().flatten().collect();
    if cut {
        out.push_str(&rest(&left, problems));
    }
    out
}

fn cut(findings: &[&Finding], problems: &[Problem]) -> bool {
    let of = |severity| findings.iter().filter(|f| f.severity == severity).count();
    of(Severity::Error) > SHOWN || of(Severity::Warning) + problems.len() > SHOWN || of(Severity::Info) > SHOWN
}

fn rest(left: &[&Finding], problems: usize) -> String {
    let mut parts = vec![tally::counts_of(left.iter().copied())];
    if problems > 0 {
        parts.push(format!("{problems} not read"));
    }
    parts.retain(|part| !part.is_empty());
    let text = format!(
        "Not annotated, because GitHub shows {SHOWN} of each kind: {}. The log or the job summary has them all.",
        parts.join(", ")
    );
    format!("::notice title=sqlsift::{}\n", data(&text))
}

fn kind(severity: Severity) -> usize {
    match severity {
        Severity::Info => 0,
        Severity::Warning => 1,
        Severity::Error => 2,
    }
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "notice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

fn annotation(finding: &Finding, advice: &Advice<'_>) -> String {
    let mut message = vec![escape::line(&finding.title).into_owned()];
    message.extend(facts::lines(finding, advice));
    let place = finding.locations.first().map_or_else(String::new, |l| format!("{},", place(l)));
    let message = clip(&message.join("\n"));
    format!("::{} {place}title={}::{}\n", command(finding.severity), property(&finding.rule), data(&message))
}

fn problem_annotation(problem: &Problem) -> String {
    let place = problem.path.as_ref().map_or_else(String::new, |path| {
        let line = problem.line.unwrap_or(0);
        format!("{},", place(&Location { path: path.as_str().into(), line, ..Location::default() }))
    });
    format!("::warning {place}title=sqlsift {}::{}\n", facts::PROBLEM, data(&facts::problem(problem)))
}

/// Columns only within one line: GitHub's check runs take them for nothing else.
fn place(location: &Location) -> String {
    let mut out = format!("file={}", property(&path::relative(&location.path)));
    if location.line == 0 {
        return out;
    }
    let last = location.end_line.unwrap_or(location.line).max(location.line);
    out.push_str(&format!(",line={},endLine={last}", location.line));
    if let Some(column) = location.column.filter(|_| last == location.line) {
        let end = location.end_column.map_or(column, |end| end.saturating_sub(1)).max(column);
        out.push_str(&format!(",col={column},endColumn={end}"));
    }
    out
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}\n(cut)", &text[..at]),
        None => text.to_owned(),
    }
}

fn data(text: &str) -> String {
    escape::block(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// `text` for the log of a step, so that GitHub reads no command in it: between `::stop-commands::` and its end mark,
/// which stands nowhere in the text.
pub fn fence(text: &str) -> String {
    let mut hash = xxhash_rust::xxh3::xxh3_64(text.as_bytes());
    let mut mark = format!("sqlsift-{hash:016x}");
    while text.contains(&mark) {
        hash = hash.wrapping_add(1);
        mark = format!("sqlsift-{hash:016x}");
    }
    format!("::stop-commands::{mark}\n{}\n::{mark}::\n", text.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::render::lint_tests::{example, hostile, many};

    #[test]
    fn a_finding_stands_at_its_place_with_its_fix() {
        let text = render(&example());
        let first = text.lines().next().unwrap();
        assert!(
            first.starts_with(
                "::error file=migrations/0002_total.sql,line=2,endLine=2,col=1,endColumn=44,title=migration/index_not_concurrent::"
            ),
            "{first}"
        );
        assert!(first.contains("takes ShareLock on public.orders; blocks writes; reads all"), "{first}");
        assert!(first.contains("CREATE INDEX CONCURRENTLY"), "{first}");
    }

    #[test]
    fn ten_of_each_kind_and_the_rest_is_counted() {
        let text = render(&many(200));
        let of = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!((of("::error "), of("::warning "), of("::notice ")), (10, 10, 10));
        let last = text.lines().last().unwrap();
        assert!(last.contains("57 errors, 57 warnings, 57 infos"), "{last}");
        assert_eq!(render(&many(30)).lines().filter(|l| l.starts_with("::error ")).count(), 10);
        assert!(!render(&many(30)).contains("Not annotated"));
    }

    #[test]
    fn no_text_makes_a_command_or_a_property() {
        let text = render(&hostile("x\n::add-mask::y\r\n::error file=a,line=1::z%0A\u{202e}\x1b[2J##[group]"));
        for line in text.lines() {
            let (head, _) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
            let (name, properties) = head.split_once(' ').unwrap();
            assert!(["error", "warning", "notice"].contains(&name), "{line}");
            for property in properties.split(',') {
                let (key, value) = property.split_once('=').unwrap();
                assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&key), "{line}");
                assert!(!value.contains(':'), "{line}");
            }
        }
        assert!(!text.contains('\r') && !text.contains('\x1b') && !text.contains('\u{202e}'));
        assert!(!text.contains("z%0A"), "a percent sign of the text stays one");
    }

    #[test]
    fn a_fence_cannot_be_ended_from_inside() {
        let inner = fence("a\n::error::b\n");
        let mark = inner.lines().last().unwrap().trim_matches(':').to_owned();
        assert!(inner.starts_with(&format!("::stop-commands::{mark}\n")));
        let text = format!("::{mark}::\n");
        let outer = fence(&text);
        let end = outer.lines().last().unwrap();
        assert_eq!(outer.matches(end).count(), 1, "{outer}");
    }
}
