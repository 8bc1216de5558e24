//! A statement's tokens with their structure: which parenthesis closes which, and what stands at one level.

use std::ops::Range;

use super::facts::Span;
use super::keyword::Keyword;
use super::lexer::{Lexer, Token, TokenKind};

/// The tokens of a statement without its comments.
pub(super) struct Tokens<'t> {
    pub text: &'t str,
    pub list: Vec<Token>,
    /// Parallel to `list`; `None` for names that merely look like keywords (after `.` or as an alias).
    pub keywords: Vec<Keyword>,
    /// For an opening bracket or CASE: the index of what closes it (the length of the list if nothing does).
    closes: Vec<usize>,
    /// The innermost opening bracket around a token.
    encloses: Vec<Option<usize>>,
    /// The deepest nesting, and how many operators, ANDs, ORs and set operators there are.
    pub depth: usize,
    pub links: usize,
    pub unterminated: bool,
}

impl<'t> Tokens<'t> {
    pub fn new(text: &'t str) -> Self {
        let mut lexer = Lexer::new(text.as_bytes());
        let list: Vec<Token> = lexer.by_ref().filter(|token| token.kind != TokenKind::Comment).collect();
        let unterminated = lexer.unterminated();
        let mut tokens = Tokens {
            text,
            keywords: Vec::with_capacity(list.len()),
            closes: vec![list.len(); list.len()],
            encloses: vec![None; list.len()],
            depth: 0,
            links: 0,
            list,
            unterminated,
        };
        for index in 0..tokens.list.len() {
            let keyword = tokens.keyword_in_context(index);
            tokens.keywords.push(keyword);
        }
        tokens.match_brackets();
        tokens
    }

    fn keyword_in_context(&self, index: usize) -> Keyword {
        use Keyword as K;
        let keyword = self.list[index].keyword(self.text.as_bytes());
        let Some(previous) = index.checked_sub(1) else {
            return keyword;
        };
        if self.list[previous].kind == TokenKind::Dot {
            return K::None;
        }
        let goes_on_after_as = matches!(
            keyword,
            K::Select
                | K::With
                | K::Values
                | K::Table
                | K::Insert
                | K::Update
                | K::Delete
                | K::Merge
                | K::Materialized
                | K::Not
        );
        if self.keywords[previous] == K::As && !goes_on_after_as {
            return K::None;
        }
        keyword
    }

    fn match_brackets(&mut self) {
        use TokenKind as T;
        // Brackets and CASEs that are open, and brackets alone.
        let mut open: Vec<usize> = Vec::new();
        let mut brackets: Vec<usize> = Vec::new();
        for index in 0..self.list.len() {
            let kind = self.list[index].kind;
            let keyword = self.keywords[index];
            if matches!(kind, T::RightParen | T::RightBracket) {
                brackets.pop();
                // A CASE left open inside ends here.
                while let Some(opened) = open.pop() {
                    self.closes[opened] = index;
                    if self.keywords[opened] != Keyword::Case {
                        break;
                    }
                }
            }
            let in_case = |opened: &usize| self.keywords[*opened] == Keyword::Case;
            if keyword == Keyword::End
                && let Some(opened) = open.pop_if(|opened| in_case(opened))
            {
                self.closes[opened] = index;
            }
            self.encloses[index] = brackets.last().copied();
            let bracket = matches!(kind, T::LeftParen | T::LeftBracket);
            if bracket {
                brackets.push(index);
            }
            if bracket || keyword == Keyword::Case {
                open.push(index);
                self.depth = self.depth.max(open.len());
            }
            let links =
                matches!(keyword, Keyword::And | Keyword::Or | Keyword::Union | Keyword::Except | Keyword::Intersect);
            self.links += usize::from(links || matches!(kind, T::Operator | T::Cast));
        }
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn kind(&self, index: usize) -> Option<TokenKind> {
        self.list.get(index).map(|token| token.kind)
    }

    pub fn keyword(&self, index: usize) -> Keyword {
        self.keywords.get(index).copied().unwrap_or(Keyword::None)
    }

    pub fn str(&self, index: usize) -> &'t str {
        self.list.get(index).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    /// Whether a token is this word, unquoted, in whatever case.
    pub fn is_word(&self, index: usize, word: &str) -> bool {
        self.kind(index) == Some(TokenKind::Word) && self.str(index).eq_ignore_ascii_case(word)
    }

    /// Whether nothing stands between a token and the next.
    pub fn touches_next(&self, index: usize) -> bool {
        matches!((self.list.get(index), self.list.get(index + 1)), (Some(one), Some(next)) if one.end == next.start)
    }

    /// The bytes under a range of tokens; empty for an empty range.
    pub fn span(&self, range: &Range<usize>) -> Span {
        match (self.list.get(range.start), range.end.checked_sub(1)) {
            (Some(first), Some(last)) if range.start < range.end => {
                Span { start: first.start, end: self.list.get(last).map_or(self.text.len(), |token| token.end) }
            }
            _ => Span::default(),
        }
    }

    /// The token that starts at or covers this byte.
    pub fn at_byte(&self, byte: usize) -> Option<usize> {
        let index = self.list.partition_point(|token| token.end <= byte);
        (index < self.list.len() && self.list[index].start <= byte).then_some(index)
    }

    /// What comes after this token at its own level.
    pub fn next_at_level(&self, index: usize) -> usize {
        let opens = matches!(self.kind(index), Some(TokenKind::LeftParen | TokenKind::LeftBracket))
            || self.keyword(index) == Keyword::Case;
        if opens { self.closes[index].saturating_add(1).min(self.len()) } else { index + 1 }
    }

    /// The tokens of a range that stand at its own level: brackets are stepped over (their opening one is given).
    pub fn level(&self, range: &Range<usize>) -> impl Iterator<Item = usize> + use<'_, 't> {
        let end = range.end.min(self.len());
        let mut index = range.start;
        std::iter::from_fn(move || {
            if index >= end {
                return None;
            }
            let current = index;
            index = self.next_at_level(index);
            Some(current)
        })
    }

    /// The inside of the parenthesis that opens at `index`.
    pub fn inside(&self, index: usize) -> Range<usize> {
        index + 1..self.closes.get(index).copied().unwrap_or(self.len()).max(index + 1)
    }

    /// The innermost opening bracket around a token.
    pub fn enclosing(&self, index: usize) -> Option<usize> {
        self.encloses.get(index).copied().flatten()
    }

    /// The range without parentheses that hold all of it.
    pub fn without_parens(&self, range: &Range<usize>) -> Range<usize> {
        let mut range = range.clone();
        while range.end > range.start + 1
            && self.kind(range.start) == Some(TokenKind::LeftParen)
            && self.closes[range.start] + 1 == range.end
        {
            range = range.start + 1..range.end - 1;
        }
        range
    }

    /// Cuts a range at the tokens of its level for which `divides` holds.
    pub fn split(&self, range: &Range<usize>, divides: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut start = range.start;
        for index in self.level(range) {
            if divides(index) {
                parts.push(start..index);
                start = index + 1;
            }
        }
        parts.push(start..range.end.max(start));
        parts
    }

    pub fn split_commas(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        self.split(range, |index| self.kind(index) == Some(TokenKind::Comma))
    }

    /// Cuts at AND, but not at that of `BETWEEN … AND …`.
    pub fn split_and(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        let mut between = Vec::new();
        let mut open = 0usize;
        for index in self.level(range) {
            match self.keyword(index) {
                Keyword::Between => open += 1,
                Keyword::And if open > 0 => {
                    open -= 1;
                    between.push(index);
                }
                _ => {}
            }
        }
        self.split(range, |index| self.keyword(index) == Keyword::And && between.binary_search(&index).is_err())
    }

    /// The name that a word or quoted identifier stands for, as Postgres would store it.
    pub fn name(&self, index: usize) -> Option<String> {
        let text = self.str(index);
        match self.kind(index)? {
            TokenKind::Word => Some(text.to_ascii_lowercase()),
            TokenKind::QuotedIdentifier => {
                let from = text.find('"')? + 1;
                let inner = text[from..].strip_suffix('"').unwrap_or(&text[from..]);
                Some(inner.replace("\"\"", "\""))
            }
            _ => None,
        }
    }
}
