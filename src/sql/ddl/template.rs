//! Placeholders that a tool fills in before the server sees the statement: `${name}`, `{{ name }}`, `:name`, `:'name'`,
//! `%(name)s`, `%s`, `@name`, `@extschema@`. Each becomes one word, with what is written against it (`${prefix}_orders`); `{% … %}` becomes nothing.

use crate::sql::lexer::{Token, TokenKind};

/// Rewrites the tokens of a text that holds something like a placeholder.
pub(super) fn join(text: &[u8], tokens: &mut Vec<Token>) {
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at).copied() {
        let (length, drop) = placeholder(text, tokens, at);
        if length == 0 {
            push(&mut joined, token);
            at += 1;
            continue;
        }
        let end = tokens[at + length - 1].end;
        at += length;
        if !drop {
            push(&mut joined, Token { kind: TokenKind::NamedParameter, start: token.start, end });
        }
    }
    for token in &mut joined {
        if token.kind == TokenKind::NamedParameter {
            token.kind = TokenKind::Word;
        }
    }
    *tokens = joined;
}

/// A word against a placeholder is a part of it.
fn push(joined: &mut Vec<Token>, token: Token) {
    let wordy = |kind| matches!(kind, TokenKind::Word | TokenKind::NamedParameter | TokenKind::Number);
    if let Some(last) = joined.last_mut()
        && last.end == token.start
        && wordy(last.kind)
        && wordy(token.kind)
        && (last.kind == TokenKind::NamedParameter || token.kind == TokenKind::NamedParameter)
    {
        last.end = token.end;
        last.kind = TokenKind::NamedParameter;
        return;
    }
    joined.push(token);
}

/// How many tokens the placeholder at `at` has (0: there is none), and whether it stands for nothing.
fn placeholder(text: &[u8], tokens: &[Token], at: usize) -> (usize, bool) {
    let byte = |ahead: usize| tokens.get(at + ahead).map(|token| text[token.start]);
    let adjacent = |ahead: usize| {
        tokens.get(at + ahead).zip(tokens.get(at + ahead + 1)).is_some_and(|(left, right)| left.end == right.start)
    };
    match (tokens[at].kind, byte(0)) {
        (TokenKind::Unknown, Some(b'$')) if byte(1) == Some(b'{') && adjacent(0) => {
            (closed(text, tokens, at, 1), false)
        }
        (TokenKind::Unknown, Some(b'{')) if adjacent(0) && matches!(byte(1), Some(b'{')) => {
            (closed(text, tokens, at, 2), false)
        }
        (TokenKind::Unknown, Some(b'{')) if adjacent(0) && matches!(byte(1), Some(b'%' | b'#')) => {
            (closed(text, tokens, at, 1), true)
        }
        (TokenKind::Colon, _) if adjacent(0) && free_standing(text, tokens[at].start) => {
            let named = matches!(
                tokens.get(at + 1).map(|token| token.kind),
                Some(TokenKind::Word | TokenKind::String | TokenKind::QuotedIdentifier)
            );
            (if named { 2 } else { 0 }, false)
        }
        (TokenKind::Operator, Some(b'@')) => (between_signs(text, tokens, at), false),
        (TokenKind::Operator, Some(b'%')) if free_standing(text, tokens[at].start) => (format_mark(tokens, at), false),
        _ => (0, false),
    }
}

/// `@name`, and `@name@` or `@name:other@` as the scripts of extensions have it.
fn between_signs(text: &[u8], tokens: &[Token], at: usize) -> usize {
    let mut length = 1;
    while let (Some(last), Some(next)) = (tokens.get(at + length - 1), tokens.get(at + length)) {
        let sign = next.kind == TokenKind::Operator && text[next.start] == b'@' && next.end == next.start + 1;
        let part = matches!(next.kind, TokenKind::Word | TokenKind::Colon | TokenKind::NamedParameter);
        if last.end != next.start || !(sign || part) {
            break;
        }
        length += 1;
        if sign {
            break;
        }
    }
    if length > 1 { length } else { 0 }
}

/// `%s` and `%(name)s`.
fn format_mark(tokens: &[Token], at: usize) -> usize {
    use TokenKind::{LeftParen, RightParen, Word};
    let starts = |kinds: &[TokenKind]| {
        let whole = kinds.iter().enumerate().all(|(ahead, kind)| {
            let (left, right) = (tokens.get(at + ahead), tokens.get(at + ahead + 1));
            left.zip(right).is_some_and(|(left, right)| left.end == right.start && right.kind == *kind)
        });
        if whole { kinds.len() + 1 } else { 0 }
    };
    starts(&[Word]).max(starts(&[LeftParen, Word, RightParen, Word]))
}

/// A colon of a slice stands against its operands.
fn free_standing(text: &[u8], start: usize) -> bool {
    start
        .checked_sub(1)
        .is_none_or(|before| matches!(text[before], b' ' | b'\t' | b'\n' | b'\r' | b'(' | b',' | b'.' | b'='))
}

/// Tokens up to the `count`th closing brace; 0 when it is missing, or too far away to be a placeholder's.
fn closed(text: &[u8], tokens: &[Token], at: usize, count: usize) -> usize {
    const LONGEST: usize = 64;
    let mut seen = 0;
    for (index, token) in tokens.iter().enumerate().skip(at).take(LONGEST) {
        if token.kind == TokenKind::Unknown && text[token.start] == b'}' {
            seen += 1;
            if seen == count {
                return index - at + 1;
            }
        }
    }
    0
}
