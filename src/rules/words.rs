//! The text of a statement in, its tokens as words out.

use crate::sql::Lexer;
use crate::sql::facts::Span;
use crate::sql::lexer::{Token, TokenKind};

/// The tokens of a text without its comments.
pub struct Words<'t> {
    text: &'t str,
    tokens: Vec<Token>,
}

/// Whether a text begins with these words, in any case; reads no more of it than that.
pub fn begins(text: &str, words: &[&str]) -> bool {
    let mut tokens = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment);
    words.iter().all(|word| {
        tokens.next().is_some_and(|token| {
            text.get(token.start..token.end).is_some_and(|written| written.eq_ignore_ascii_case(word))
        })
    })
}

impl<'t> Words<'t> {
    pub fn of(text: &'t str) -> Self {
        let tokens = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment);
        Words { text, tokens: tokens.collect() }
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    pub fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Empty past the end.
    pub fn text(&self, at: usize) -> &'t str {
        self.tokens.get(at).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    pub fn span(&self, at: usize) -> Span {
        self.tokens.get(at).map_or_else(Span::default, |token| Span { start: token.start, end: token.end })
    }

    /// Whether an unquoted word stands there.
    pub fn is(&self, at: usize, word: &str) -> bool {
        self.kind(at) == Some(TokenKind::Word) && self.text(at).eq_ignore_ascii_case(word)
    }

    pub fn is_any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(at, word))
    }

    /// What a string constant holds, quotes of any notation left out; escapes as written.
    pub fn string(&self, at: usize) -> Option<&'t str> {
        if self.kind(at) != Some(TokenKind::String) {
            return None;
        }
        let text = self.text(at);
        if let Some(rest) = text.strip_prefix('$') {
            let tag = rest.find('$')?;
            return rest.get(tag + 1..).and_then(|body| body.strip_suffix(&text[..tag + 2]));
        }
        let open = text.find('\'')?;
        text.get(open + 1..)?.strip_suffix('\'')
    }

    /// The place of the parenthesis that closes the one at `open`; the end of the text when none does.
    pub fn closing(&self, open: usize) -> usize {
        let mut depth = 0usize;
        for at in open..self.len() {
            match self.kind(at) {
                Some(TokenKind::LeftParen) => depth += 1,
                Some(TokenKind::RightParen) => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return at;
                    }
                }
                _ => {}
            }
        }
        self.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_strings_and_parentheses() {
        let words = Words::of("GRANT /* x */ ALL ('a', E'b', $q$ c $q$) TO \"all\"");
        assert!(words.is(0, "grant") && words.is(1, "all") && !words.is(words.len() - 1, "all"));
        let strings: Vec<&str> = (0..words.len()).filter_map(|at| words.string(at)).collect();
        assert_eq!(strings, ["a", "b", " c "]);
        assert!(words.is(words.closing(2) + 1, "to"));
        assert!(begins("-- x\ncreate ROLE a", &["create", "role"]) && !begins("create", &["create", "role"]));
    }
}
