//! The tokens of a condition that EXPLAIN printed, as pieces that can be replaced.

use crate::sql::{Lexer, TokenKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Token(TokenKind),
    /// A column of the scan's own table.
    Own,
    /// What is known before the scan begins: a parameter, or another relation's column.
    Given,
}

#[derive(Clone, Debug)]
pub struct Piece {
    pub kind: Kind,
    pub text: String,
    /// White space stands in front.
    pub space: bool,
}

pub type Pieces = Vec<Piece>;

pub fn cut(text: &str) -> Pieces {
    let mut end = 0;
    Lexer::new(text.as_bytes())
        .filter(|token| token.kind != TokenKind::Comment)
        .map(|token| {
            let space = token.start > end;
            end = token.end;
            Piece { kind: Kind::Token(token.kind), text: text[token.start..token.end].to_owned(), space }
        })
        .collect()
}

pub fn write(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        if piece.space && !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&piece.text);
    }
    text
}

impl Piece {
    pub fn is(&self, kind: TokenKind) -> bool {
        self.kind == Kind::Token(kind)
    }

    pub fn word(&self, word: &str) -> bool {
        self.is(TokenKind::Word) && self.text.eq_ignore_ascii_case(word)
    }

    pub fn is_name(&self) -> bool {
        self.is(TokenKind::Word) || self.is(TokenKind::QuotedIdentifier)
    }

    pub fn is_operator(&self, operators: &[&str]) -> bool {
        self.is(TokenKind::Operator) && operators.contains(&self.text.as_str())
    }
}

/// Where the bracket that opens at `open` closes; the length if it does not.
pub fn closing(pieces: &[Piece], open: usize) -> usize {
    let mut depth = 0usize;
    for (at, piece) in pieces.iter().enumerate().skip(open) {
        if piece.is(TokenKind::LeftParen) || piece.is(TokenKind::LeftBracket) {
            depth += 1;
        } else if piece.is(TokenKind::RightParen) || piece.is(TokenKind::RightBracket) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at;
            }
        }
    }
    pieces.len()
}

/// Without the parentheses around all of it.
pub fn bare(mut pieces: &[Piece]) -> &[Piece] {
    while pieces.len() > 1 && pieces[0].is(TokenKind::LeftParen) && closing(pieces, 0) + 1 == pieces.len() {
        pieces = &pieces[1..pieces.len() - 1];
    }
    pieces
}

/// Cuts where `divides` holds outside brackets and CASE.
pub fn split(pieces: &[Piece], divides: impl Fn(&Piece) -> bool) -> Vec<&[Piece]> {
    let (mut parts, mut start, mut at, mut cases) = (Vec::new(), 0, 0, 0usize);
    while at < pieces.len() {
        let piece = &pieces[at];
        if piece.is(TokenKind::LeftParen) || piece.is(TokenKind::LeftBracket) {
            at = closing(pieces, at);
        } else if piece.word("case") {
            cases += 1;
        } else if piece.word("end") {
            cases = cases.saturating_sub(1);
        } else if cases == 0 && divides(piece) {
            parts.push(&pieces[start..at]);
            start = at + 1;
        }
        at += 1;
    }
    parts.push(&pieces[start.min(pieces.len())..]);
    parts
}

/// Behind the type that follows a `::` at `cast` (`character varying(40)`, `timestamp with time zone`, `text[]`), with its name.
pub fn type_after(pieces: &[Piece], cast: usize) -> Option<(String, usize)> {
    let mut at = cast + 1;
    let first = pieces.get(at).filter(|piece| piece.is_name())?;
    let mut name = first.text.clone();
    at += 1;
    while pieces.get(at).is_some_and(|p| p.is(TokenKind::Dot)) && pieces.get(at + 1).is_some_and(Piece::is_name) {
        name = pieces[at + 1].text.clone();
        at += 2;
    }
    at = modifiers(pieces, at);
    let rest: &[&str] = match name.as_str() {
        "character" | "bit" => &["varying"],
        "double" => &["precision"],
        "timestamp" | "time" => &["with", "without", "time", "zone"],
        "interval" => &["year", "month", "day", "hour", "minute", "second", "to"],
        _ => &[],
    };
    while let Some(piece) = pieces.get(at).filter(|p| rest.iter().any(|word| p.word(word))) {
        name.push(' ');
        name.push_str(&piece.text);
        at = modifiers(pieces, at + 1);
    }
    while pieces.get(at).is_some_and(|p| p.is(TokenKind::LeftBracket)) && closing(pieces, at) < pieces.len() {
        name.push_str("[]");
        at = closing(pieces, at) + 1;
    }
    Some((name, at))
}

fn modifiers(pieces: &[Piece], at: usize) -> usize {
    let opens = pieces.get(at).is_some_and(|p| p.is(TokenKind::LeftParen) && !p.space);
    if opens { (closing(pieces, at) + 1).min(pieces.len()) } else { at }
}
