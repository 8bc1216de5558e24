//! A statement's text and replacements in; the rewritten text out. Nothing is ever printed from a tree.

use crate::sql::facts::Span;
use crate::sql::{Lexer, TokenKind};

/// New text for a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    pub span: Span,
    pub text: String,
}

/// `text` in the place of `span`.
pub fn instead(span: Span, text: impl Into<String>) -> Replacement {
    Replacement { span, text: text.into() }
}

/// `text` put in before the byte `at`.
pub fn insert(at: usize, text: impl Into<String>) -> Replacement {
    Replacement { span: Span { start: at, end: at }, text: text.into() }
}

/// The text with spans replaced; of two that overlap, the later is left out. Comments around the statement (tags of the request
/// that ran it) and a semicolon at its end go, and so does a blank where something was cut out.
pub fn replace(text: &str, mut replacements: Vec<Replacement>) -> String {
    replacements.sort_by_key(|replacement| (replacement.span.start, replacement.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for replacement in replacements {
        let Some(before) = text.get(at..replacement.span.start) else { continue };
        out.push_str(before);
        out.push_str(&replacement.text);
        at = replacement.span.end;
        if replacement.text.is_empty() && out.ends_with(' ') && text.get(at..).is_some_and(|rest| rest.starts_with(' '))
        {
            at += 1;
        }
    }
    out.push_str(text.get(at..).unwrap_or_default());
    bare(&out).to_owned()
}

/// The statement without comments before and after it.
fn bare(text: &str) -> &str {
    let mut tokens = Lexer::new(text.as_bytes())
        .filter(|token| !matches!(token.kind, TokenKind::Comment | TokenKind::Semicolon))
        .map(|token| (token.start, token.end));
    let Some((start, first_end)) = tokens.next() else { return text };
    let end = tokens.last().map_or(first_end, |(_, end)| end);
    text.get(start..end).unwrap_or(text)
}

/// Whether every parenthesis of a piece has its partner inside, strings left out of account: only such a piece may be
/// moved.
pub fn is_balanced(piece: &str) -> bool {
    let mut depth = 0i32;
    for token in Lexer::new(piece.as_bytes()) {
        match token.kind {
            TokenKind::LeftParen => depth += 1,
            TokenKind::RightParen => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The piece, after which more may be written: a comment to the end of the line is closed by a line break.
pub fn closed(piece: &str) -> String {
    let last = crate::sql::Lexer::new(piece.as_bytes()).last();
    let open = last.is_some_and(|token| {
        token.kind == crate::sql::TokenKind::Comment
            && piece.get(token.start..token.end).is_some_and(|comment| comment.starts_with("--"))
    });
    if open { format!("{}\n", piece.trim_end_matches('\n')) } else { piece.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacing_keeps_the_rest() {
        let at = |start, end, text: &str| instead(Span { start, end }, text);
        assert_eq!(replace("abcdef;\n", vec![at(4, 5, "-"), at(0, 2, "X"), at(1, 3, "lost")]), "Xcd-f");
        assert_eq!(replace("ab", vec![insert(1, " and "), insert(2, "!")]), "a and b!");
        assert_eq!(replace("/*tag*/ SELECT 1 FROM t -- end", vec![at(17, 21, "")]), "SELECT 1 t");
    }

    #[test]
    fn a_comment_does_not_swallow_what_follows() {
        assert_eq!(closed("a -- b"), "a -- b\n");
        assert_eq!(closed("a -- b\n"), "a -- b\n");
        assert_eq!(closed("a /* b */"), "a /* b */");
        assert_eq!(closed("'--'"), "'--'");
    }

    #[test]
    fn parentheses_in_strings_do_not_count() {
        assert!(is_balanced("a = '(' AND (b)"));
        assert!(!is_balanced("a) OR (b"));
    }
}
