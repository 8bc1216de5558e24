//! A report in; its text in the format that was asked for out.

use std::collections::BTreeSet;

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
        LintFormat::Github => github::render(report),
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

/// Under GitHub Actions the annotations go to standard output beside what a person reads.
pub fn annotate(report: &Report, args: &Lint) -> Result<(), Failure> {
    let for_a_person = matches!(args.format, LintFormat::Text | LintFormat::Short);
    if for_a_person && in_github_actions() { output::print(&github::render(report)) } else { Ok(()) }
}
