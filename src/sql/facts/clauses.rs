//! Where the clauses of a block start and end, told from the tokens: sqlparser does not say.

use std::ops::Range;

use super::Span;
use super::build::Builder;
use crate::sql::keyword::Keyword as K;
use crate::sql::lexer::TokenKind as T;
use crate::sql::tokens::Tokens;

/// The clauses of one block, in order.
pub(super) struct Clauses {
    /// Keyword, index of its token, and where the clause's content starts.
    found: Vec<(K, usize, usize)>,
    start: usize,
    end: usize,
}

impl Clauses {
    /// The whole block.
    pub fn span(&self, tokens: &Tokens<'_>) -> Span {
        tokens.span(&(self.start..self.end))
    }

    /// From the block's own keyword to the first clause.
    pub fn head(&self) -> Range<usize> {
        let end = self.found.first().map_or(self.end, |(_, at, _)| *at);
        self.start + 1..end.max(self.start + 1)
    }

    fn position(&self, keyword: K) -> Option<usize> {
        self.found.iter().position(|(found, ..)| *found == keyword)
    }

    fn end_of(&self, position: usize) -> usize {
        self.found.get(position + 1).map_or(self.end, |(_, at, _)| *at)
    }

    /// The content of a clause without its keyword; empty if there is none.
    pub fn range(&self, keyword: K) -> Range<usize> {
        self.position(keyword).map_or(0..0, |position| {
            let start = self.found[position].2;
            start..self.end_of(position).max(start)
        })
    }

    /// A clause with its keyword.
    pub fn whole(&self, keyword: K) -> Option<Range<usize>> {
        self.position(keyword).map(|position| self.found[position].1..self.end_of(position))
    }
}

pub(super) const OF_SELECT: &[K] =
    &[K::Into, K::From, K::Where, K::Group, K::Having, K::Window, K::Order, K::Limit, K::Offset, K::Fetch, K::For];

impl Builder<'_, '_> {
    /// Finds these clauses of the block whose first token is `start`.
    pub fn clauses(&self, start: Option<usize>, wanted: &[K]) -> Clauses {
        let tokens = self.tokens;
        let Some(start) = start else {
            return Clauses { found: Vec::new(), start: 0, end: 0 };
        };
        let mut clauses = Clauses { found: Vec::new(), start, end: tokens.len() };
        for at in tokens.level(&(start + 1..tokens.len())) {
            if ends_block(tokens, at, wanted) {
                clauses.end = at;
                break;
            }
            let keyword = tokens.keyword(at);
            if wanted.contains(&keyword) && starts_clause(tokens, at) && clauses.position(keyword).is_none() {
                let content = at + 1 + usize::from(tokens.keyword(at + 1) == K::By);
                clauses.found.push((keyword, at, content));
            }
        }
        clauses
    }
}

fn ends_block(tokens: &Tokens<'_>, at: usize, wanted: &[K]) -> bool {
    match tokens.keyword(at) {
        K::Union | K::Intersect | K::Except => true,
        K::Returning => !wanted.contains(&K::Returning),
        K::On => tokens.keyword(at + 1) == K::Conflict,
        _ => matches!(tokens.kind(at), Some(T::RightParen | T::RightBracket | T::Semicolon)),
    }
}

/// Whether the keyword stands for its clause: `IS DISTINCT FROM`, `WITHIN GROUP (` and the like do not.
fn starts_clause(tokens: &Tokens<'_>, at: usize) -> bool {
    let next = tokens.keyword(at + 1);
    let previous = at.checked_sub(1).map_or(K::None, |at| tokens.keyword(at));
    match tokens.keyword(at) {
        K::Group | K::Order => next == K::By,
        K::From => !(previous == K::Distinct && after_is(tokens, at - 1)),
        K::For => matches!(next, K::Update | K::Share | K::No | K::Key),
        _ => true,
    }
}

/// Whether `IS` or `IS NOT` stands before a token.
fn after_is(tokens: &Tokens<'_>, at: usize) -> bool {
    let before = |distance: usize| at.checked_sub(distance).map(|at| tokens.keyword(at));
    before(1) == Some(K::Is) || (before(1) == Some(K::Not) && before(2) == Some(K::Is))
}
