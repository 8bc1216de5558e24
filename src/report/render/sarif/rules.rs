//! The rules of a run: in go findings and pages, out go descriptors (§3.49) and the index of each.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::level;
use crate::report::escape;
use crate::report::model::{Confidence, Finding, Severity};
use crate::report::rule_text::RuleText;

pub struct Rules<'r> {
    /// By name; a rule without a page still has a line.
    by_id: BTreeMap<&'r str, Option<&'r RuleText>>,
}

impl<'r> Rules<'r> {
    pub fn of(findings: &[&'r Finding], texts: &'r [RuleText]) -> Self {
        let mut by_id: BTreeMap<&str, Option<&RuleText>> = findings.iter().map(|f| (f.rule.as_str(), None)).collect();
        by_id.extend(texts.iter().map(|text| (text.id.as_str(), Some(text))));
        Self { by_id }
    }

    pub fn index(&self, rule: &str) -> Option<usize> {
        self.by_id.contains_key(rule).then(|| self.by_id.range(..rule).count())
    }

    pub fn descriptors(&self) -> Value {
        self.by_id.iter().map(|(id, text)| text.map_or_else(|| json!({ "id": id }), descriptor)).collect()
    }
}

/// `precision`, `problem.severity` and `tags` are what GitHub's code scanning shows and filters by.
fn descriptor(text: &RuleText) -> Value {
    let group = text.id.split('/').next().unwrap_or_default();
    let mut descriptor = json!({
        "id": text.id,
        "name": text.id,
        "shortDescription": { "text": plain(&text.title) },
        "fullDescription": { "text": plain(&text.summary) },
        "help": { "text": escape::block(&text.body), "markdown": escape::block(&text.body) },
        "defaultConfiguration": { "level": level(text.severity) },
        "properties": {
            "tags": ["postgres", group],
            "precision": precision(text.confidence),
            "problem.severity": problem_severity(text.severity),
        },
    });
    if let (Some(link), Some(object)) = (text.links.first(), descriptor.as_object_mut()) {
        object.insert("helpUri".into(), json!(link));
    }
    descriptor
}

fn plain(markdown: &str) -> String {
    escape::line(markdown).replace('`', "")
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    }
}
