//! JSON comes in, as Postgres, Python or a wrapping terminal wrote it; events go out.
//!
//! Structure is not checked here but in the builder: commas and colons are only looked at to see that something is missing.

use std::borrow::Cow;

use memchr::memchr3;

use super::{Event, Form, Problems, Reader, Scalar, Shape};

const AGAIN: &str = "Copy the plan again, whole.";

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    depth: usize,
    /// Of the brackets that are open, how many are round.
    tuples: usize,
    /// What comes next may come: after a comma, a colon or an opening bracket.
    separated: bool,
    after_key: bool,
    widest: Option<usize>,
    problems: Problems,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 0,
            depth: 0,
            tuples: 0,
            separated: true,
            after_key: false,
            widest: None,
            problems: Problems::default(),
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn problem(&mut self, message: &'static str) {
        self.problems.add(self.line, message, AGAIN);
    }

    fn blanks(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        while let Some(byte @ (b' ' | b'\n' | b'\t' | b'\r')) = bytes.get(at) {
            self.line += usize::from(*byte == b'\n');
            at += 1;
            // Indentation is most of what there is.
            while bytes.get(at..at + 8) == Some(b"        ") {
                at += 8;
            }
        }
        self.at = at;
    }

    /// A value or key begins.
    fn begins(&mut self) {
        if !self.separated && self.depth > 0 {
            self.problem("a comma is missing here: a line may be missing before it");
        }
        self.separated = false;
        self.after_key = false;
    }

    /// `([{'Plan': …}],)`; not `(1 row)`.
    fn begins_tuple(&self) -> bool {
        let rest = &self.text.as_bytes()[self.at + 1..];
        rest.first().is_some_and(|next| matches!(next, b'[' | b'{' | b'"' | b'\''))
    }

    fn open(&mut self, shape: Shape) -> Event<'a> {
        self.begins();
        self.at += 1;
        self.depth += 1;
        self.separated = true;
        Event::Open(shape)
    }

    fn close(&mut self, shape: Shape) -> Event<'a> {
        self.at += 1;
        if self.after_key {
            self.problem("a value is missing here");
        }
        self.depth = self.depth.saturating_sub(1);
        self.separated = false;
        self.after_key = false;
        Event::Close(shape)
    }

    /// A key or a value in quotes; `None` where the quote was none or its end is missing.
    fn quoted(&mut self, quote: u8) -> Option<Event<'a>> {
        let start = self.at + 1;
        let was_separated = self.separated;
        let line = self.line;
        let Some((content, end)) = self.content(quote, start) else {
            // The input ends inside: half a value is no value.
            self.at = self.text.len();
            return None;
        };
        let noise = |byte: u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b',' | b':' | b'{' | b'}' | b'[' | b']');
        if !was_separated && !content.is_empty() && content.bytes().all(noise) {
            self.at = start;
            self.line = line;
            self.separated = true;
            self.problem("a quote without its partner");
            return None;
        }
        self.at = end;
        self.begins();
        self.blanks();
        if self.byte() == Some(b':') {
            self.at += 1;
            self.separated = true;
            self.after_key = true;
            return Some(Event::Key(content));
        }
        Some(Event::Scalar(Scalar { text: content, form: Form::Quoted }))
    }

    /// The content of a quoted string, and where it ends; `None` at the end of the input.
    fn content(&mut self, quote: u8, start: usize) -> Option<(Cow<'a, str>, usize)> {
        let bytes = self.text.as_bytes();
        let stop = start + memchr3(quote, b'\\', b'\n', &bytes[start..])?;
        if bytes[stop] == quote {
            return Some((Cow::Borrowed(&self.text[start..stop]), stop + 1));
        }
        let (mut content, mut from, mut stop) = (String::new(), start, stop);
        loop {
            content.push_str(&self.text[from..stop]);
            match bytes[stop] {
                b'\\' => from = self.escape(stop + 1, &mut content),
                b'\n' => {
                    if self.is_unclosed(stop + 1) {
                        self.problem("a string without its end");
                        return Some((Cow::Owned(content), stop));
                    }
                    self.problem("a line break inside a string was taken out");
                    if content.ends_with('\r') {
                        content.pop();
                    }
                    if self.wraps_at_words(stop, &content) {
                        content.push(' ');
                    }
                    self.line += 1;
                    from = stop + 1;
                }
                _ => return Some((Cow::Owned(content), stop + 1)),
            }
            stop = from + memchr3(quote, b'\\', b'\n', bytes.get(from..)?)?;
        }
    }

    /// Reads what follows a backslash; gives the place after it.
    fn escape(&mut self, mut at: usize, content: &mut String) -> usize {
        let bytes = self.text.as_bytes();
        while let Some(b'\n' | b'\r') = bytes.get(at) {
            at += 1;
        }
        let plain = match bytes.get(at) {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'u') => {
                let (high, after) = self.hex(at + 1, 4);
                if !(0xD800..0xDC00).contains(&high) {
                    content.push(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
                    return after;
                }
                let low = match self.text.get(after..after + 2) {
                    Some("\\u") => self.hex(after + 2, 4),
                    _ => (0, after),
                };
                let joined =
                    (0xDC00..0xE000).contains(&low.0).then(|| 0x10000 + ((high - 0xD800) << 10) + low.0 - 0xDC00);
                content.push(joined.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
                return if joined.is_some() { low.1 } else { after };
            }
            Some(b'x') => {
                let (code, after) = self.hex(at + 1, 2);
                content.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                return after;
            }
            Some(_) => match self.text[at..].chars().next() {
                Some(other) => other,
                None => return at,
            },
            None => return at,
        };
        content.push(plain);
        at + plain_length(bytes[at], plain)
    }

    /// Hex digits, across a line break if one is in between.
    fn hex(&self, mut at: usize, digits: usize) -> (u32, usize) {
        let mut code = 0;
        let mut found = 0;
        while found < digits {
            match self.text.as_bytes().get(at) {
                Some(b'\n' | b'\r') => {}
                Some(digit) if digit.is_ascii_hexdigit() => {
                    code = code * 16 + char::from(*digit).to_digit(16).unwrap_or(0);
                    found += 1;
                }
                _ => break,
            }
            at += 1;
        }
        (code, at)
    }

    /// Whether what stands on the line after a string's line break shows that the string had ended before.
    fn is_unclosed(&self, next: usize) -> bool {
        let line = self.text[next..].split('\n').next().unwrap_or_default().trim();
        if let Some(rest) = line.strip_prefix('"') {
            let name = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b" -/_".contains(byte)).count();
            return name > 0
                && rest[name..].trim_start_matches('"').trim_start().starts_with(':')
                && rest[name..].starts_with('"');
        }
        self.text[next..].starts_with("  ") && matches!(line, "}" | "]" | "}," | "]," | "{")
    }

    /// A terminal wraps at its width, mail before it: then the line break stands for a blank.
    fn wraps_at_words(&mut self, end: usize, content: &str) -> bool {
        let widest = *self
            .widest
            .get_or_insert_with(|| self.text.lines().map(|line| line.chars().count()).max().unwrap_or_default());
        let start = self.text[..end].rfind('\n').map_or(0, |at| at + 1);
        let next_is_blank = self.text[end + 1..].starts_with([' ', '\t']);
        self.text[start..end].trim_end_matches('\r').chars().count() < widest
            && !content.ends_with(' ')
            && !next_is_blank
    }

    fn bare(&mut self) -> Option<Event<'a>> {
        let bytes = self.text.as_bytes();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b'_');
        let start = self.at;
        let mut text = Cow::Borrowed("");
        let mut from = start;
        loop {
            while bytes.get(self.at).is_some_and(is_word) {
                self.at += 1;
            }
            let part = &self.text[from..self.at];
            match &mut text {
                Cow::Borrowed("") => text = Cow::Borrowed(part),
                text => text.to_mut().push_str(part),
            }
            let next = match &bytes[self.at..] {
                [b'\n', ..] => self.at + 1,
                [b'\r', b'\n', ..] => self.at + 2,
                _ => break,
            };
            // No value follows a value: the line was broken inside.
            if !bytes.get(next).is_some_and(is_word) {
                break;
            }
            self.problem("a line break inside a value was taken out");
            self.line += 1;
            self.at = next;
            from = next;
        }
        if self.at == start {
            // Not one character of JSON.
            self.at += self.text[start..].chars().next().map_or(1, char::len_utf8);
            if !self.text[start..self.at].chars().all(char::is_whitespace) {
                self.separated = false;
                self.problem("something that is no JSON was skipped");
            }
            return None;
        }
        // At the end of the input a number may have lost its end.
        let is_whole = self.at < bytes.len();
        let known = matches!(text.as_ref(), "true" | "True" | "false" | "False" | "null" | "None");
        if !known && (text.parse::<f64>().is_err() || !is_whole) {
            self.separated = false;
            self.problem("something that is no JSON was skipped");
            return None;
        }
        self.begins();
        Some(Event::Scalar(Scalar { text, form: Form::Bare }))
    }

    /// Outside all brackets only what may begin a plan counts.
    fn outside(&mut self, byte: u8) -> Option<Event<'a>> {
        if byte == b'"' {
            let rest = &self.text[self.at + 1..];
            let name = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b" -/_".contains(byte)).count();
            let is_key =
                name > 0 && rest[name..].strip_prefix('"').is_some_and(|rest| rest.trim_start().starts_with(':'));
            if is_key {
                return self.quoted(byte);
            }
        }
        self.at += self.text[self.at..].chars().next().map_or(1, char::len_utf8);
        None
    }
}

fn plain_length(source: u8, plain: char) -> usize {
    if source.is_ascii() { 1 } else { plain.len_utf8() }
}

/// The content of a string whose first quote stands at the beginning, and where it ends; `None` when it does not.
pub(super) fn unquote(text: &str, quote: u8) -> Option<(Cow<'_, str>, usize)> {
    if quote == b'"' {
        return Lexer::new(text).content(quote, 1);
    }
    // YAML doubles these.
    let end = text.len().checked_sub(1).filter(|&end| end > 0 && text.as_bytes()[end] == quote)?;
    Some((Cow::Owned(text[1..end].replace("''", "'")), text.len()))
}

impl<'a> Reader<'a> for Lexer<'a> {
    fn next(&mut self) -> Option<(usize, Event<'a>)> {
        loop {
            self.blanks();
            let line = self.line;
            let byte = self.byte()?;
            let event = match byte {
                b'{' => Some(self.open(Shape::Object)),
                b'[' => Some(self.open(Shape::Array)),
                // A row as Python shows it is a tuple.
                b'(' if self.begins_tuple() => {
                    self.tuples += 1;
                    Some(self.open(Shape::Array))
                }
                b'}' => Some(self.close(Shape::Object)),
                b']' => Some(self.close(Shape::Array)),
                b')' if self.tuples > 0 => {
                    self.tuples -= 1;
                    Some(self.close(Shape::Array))
                }
                b',' | b':' => {
                    if self.after_key && byte == b',' {
                        self.problem("a value is missing here");
                        self.after_key = false;
                    }
                    self.separated = true;
                    self.at += 1;
                    None
                }
                byte if self.depth == 0 && !self.after_key => self.outside(byte),
                b'"' | b'\'' => self.quoted(byte),
                _ => self.bare(),
            };
            if let Some(event) = event {
                return Some((line, event));
            }
        }
    }

    fn problems(self) -> Problems {
        self.problems
    }
}
