//! Comments of a script that allow findings in it.

use crate::report::model::{Allowed, Problem};
use crate::rules::allow::names;
use crate::rules::comment::suppressions;
use crate::rules::page::Page;
use crate::rules::run::Outcome;
use crate::script::model::Script;
use crate::sql::facts::Span;

/// One comment, and how often it was needed.
struct Comment {
    rule: String,
    because: Option<String>,
    line: u64,
    /// The statement that it stands before or in; `None`: the whole file.
    statement: Option<usize>,
    taken: u64,
}

pub(super) struct Suppressions {
    path: String,
    comments: Vec<Comment>,
}

impl Suppressions {
    pub fn of(script: &Script) -> Self {
        let mut comments = Vec::new();
        for (number, statement) in script.statements.iter().enumerate() {
            let whole = Span { start: statement.leading.start, end: statement.span.end };
            let line = statement.line as u64;
            comments.extend(suppressions(whole.of(&script.text)).into_iter().map(|found| Comment {
                rule: found.rule,
                because: found.because,
                line,
                statement: Some(number),
                taken: 0,
            }));
        }
        Suppressions { path: script.path.clone(), comments }
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether a comment takes the finding away; counts it.
    pub fn take(&mut self, page: &Page, statement: Option<usize>) -> bool {
        let fits = |comment: &&mut Comment| {
            names(&comment.rule, &page.id)
                && comment.because.is_some()
                && (comment.statement.is_none() || statement.is_none() || comment.statement == statement)
        };
        match self.comments.iter_mut().find(fits) {
            Some(comment) => {
                comment.taken += 1;
                true
            }
            None => false,
        }
    }

    pub fn report(self, outcome: &mut Outcome) {
        for comment in self.comments {
            let problem = |message: String, hint: &str| Problem {
                path: Some(self.path.clone()),
                line: Some(comment.line),
                message,
                hint: Some(hint.to_owned()),
                count: 1,
            };
            match (&comment.because, comment.taken) {
                (None, _) => outcome.problems.push(problem(
                    format!("a comment allows `{}` without a reason, so it does not hold", comment.rule),
                    "write `-- sqlsift: allow … because …`",
                )),
                (Some(_), 0) => outcome
                    .problems
                    .push(problem(format!("the allow of `{}` matches no finding", comment.rule), "remove it")),
                (Some(because), findings) => {
                    outcome.allowed.push(Allowed { rule: comment.rule, because: because.clone(), findings });
                }
            }
        }
    }
}
