//! What the tokens alone say of a statement: its kind, its tables, LIMIT, OFFSET, whether `*` is projected.

use rustc_hash::FxHashSet;

use super::{Facts, Level, RelationName, Span};
use crate::sql::fingerprint::{Scratch, scan};
use crate::sql::keyword::Keyword as K;
use crate::sql::lexer::TokenKind as T;
use crate::sql::tokens::Tokens;
use crate::sql::verb::Verb;

/// Facts without a parse; `reason` says why.
pub(super) fn facts(tokens: &Tokens<'_>, reason: &str) -> Facts {
    let scan = scan(tokens.text.as_bytes(), &mut Scratch::default());
    Facts {
        kind: scan.kind,
        level: Level::Tokens { reason: reason.to_owned() },
        tables: tables(tokens),
        blocks: Vec::new(),
        write: None,
        inner_writes: Vec::new(),
        limit: scan.limit,
        offset: scan.offset,
        star: star(tokens),
        set_operation: set_operation(tokens),
        parameters: parameters(tokens),
        templated: false,
        set_operations: Vec::new(),
        notes: super::Notes::default(),
    }
}

/// What the statement does.
pub(super) fn verb(tokens: &Tokens<'_>) -> Verb {
    scan(tokens.text.as_bytes(), &mut Scratch::default()).verb
}

fn parameters(tokens: &Tokens<'_>) -> usize {
    let numbers = (0..tokens.len())
        .filter(|&at| tokens.kind(at) == Some(T::Parameter))
        .filter_map(|at| tokens.str(at)[1..].parse::<u16>().ok());
    numbers.max().map_or(0, usize::from)
}

fn star(tokens: &Tokens<'_>) -> bool {
    (1..tokens.len()).any(|at| {
        tokens.kind(at) == Some(T::Operator)
            && tokens.str(at) == "*"
            && match tokens.kind(at - 1) {
                Some(T::Dot | T::Comma) => true,
                Some(T::Word) => matches!(tokens.keyword(at - 1), K::Select | K::Distinct | K::All),
                // DISTINCT ON (…) *
                Some(T::RightParen) => matches!(tokens.keyword(at + 1), K::From),
                _ => false,
            }
    })
}

fn set_operation(tokens: &Tokens<'_>) -> bool {
    tokens.level(&(0..tokens.len())).any(|at| matches!(tokens.keyword(at), K::Union | K::Intersect | K::Except))
}

/// Names after FROM, JOIN, INTO, UPDATE, TABLE and USING, and after commas in FROM; without CTEs and functions.
fn tables(tokens: &Tokens<'_>) -> Vec<(RelationName, Span)> {
    let mut found = Vec::new();
    let ctes = ctes(tokens);
    for at in 0..tokens.len() {
        let named = match tokens.keyword(at) {
            K::From => starts_relations(tokens, at),
            K::Join | K::Into | K::Using => true,
            K::Update => at == 0 || !matches!(tokens.keyword(at - 1), K::For | K::Key | K::Do | K::On),
            K::Table => true,
            K::Truncate => tokens.keyword(at + 1) != K::Table,
            _ => false,
        };
        if named {
            relations(tokens, at, &mut found);
        }
    }
    found.retain(|(relation, _): &(RelationName, Span)| relation.schema.is_some() || !ctes.contains(&relation.name));
    found.sort_by_key(|(_, span)| *span);
    found.dedup();
    found
}

fn starts_relations(tokens: &Tokens<'_>, at: usize) -> bool {
    let previous = at.checked_sub(1).map_or(K::None, |at| tokens.keyword(at));
    // `extract(x from y)`, `trim(x from y)`, `a IS DISTINCT FROM b`.
    let in_call = tokens.enclosing(at).is_some_and(|open| {
        let first = tokens.keyword(open + 1);
        !matches!(first, K::Select | K::With | K::Delete | K::Values) && tokens.kind(open + 1) != Some(T::LeftParen)
    });
    previous != K::Distinct && !in_call
}

fn relations(tokens: &Tokens<'_>, keyword: usize, found: &mut Vec<(RelationName, Span)>) {
    let mut at = keyword + 1;
    loop {
        while matches!(tokens.keyword(at), K::Only | K::Lateral | K::Table | K::If | K::Not | K::Exists) {
            at += 1;
        }
        let Some(end) = end_of_name(tokens, at) else { return };
        let call = tokens.kind(end) == Some(T::LeftParen) && tokens.keyword(keyword) != K::Into;
        let creates = tokens.keyword(keyword) == K::Table;
        if !call || creates {
            found.push(relation(tokens, at, end));
        }
        let listed = matches!(tokens.keyword(keyword), K::From | K::Truncate)
            || (keyword > 0 && tokens.keyword(keyword - 1) == K::Truncate);
        if !listed {
            return;
        }
        // The next one after a comma, past an alias.
        let comma = tokens.level(&(end..tokens.len())).find(|&at| {
            tokens.kind(at) == Some(T::Comma)
                || !matches!(tokens.kind(at), Some(T::Word | T::QuotedIdentifier | T::LeftParen))
                || ends_from(tokens.keyword(at))
        });
        match comma.filter(|&at| tokens.kind(at) == Some(T::Comma)) {
            Some(comma) => at = comma + 1,
            None => return,
        }
    }
}

fn ends_from(keyword: K) -> bool {
    !matches!(keyword, K::None | K::As | K::Lateral | K::Only)
}

fn end_of_name(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let is_name = |at: usize| match tokens.kind(at) {
        Some(T::QuotedIdentifier) => true,
        Some(T::Word) => !tokens.keyword(at).expects_operand() && tokens.keyword(at) != K::Set,
        _ => false,
    };
    if !is_name(at) {
        return None;
    }
    let mut end = at + 1;
    while tokens.kind(end) == Some(T::Dot) && is_name(end + 1) {
        end += 2;
    }
    Some(end)
}

fn relation(tokens: &Tokens<'_>, start: usize, end: usize) -> (RelationName, Span) {
    let schema = (end - start >= 3).then(|| tokens.name(end - 3)).flatten();
    let name = tokens.name(end - 1).unwrap_or_default();
    (RelationName { schema, name }, tokens.span(&(start..end)))
}

/// `WITH a AS (`, `, b (x) AS (`.
fn ctes(tokens: &Tokens<'_>) -> FxHashSet<String> {
    let mut found = FxHashSet::default();
    for at in 0..tokens.len() {
        let candidate = match tokens.keyword(at) {
            K::With if tokens.keyword(at + 1) == K::Recursive => at + 2,
            K::With => at + 1,
            _ if tokens.kind(at) == Some(T::Comma) => at + 1,
            _ => continue,
        };
        let mut after = candidate + 1;
        if tokens.kind(after) == Some(T::LeftParen) {
            after = tokens.next_at_level(after);
        }
        let opens = |at: usize| tokens.kind(at) == Some(T::LeftParen);
        if tokens.keyword(after) == K::As
            && (opens(after + 1) || matches!(tokens.keyword(after + 1), K::Materialized | K::Not))
            && let Some(name) = tokens.name(candidate)
        {
            found.insert(name);
        }
    }
    found
}
