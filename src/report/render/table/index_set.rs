//! The indexes that were chosen together for the whole workload.

use super::rate::Rate;
use super::{View, heading, recommendation};
use crate::report::model::{IndexSet, Report};
use crate::report::render::wrap;
use crate::report::units;

/// What the set achieves, and those of its indexes that no finding shows.
pub fn render(report: &Report, view: &View) -> String {
    let Some(set) = &report.index_set else { return String::new() };
    let share = |cost: f64| (1.0 - cost / set.cost_before_ms.max(f64::MIN_POSITIVE)) * 100.0;
    let mut out = heading(view, "Indexes for the whole workload", "");
    let budget = set.budget_bytes.map(|bytes| format!(" of {}", units::bytes(bytes))).unwrap_or_default();
    let said = format!(
        "{} new indexes ({}{budget}) take {:.1} % off the planner cost of {} queries; every candidate at once would take {:.1} %. {} \
         candidates, {} questions to the planner, {:.1} s.",
        set.indexes.len(),
        units::bytes(set.bytes),
        share(set.cost_after_ms),
        set.queries_examined,
        share(set.cost_bound_ms),
        set.candidates,
        set.planner_calls,
        set.seconds
    );
    for text in wrap::words(&said, view.width - 2) {
        out.push_str(&format!("  {text}\n"));
    }
    let shown = |id: &str| {
        report.findings.iter().take(view.top).any(|finding| finding.recommendations.iter().any(|known| known == id))
    };
    for index in set.indexes.iter().filter(|index| !shown(&index.recommendation)) {
        let Some(advice) = report.recommendations.iter().find(|r| r.id == index.recommendation) else { continue };
        out.push('\n');
        recommendation::render(&mut out, advice, 2, Rate::of(report), view);
    }
    unserved(&mut out, set, view);
    out
}

/// Why some queries have none.
fn unserved(out: &mut String, set: &IndexSet, view: &View) {
    let shown = &set.unserved[..set.unserved.len().min(view.top)];
    for one in shown {
        let said = format!("No index for query {}: {}.", one.fingerprint, one.reason.trim_end_matches('.'));
        out.push('\n');
        for text in wrap::words(&said, view.width - 2) {
            out.push_str(&format!("  {text}\n"));
        }
    }
    if set.unserved.len() > shown.len() {
        out.push_str(&format!("  {} more queries have none; --top shows them\n", set.unserved.len() - shown.len()));
    }
}
