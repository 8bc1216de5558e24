//! Findings with what to do about each, dearest first.

use std::collections::BTreeMap;

use super::rate::Rate;
use super::{View, heading, recommendation};
use crate::report::escape;
use crate::report::model::{
    Evidence, EvidenceSource, EvidenceValue, Finding, Location, Recommendation, Report, Severity, Subject,
};
use crate::report::render::palette::paint;
use crate::report::render::wrap;
use crate::report::units;

const INDENT: usize = 4;

pub fn render(report: &Report, view: &View) -> String {
    let findings = &report.findings;
    if findings.is_empty() {
        return format!(
            "{}nothing found by the {} that ran (see NOT EXAMINED for what did not)\n",
            heading(view, "FINDINGS", ""),
            units::counted(report.coverage.rules_run.len() as u64, "rule", "rules"),
        );
    }
    let all: Vec<(usize, &Finding)> = findings.iter().enumerate().map(|(i, finding)| (i + 1, finding)).collect();
    list(&all, report, "FINDINGS", Rate::of(report).note(), view)
}

/// Some of the report's findings, each under its number.
pub fn list(findings: &[(usize, &Finding)], report: &Report, title: &str, note: &str, view: &View) -> String {
    let rate = Rate::of(report);
    let mut out = heading(view, title, note);
    let mut recommendations = Numbered::new(&report.recommendations);
    let queries: BTreeMap<&str, &str> =
        report.workload.queries.iter().map(|q| (q.fingerprint.as_str(), q.text.as_str())).collect();
    for &(number, finding) in findings.iter().take(view.top) {
        let text = match &finding.subject {
            Subject::Query(fingerprint) => queries.get(fingerprint.as_str()).copied(),
            _ => None,
        };
        one(&mut out, number, finding, text, &mut recommendations, rate, view);
    }
    rest(&mut out, findings.get(view.top..).unwrap_or_default(), view);
    out
}

/// Recommendations by id, with the number of the finding where each was printed.
struct Numbered<'r> {
    by_id: BTreeMap<&'r str, &'r Recommendation>,
    printed: BTreeMap<&'r str, usize>,
}

impl<'r> Numbered<'r> {
    fn new(list: &'r [Box<Recommendation>]) -> Self {
        Self { by_id: list.iter().map(|r| (r.id.as_str(), &**r)).collect(), printed: BTreeMap::new() }
    }
}

fn one(
    out: &mut String,
    number: usize,
    finding: &Finding,
    query: Option<&str>,
    advice: &mut Numbered<'_>,
    rate: Rate,
    view: &View,
) {
    title(out, number, finding, rate, view);
    let room = view.width - INDENT;
    let mut line = |text: &str| out.push_str(&format!("{:INDENT$}{text}\n", ""));
    if let Some(query) = query {
        line(&paint(view.palette.dim, &wrap::shorten(&escape::line(query), room)));
    }
    for text in wrap::words(&escape::block(&finding.detail), room) {
        line(&text);
    }
    for text in wrap::items(&said(&finding.evidence), "; ", room) {
        wrap::words(&text, room).iter().for_each(|text| line(text));
    }
    for text in wrap::items(&identity(finding), ", ", room) {
        line(&paint(view.palette.dim, &text));
    }
    for id in &finding.recommendations {
        let Some((id, recommendation)) = advice.by_id.get_key_value(id.as_str()) else { continue };
        match advice.printed.get(id) {
            Some(first) => {
                let text = format!("-> the same as for {first}: {}", escape::line(&recommendation.title));
                wrap::words(&text, room).iter().for_each(|l| out.push_str(&format!("{:INDENT$}{l}\n", "")));
            }
            None => {
                recommendation::render(out, recommendation, INDENT, rate, view);
                advice.printed.insert(id, number);
            }
        }
    }
    out.push('\n');
}

/// ` 1. warning  title                                     12.3 min a day`
fn title(out: &mut String, number: usize, finding: &Finding, rate: Rate, view: &View) {
    let severity = severity_name(finding.severity);
    let cost = match finding.impact_ms_per_day {
        Some(ms) => rate.say(ms),
        None => accounts_for(finding),
    };
    let lead = format!("{number:>2}. {severity}  ");
    let room = view.width.saturating_sub(lead.len() + cost.len() + 2);
    let lines = wrap::words(&escape::line(&finding.title), room);
    for (i, text) in lines.iter().enumerate() {
        let bold = paint(view.palette.heading, text);
        if i > 0 {
            out.push_str(&format!("{:width$}{bold}\n", "", width = lead.len()));
            continue;
        }
        let gap = if cost.is_empty() { 0 } else { room.saturating_sub(text.chars().count()) + 2 };
        let severity = paint(view.palette.severity(finding.severity), severity);
        out.push_str(&format!("{number:>2}. {severity}  {bold}{:gap$}{cost}\n", ""));
    }
}

/// Of a plan: `41.3 ms, 82 %`, or the share of its cost.
fn accounts_for(finding: &Finding) -> String {
    match (finding.accounts_for_ms, finding.accounts_for_share) {
        (Some(ms), Some(share)) => format!("{}, {:.0} %", units::duration(ms), share * 100.0),
        (Some(ms), None) => units::duration(ms),
        (None, Some(share)) if share > 0.0 => format!("{:.0} % of the cost", share * 100.0),
        (None, _) => String::new(),
    }
}

pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// Evidence in words; of examples under one label the first few.
fn said(list: &[Evidence]) -> Vec<String> {
    const ALIKE: usize = 3;
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    let mut out = Vec::new();
    for e in list {
        let times = met.entry(&e.label).or_default();
        *times += 1;
        if *times <= ALIKE {
            out.push(evidence(e));
        }
    }
    let left: usize = met.values().map(|n| n.saturating_sub(ALIKE)).sum();
    if left > 0 {
        out.push(format!("{left} more like it in the JSON"));
    }
    out
}

/// `rows removed by filter 12,345 rows (estimated)`
fn evidence(e: &Evidence) -> String {
    let unit = escape::line(&e.unit);
    let value = match &e.value {
        EvidenceValue::Integer(n) => units::with_unit(*n as f64, &unit),
        EvidenceValue::Number(n) => units::with_unit(*n, &unit),
        EvidenceValue::Text(text) if matches!(unit.as_ref(), "" | "ms" | "bytes") => escape::line(text).into_owned(),
        EvidenceValue::Text(text) => format!("{} {unit}", escape::line(text)),
    };
    let source = match e.source {
        EvidenceSource::Measured => "",
        EvidenceSource::Estimated => " (estimated)",
        EvidenceSource::Assumed => " (assumed)",
        EvidenceSource::Documented => " (documented)",
    };
    format!("{}: {value}{source}", escape::line(&e.label))
}

/// Rule, subject, first place, id: what a reader greps for.
fn identity(finding: &Finding) -> Vec<String> {
    let (kind, name) = match &finding.subject {
        Subject::Query(name) => ("query", name),
        Subject::Table(name) => ("table", name),
        Subject::Index(name) => ("index", name),
        Subject::Statement(name) => ("statement", name),
        Subject::PlanNode(name) => ("plan node", name),
        Subject::Plan(name) => ("plan", name),
        Subject::Session(name) => ("session", name),
        Subject::Server(name) => ("server", name),
    };
    let mut parts = vec![finding.rule.clone(), format!("{kind} {}", escape::line(name)), format!("id {}", finding.id)];
    parts.extend(finding.locations.first().map(|l| format!("at {}", place(l))));
    parts
}

pub fn place(location: &Location) -> String {
    let path = escape::line(&location.path);
    match (location.line, location.column) {
        (0, _) => path.into_owned(),
        (line, None) => format!("{path}:{line}"),
        (line, Some(column)) => format!("{path}:{line}:{column}"),
    }
}

/// The findings below the fold: how many of each rule.
fn rest(out: &mut String, findings: &[(usize, &Finding)], view: &View) {
    if findings.is_empty() {
        return;
    }
    let mut rules: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, finding) in findings {
        *rules.entry(&finding.rule).or_default() += 1;
    }
    let names: Vec<String> = rules.iter().map(|(rule, n)| format!("{rule} {}", units::count(*n))).collect();
    out.push_str(&format!("{} more, all of them in the JSON and with a larger --top:\n", findings.len()));
    for line in wrap::items(&names, ", ", view.width - INDENT) {
        out.push_str(&format!("{:INDENT$}{line}\n", ""));
    }
}
