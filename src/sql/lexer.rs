//! Text in, tokens with byte spans out.
//!
//! The lexer follows `src/backend/parser/scan.l` of Postgres (strings, dollar quotes, operators, numbers up to the
//! notations of Postgres 16), and adds what applications write before a driver has bound its values: `?` and `:name`.
//! It reads bytes, not characters, allocates nothing, runs in linear time whatever the input, and never fails: what
//! is no token becomes [`TokenKind::Unknown`], and what is cut off is flagged by [`Lexer::unterminated`].

use memchr::memchr;

use super::keyword::{self, Keyword};
use literals::Escapes;

/// What a token is. Comments are tokens; white space is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An unquoted identifier or a keyword.
    Word,
    /// `"Name"` or `U&"Name"`.
    QuotedIdentifier,
    /// A string in any notation, continuations over newlines included.
    String,
    /// A number in any notation, trailing junk included (`12abc`).
    Number,
    /// `$1`.
    Parameter,
    /// `?` alone: the placeholder of a driver, or the jsonb operator.
    Placeholder,
    /// `:name`.
    NamedParameter,
    /// A run of operator characters.
    Operator,
    /// `::`
    Cast,
    /// `:=`
    Assign,
    /// `:`
    Colon,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `.`
    Dot,
    /// `..`
    DotDot,
    /// `...`, which stands for a folded list in normalised text.
    Ellipsis,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `-- …` or `/* … */`.
    Comment,
    /// A byte that starts no token.
    Unknown,
}

/// A token: `text[start..end]`, byte offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Offset of its first byte.
    pub start: usize,
    /// Offset after its last byte.
    pub end: usize,
}

impl Token {
    /// The bytes of the token in the text it was read from.
    pub fn bytes<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        &text[self.start..self.end]
    }

    /// The keyword this token is, [`Keyword::None`] if it is another word or no word.
    pub fn keyword(&self, text: &[u8]) -> Keyword {
        match self.kind {
            TokenKind::Word => keyword::lookup(self.bytes(text)),
            _ => Keyword::None,
        }
    }
}

/// Iterator over the tokens of a text.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    text: &'a [u8],
    position: usize,
    /// The last token that is no comment: it decides whether `?` and `:name` are operands.
    previous: Option<Token>,
    unterminated: bool,
}

const SPACE: u8 = 1;
const WORD_START: u8 = 2;
const WORD_PART: u8 = 4;
const DIGIT: u8 = 8;
const OPERATOR: u8 = 16;
const HEX: u8 = 32;

const CLASS: [u8; 256] = {
    let mut table = [0u8; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        let mut class = 0;
        if matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c) {
            class |= SPACE;
        }
        if b.is_ascii_alphabetic() || b == b'_' || b >= 0x80 {
            class |= WORD_START | WORD_PART;
        }
        if b.is_ascii_digit() {
            class |= DIGIT | WORD_PART;
        }
        if b == b'$' {
            class |= WORD_PART;
        }
        if b.is_ascii_hexdigit() {
            class |= HEX;
        }
        if matches!(
            b,
            b'~' | b'!'
                | b'@'
                | b'#'
                | b'^'
                | b'&'
                | b'|'
                | b'`'
                | b'?'
                | b'+'
                | b'-'
                | b'*'
                | b'/'
                | b'%'
                | b'<'
                | b'>'
                | b'='
        ) {
            class |= OPERATOR;
        }
        table[byte] = class;
        byte += 1;
    }
    table
};

#[inline(always)]
fn is(byte: u8, class: u8) -> bool {
    CLASS[byte as usize] & class != 0
}

/// Postgres cuts operator names at `NAMEDATALEN - 1`; looking further would make long runs of `+` quadratic.
const LONGEST_OPERATOR: usize = 63;

impl<'a> Lexer<'a> {
    /// Starts at the first byte of `text`, which need not be valid UTF-8.
    pub fn new(text: &'a [u8]) -> Self {
        Lexer { text, position: 0, previous: None, unterminated: false }
    }

    /// Whether the last token ran into the end of the text: an open string, quoted identifier or comment.
    pub fn unterminated(&self) -> bool {
        self.unterminated
    }

    /// The offset at which the next token is looked for.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Goes on at `position`, as at the start of a text: for callers that skip what is no SQL.
    pub fn seek(&mut self, position: usize) {
        self.position = position.min(self.text.len());
        self.previous = None;
    }

    #[inline(always)]
    fn at(&self, index: usize) -> u8 {
        self.text.get(index).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn run(&self, mut from: usize, class: u8) -> usize {
        while from < self.text.len() && is(self.text[from], class) {
            from += 1;
        }
        from
    }

    #[inline(always)]
    fn lex(&mut self, start: usize) -> (TokenKind, usize) {
        let byte = self.text[start];
        if is(byte, WORD_START) {
            return self.word(start);
        }
        if is(byte, DIGIT) {
            return (TokenKind::Number, self.number(start));
        }
        let next = self.at(start + 1);
        match byte {
            b',' => (TokenKind::Comma, start + 1),
            b'(' => (TokenKind::LeftParen, start + 1),
            b')' => (TokenKind::RightParen, start + 1),
            b'\'' => (TokenKind::String, self.string(start + 1, Escapes::Doubled)),
            b'"' => (TokenKind::QuotedIdentifier, self.quoted(start + 1)),
            b'.' => self.dot(start),
            b'$' => self.dollar(start),
            b';' => (TokenKind::Semicolon, start + 1),
            b'[' => (TokenKind::LeftBracket, start + 1),
            b']' => (TokenKind::RightBracket, start + 1),
            b':' => self.colon(start),
            b'-' if next == b'-' => (TokenKind::Comment, self.line_comment(start)),
            b'/' if next == b'*' => (TokenKind::Comment, self.block_comment(start)),
            _ if is(byte, OPERATOR) => self.operator(start),
            _ => (TokenKind::Unknown, start + 1),
        }
    }

    #[inline(always)]
    fn word(&mut self, start: usize) -> (TokenKind, usize) {
        let next = self.at(start + 1);
        if next == b'\'' {
            match self.text[start] | 0x20 {
                b'e' => {
                    return (TokenKind::String, self.string(start + 2, Escapes::Backslash));
                }
                b'b' | b'x' | b'n' => {
                    return (TokenKind::String, self.string(start + 2, Escapes::Doubled));
                }
                _ => {}
            }
        } else if next == b'&' && self.text[start] | 0x20 == b'u' {
            match self.at(start + 2) {
                b'\'' => return (TokenKind::String, self.string(start + 3, Escapes::Doubled)),
                b'"' => return (TokenKind::QuotedIdentifier, self.quoted(start + 3)),
                _ => {}
            }
        }
        (TokenKind::Word, self.run(start + 1, WORD_PART))
    }

    fn dot(&self, start: usize) -> (TokenKind, usize) {
        let next = self.at(start + 1);
        if is(next, DIGIT) {
            return (TokenKind::Number, self.number_after_dot(start));
        }
        match (next, self.at(start + 2)) {
            (b'.', b'.') => (TokenKind::Ellipsis, start + 3),
            (b'.', _) => (TokenKind::DotDot, start + 2),
            _ => (TokenKind::Dot, start + 1),
        }
    }

    fn colon(&self, start: usize) -> (TokenKind, usize) {
        match self.at(start + 1) {
            b':' => (TokenKind::Cast, start + 2),
            b'=' => (TokenKind::Assign, start + 2),
            // `a[1:n]` and `a[:n]` are slices.
            next if is(next, WORD_START)
                && !self.after_operand()
                && self.previous.map(|token| token.kind) != Some(TokenKind::LeftBracket) =>
            {
                (TokenKind::NamedParameter, self.run(start + 1, WORD_PART))
            }
            _ => (TokenKind::Colon, start + 1),
        }
    }

    fn operator(&self, start: usize) -> (TokenKind, usize) {
        let limit = self.text.len().min(start + LONGEST_OPERATOR);
        let mut end = start + 1;
        while end < limit && is(self.text[end], OPERATOR) {
            let next = self.at(end + 1);
            if matches!((self.text[end], next), (b'-', b'-') | (b'/', b'*')) {
                break;
            }
            end += 1;
        }
        if let Some(question) = memchr(b'?', &self.text[start..end]) {
            if question == 0 && (end == start + 1 || !self.after_operand()) {
                return (TokenKind::Placeholder, start + 1);
            }
            // `a=?` is a comparison with a placeholder; `@?` is the only common operator with `?` further on.
            if question > 0 && &self.text[start..end] != b"@?" {
                end = start + question;
            }
        }
        (TokenKind::Operator, self.without_sign(start, end))
    }

    /// A longer operator ends in `+` or `-` only if it holds one of ``~!@#%^&|`?`` (documentation 4.1.3).
    fn without_sign(&self, start: usize, mut end: usize) -> usize {
        let special = |b: &u8| matches!(b, b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'|' | b'`' | b'?');
        if end - start > 1 && matches!(self.text[end - 1], b'+' | b'-') && !self.text[start..end].iter().any(special) {
            while end - start > 1 && matches!(self.text[end - 1], b'+' | b'-') {
                end -= 1;
            }
        }
        end
    }

    fn after_operand(&self) -> bool {
        self.previous.is_some_and(|token| ends_operand(token.kind, token.keyword(self.text)))
    }
}

/// Whether a token can be the last one of an operand, so that an operator after it is binary.
pub(crate) fn ends_operand(kind: TokenKind, keyword: Keyword) -> bool {
    match kind {
        TokenKind::Word => !keyword.expects_operand(),
        TokenKind::QuotedIdentifier
        | TokenKind::String
        | TokenKind::Number
        | TokenKind::Parameter
        | TokenKind::Placeholder
        | TokenKind::NamedParameter
        | TokenKind::Ellipsis
        | TokenKind::RightParen
        | TokenKind::RightBracket => true,
        _ => false,
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    #[inline(always)]
    fn next(&mut self) -> Option<Token> {
        let start = self.run(self.position, SPACE);
        if start >= self.text.len() {
            self.position = start;
            return None;
        }
        let (kind, end) = self.lex(start);
        self.position = end;
        let token = Token { kind, start, end };
        if kind != TokenKind::Comment {
            self.previous = Some(token);
        }
        Some(token)
    }
}

mod literals;
#[cfg(test)]
mod tests;
