//! The tokens of one statement, walked by the recognisers: words in any case, names, balanced parentheses, spans.

use std::borrow::Cow;

use super::model::{Expr, Name, QualifiedName};
use super::template;
pub(crate) use super::words::identifier;
use super::words::string_value;
use crate::sql::facts::Span;
use crate::sql::lexer::{Lexer, Token, TokenKind};

/// Why a statement that looked like DDL was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Byte offset at which something else was needed.
    pub at: usize,
    pub expected: &'static str,
}

pub(super) type Parsed<T> = Result<T, Refused>;

#[derive(Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub fn new(text: &'t str) -> Self {
        let mut tokens = Vec::with_capacity(text.len() / 6 + 4);
        let mut odd = false;
        for token in Lexer::new(text.as_bytes()) {
            odd |= match token.kind {
                TokenKind::Unknown | TokenKind::Colon | TokenKind::NamedParameter => true,
                TokenKind::Operator => matches!(text.as_bytes()[token.start], b'@' | b'%'),
                _ => false,
            };
            if token.kind != TokenKind::Comment {
                tokens.push(token);
            }
        }
        if odd {
            template::join(text.as_bytes(), &mut tokens);
        }
        while tokens.last().is_some_and(|token| token.kind == TokenKind::Semicolon) {
            tokens.pop();
        }
        Cursor { text, tokens, at: 0 }
    }

    /// A cursor over the next `count` tokens, which it takes: for a statement inside a statement.
    pub fn take(&mut self, count: usize) -> Cursor<'t> {
        let end = (self.at + count).min(self.tokens.len());
        let tokens = self.tokens[self.at.min(end)..end].to_vec();
        self.at = end;
        Cursor { text: self.text, tokens, at: 0 }
    }

    /// How many tokens come before one that satisfies `stop` outside of parentheses (not counting the current one).
    pub fn count_until(&self, stop: impl Fn(&Self, usize) -> bool) -> usize {
        let mut depth = 0usize;
        let mut ahead = 0;
        while let Some(kind) = self.kind_at(ahead) {
            match kind {
                TokenKind::LeftParen => depth += 1,
                TokenKind::RightParen => depth = depth.saturating_sub(1),
                _ if depth == 0 && ahead > 0 && stop(self, ahead) => break,
                _ => {}
            }
            ahead += 1;
        }
        ahead
    }

    pub fn done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub fn refuse<T>(&self, expected: &'static str) -> Parsed<T> {
        Err(Refused { at: self.start(), expected })
    }

    /// Offset of the current token, or of the text's end.
    pub fn start(&self) -> usize {
        self.tokens.get(self.at).map_or(self.text.len(), |token| token.start)
    }

    /// From `start` to the end of the last token taken.
    pub fn span_from(&self, start: usize) -> Span {
        let end = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(start, |token| token.end);
        Span { start, end: end.max(start) }
    }

    pub fn expr_from(&self, start: usize) -> Expr {
        let span = self.span_from(start);
        Expr { text: span.of(self.text).to_owned(), span }
    }

    pub fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    pub fn kind(&self) -> Option<TokenKind> {
        self.kind_at(0)
    }

    pub fn kind_at(&self, ahead: usize) -> Option<TokenKind> {
        self.tokens.get(self.at + ahead).map(|token| token.kind)
    }

    pub fn token_text(&self, ahead: usize) -> &'t str {
        match self.tokens.get(self.at + ahead) {
            Some(token) => self.text.get(token.start..token.end).unwrap_or_default(),
            None => "",
        }
    }

    /// Whether the token `ahead` is this unquoted word.
    pub fn is_at(&self, ahead: usize, word: &str) -> bool {
        self.kind_at(ahead) == Some(TokenKind::Word) && self.token_text(ahead).eq_ignore_ascii_case(word)
    }

    pub fn is(&self, word: &str) -> bool {
        self.is_at(0, word)
    }

    pub fn are(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(ahead, word)| self.is_at(ahead, word))
    }

    pub fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// Takes these words if they all come next.
    pub fn eat(&mut self, words: &[&str]) -> bool {
        let found = self.are(words);
        if found {
            self.at += words.len();
        }
        found
    }

    pub fn eat_any(&mut self, words: &[&str]) -> bool {
        let found = self.is_any(words);
        if found {
            self.at += 1;
        }
        found
    }

    pub fn need(&mut self, words: &[&str], expected: &'static str) -> Parsed<()> {
        if self.eat(words) { Ok(()) } else { self.refuse(expected) }
    }

    pub fn eat_kind(&mut self, kind: TokenKind) -> bool {
        let found = self.kind() == Some(kind);
        if found {
            self.at += 1;
        }
        found
    }

    pub fn eat_operator(&mut self, operator: &str) -> bool {
        let found = self.kind() == Some(TokenKind::Operator) && self.token_text(0) == operator;
        if found {
            self.at += 1;
        }
        found
    }

    pub fn need_kind(&mut self, kind: TokenKind, expected: &'static str) -> Parsed<()> {
        if self.eat_kind(kind) { Ok(()) } else { self.refuse(expected) }
    }

    pub fn advance(&mut self) {
        self.skip(1);
    }

    pub fn is_name(&self) -> bool {
        matches!(self.kind(), Some(TokenKind::Word | TokenKind::QuotedIdentifier))
    }

    /// The word at the cursor in lower case; empty when it is no unquoted word.
    /// As [`Self::word`], of which most are written so.
    pub fn lower_word(&self) -> Cow<'t, str> {
        match self.kind() {
            Some(TokenKind::Word) if self.token_text(0).bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Cow::Owned(self.word())
            }
            Some(TokenKind::Word) => Cow::Borrowed(self.token_text(0)),
            _ => Cow::Borrowed(""),
        }
    }

    pub fn word(&self) -> String {
        match self.kind() {
            Some(TokenKind::Word) => self.token_text(0).to_ascii_lowercase(),
            _ => String::new(),
        }
    }

    pub fn name(&mut self) -> Parsed<Name> {
        let Some(token) = self.tokens.get(self.at).filter(|_| self.is_name()) else {
            return self.refuse("a name");
        };
        let span = Span { start: token.start, end: token.end };
        let text = identifier(self.slice(span));
        self.at += 1;
        Ok(Name { text, span })
    }

    pub fn qualified(&mut self) -> Parsed<QualifiedName> {
        let start = self.start();
        let (mut schema, mut name) = (None, self.name()?.text);
        while self.eat_kind(TokenKind::Dot) {
            schema = Some(std::mem::replace(&mut name, self.name()?.text));
        }
        Ok(QualifiedName { schema, name, span: self.span_from(start) })
    }

    /// `[schema.]table.column`, the table apart; a name alone has none.
    pub fn path(&mut self) -> Parsed<Path> {
        let start = self.start();
        let mut name = self.name()?;
        let mut on: Option<QualifiedName> = None;
        while self.eat_kind(TokenKind::Dot) {
            let span = Span { start, end: name.span.end };
            on = Some(QualifiedName { schema: on.map(|on| on.name), name: name.text, span });
            name = self.name()?;
        }
        Ok(Path { on, name: QualifiedName { schema: None, name: name.text, span: name.span } })
    }

    /// `a, b`.
    pub fn names(&mut self) -> Parsed<Vec<Name>> {
        let mut names = vec![self.name()?];
        while self.eat_kind(TokenKind::Comma) {
            names.push(self.name()?);
        }
        Ok(names)
    }

    /// Takes the words of the first entry that comes next.
    pub fn choose<T: Copy>(&mut self, entries: &[(&[&str], T)]) -> Option<T> {
        let (_, value) = entries.iter().find(|(words, _)| self.eat(words))?;
        Some(*value)
    }

    /// Refuses what follows.
    pub fn end(&self, expected: &'static str) -> Parsed<()> {
        if self.done() { Ok(()) } else { self.refuse(expected) }
    }

    /// From here to the end.
    pub fn rest(&mut self) -> Span {
        let start = self.start();
        self.skip_to_end();
        self.span_from(start)
    }

    /// `[-] 12`; what does not fit 64 bits is cut to their ends.
    pub fn integer(&mut self) -> Parsed<i64> {
        let minus = self.eat_operator("-");
        if !minus {
            self.eat_operator("+");
        }
        if self.kind() != Some(TokenKind::Number) {
            // A placeholder of a template.
            return if self.is_name() { self.name().map(|_| 0) } else { self.refuse("a number") };
        }
        let digits: String = self.token_text(0).chars().filter(|digit| *digit != '_').collect();
        self.at += 1;
        let value = digits.parse::<i128>().unwrap_or_default();
        let value = if minus { -value } else { value };
        Ok(i64::try_from(value).unwrap_or(if minus { i64::MIN } else { i64::MAX }))
    }

    pub fn qualified_list(&mut self) -> Parsed<Vec<QualifiedName>> {
        let mut names = vec![self.qualified()?];
        while self.eat_kind(TokenKind::Comma) {
            names.push(self.qualified()?);
        }
        Ok(names)
    }

    /// `(a, b)`.
    pub fn name_list(&mut self) -> Parsed<Vec<Name>> {
        self.need_kind(TokenKind::LeftParen, "(")?;
        let names = self.names()?;
        self.need_kind(TokenKind::RightParen, ")")?;
        Ok(names)
    }

    /// `(…)` with whatever stands in it; the expression is what stands inside.
    pub fn parenthesised(&mut self) -> Parsed<Expr> {
        let span = self.parenthesised_span()?;
        Ok(Expr { text: self.slice(span).to_owned(), span })
    }

    fn parenthesised_span(&mut self) -> Parsed<Span> {
        self.need_kind(TokenKind::LeftParen, "(")?;
        let start = self.start();
        let mut depth = 1usize;
        while let Some(kind) = self.kind() {
            match kind {
                TokenKind::LeftParen => depth += 1,
                TokenKind::RightParen => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let inside = if self.start() == start { Span { start, end: start } } else { self.span_from(start) };
                self.at += 1;
                return Ok(inside);
            }
            self.at += 1;
        }
        self.refuse(")")
    }

    /// The cursor stands before `(`; afterwards after it and its `)`, if it closes.
    pub fn skip_parenthesised(&mut self) -> Parsed<()> {
        self.parenthesised_span().map(|_| ())
    }

    /// Takes tokens until one outside of parentheses, brackets and CASE satisfies `stop` (given the cursor), or the
    /// enclosing parenthesis closes.
    pub fn skip_until(&mut self, stop: impl Fn(&Self) -> bool) {
        let mut depth = 0usize;
        while let Some(kind) = self.kind() {
            if depth == 0 && stop(self) {
                return;
            }
            match kind {
                TokenKind::LeftParen | TokenKind::LeftBracket => depth += 1,
                TokenKind::RightParen | TokenKind::RightBracket if depth == 0 => return,
                TokenKind::RightParen | TokenKind::RightBracket => depth -= 1,
                TokenKind::Word if self.is("case") => depth += 1,
                TokenKind::Word if self.is("end") => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
        }
    }

    pub fn skip_to_comma(&mut self) {
        self.skip_until(|cursor| cursor.kind() == Some(TokenKind::Comma));
    }

    /// How many tokens are left.
    pub fn left(&self) -> usize {
        self.tokens.len() - self.at.min(self.tokens.len())
    }

    pub fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.tokens.len());
    }

    pub fn skip_to_end(&mut self) {
        self.at = self.tokens.len();
    }

    /// Whether the previous token is this word.
    pub fn after(&self, word: &str) -> bool {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .and_then(|token| self.text.get(token.start..token.end))
            .is_some_and(|text| text.eq_ignore_ascii_case(word))
    }

    /// A string constant's value (plain and dollar-quoted; escapes of E'' are left as written).
    pub fn string(&mut self) -> Option<String> {
        if self.kind() != Some(TokenKind::String) {
            return None;
        }
        let raw = self.token_text(0);
        self.at += 1;
        Some(string_value(raw))
    }
}

/// A column with the table it is of.
pub(super) struct Path {
    pub on: Option<QualifiedName>,
    pub name: QualifiedName,
}
