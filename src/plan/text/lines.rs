//! The text of a plan in, lines out; literals and names that hold a newline are one line again.

use std::borrow::Cow;

/// A line without its indentation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line<'a> {
    /// From 0, of the text.
    pub index: usize,
    pub column: usize,
    pub text: Cow<'a, str>,
    /// It ends inside a quoted literal or name, and nothing that follows closes it.
    pub open: bool,
}

#[derive(Debug)]
pub(super) struct Lines<'a> {
    rest: &'a str,
    index: usize,
    /// Bytes between the beginning of `rest` and the next quote, the end of the text if there is none: most lines have none.
    quote: usize,
    /// Bytes that may yet be looked at in vain for the end of a literal: keeps damaged input linear.
    budget: usize,
}

/// Nothing that these print is quoted (`explain.c`, `report_triggers`, `ExplainPrintSettings`; `file_fdw.c`).
const RAW: [&str; 6] =
    ["Trigger ", "Settings: ", "Foreign File: ", "Foreign Program: ", "Query Parameters: ", "Query Text: "];

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text, index: 0, quote: next_quote(text), budget: 2 * text.len() + 4096 }
    }

    /// The next line, and whether there may be a quote in it.
    #[inline]
    fn raw(&mut self) -> Option<(&'a str, bool)> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = match memchr::memchr(b'\n', self.rest.as_bytes()) {
            Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
            None => (self.rest, ""),
        };
        self.rest = rest;
        self.index += 1;
        let quoted = self.quote < line.len();
        self.quote = if quoted { next_quote(rest) } else { self.quote.saturating_sub(line.len() + 1) };
        let has_return = line.as_bytes().last() == Some(&b'\r');
        Some((if has_return { &line[..line.len() - 1] } else { line }, quoted))
    }
}

fn next_quote(text: &str) -> usize {
    memchr::memchr2(b'\'', b'"', text.as_bytes()).unwrap_or(text.len())
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    #[inline]
    fn next(&mut self) -> Option<Line<'a>> {
        let index = self.index;
        let (raw, quoted) = self.raw()?;
        let column = column(raw.as_bytes());
        let start = &raw[column..];
        let quote = if quoted { after(None, start) } else { None };
        if quote.is_none() || RAW.iter().any(|prefix| start.starts_with(prefix)) {
            return Some(Line { index, column, text: Cow::Borrowed(without_end(start)), open: false });
        }
        Some(self.joined(index, column, start, quote))
    }
}

impl<'a> Lines<'a> {
    /// A line in which a quote is left open, with those that it goes on in.
    fn joined(&mut self, index: usize, column: usize, start: &'a str, open: Option<u8>) -> Line<'a> {
        let mut quote = open;
        let (rest, at, next, mut joined) = (self.rest, self.index, self.quote, start.to_owned());
        let mut depth = nesting(None, start);
        while quote.is_some() && joined.len() < self.budget {
            let Some((next, _)) = self.raw() else { break };
            depth += nesting(quote, next);
            quote = after(quote, next);
            joined.push('\n');
            joined.push_str(next);
        }
        // No server breaks a line outside a literal: what ends with open parentheses are two damaged lines.
        if quote.is_some() || depth != 0 {
            self.budget = self.budget.saturating_sub(joined.len());
            (self.rest, self.index, self.quote) = (rest, at, next);
            return Line { index, column, text: Cow::Borrowed(start.trim_end()), open: true };
        }
        joined.truncate(joined.trim_end().len());
        Line { index, column, text: Cow::Owned(joined), open: false }
    }
}

/// Blanks in front; nodes far down have many.
pub(in crate::plan) fn column(line: &[u8]) -> usize {
    let mut at = 0;
    while line[at..].first_chunk::<8>() == Some(&[b' '; 8]) {
        at += 8;
    }
    at + line[at..].iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(line.len() - at)
}

/// Most lines end with a letter, a digit or a parenthesis.
pub(super) fn without_end(text: &str) -> &str {
    if text.as_bytes().last().is_some_and(u8::is_ascii_graphic) { text } else { text.trim_end() }
}

/// The quote that is open behind `text`. A doubled quote closes and opens again.
pub(super) fn after(quote: Option<u8>, text: &str) -> Option<u8> {
    let bytes = text.as_bytes();
    let mut quote = quote;
    let mut at = 0;
    loop {
        let rest = &bytes[at..];
        let found = match quote {
            None => memchr::memchr2(b'\'', b'"', rest),
            Some(quote) => memchr::memchr(quote, rest),
        };
        let Some(found) = found else { return quote };
        quote = if quote.is_some() { None } else { Some(rest[found]) };
        at += found + 1;
    }
}

/// Parentheses opened less those closed, outside quotes.
pub(super) fn nesting(quote: Option<u8>, text: &str) -> i64 {
    balance(quote, text).1
}

/// The quote that is open behind `text`, and parentheses opened less those closed, outside quotes.
pub(super) fn balance(quote: Option<u8>, text: &str) -> (Option<u8>, i64) {
    let (mut quote, mut depth, mut rest) = (quote, 0, text.as_bytes());
    loop {
        let end = match quote {
            None => memchr::memchr2(b'\'', b'"', rest),
            Some(quote) => memchr::memchr(quote, rest),
        };
        let (part, behind) = rest.split_at(end.unwrap_or(rest.len()));
        if quote.is_none() {
            depth += opened(part);
        }
        let Some((&found, behind)) = behind.split_first() else { return (quote, depth) };
        quote = if quote.is_some() { None } else { Some(found) };
        rest = behind;
    }
}

/// Parentheses opened less those closed, whatever stands around them.
fn opened(bytes: &[u8]) -> i64 {
    // Few enough bytes for a sum in one byte: the compiler adds up many lanes at once.
    let few = |bytes: &[u8]| bytes.iter().fold(0i8, |sum, &b| sum + i8::from(b == b'(') - i8::from(b == b')'));
    bytes.chunks(100).map(|bytes| i64::from(few(bytes))).sum()
}
