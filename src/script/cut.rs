//! The text of a section in, its statements out; one whose parenthesis never closes ends at its first `;` all the same.

use super::refusal::{PARENTHESIS, open_end};
use crate::sql::facts::Span;
use crate::sql::lexer::{Lexer, TokenKind};
use crate::sql::split::{Statement as Split, split};

/// Statements of one section that are so ended: each is looked for in all that stands behind it.
const MOST: usize = 16;

pub(super) fn cut(text: &str) -> Vec<Split> {
    let mut all = split(text.as_bytes());
    for _ in 0..MOST {
        let Some(last) = all.last_mut() else { break };
        let Some(end) = ends_inside(last.span.of(text)).filter(|_| last.truncated) else { break };
        let (start, lines) = (last.span.start + end, last.line - 1);
        let behind = start + 1;
        let before = lines + memchr::memchr_iter(b'\n', &text.as_bytes()[last.span.start..behind]).count();
        last.span.end = start;
        let moved = |span: Span| Span { start: span.start + behind, end: span.end + behind };
        all.extend(split(&text.as_bytes()[behind..]).into_iter().map(|one| Split {
            span: moved(one.span),
            line: one.line + before,
            leading: moved(one.leading),
            data: one.data.map(moved),
            truncated: one.truncated,
        }));
    }
    all
}

/// The first `;` within parentheses, if it is a parenthesis that is left open.
fn ends_inside(text: &str) -> Option<usize> {
    if open_end(text).expected != PARENTHESIS {
        return None;
    }
    let mut depth = 0usize;
    Lexer::new(text.as_bytes()).find_map(|token| {
        match token.kind {
            TokenKind::LeftParen => depth += 1,
            TokenKind::RightParen => depth = depth.saturating_sub(1),
            TokenKind::Semicolon if depth > 0 => return Some(token.start),
            _ => {}
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_an_open_parenthesis_is_read() {
        let text = "SELECT 1;\nCREATE INDEX c ON t (z\n;\nDROP TABLE t; SELECT (2;\n\nSELECT 3";
        let found: Vec<(&str, usize, bool)> =
            cut(text).iter().map(|one| (one.span.of(text), one.line, one.truncated)).collect();
        assert_eq!(
            found,
            [
                ("SELECT 1", 1, false),
                ("CREATE INDEX c ON t (z\n", 2, true),
                ("DROP TABLE t", 4, false),
                ("SELECT (2", 4, true),
                ("SELECT 3", 6, false),
            ]
        );
        let rule = "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 'a; (";
        assert_eq!(cut(rule).len(), 2);
    }
}
