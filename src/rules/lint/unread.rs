//! Statements of which nothing is known, or less than there is: counted, with the places of some.

use crate::catalog::model::SourceLine;
use crate::script::model::{Content, ProblemKind, Script};
use crate::sql::facts::Level;
use crate::sql::fingerprint::fingerprint;

/// Statements of bodies whose SQL is put together when they run (`EXECUTE`): nothing is known of it.
#[derive(Debug, Default)]
pub struct Dynamic {
    pub statements: u64,
    /// Of the first few.
    pub places: Vec<SourceLine>,
}

/// Queries that the parser refused, though a server may take them: rules that look into a query saw only its tokens.
#[derive(Debug, Default)]
pub struct Unparsed {
    pub statements: u64,
    /// Of the first few hundred: the fingerprint, the place, and why.
    pub some: Vec<(String, SourceLine, String)>,
}

/// Places of EXECUTE that are named.
const DYNAMIC_NAMED: usize = 3;

/// Queries that are listed.
const UNPARSED_LISTED: usize = 500;

impl Dynamic {
    pub(super) fn count(&mut self, place: SourceLine) {
        self.statements += 1;
        if self.places.len() < DYNAMIC_NAMED {
            self.places.push(place);
        }
    }
}

impl Unparsed {
    /// `text` is that of the statement at `place`. One that the script has as a syntax error is told already.
    pub(super) fn count(&mut self, script: &Script, text: &str, content: &Content, place: impl FnOnce() -> SourceLine) {
        let Some(Level::Tokens { reason }) = content.facts().map(|facts| &facts.level) else { return };
        let place = place();
        let first = place.line as usize;
        let last = first + memchr::memchr_iter(b'\n', text.as_bytes()).count();
        let is_told = script.problems.iter().any(|problem| {
            problem.kind == ProblemKind::Syntax && problem.line.is_some_and(|line| (first..=last).contains(&line))
        });
        if is_told {
            return;
        }
        self.statements += 1;
        if self.some.len() < UNPARSED_LISTED {
            self.some.push((fingerprint(text.as_bytes()).to_string(), place, reason.clone()));
        }
    }
}
