//! What was read: inputs, statements, span and time, in a few lines.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::View;
use crate::report::escape;
use crate::report::model::{Report, WorkloadSummary};
use crate::report::render::palette::paint;
use crate::report::render::wrap;
use crate::report::units;

pub fn render(report: &Report, view: &View) -> String {
    let w = &report.workload;
    let title = format!(
        "sqlsift: {} in {} of {}",
        units::counted(report.findings.len() as u64, "finding", "findings"),
        units::counted(w.calls, "call", "calls"),
        units::counted(report.coverage.queries, "query", "queries"),
    );
    let mut rows = vec![("read", read(report)), ("time", time(w))];
    let events = events(w);
    if !events.is_empty() {
        rows.push(("events", events));
    }
    let mut out = format!("{}\n", paint(view.palette.heading, &title));
    for (label, parts) in rows {
        for (i, line) in wrap::items(&parts, ", ", view.width - 8).iter().enumerate() {
            let label = if i == 0 { label } else { "" };
            out.push_str(&format!("{label:<8}{line}\n"));
        }
    }
    out
}

pub fn read(report: &Report) -> Vec<String> {
    const SHOWN: usize = 6;
    let mut parts: Vec<String> = report
        .inputs
        .iter()
        .take(SHOWN)
        .map(|i| match i.bytes {
            // Read by the run that wrote the digest.
            0 if i.format == "digest" => format!("{} (within the digest)", escape::line(&i.path)),
            0 if i.format == "server" => format!("{} ({})", escape::line(&i.path), escape::line(&i.details.join(", "))),
            bytes => format!("{} ({}, {})", escape::line(&i.path), escape::line(&i.format), units::bytes(bytes)),
        })
        .collect();
    if report.inputs.len() > SHOWN {
        parts.push(format!("{} more", report.inputs.len() - SHOWN));
    }
    parts
}

fn time(w: &WorkloadSummary) -> Vec<String> {
    let total = format!("{} in queries", units::duration(w.total_ms));
    let span = w.first_seen.as_deref().zip(w.last_seen.as_deref()).and_then(|(a, b)| span(a, b));
    match span {
        Some(span) => vec![format!("{total} over {span}")],
        None => vec![total],
    }
}

/// `4.03 min, 2026-11-20 10:00:01 to 10:04:03 UTC`
fn span(first: &str, last: &str) -> Option<String> {
    let (first, last): (Timestamp, Timestamp) = (first.parse().ok()?, last.parse().ok()?);
    let seconds = last.duration_since(first).as_secs_f64();
    let (from, to) = (first.to_zoned(TimeZone::UTC), last.to_zoned(TimeZone::UTC));
    let end = if from.date() == to.date() { to.strftime("%H:%M:%S") } else { to.strftime("%Y-%m-%d %H:%M:%S") };
    Some(format!("{} ({} to {end} UTC)", units::duration(seconds * 1000.0), from.strftime("%Y-%m-%d %H:%M:%S")))
}

fn events(w: &WorkloadSummary) -> Vec<String> {
    let mut parts: Vec<String> = [
        (w.errors, "error", "errors"),
        (w.deadlocks, "deadlock", "deadlocks"),
        (w.lock_waits, "lock wait", "lock waits"),
        (w.checkpoints, "checkpoint", "checkpoints"),
        (w.autovacuums, "autovacuum run", "autovacuum runs"),
        (w.connections, "connection", "connections"),
    ]
    .into_iter()
    .filter(|(n, _, _)| *n > 0)
    .map(|(n, one, many)| units::counted(n, one, many))
    .collect();
    if w.temp_files > 0 {
        let files = units::counted(w.temp_files, "temporary file", "temporary files");
        parts.push(format!("{files} ({})", units::bytes(w.temp_bytes)));
    }
    parts
}
