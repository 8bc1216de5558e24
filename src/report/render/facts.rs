//! What a finding of `lint` says beyond its title, in the words that all formats share: lock and what it blocks, the
//! work that it makes, and the safe way.

use std::collections::BTreeMap;

use crate::report::escape;
use crate::report::model::{
    Applicability, Evidence, EvidenceSource, EvidenceValue, Finding, Problem, Recommendation, Report, Severity,
};
use crate::report::units;

/// Labels that rules on statements use, in the order in which they are read.
const LABELS: [&str; 7] = ["lock", "blocks", "locks too", "work", "size", "rows", "blocked"];

/// `takes AccessExclusiveLock on public.orders; blocks reads and writes; rewrites public.orders`, escaped for a line of a
/// terminal; `None` when there is nothing to say.
pub fn said(finding: &Finding) -> Option<String> {
    let place = |e: &Evidence| LABELS.iter().position(|label| *label == e.label).unwrap_or(LABELS.len());
    let mut list: Vec<&Evidence> = finding.evidence.iter().collect();
    list.sort_by_key(|e| place(e));
    (!list.is_empty()).then(|| list.into_iter().map(one).collect::<Vec<_>>().join("; "))
}

fn one(evidence: &Evidence) -> String {
    let value = value(evidence);
    let source = match evidence.source {
        EvidenceSource::Measured | EvidenceSource::Documented => "",
        EvidenceSource::Estimated => " (estimated)",
        EvidenceSource::Assumed => " (assumed)",
    };
    match evidence.label.as_ref() {
        "lock" => format!("takes {value}{source}"),
        "blocks" => format!("blocks {value}{source}"),
        "locks too" => format!("besides {value}{source}"),
        "work" => format!("{value}{source}"),
        "size" => format!("a table of {value}{source}"),
        "rows" => format!("about {value}"),
        "blocked" => format!("holds up {value}{source}"),
        label => format!("{}: {value}{source}", escape::line(label)),
    }
}

fn value(evidence: &Evidence) -> String {
    let number = match evidence.value {
        EvidenceValue::Integer(n) => n as f64,
        EvidenceValue::Number(n) => n,
        EvidenceValue::Text(ref text) => return escape::line(text).into_owned(),
    };
    match evidence.unit.as_ref() {
        "rows" if number > 1.0 => format!("{} rows", units::rounded(number)),
        unit => units::with_unit(number, &escape::line(unit)),
    }
}

/// Recommendations by id.
pub struct Advice<'r>(BTreeMap<&'r str, &'r Recommendation>);

impl<'r> Advice<'r> {
    pub fn of(report: &'r Report) -> Self {
        Self(report.recommendations.iter().map(|r| (r.id.as_str(), &**r)).collect())
    }

    pub fn for_finding(&self, finding: &Finding) -> impl Iterator<Item = &'r Recommendation> {
        finding.recommendations.iter().filter_map(|id| self.0.get(id.as_str()).copied())
    }
}

/// How far SQL can be trusted, for a heading above it.
pub fn trust(recommendation: &Recommendation) -> &'static str {
    match recommendation.applicability {
        Applicability::Machine => "equal in effect, can be applied as it stands",
        Applicability::Review => "read before applying",
        Applicability::Sketch => "a sketch, fill in names or values",
    }
}

/// All SQL of a recommendation, its parts under their labels as comments. Not escaped.
pub fn sql(recommendation: &Recommendation) -> String {
    let mut out = recommendation.sql.trim_end().to_owned();
    for part in &recommendation.more_sql {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        let label = part.label.replace(['\n', '\r'], " ");
        out.push_str(&format!("-- {label}\n{}", part.sql.trim_end()));
    }
    out
}

/// Facts and the safe way as lines, for formats whose findings carry plain text.
pub fn lines(finding: &Finding, advice: &Advice<'_>) -> Vec<String> {
    let mut out: Vec<String> = said(finding).into_iter().collect();
    for recommendation in advice.for_finding(finding) {
        out.push(format!("Fix ({}): {}", trust(recommendation), escape::line(&recommendation.title)));
        out.extend(escape::block(&sql(recommendation)).lines().map(|line| format!("  {line}").trim_end().to_owned()));
    }
    out
}

pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// The name under which formats list what could not be read, where others have a rule.
pub const PROBLEM: &str = "not_read";

/// Cause and next step, escaped for a line.
pub fn problem(problem: &Problem) -> String {
    let mut out = escape::line(&problem.message).into_owned();
    if let Some(hint) = &problem.hint {
        out.push_str(&format!(" ({})", escape::line(hint)));
    }
    if problem.count > 1 {
        out.push_str(&format!(" ({} times)", units::count(problem.count)));
    }
    out
}
