//! The text of a statement in, the suppressions in its comments out: `-- sqlsift: allow query/x because …`.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::model::{Allowed, Problem};
use crate::sql::{Lexer, TokenKind};
use crate::workload::model::Workload;

use super::allow::{Candidate, names};
use super::draft::Draft;

/// One suppression. Without a reason it does not hold, and the caller says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suppression {
    /// A rule's id, or `group/*`.
    pub rule: String,
    pub because: Option<String>,
}

const MARK: &str = "sqlsift: allow ";

/// Every suppression in the comments of a statement, in order.
pub fn suppressions(text: &str) -> Vec<Suppression> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    Lexer::new(text.as_bytes())
        .filter(|token| token.kind == TokenKind::Comment)
        .filter_map(|token| text.get(token.start..token.end))
        .flat_map(str::lines)
        .filter_map(one)
        .collect()
}

fn one(line: &str) -> Option<Suppression> {
    let (_, rest) = line.split_once(MARK)?;
    let (rules, because) = reasoned(rest.trim_end().trim_end_matches("*/").trim());
    Some(Suppression { rule: rules.split_whitespace().next()?.to_owned(), because })
}

/// What stands before and after `because`; an empty reason is none.
pub fn reasoned(text: &str) -> (&str, Option<String>) {
    match text.split_once(" because ") {
        Some((rules, because)) => (rules, Some(because.trim().to_owned()).filter(|b| !b.is_empty())),
        None => (text, None),
    }
}

/// Suppressions that were met in comments of logged statements.
#[derive(Debug, Default)]
pub struct Comments {
    counts: BTreeMap<(String, String), u64>,
    without_reason: BTreeMap<String, u64>,
}

impl Comments {
    /// Whether a comment in the finding's first query takes it away; counts it.
    pub fn take(&mut self, candidate: &Candidate<'_>, draft: &Draft, workload: &Workload) -> bool {
        let Some(query) = draft.queries.first().and_then(|index| workload.queries.get(*index)) else { return false };
        let texts = std::iter::once(query.text.as_str()).chain(query.samples.iter().map(|s| s.text.as_str()));
        let found: BTreeSet<_> = texts.flat_map(suppressions).filter(|s| names(&s.rule, candidate.rule)).collect();
        for suppression in found {
            match suppression.because {
                Some(because) => {
                    *self.counts.entry((candidate.rule.to_owned(), because)).or_default() += 1;
                    return true;
                }
                None => *self.without_reason.entry(suppression.rule).or_default() += 1,
            }
        }
        false
    }

    /// One line each, and a problem for those without a reason.
    pub fn report(self) -> (Vec<Allowed>, Vec<Problem>) {
        let allowed = self.counts.into_iter();
        let allowed = allowed.map(|((rule, because), findings)| Allowed { rule, because, findings }).collect();
        let problem = |(rule, count)| Problem {
            path: None,
            line: None,
            message: format!("a comment allows `{rule}` without a reason, so it does not hold"),
            hint: Some(format!("write `-- sqlsift: allow {rule} because …`")),
            count,
        };
        (allowed, self.without_reason.into_iter().map(problem).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_count_and_the_reason_is_kept() {
        let text = "SELECT 'sqlsift: allow a/b because no' -- sqlsift: allow query/x because nightly export\n\
                    /* sqlsift: allow query/y */ FROM t";
        let found = suppressions(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].rule, "query/x");
        assert_eq!(found[0].because.as_deref(), Some("nightly export"));
        assert_eq!((found[1].rule.as_str(), &found[1].because), ("query/y", &None));
    }
}
