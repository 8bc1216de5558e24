//! Comments of a script that allow findings in it: which statement each is about, and whether it was needed.

use crate::report::model::{Allowed, Problem};
use crate::rules::allow::names;
use crate::rules::page::Page;
use crate::rules::run::Outcome;
use crate::rules::spelling::did_you_mean;
use crate::script::model::Script;
use crate::sql::{Lexer, TokenKind};

use super::comment::{Allowance, Scope, What, possible, read};

struct Comment {
    allowance: Allowance,
    line: u64,
    /// The statement that it stands before, in, or behind on the same line.
    statement: Option<usize>,
    taken: u64,
}

pub(super) struct Suppressions {
    path: String,
    comments: Vec<Comment>,
    /// Places of those about the whole file.
    of_file: Vec<usize>,
    /// On which the script's statements begin, if there are comments.
    starts: Vec<u64>,
}

impl Suppressions {
    pub fn of(script: &Script) -> Self {
        let text = &script.text;
        let mut comments = Vec::new();
        if possible(text) {
            let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
            for token in Lexer::new(text.as_bytes()).filter(|token| token.kind == TokenKind::Comment) {
                let first = lines.line_at(token.start);
                for (more, line) in text[token.start..token.end].lines().enumerate() {
                    comments.extend(read(line).into_iter().map(|allowance| Comment {
                        allowance,
                        line: first + more as u64,
                        statement: statement_of(script, token.start),
                        taken: 0,
                    }));
                }
            }
        }
        let statements = script.statements.iter().filter(|_| !comments.is_empty());
        let starts = statements.map(|statement| statement.line as u64).collect();
        let whole = |(_, comment): &(usize, &Comment)| comment.allowance.scope == Scope::File;
        let of_file = comments.iter().enumerate().filter(whole).map(|(at, _)| at).collect();
        Suppressions { path: script.path.clone(), comments, of_file, starts }
    }

    /// The statement on or before that line.
    pub fn statement_at(&self, line: u64) -> Option<usize> {
        self.starts.partition_point(|start| *start <= line).checked_sub(1)
    }

    pub fn is_empty(&self) -> bool {
        self.comments.is_empty()
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// Why a comment takes a finding about that statement (or, `None`, about the script) away, if one does; counts it.
    pub fn take(&mut self, page: &Page, statement: Option<usize>) -> Option<String> {
        let holds = |comment: &Comment| {
            let ours = comment.allowance.because.is_some() || matches!(comment.allowance.what, What::Theirs { .. });
            ours && comment.allowance.what.covers(page)
        };
        // Comments stand in the order of the statements that they are about: of ten thousand, few are about one.
        let comments = &self.comments;
        let own = match statement {
            None => 0..comments.len(),
            Some(_) => {
                comments.partition_point(|one| one.statement < statement)
                    ..comments.partition_point(|one| one.statement <= statement)
            }
        };
        let of_file = self.of_file.iter().copied().find(|at| holds(&comments[*at]));
        let of_statement = own.into_iter().find(|at| holds(&comments[*at]));
        let found = of_file.into_iter().chain(of_statement).min()?;
        let comment = &mut self.comments[found];
        comment.taken += 1;
        Some(comment.allowance.reason())
    }

    /// What was allowed; problems for ours without a reason, with a name that is not `known`, and for those that nothing needed. Other tools' comments may serve the
    /// other tool.
    pub fn report(self, known: &[&str], outcome: &mut Outcome) {
        for comment in self.comments {
            let problem = |message: String, hint: &str| Problem {
                path: Some(self.path.clone()),
                line: Some(comment.line),
                message,
                hint: Some(hint.to_owned()),
                count: 1,
            };
            let (because, reason) = (comment.allowance.because.clone(), comment.allowance.reason());
            match (comment.allowance.what, because, comment.taken) {
                (What::Ours(rule), None, _) => outcome.problems.push(problem(
                    format!("a comment allows `{rule}` without a reason, so it does not hold"),
                    "write `-- sqlsift: allow … because …`",
                )),
                (What::Ours(rule), Some(_), 0) if !known.iter().any(|id| names(&rule, id)) => {
                    let meant = did_you_mean(&rule, known.iter().copied());
                    outcome.problems.push(problem(
                        format!("a comment allows `{rule}`, which is no rule{meant}"),
                        "`sqlsift rule list` shows them",
                    ));
                }
                (What::Ours(rule), Some(_), 0) => {
                    outcome.problems.push(problem(format!("the allow of `{rule}` matches no finding"), "remove it"));
                }
                (What::Ours(rule), Some(because), findings) => {
                    outcome.allowed.push(Allowed { rule, because, findings });
                }
                (What::Theirs { .. }, _, 0) => {}
                (What::Theirs { tool, rule }, _, findings) => outcome.allowed.push(Allowed {
                    rule: format!("{tool}:{}", rule.as_deref().unwrap_or("*")),
                    because: reason,
                    findings,
                }),
            }
        }
    }
}

/// The statement that a comment at this offset is about.
fn statement_of(script: &Script, at: usize) -> Option<usize> {
    let statements = &script.statements;
    let next = statements.partition_point(|statement| statement.span.start <= at);
    let Some(before) = next.checked_sub(1) else { return Some(0).filter(|_| !statements.is_empty()) };
    let span = statements[before].span;
    let same_line = || !script.text.as_bytes()[span.end..at].contains(&b'\n');
    if at < span.end || same_line() || next == statements.len() { Some(before) } else { Some(next) }
}

/// Counts lines once over a text.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn line_at(&mut self, offset: usize) -> u64 {
        self.line += memchr::memchr_iter(b'\n', &self.text[self.at..offset]).count() as u64;
        self.at = offset;
        self.line
    }
}
