//! Tokens in, the normalised token stream (tokens divided by single blanks) and the rest of a [`Scan`] out.

mod lists;
mod literals;
mod words;

use super::{Fingerprint, Scan, TagComments};
use crate::sql::facts::Bound;
use crate::sql::keyword::Keyword;
use crate::sql::lexer::{Lexer, Token, TokenKind, ends_operand};
use crate::sql::verb::Verb;
use lists::Frame;

/// Buffers that [`super::scan`] reuses from call to call.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    out: Vec<u8>,
    frames: Vec<Frame>,
}

impl Scratch {
    /// The normalised token stream of the last text.
    pub(super) fn stream(&self) -> &[u8] {
        &self.out
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TypeName {
    No,
    Expected,
    Given,
}

/// The bound whose value comes next, or just came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Await {
    Nothing,
    Limit,
    Offset,
    FetchCount,
}

struct Folder<'a> {
    text: &'a [u8],
    out: &'a mut Vec<u8>,
    frames: &'a mut Vec<Frame>,
    /// Parentheses open beyond [`lists::DEEPEST`].
    overflow: usize,
    previous: TokenKind,
    previous_keyword: Keyword,
    keyword_before: Keyword,
    /// Where the unary signs that stand right before this token start in the stream.
    sign: Option<usize>,
    /// A number that is an ordinal unless an operator follows.
    ordinal: Option<(usize, Token)>,
    type_name: TypeName,
    await_bound: Await,
    /// The bound that the last token was.
    last_bound: Await,
    /// `ordinal` or `last_bound` waits for the next token.
    unsettled: bool,
    /// VALUES was seen.
    rows: bool,
    /// Of the statement at hand; there may be several in one text.
    head: Option<Verb>,
    /// Tokens of the statement at hand so far.
    index: usize,
    verb: Option<Verb>,
    literals: u64,
    literals_but_offset: u64,
    limit: Option<Bound>,
    offset: Option<Bound>,
    tags: TagComments,
}

pub(super) fn fold(text: &[u8], scratch: &mut Scratch) -> Scan {
    scratch.out.clear();
    // Blanks between tokens at most double a text.
    scratch.out.reserve(2 * text.len() + 8);
    scratch.frames.clear();
    scratch.frames.push(Frame::default());
    let mut folder = Folder {
        text,
        out: &mut scratch.out,
        frames: &mut scratch.frames,
        overflow: 0,
        // As if one had just ended: a leading `;` says nothing.
        previous: TokenKind::Semicolon,
        previous_keyword: Keyword::None,
        keyword_before: Keyword::None,
        sign: None,
        ordinal: None,
        type_name: TypeName::No,
        await_bound: Await::Nothing,
        last_bound: Await::Nothing,
        unsettled: false,
        rows: false,
        head: None,
        index: 0,
        verb: None,
        literals: 0,
        literals_but_offset: 0,
        limit: None,
        offset: None,
        tags: TagComments::default(),
    };
    let mut lexer = Lexer::new(text);
    for token in lexer.by_ref() {
        folder.token(token);
    }
    folder.finish(lexer.unterminated())
}

impl Folder<'_> {
    #[inline(always)]
    fn token(&mut self, token: Token) {
        if self.unsettled && !matches!(token.kind, TokenKind::Word | TokenKind::Comment) {
            self.settle(token.kind);
        }
        let mut kind = token.kind;
        let mut keyword = Keyword::None;
        let mut sign = None;
        match token.kind {
            TokenKind::Word => (kind, keyword) = self.word(token),
            TokenKind::QuotedIdentifier => kind = self.quoted(token),
            TokenKind::Number => self.number(token),
            TokenKind::String
            | TokenKind::Parameter
            | TokenKind::Placeholder
            | TokenKind::NamedParameter
            | TokenKind::Ellipsis => self.literal(token),
            TokenKind::Operator => sign = self.operator(token),
            TokenKind::Comma => self.comma(),
            TokenKind::LeftParen | TokenKind::LeftBracket => self.open(token.kind),
            TokenKind::RightParen | TokenKind::RightBracket => self.close(token.kind),
            TokenKind::Semicolon => {
                self.semicolon();
                return;
            }
            TokenKind::Comment => {
                self.comment(token);
                return;
            }
            _ => self.emit(token.bytes(self.text)),
        }
        if self.rows {
            self.end_rows(kind, keyword);
        }
        if kind == TokenKind::Cast || self.type_name != TypeName::No {
            self.follow_type_name(kind, keyword);
        }
        self.sign = sign;
        self.previous = kind;
        self.keyword_before = self.previous_keyword;
        self.previous_keyword = keyword;
        self.index += 1;
    }

    #[inline(always)]
    fn emit(&mut self, bytes: &[u8]) {
        if !self.out.is_empty() {
            self.out.push(b' ');
        }
        self.out.extend_from_slice(bytes);
    }

    #[inline(always)]
    fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the frame of the statement is never popped")
    }

    fn outermost(&self) -> bool {
        self.frames.len() == 1 && self.overflow == 0
    }

    fn at_item_start(&self) -> bool {
        matches!(self.previous, TokenKind::LeftParen | TokenKind::LeftBracket | TokenKind::Comma)
    }

    #[inline(never)]
    fn comment(&mut self, token: Token) {
        if memchr::memchr2(b'=', b':', token.bytes(self.text)).is_some() {
            let span = Some((token.start, token.end));
            self.tags.first = self.tags.first.or(span);
            self.tags.last = span;
            self.tags.count = self.tags.count.saturating_add(1);
        }
    }

    /// Gives where the unary signs before the next token start.
    #[inline(always)]
    fn operator(&mut self, token: Token) -> Option<usize> {
        let bytes = token.bytes(self.text);
        let start = self.out.len();
        self.await_bound = Await::Nothing;
        if bytes == b"!=" {
            self.emit(b"<>");
            return None;
        }
        self.emit(bytes);
        let sign = matches!(bytes, b"-" | b"+");
        if sign && !ends_operand(self.previous, self.previous_keyword) {
            return self.sign.or(Some(start));
        }
        None
    }

    fn semicolon(&mut self) {
        if self.previous != TokenKind::Semicolon {
            self.emit(b";");
        }
        self.await_bound = Await::Nothing;
        self.top().end_clauses();
        if self.outermost() {
            self.head = None;
            self.index = 0;
        }
        self.previous = TokenKind::Semicolon;
        self.keyword_before = Keyword::None;
        self.previous_keyword = Keyword::None;
        self.sign = None;
        self.type_name = TypeName::No;
    }

    fn finish(self, unterminated: bool) -> Scan {
        if self.previous == TokenKind::Semicolon && self.out.ends_with(b" ;") {
            self.out.truncate(self.out.len() - 2);
        }
        let nothing = if self.out.is_empty() { Verb::Empty } else { Verb::Other };
        let verb = self.verb.unwrap_or(nothing);
        Scan {
            fingerprint: Fingerprint::default(),
            kind: verb.kind(),
            verb,
            literals: self.literals,
            literals_but_offset: self.literals_but_offset,
            limit: self.limit,
            offset: self.offset,
            tags: self.tags,
            truncated: unterminated || self.frames.len() > 1,
        }
    }
}
