//! A report for a person: what was read, what to do first, where the time goes, and what was not examined.
//!
//! Comes in as a [`Report`] and a [`View`], goes out as text. Everything that a log may have written is escaped here.

mod coverage;
mod findings;
mod headline;
mod index_set;
mod plan;
mod queries;
mod query;
mod rate;
mod recommendation;

use super::palette::{Palette, paint};
use crate::report::model::Report;

pub use findings::place;
pub use plan::{Drawing, Fold, Lines};

/// How wide, how much, in which colours.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Characters a line; SQL to copy is never cut to fit.
    pub width: usize,
    /// Findings and queries shown in full; the others are counted.
    pub top: usize,
    pub palette: Palette,
}

/// The whole report.
pub fn render(report: &Report, view: &View) -> String {
    let sections = [
        headline::render(report, view),
        findings::render(report, view),
        index_set::render(report, view),
        queries::render(report, view),
        coverage::render(report, view),
    ];
    join(sections)
}

/// All that is known of the queries of a report, one after the other: for a report narrowed to one fingerprint.
pub fn render_queries(report: &Report, view: &View) -> String {
    let mut sections = vec![headline::render(report, view)];
    sections.extend(report.workload.queries.iter().map(|q| query::render(q, view)));
    sections.push(findings::render(report, view));
    join(sections)
}

/// Plans with their trees, each with what was found in it.
pub fn render_plans(report: &Report, view: &View, drawing: Drawing) -> String {
    plan::render(report, view, drawing)
}

fn join(sections: impl IntoIterator<Item = String>) -> String {
    let filled: Vec<String> =
        sections.into_iter().filter(|s| !s.is_empty()).map(|s| s.trim_end().to_string()).collect();
    filled.join("\n\n") + "\n"
}

fn heading(view: &View, title: &str, note: &str) -> String {
    let title = paint(view.palette.heading, title);
    if note.is_empty() { format!("{title}\n\n") } else { format!("{title}  {note}\n\n") }
}

#[cfg(test)]
pub mod tests;
