//! The statements inside a `DO` block, as far as tokens show them.

use crate::sql::facts::Span;
use crate::sql::lexer::{Lexer, Token, TokenKind};

/// Where the body of `DO [LANGUAGE x] $$ … $$` stands; `None` for any other statement.
pub fn body(text: &str) -> Option<Span> {
    let mut tokens = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment);
    if !is_word(text, &tokens.next()?, "do") {
        return None;
    }
    let string = tokens.find(|token| token.kind == TokenKind::String)?;
    let raw = text.get(string.start..string.end)?;
    let opening = match raw.strip_prefix('$') {
        Some(tagged) => tagged.find('$')? + 2,
        None => 1,
    };
    let (start, end) = (string.start + opening, string.end.checked_sub(opening)?);
    (start <= end).then_some(Span { start, end })
}

/// The spans of CREATE, ALTER and DROP statements in a PL/pgSQL body: those that stand where a statement may begin.
pub fn statements(body: &str) -> Vec<Span> {
    let tokens: Vec<Token> = Lexer::new(body.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
    let mut found = Vec::new();
    let mut begins = true;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if begins && ["create", "alter", "drop"].iter().any(|word| is_word(body, token, word)) {
            let end = tokens[at..].iter().position(|one| one.kind == TokenKind::Semicolon).map(|length| at + length);
            let last = end.unwrap_or(tokens.len()) - 1;
            found.push(Span { start: token.start, end: tokens[last].end });
            at = last + 1;
            continue;
        }
        begins = token.kind == TokenKind::Semicolon
            || ["begin", "then", "else", "loop"].iter().any(|word| is_word(body, token, word));
        at += 1;
    }
    found
}

fn is_word(text: &str, token: &Token, word: &str) -> bool {
    token.kind == TokenKind::Word
        && text.get(token.start..token.end).is_some_and(|found| found.eq_ignore_ascii_case(word))
}
