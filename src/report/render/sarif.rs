//! SARIF 2.1.0, for code scanning: rules with their pages, findings with fingerprints and fixes, and what could not be read
//! as notifications. Paths are relative to `%SRCROOT%`, the folder that was linted from. Section numbers below are those of
//! the OASIS standard.

mod fixes;
mod rules;

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::facts::{self, Advice};
use super::{order, path};
use crate::report::escape;
use crate::report::model::{Finding, Location, Problem, Recommendation, Report, Severity, Suppressed};
use crate::report::rule_text::RuleText;
use crate::report::source::Sources;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const HOME: &str = env!("CARGO_PKG_REPOSITORY");
pub const ROOT: &str = "%SRCROOT%";

/// `texts`: the rules that ran; a rule that is missing there is listed by its name alone.
pub fn render(report: &Report, sources: &Sources<'_>, texts: &[RuleText]) -> String {
    let mut bytes = Vec::new();
    write(report, sources, texts, &mut bytes).expect("a vector takes every write, and keys are text");
    String::from_utf8(bytes).expect("JSON is written as text")
}

/// As [`render`]: of ten thousand results one at a time is in memory.
pub fn write(report: &Report, sources: &Sources<'_>, texts: &[RuleText], out: &mut dyn Write) -> io::Result<()> {
    let findings = order::by_place(report);
    let all: Vec<&Finding> = findings.iter().copied().chain(report.suppressed.iter().map(|s| &s.finding)).collect();
    let rules = rules::Rules::of(&all, texts);
    let advice = Advice::of(report);
    let results = || {
        let live = findings.iter().map(|f| result(f, &rules, &advice, sources));
        live.chain(report.suppressed.iter().map(|suppressed| accepted(suppressed, &rules, &advice, sources)))
    };
    let mut driver = Map::new();
    driver.insert("name".into(), json!(report.tool.name));
    driver.insert("version".into(), json!(report.tool.version));
    driver.insert("semanticVersion".into(), json!(report.tool.version));
    if !HOME.is_empty() {
        driver.insert("informationUri".into(), json!(HOME));
    }
    driver.insert("rules".into(), rules.descriptors());
    let run = Run {
        artifacts: artifacts(report),
        column_kind: "unicodeCodePoints",
        default_source_language: "sql",
        invocations: json!([{
            "executionSuccessful": true,
            "toolExecutionNotifications": report.problems.iter().map(notification).collect::<Vec<_>>(),
        }]),
        original_uri_base_ids: json!({ ROOT: { "description": { "text": "The folder that sqlsift was run in." } } }),
        properties: json!({ "suppressed": report.coverage.allowed, "rulesNotRun": report.coverage.rules_not_run }),
        results: OneByOne(results),
        tool: json!({ "driver": driver }),
    };
    let mut json = escape::Json::new(out);
    serde_json::to_writer_pretty(&mut json, &Log { schema: SCHEMA, runs: [run], version: "2.1.0" })?;
    json.write_all(b"\n")?;
    json.flush()
}

/// §3.13
#[derive(Serialize)]
struct Log<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    runs: [R; 1],
    version: &'static str,
}

/// §3.14
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<R> {
    artifacts: Vec<Value>,
    column_kind: &'static str,
    default_source_language: &'static str,
    invocations: Value,
    original_uri_base_ids: Value,
    properties: Value,
    results: R,
    tool: Value,
}

/// A list of which each part is made when it is written.
struct OneByOne<F>(F);

impl<F: Fn() -> I, I: Iterator<Item = Value>> Serialize for OneByOne<F> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0())
    }
}

fn artifacts(report: &Report) -> Vec<Value> {
    let files = order::by_file(report);
    files.keys().filter(|path| !path.is_empty()).map(|path| json!({ "location": artifact(path) })).collect()
}

/// §3.4: relative ones with their base.
pub fn artifact(file: &str) -> Value {
    if path::is_absolute(&path::relative(file)) {
        json!({ "uri": path::uri(file) })
    } else {
        json!({ "uri": path::uri(file), "uriBaseId": ROOT })
    }
}

fn result(finding: &Finding, rules: &rules::Rules<'_>, advice: &Advice<'_>, sources: &Sources<'_>) -> Value {
    let recommended: Vec<&Recommendation> = advice.for_finding(finding).collect();
    let mut message = vec![escape::line(&finding.title).into_owned()];
    message.extend(facts::lines(finding, advice));
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": message.join("\n") },
        "locations": finding.locations.iter().take(1).map(location).collect::<Vec<_>>(),
        // §3.27.17: for recognising the same result in another run; no line is in it.
        "partialFingerprints": { "sqlsift/v1": finding.id },
        "rank": rank(finding),
        "properties": { "confidence": finding.confidence, "evidence": finding.evidence },
    });
    let object = result.as_object_mut().expect("an object was written");
    if let Some(index) = rules.index(&finding.rule) {
        object.insert("ruleIndex".into(), json!(index));
    }
    let related: Vec<Value> = finding.locations.iter().skip(1).map(location).collect();
    if !related.is_empty() {
        object.insert("relatedLocations".into(), json!(related));
    }
    let fixes = fixes::of(&recommended, sources);
    if !fixes.is_empty() {
        object.insert("fixes".into(), json!(fixes));
    }
    result
}

/// §3.35: one that a comment beside it takes away; it is neither new nor does it fail anything.
fn accepted(suppressed: &Suppressed, rules: &rules::Rules<'_>, advice: &Advice<'_>, sources: &Sources<'_>) -> Value {
    let mut result = result(&suppressed.finding, rules, advice, sources);
    let object = result.as_object_mut().expect("an object was written");
    let why = json!([{ "kind": "inSource", "justification": escape::line(&suppressed.because) }]);
    object.insert("suppressions".into(), why);
    result
}

fn location(location: &Location) -> Value {
    let mut physical = json!({ "artifactLocation": artifact(&location.path) });
    if location.line > 0 {
        let region = region(location);
        physical.as_object_mut().expect("an object was written").insert("region".into(), region);
    }
    json!({ "physicalLocation": physical })
}

/// §3.30: columns from 1, the end column is the first one behind.
pub fn region(location: &Location) -> Value {
    let mut region = Map::new();
    region.insert("startLine".into(), json!(location.line));
    let more = [
        ("startColumn", location.column.map(u64::from)),
        ("endLine", location.end_line),
        ("endColumn", location.end_column.filter(|_| location.column.is_some()).map(u64::from)),
    ];
    for (key, value) in more {
        if let Some(value) = value {
            region.insert(key.into(), json!(value.max(1)));
        }
    }
    Value::Object(region)
}

/// §3.58
fn notification(problem: &Problem) -> Value {
    let mut notification = json!({ "level": "warning", "message": { "text": facts::problem(problem) } });
    if let Some(path) = &problem.path {
        let place = Location { path: path.as_str().into(), line: problem.line.unwrap_or(0), ..Location::default() };
        let object = notification.as_object_mut().expect("an object was written");
        object.insert("locations".into(), json!([location(&place)]));
    }
    notification
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// §3.27.25: 0 to 100, the more important the higher.
fn rank(finding: &Finding) -> f64 {
    match finding.severity {
        Severity::Error => 90.0,
        Severity::Warning => 50.0,
        Severity::Info => 10.0,
    }
}
