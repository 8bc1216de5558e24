//! All that is known of one query.

use jiff::Timestamp;

use super::{View, heading};
use crate::report::escape;
use crate::report::model::{Counted, HistogramBar, PlanEntry, QueryEntry, SampleEntry};
use crate::report::render::palette::paint;
use crate::report::render::wrap;
use crate::report::units;

const INDENT: usize = 4;
const LABEL: usize = 14;

pub fn render(q: &QueryEntry, view: &View) -> String {
    let mut out =
        heading(view, &format!("QUERY {}", q.fingerprint), &format!("database {}", escape::line(&q.database)));
    for line in wrap::words(&escape::block(&q.text), view.width - INDENT) {
        out.push_str(&format!("{:INDENT$}{}\n", "", paint(view.palette.code, &line)));
    }
    out.push('\n');
    facts(&mut out, q, view);
    histogram(&mut out, &q.histogram);
    names(&mut out, "users", &q.users, view);
    names(&mut out, "applications", &q.applications, view);
    names(&mut out, "tags", &q.tags, view);
    if !q.samples.is_empty() {
        out.push_str("\nsamples, slowest first\n");
        q.samples.iter().for_each(|s| sample(&mut out, s, view));
    }
    if !q.plans.is_empty() {
        out.push_str(&format!("\nplans, {} of {} seen\n", q.plans.len(), units::count(q.plan_count)));
        q.plans.iter().for_each(|p| plan(&mut out, p));
    }
    out
}

fn facts(out: &mut String, q: &QueryEntry, view: &View) {
    let time = |label: &str, ms: Option<f64>| ms.map(|ms| format!("{label} {}", units::duration(ms)));
    let nonzero = |ms: f64| (ms > 0.0).then_some(ms);
    let count = |label: &str, n: u64| (n > 0).then(|| format!("{label} {}", units::count(n)));
    let lines: [(&str, Vec<Option<String>>); 6] = [
        (
            "cost",
            vec![
                Some(format!("{} calls", units::count(q.calls))),
                Some(format!("{} ({:.1} % of all)", units::duration(q.total_ms), q.share * 100.0)),
                time("of it parse", nonzero(q.parse_ms)),
                time("bind", nonzero(q.bind_ms)),
            ],
        ),
        (
            "duration",
            vec![
                time("min", q.min_ms),
                time("mean", q.mean_ms),
                time("stddev", q.stddev_ms),
                time("p50", q.p50_ms),
                time("p95", q.p95_ms),
                time("p99", q.p99_ms),
                time("max", q.max_ms),
            ],
        ),
        (
            "seen",
            vec![q.first_seen.as_ref().zip(q.last_seen.as_ref()).map(|(first, last)| format!("{first} to {last}"))],
        ),
        (
            "also",
            vec![
                q.rows.map(|n| format!("rows {}", units::count(n))),
                count("errors", q.errors),
                count("calls inside functions", q.nested_calls),
                count("temporary files", q.temp_files),
                (q.temp_bytes > 0).then(|| format!("of {}", units::bytes(q.temp_bytes))),
                time("waited for locks", nonzero(q.lock_wait_ms)),
            ],
        ),
        ("kind", vec![Some(q.kind.clone())]),
        ("query id", q.query_ids.iter().cloned().map(Some).collect()),
    ];
    for (label, parts) in lines {
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        labelled(out, label, &wrap::items(&parts, ", ", view.width - LABEL));
    }
}

fn labelled(out: &mut String, label: &str, lines: &[String]) {
    for (i, line) in lines.iter().enumerate() {
        out.push_str(&format!("{:<LABEL$}{line}\n", if i == 0 { label } else { "" }));
    }
}

/// Widest a sparkline may be; neighbouring bars are put together to fit.
const SPARKS: usize = 60;

fn histogram(out: &mut String, bars: &[HistogramBar]) {
    let (Some(first), Some(last)) = (bars.first(), bars.last()) else { return };
    let start = |bar: &HistogramBar| bar.start.parse::<Timestamp>().map(Timestamp::as_second).unwrap_or_default();
    let width = i64::try_from(first.seconds).unwrap_or(1).max(1);
    let place = |bar: &HistogramBar| usize::try_from((start(bar) - start(first)) / width).unwrap_or_default();
    let together = place(last) / SPARKS + 1;
    let length = place(last) / together + 1;
    let (mut calls, mut times) = (vec![0.0; length], vec![0.0; length]);
    for bar in bars {
        let at = (place(bar) / together).min(length - 1);
        calls[at] += bar.calls as f64;
        times[at] += bar.total_ms;
    }
    let width = units::duration((width * 1000) as f64 * together as f64);
    labelled(out, "calls", &[format!("|{}|  {width} a bar", units::sparkline(&calls))]);
    labelled(out, "time", &[format!("|{}|  {} to {}", units::sparkline(&times), first.start, last.start)]);
}

fn names(out: &mut String, label: &str, list: &[Counted], view: &View) {
    let parts: Vec<String> =
        list.iter().map(|c| format!("{} {}", escape::line(&c.name), units::count(c.count))).collect();
    labelled(out, label, &wrap::items(&parts, ", ", view.width - LABEL));
}

fn sample(out: &mut String, s: &SampleEntry, view: &View) {
    let mut head = vec![units::maybe_duration(s.duration_ms)];
    head.extend(s.at.clone());
    head.push(format!("{}:{}", escape::line(&s.path), s.line));
    for (label, value) in [("user", &s.user), ("application", &s.application), ("from", &s.remote)] {
        if !value.is_empty() {
            head.push(format!("{label} {}", escape::line(value)));
        }
    }
    head.extend(s.pid.map(|pid| format!("pid {pid}")));
    for line in wrap::items(&head, ", ", view.width - INDENT) {
        out.push_str(&format!("{:INDENT$}{line}\n", ""));
    }
    for line in escape::block(s.text.trim_end()).lines() {
        out.push_str(&format!("{:8}{}\n", "", paint(view.palette.code, line)));
    }
    if !s.parameters.is_empty() {
        out.push_str(&format!("{:8}parameters: {}\n", "", escape::line(&s.parameters)));
    }
}

fn plan(out: &mut String, p: &PlanEntry) {
    let at = p.at.as_deref().map(|at| format!(", {at}")).unwrap_or_default();
    let duration = units::duration(p.duration_ms);
    out.push_str(&format!("{:INDENT$}{duration}{at}, {}:{}\n", "", escape::line(&p.path), p.line));
    for line in escape::block(p.body.trim_end()).lines() {
        out.push_str(&format!("{:8}{line}\n", ""));
    }
}
