//! The safe way below a finding: its name, how far it can be trusted, and the SQL to copy.

use std::collections::BTreeMap;

use super::{Detail, View, note};
use crate::report::escape;
use crate::report::model::{Finding, Recommendation, Report};
use crate::report::render::facts::{self, Advice};
use crate::report::render::palette::paint;
use crate::report::render::{table, wrap};

/// Remembers where each was printed, so that it is printed once.
pub struct Fixes<'r> {
    advice: Advice<'r>,
    printed: BTreeMap<&'r str, String>,
}

impl<'r> Fixes<'r> {
    pub fn of(report: &'r Report) -> Self {
        Self { advice: Advice::of(report), printed: BTreeMap::new() }
    }

    pub fn render(&mut self, out: &mut String, finding: &Finding, explain: Detail, gutter: usize, view: &View) {
        for recommendation in self.advice.for_finding(finding) {
            if let Some(place) = self.printed.get(recommendation.id.as_str()) {
                note(out, gutter, &format!("fix: the same as at {place}"), view);
                continue;
            }
            one(out, recommendation, explain, gutter, view);
            if let Some(location) = finding.locations.first() {
                self.printed.insert(&recommendation.id, table::place(location));
            }
        }
    }
}

fn one(out: &mut String, r: &Recommendation, explain: Detail, gutter: usize, view: &View) {
    let mut terms = vec![facts::trust(r).to_owned()];
    terms.extend(r.lock.as_ref().map(|lock| format!("takes {}", escape::line(lock))));
    terms.extend(r.cost.as_ref().map(|cost| format!("costs: {}", escape::line(cost))));
    let terms =
        if r.sql.is_empty() && r.more_sql.is_empty() { String::new() } else { format!(" ({})", terms.join("; ")) };
    note(out, gutter, &format!("fix: {}{terms}", escape::line(&r.title)), view);
    if explain == Detail::Full {
        let room = view.width.saturating_sub(gutter + 2);
        for line in wrap::words(&escape::block(&r.detail), room) {
            out.push_str(&format!("{:width$}{line}\n", "", width = gutter + 2));
        }
    }
    let indent = gutter + 4;
    let sql = facts::sql(r);
    if sql.is_empty() {
        return;
    }
    out.push('\n');
    for line in wrap::sql(&escape::block(&sql), view.width.saturating_sub(indent)) {
        if line.trim().is_empty() {
            out.push('\n');
        } else {
            out.push_str(&format!("{:indent$}{}\n", "", paint(view.palette.code, &line)));
        }
    }
}
