//! A report in; its text in the format that was asked for out.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::cli::args::{Common, FailOn, Lint, LintFormat};
use crate::cli::failure::Failure;
use crate::cli::output::{self, Output};
use crate::cli::terminal;
use crate::report::model::{Report, Severity};
use crate::report::render::palette::Palette;
use crate::report::render::text::{self, Detail};
use crate::report::render::{checkstyle, github, gitlab, json, junit, markdown, sarif, short};
use crate::report::rule_text::RuleText;
use crate::report::source::Sources;
use crate::rules::page::Page;
use crate::rules::registry::pages;

pub const KINDS: &[(&str, LintFormat)] = &[
    ("text", LintFormat::Text),
    ("short", LintFormat::Short),
    ("json", LintFormat::Json),
    ("sarif", LintFormat::Sarif),
    ("github", LintFormat::Github),
    ("gitlab", LintFormat::Gitlab),
    ("junit", LintFormat::Junit),
    ("checkstyle", LintFormat::Checkstyle),
    ("markdown", LintFormat::Markdown),
];

#[derive(Clone, Copy)]
pub struct View {
    text: text::View,
    fail_on: FailOn,
    /// Standard output of a step of GitHub Actions, which reads commands in it.
    read_by_github: bool,
}

impl View {
    pub fn of(stdout: bool, common: &Common, fail_on: FailOn) -> Self {
        let detail = if common.verbose > 0 { Detail::Full } else { Detail::Brief };
        let (width, palette) = if stdout {
            (terminal::width(), terminal::palette(common.color))
        } else {
            (terminal::PIPE_WIDTH, Palette::plain())
        };
        Self { text: text::View { width, palette, detail }, fail_on, read_by_github: stdout && in_github_actions() }
    }
}

/// Into an output; the long ones without ever holding all of their text.
pub fn write(
    report: &Report,
    sources: &Sources<'_>,
    output: &mut Output<LintFormat>,
    view: &View,
) -> Result<(), Failure> {
    match output.kind {
        LintFormat::Json => output.stream(|out| json::write(report, out)),
        LintFormat::Sarif => output.stream(|out| sarif::write(report, sources, &rule_texts(report), out)),
        LintFormat::Text if !view.read_by_github => output.stream(|out| text::write(report, sources, &view.text, out)),
        format => output.write(render(report, sources, format, view).as_bytes()),
    }
}

pub(super) fn render(report: &Report, sources: &Sources<'_>, format: LintFormat, view: &View) -> String {
    match format {
        LintFormat::Json => json::render(report),
        LintFormat::Sarif => sarif::render(report, sources, &rule_texts(report)),
        LintFormat::Github => for_github(report),
        LintFormat::Gitlab => gitlab::render(report),
        LintFormat::Junit => junit::render(report, threshold(view.fail_on)),
        LintFormat::Checkstyle => checkstyle::render(report),
        LintFormat::Markdown => markdown::render(report, sources),
        LintFormat::Text => fenced(text::render(report, sources, &view.text), view),
        LintFormat::Short => fenced(short::render(report), view),
    }
}

fn fenced(text: String, view: &View) -> String {
    if view.read_by_github && !text.is_empty() { github::fence(&text) } else { text }
}

fn threshold(fail_on: FailOn) -> Option<Severity> {
    match fail_on {
        FailOn::None => None,
        FailOn::Info => Some(Severity::Info),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Error => Some(Severity::Error),
    }
}

/// Of the rules that ran: what SARIF carries of their pages.
fn rule_texts(report: &Report) -> Vec<RuleText> {
    let ran: BTreeSet<&str> = report.coverage.rules_run.iter().map(String::as_str).collect();
    pages().iter().filter(|page| ran.contains(page.id.as_str())).map(rule_text).collect()
}

fn rule_text(page: &Page) -> RuleText {
    RuleText {
        id: page.id.clone(),
        title: page.title.clone(),
        summary: page.summary.clone(),
        body: page.body.to_string(),
        severity: page.severity,
        confidence: page.confidence,
        links: page.links.clone(),
    }
}

/// GitHub documentation, "Variables reference": always `true` in a step.
fn in_github_actions() -> bool {
    std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true")
}

/// GitHub takes paths from the root of the repository on, wherever the command runs (GitHub documentation, "Variables reference":
/// GITHUB_WORKSPACE is the folder of the checkout).
fn for_github(report: &Report) -> String {
    let root = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from).and_then(|root| root.canonicalize().ok());
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    match (root, here) {
        (Some(root), Ok(here)) if root != here && here.starts_with(&root) => {
            let mut report = report.clone();
            report.findings.iter_mut().flat_map(|finding| &mut finding.locations).for_each(|place| {
                place.path = below(&root, &here, &place.path).into();
            });
            for path in report.problems.iter_mut().filter_map(|problem| problem.path.as_mut()) {
                *path = below(&root, &here, path);
            }
            github::render(&report)
        }
        _ => github::render(report),
    }
}

/// A path as it is from `root` on, given in the folder `here`; as it was where it leads out of it.
fn below(root: &Path, here: &Path, path: &str) -> String {
    let mut whole = PathBuf::new();
    for part in here.join(path).components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            Component::CurDir => {}
            part => whole.push(part),
        }
    }
    match whole.strip_prefix(root) {
        Ok(rest) if path != "-" => rest.to_string_lossy().into_owned(),
        _ => path.to_owned(),
    }
}

/// Under GitHub Actions the annotations go to standard output beside what a person reads.
pub fn annotate(report: &Report, args: &Lint) -> Result<(), Failure> {
    let for_a_person = matches!(args.format, LintFormat::Text | LintFormat::Short);
    if for_a_person && in_github_actions() { output::print(&for_github(report)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_at_the_root_of_the_checkout() {
        let below = |path| below(Path::new("/w/repo"), Path::new("/w/repo/app/db"), path);
        assert_eq!(below("m/1.sql"), "app/db/m/1.sql");
        assert_eq!(below("./../m/1.sql"), "app/m/1.sql");
        assert_eq!(below("/w/repo/x.sql"), "x.sql");
        assert_eq!(below("/etc/x.sql"), "/etc/x.sql");
        assert_eq!(below("-"), "-");
    }
}
