//! The end of the output: what could not be read, what was not examined, and the sums.

use super::{View, note, snippet, title};
use crate::report::model::{Location, Report, Severity};
use crate::report::render::palette::paint;
use crate::report::render::tally::{self, Tally};
use crate::report::render::{facts, wrap};
use crate::report::source::Sources;

/// Problems are shown like findings: each hides what might have been found.
pub fn problems(report: &Report, sources: &Sources<'_>, view: &View) -> String {
    let mut out = String::new();
    for problem in &report.problems {
        title(&mut out, facts::PROBLEM, &crate::report::escape::line(&problem.message), Severity::Warning, view);
        let places: Vec<Location> = problem
            .path
            .iter()
            .map(|path| Location { path: path.as_str().into(), line: problem.line.unwrap_or(0), ..Location::default() })
            .collect();
        let gutter = snippet::render(&mut out, &places, sources, Severity::Warning, view);
        if let Some(hint) = &problem.hint {
            note(&mut out, gutter, &crate::report::escape::block(hint), view);
        }
        if problem.count > 1 {
            note(&mut out, gutter, &format!("{} times", problem.count), view);
        }
        out.push('\n');
    }
    out
}

pub fn render(report: &Report, view: &View) -> String {
    let mut out = String::new();
    for text in tally::not_examined(report) {
        for line in wrap::words(&text, view.width) {
            out.push_str(&format!("{}\n", paint(view.palette.dim, &line)));
        }
    }
    for line in wrap::words(&Tally::of(report).sentence(), view.width) {
        out.push_str(&format!("{}\n", paint(view.palette.heading, &line)));
    }
    out
}
