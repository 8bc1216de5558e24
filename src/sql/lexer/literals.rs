//! The ends of strings, quoted identifiers, numbers and comments.

use memchr::{memchr, memchr2};

use super::{DIGIT, HEX, Lexer, TokenKind, WORD_PART, WORD_START, is};

#[derive(Clone, Copy)]
pub(super) enum Escapes {
    /// `''` only.
    Doubled,
    /// `\'` too, as in `E'…'`.
    Backslash,
}

impl Lexer<'_> {
    /// `from` is after the opening quote; gives the offset after the closing one.
    pub(super) fn string(&mut self, mut from: usize, escapes: Escapes) -> usize {
        loop {
            let found = match escapes {
                Escapes::Doubled => memchr(b'\'', &self.text[from..]),
                Escapes::Backslash => memchr2(b'\'', b'\\', &self.text[from..]),
            };
            let Some(at) = found.map(|offset| from + offset) else {
                self.unterminated = true;
                return self.text.len();
            };
            if self.text[at] == b'\\' {
                from = (at + 2).min(self.text.len());
            } else if self.at(at + 1) == b'\'' {
                from = at + 2;
            } else {
                match self.continuation(at + 1) {
                    Some(after_quote) => from = after_quote,
                    None => return at + 1,
                }
            }
        }
    }

    /// A string goes on after white space that holds a newline (SQL standard; documentation 4.1.2.1).
    #[inline]
    pub(super) fn continuation(&self, mut from: usize) -> Option<usize> {
        let mut newline = false;
        while from < self.text.len() {
            match self.text[from] {
                b'\n' | b'\r' => {
                    newline = true;
                    from += 1;
                }
                b' ' | b'\t' | 0x0b | 0x0c => from += 1,
                b'-' if self.at(from + 1) == b'-' => from = self.line_comment(from),
                b'\'' if newline => return Some(from + 1),
                _ => return None,
            }
        }
        None
    }

    pub(super) fn quoted(&mut self, mut from: usize) -> usize {
        loop {
            let Some(offset) = memchr(b'"', &self.text[from..]) else {
                self.unterminated = true;
                return self.text.len();
            };
            let after = from + offset + 1;
            if self.at(after) != b'"' {
                return after;
            }
            from = after + 1;
        }
    }

    pub(super) fn number(&self, start: usize) -> usize {
        let radix_class = match self.at(start + 1) | 0x20 {
            b'x' if self.text[start] == b'0' => Some(HEX),
            b'o' | b'b' if self.text[start] == b'0' => Some(DIGIT),
            _ => None,
        };
        let mut end = match radix_class {
            Some(class) => self.digits(start + 2, class),
            None => self.fraction(start),
        };
        if radix_class.is_none() && self.at(end) | 0x20 == b'e' {
            let sign = usize::from(matches!(self.at(end + 1), b'+' | b'-'));
            if is(self.at(end + 1 + sign), DIGIT) {
                end = self.digits(end + 1 + sign, DIGIT);
            }
        }
        // Postgres 15 and later refuse `12abc`; taking the junk in keeps half a literal from standing as a word.
        self.run(end, WORD_PART)
    }

    pub(super) fn fraction(&self, start: usize) -> usize {
        let end = self.digits(start, DIGIT);
        // `1..10` is a PL/pgSQL range, not a number.
        if self.at(end) == b'.' && self.at(end + 1) != b'.' {
            return self.digits(end + 1, DIGIT);
        }
        end
    }

    pub(super) fn digits(&self, mut from: usize, class: u8) -> usize {
        loop {
            from = self.run(from, class);
            if self.at(from) == b'_' && is(self.at(from + 1), class) {
                from += 1;
            } else {
                return from;
            }
        }
    }

    pub(super) fn number_after_dot(&self, start: usize) -> usize {
        let mut end = self.digits(start + 1, DIGIT);
        if self.at(end) | 0x20 == b'e' {
            let sign = usize::from(matches!(self.at(end + 1), b'+' | b'-'));
            if is(self.at(end + 1 + sign), DIGIT) {
                end = self.digits(end + 1 + sign, DIGIT);
            }
        }
        self.run(end, WORD_PART)
    }

    pub(super) fn dollar(&mut self, start: usize) -> (TokenKind, usize) {
        let next = self.at(start + 1);
        if is(next, DIGIT) {
            return (TokenKind::Parameter, self.run(start + 1, WORD_PART));
        }
        let mut end = start + 1;
        if is(next, WORD_START) {
            while end < self.text.len() && is(self.text[end], WORD_PART) && self.text[end] != b'$' {
                end += 1;
            }
        }
        if self.at(end) != b'$' {
            return (TokenKind::Unknown, start + 1);
        }
        let delimiter = &self.text[start..=end];
        let mut from = end + 1;
        // A delimiter holds no `$` inside, so a failed comparison never reads past the next `$`: linear.
        while let Some(offset) = memchr(b'$', &self.text[from..]) {
            from += offset;
            if self.text[from..].starts_with(delimiter) {
                return (TokenKind::String, from + delimiter.len());
            }
            from += 1;
        }
        self.unterminated = true;
        (TokenKind::String, self.text.len())
    }

    pub(super) fn line_comment(&self, start: usize) -> usize {
        memchr2(b'\n', b'\r', &self.text[start..]).map_or(self.text.len(), |offset| start + offset)
    }

    pub(super) fn block_comment(&mut self, start: usize) -> usize {
        let mut depth = 1usize;
        let mut from = start + 2;
        while let Some(offset) = memchr2(b'*', b'/', &self.text[from.min(self.text.len())..]) {
            from += offset;
            match (self.text[from], self.at(from + 1)) {
                (b'*', b'/') => {
                    depth -= 1;
                    from += 2;
                    if depth == 0 {
                        return from;
                    }
                }
                (b'/', b'*') => {
                    depth += 1;
                    from += 2;
                }
                _ => from += 1,
            }
        }
        self.unterminated = true;
        self.text.len()
    }
}
