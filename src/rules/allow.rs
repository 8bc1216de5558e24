//! What the user has said to live with: `[[allow]]` entries and the comments inside statements in, findings taken away
//! and a count for each out. An allow that matches nothing is counted too, with zero.

use crate::report::model::{Allowed, Problem, Subject};
use crate::sql::facts::RelationName;
use crate::workload::model::Micros;

/// One `[[allow]]` of `sqlsift.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// A rule's id, or `group/*`.
    pub rule: String,
    pub target: Target,
    pub because: String,
    /// The last moment at which it holds (the end of the day that was written), µs UTC.
    pub until: Option<Micros>,
    /// Where it stands.
    pub path: String,
    pub line: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// 16 hexadecimal digits.
    Fingerprint(String),
    /// A table, with or without its schema: findings about it, its indexes, and queries that name it.
    Table(String),
}

/// A finding, as far as an allow looks at it.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    pub rule: &'a str,
    pub subject: &'a Subject,
    /// Fingerprints of the queries concerned.
    pub fingerprints: Vec<String>,
    pub tables: Vec<RelationName>,
}

/// The allows of one run with their counts.
#[derive(Debug)]
pub struct Allows<'a> {
    entries: Vec<(&'a Allow, u64, bool)>,
}

impl<'a> Allows<'a> {
    /// `now` is the last moment that the input tells of: an allow that ended before it does not hold.
    pub fn new(allows: &'a [Allow], now: Option<Micros>) -> Self {
        let ended = |allow: &Allow| matches!((allow.until, now), (Some(until), Some(now)) if until < now);
        Self { entries: allows.iter().map(|allow| (allow, 0, ended(allow))).collect() }
    }

    /// Whether a finding is to be left out; counts it.
    pub fn takes(&mut self, candidate: &Candidate<'_>) -> bool {
        self.matching(candidate).is_some()
    }

    /// Why a finding is to be left out, if it is; counts it. Nothing is found out of the finding where nothing is allowed.
    pub fn reason<'c>(&mut self, candidate: impl FnOnce() -> Candidate<'c>) -> Option<String> {
        if self.entries.is_empty() { None } else { self.matching(&candidate()) }
    }

    fn matching(&mut self, candidate: &Candidate<'_>) -> Option<String> {
        for (allow, count, ended) in &mut self.entries {
            if !*ended && names(&allow.rule, candidate.rule) && allow.target.matches(candidate) {
                *count += 1;
                return Some(allow.because.clone());
            }
        }
        None
    }

    /// One line each, and a problem for those that have ended, or were not needed though `expected` to be by the rule that they name.
    pub fn report(self, expected: impl Fn(&str) -> bool) -> (Vec<Allowed>, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut allowed = Vec::new();
        for (allow, count, ended) in self.entries {
            let what = format!("the allow of `{}`", allow.rule);
            let message = match (ended, count) {
                (true, _) => Some((format!("{what} has ended"), "renew its `until`, or fix what it was for")),
                (false, 0) if expected(&allow.rule) => Some((format!("{what} matches no finding"), "remove it")),
                (false, _) => None,
            };
            problems.extend(message.map(|(message, hint)| Problem {
                path: Some(allow.path.clone()),
                line: Some(allow.line),
                message,
                hint: Some(hint.to_owned()),
                count: 1,
            }));
            allowed.push(Allowed { rule: allow.rule.clone(), because: allow.because.clone(), findings: count });
        }
        (allowed, problems)
    }
}

impl Target {
    fn matches(&self, candidate: &Candidate<'_>) -> bool {
        match self {
            Self::Fingerprint(wanted) => candidate.fingerprints.iter().any(|f| f.eq_ignore_ascii_case(wanted)),
            Self::Table(wanted) => {
                let (schema, name) = match wanted.split_once('.') {
                    Some((schema, name)) => (Some(schema), name),
                    None => (None, wanted.as_str()),
                };
                candidate.tables.iter().any(|table| {
                    table.name == name
                        && (schema.is_none() || table.schema.is_none() || table.schema.as_deref() == schema)
                })
            }
        }
    }
}

/// Whether `pattern` (an id, or `group/*`) names this rule.
pub fn names(pattern: &str, rule: &str) -> bool {
    match pattern.strip_suffix("/*") {
        Some(group) => rule.split_once('/').is_some_and(|(own, _)| own == group),
        None => pattern == rule,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(rule: &str, target: Target, until: Option<Micros>) -> Allow {
        Allow { rule: rule.into(), target, because: "b".into(), until, path: "sqlsift.toml".into(), line: 3 }
    }

    #[test]
    fn by_table_by_fingerprint_and_only_until_the_input_ends() {
        let subject = Subject::Query("00ab".into());
        let candidate = Candidate {
            rule: "query/deep_offset",
            subject: &subject,
            fingerprints: vec!["00ab".into()],
            tables: vec![RelationName { schema: None, name: "orders".into() }],
        };
        let by = |target| [allow("query/*", target, Some(100))];
        let table = by(Target::Table("public.orders".into()));
        assert!(Allows::new(&table, Some(100)).takes(&candidate));
        assert!(!Allows::new(&table, Some(101)).takes(&candidate));
        assert!(Allows::new(&by(Target::Fingerprint("00AB".into())), None).takes(&candidate));
        assert!(!Allows::new(&by(Target::Table("sales.orders".into())), None).takes(&Candidate {
            tables: vec![RelationName { schema: Some("public".into()), name: "orders".into() }],
            ..candidate.clone()
        }));
        let (allowed, problems) = Allows::new(&table, Some(1)).report(|_| true);
        assert_eq!(allowed[0].findings, 0);
        assert_eq!(problems[0].message, "the allow of `query/*` matches no finding");
    }
}
