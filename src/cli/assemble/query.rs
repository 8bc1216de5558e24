//! One query of the workload as the report shows it.

use crate::cli::when;
use crate::ingest::event::PlanFormat;
use crate::report::model::{Counted, HistogramBar, PlanEntry, QueryEntry, SampleEntry};
use crate::sql::{self, StatementKind};
use crate::workload::counts::Counts;
use crate::workload::model::{Origin, PlanSample, Query, Sample};

/// Names shown of a list of users, applications or tags.
const NAMES: usize = 20;

pub fn entry(q: &Query, workload_us: u64, places: &[String]) -> QueryEntry {
    let timed = q.timed_calls > 0;
    QueryEntry {
        fingerprint: q.fingerprint.to_string(),
        database: q.database.clone(),
        text: sql::normalize(q.text.as_bytes()),
        kind: kind(q.kind).into(),
        calls: q.calls,
        total_ms: ms(q.total_us),
        share: if workload_us == 0 { 0.0 } else { q.total_us as f64 / workload_us as f64 },
        min_ms: timed.then(|| ms(q.min_us)),
        max_ms: timed.then(|| ms(q.max_us)),
        mean_ms: timed.then(|| q.mean_us() / 1000.0),
        stddev_ms: q.stddev_us().map(|us| us / 1000.0),
        p50_ms: q.quantile_us(0.5).map(ms),
        p95_ms: q.quantile_us(0.95).map(ms),
        p99_ms: q.quantile_us(0.99).map(ms),
        parse_ms: ms(q.parse_us),
        bind_ms: ms(q.bind_us),
        rows: q.rows,
        first_seen: q.first_seen.and_then(when::show),
        last_seen: q.last_seen.and_then(when::show),
        histogram: histogram(q),
        users: counted(&q.users),
        applications: counted(&q.applications),
        tags: counted(&q.tags),
        samples: q.samples.iter().map(|s| sample(s, places)).collect(),
        plans: q.plans.iter().map(|p| plan(p, places)).collect(),
        plan_count: q.plan_count,
        query_ids: q.query_ids.iter().map(i64::to_string).collect(),
        nested_calls: q.nested_calls,
        errors: q.errors,
        temp_files: q.temp_files,
        temp_bytes: q.temp_bytes,
        lock_wait_ms: ms(q.lock_wait_us),
        findings: Vec::new(),
    }
}

pub fn ms(us: u64) -> f64 {
    us as f64 / 1000.0
}

fn kind(kind: StatementKind) -> &'static str {
    match kind {
        StatementKind::Select => "select",
        StatementKind::Insert => "insert",
        StatementKind::Update => "update",
        StatementKind::Delete => "delete",
        StatementKind::Merge => "merge",
        StatementKind::Copy => "copy",
        StatementKind::Transaction => "transaction",
        StatementKind::Session => "session",
        StatementKind::Cursor => "cursor",
        StatementKind::Utility => "utility",
        StatementKind::Other => "other",
    }
}

fn histogram(q: &Query) -> Vec<HistogramBar> {
    let bar = |bar: &crate::workload::histogram::Bar| {
        Some(HistogramBar {
            start: when::show(q.histogram.start_of(bar))?,
            seconds: q.histogram.seconds,
            calls: bar.calls,
            total_ms: ms(bar.total_us),
        })
    };
    q.histogram.bars.iter().filter_map(bar).collect()
}

/// Most frequent first, then by name.
fn counted(counts: &Counts) -> Vec<Counted> {
    let mut list: Vec<Counted> =
        counts.0.iter().map(|(name, count)| Counted { name: name.clone(), count: *count }).collect();
    list.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    list.truncate(NAMES);
    list
}

fn path(origin: Origin, places: &[String]) -> String {
    places.get(origin.input as usize).cloned().unwrap_or_else(|| "-".into())
}

fn sample(s: &Sample, places: &[String]) -> SampleEntry {
    SampleEntry {
        duration_ms: s.duration_us.map(ms),
        at: s.at.and_then(when::show),
        path: path(s.origin, places),
        line: s.origin.line,
        text: s.text.clone(),
        parameters: s.parameters.clone(),
        user: s.user.clone(),
        application: s.application.clone(),
        remote: s.remote.clone(),
        pid: (s.pid != 0).then_some(s.pid),
    }
}

fn plan(p: &PlanSample, places: &[String]) -> PlanEntry {
    let format = match p.format {
        PlanFormat::Text => "text",
        PlanFormat::Json => "json",
        PlanFormat::Yaml => "yaml",
        PlanFormat::Xml => "xml",
    };
    PlanEntry {
        format: format.into(),
        duration_ms: ms(p.duration_us),
        at: p.at.and_then(when::show),
        path: path(p.origin, places),
        line: p.origin.line,
        body: p.body.clone(),
    }
}
