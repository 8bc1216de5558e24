//! The sums of a report of linted files, in words.

use std::collections::{BTreeMap, BTreeSet};

use super::units;
use crate::report::escape;
use crate::report::model::{ELSEWHERE, Finding, Report, Severity};

pub struct Tally {
    pub errors: u64,
    pub warnings: u64,
    pub infos: u64,
    pub files: u64,
    files_with: u64,
    statements: u64,
    suppressed: u64,
    known: u64,
    down: u64,
}

impl Tally {
    pub fn of(report: &Report) -> Self {
        let count = |severity| report.findings.iter().filter(|f| f.severity == severity).count() as u64;
        let with: BTreeSet<&str> =
            report.findings.iter().filter_map(|f| f.locations.first()).map(|l| &*l.path).collect();
        Self {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
            files: report.coverage.files.max(with.len() as u64),
            files_with: with.len() as u64,
            statements: report.coverage.statements_checked,
            known: report.coverage.known_findings,
            down: report.coverage.statements_down,
            suppressed: report.coverage.allowed.iter().map(|a| a.findings).sum(),
        }
    }

    /// `2 errors, 1 warning in 2 of 14 files (118 statements), 1 suppressed`
    pub fn sentence(&self) -> String {
        let counts = counts(self.errors, self.warnings, self.infos);
        let files = units::counted(self.files, "file", "files");
        let found = if counts.is_empty() {
            format!("nothing found in {files}")
        } else if self.files_with == self.files {
            format!("{counts} in {files}")
        } else {
            format!("{counts} in {} of {files}", units::count(self.files_with))
        };
        let statements = units::counted(self.statements, "statement", "statements");
        let mut out = format!("{found} ({statements})");
        let down = if self.down == 1 {
            "statement that undoes a migration left out"
        } else {
            "statements that undo migrations left out"
        };
        let aside = [(self.suppressed, "suppressed"), (self.known, "known from the baseline"), (self.down, down)];
        for (n, what) in aside.into_iter().filter(|(n, _)| *n > 0) {
            out.push_str(&format!(", {} {what}", units::count(n)));
        }
        out
    }
}

/// `2 errors, 1 warning`; empty when there is nothing.
pub fn counts(errors: u64, warnings: u64, infos: u64) -> String {
    let parts = [(errors, "error", "errors"), (warnings, "warning", "warnings"), (infos, "info", "infos")];
    let said: Vec<String> =
        parts.into_iter().filter(|(n, _, _)| *n > 0).map(|(n, one, many)| units::counted(n, one, many)).collect();
    said.join(", ")
}

/// [`counts`] of some findings.
pub fn counts_of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> String {
    let (mut errors, mut warnings, mut infos) = (0, 0, 0);
    for finding in findings {
        match finding.severity {
            Severity::Error => errors += 1,
            Severity::Warning => warnings += 1,
            Severity::Info => infos += 1,
        }
    }
    counts(errors, warnings, infos)
}

/// What was not examined, the rules with one reason in one sentence: `12 rules did not run: no snapshot was given`.
pub fn not_examined(report: &Report) -> Vec<String> {
    const NAMED: usize = 3;
    let mut by_reason: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    // What nobody expects of scripts is in the JSON alone.
    for entry in report.coverage.rules_not_run.iter().filter(|entry| entry.reason != ELSEWHERE) {
        by_reason.entry(&entry.reason).or_default().insert(&entry.rule);
    }
    let mut out: Vec<String> = by_reason
        .into_iter()
        .map(|(reason, rules)| {
            let who = if rules.len() <= NAMED {
                rules.into_iter().collect::<Vec<_>>().join(", ")
            } else {
                units::counted(rules.len() as u64, "rule", "rules")
            };
            format!("{} did not run: {}", escape::line(&who), escape::line(reason))
        })
        .collect();
    out.extend(report.coverage.notes.iter().map(|note| escape::line(note).into_owned()));
    out
}
