//! Where the time goes: the queries by total time, one row of figures and one line of text each.

use comfy_table::{CellAlignment, Table, presets};

use super::{View, heading};
use crate::report::escape;
use crate::report::model::{QueryEntry, Report};
use crate::report::render::palette::paint;
use crate::report::render::wrap;
use crate::report::units;

const HEADER: [&str; 10] = ["#", "total", "share", "", "calls", "mean", "p95", "max", "fingerprint", "findings"];
const LEFT: [usize; 3] = [3, 8, 9];
const INDENT: usize = 6;

pub fn render(report: &Report, view: &View) -> String {
    let queries = &report.workload.queries;
    if queries.is_empty() {
        return String::new();
    }
    let shown = &queries[..queries.len().min(view.top)];
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(HEADER);
    shown.iter().enumerate().for_each(|(i, q)| {
        table.add_row(row(i + 1, q));
    });
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        column.set_cell_alignment(if LEFT.contains(&i) { CellAlignment::Left } else { CellAlignment::Right });
    }
    let mut out = heading(view, "QUERIES", "by total time; `--query FINGERPRINT` shows all that is known of one");
    let mut lines = table.lines();
    if let Some(header) = lines.next() {
        out.push_str(&format!("{}\n", paint(view.palette.dim, header.trim_end())));
    }
    for (line, query) in lines.zip(shown) {
        let text = wrap::shorten(&escape::line(&query.text), view.width - INDENT);
        out.push_str(&format!("{}\n{:INDENT$}{}\n", line.trim_end(), "", paint(view.palette.dim, &text)));
    }
    rest(&mut out, report, shown);
    out
}

fn row(rank: usize, q: &QueryEntry) -> [String; 10] {
    [
        rank.to_string(),
        units::duration(q.total_ms),
        format!("{:.1} %", q.share * 100.0),
        units::bar(q.share, 10),
        units::count(q.calls),
        units::maybe_duration(q.mean_ms),
        units::maybe_duration(q.p95_ms),
        units::maybe_duration(q.max_ms),
        q.fingerprint.clone(),
        if q.findings.is_empty() { String::new() } else { q.findings.len().to_string() },
    ]
}

fn rest(out: &mut String, report: &Report, shown: &[QueryEntry]) {
    let more = report.coverage.queries.saturating_sub(shown.len() as u64);
    if more == 0 {
        return;
    }
    let listed: f64 = shown.iter().map(|q| q.total_ms).sum();
    let left = units::duration((report.workload.total_ms - listed).max(0.0));
    out.push_str(&format!("{} more, {left} together\n", units::count(more)));
}
