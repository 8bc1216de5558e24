//! Records of the stderr format that may still get further lines: a small window, oldest out first, so that records leave
//! in the order in which they began even where the lines of several processes are interleaved.

use super::event::{Micros, Severity, Who};
use super::prefix::Head;
use super::severity::Heading;

/// How many records later a DETAIL may come.
pub(crate) const WINDOW: usize = 16;

/// A text as it stands in the log: from its first byte to the end of its last line, tabs of continuation lines included.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Raw<'a> {
    chunk: &'a [u8],
    start: usize,
    end: usize,
    continued: bool,
}

impl<'a> Raw<'a> {
    #[inline]
    pub(crate) fn new(chunk: &'a [u8], start: usize, end: usize, continued: bool) -> Self {
        Self { chunk, start, end: end.max(start), continued }
    }

    /// Takes in one more line, up to `end`.
    pub(crate) fn extend(&mut self, chunk: &'a [u8], end: usize) {
        self.chunk = chunk;
        self.end = end.max(self.start);
        self.continued = true;
    }

    /// The text of a single line.
    #[inline]
    pub(crate) fn line(&self, crlf: bool) -> &'a [u8] {
        let line = &self.chunk[self.start..self.end];
        if crlf { line.strip_suffix(b"\r").unwrap_or(line) } else { line }
    }

    /// Appends a text of several lines without the tabs that Postgres puts before continuation lines; gives its place,
    /// or `None` for a single line, which needs no copy.
    #[inline]
    pub(crate) fn unescape(&self, out: &mut Vec<u8>, crlf: bool) -> Option<(usize, usize)> {
        if !self.continued {
            return None;
        }
        let from = out.len();
        let mut rest = &self.chunk[self.start..self.end];
        out.reserve(rest.len());
        while let Some(newline) = memchr::memchr(b'\n', rest) {
            let line = &rest[..newline];
            out.extend_from_slice(if crlf { line.strip_suffix(b"\r").unwrap_or(line) } else { line });
            out.push(b'\n');
            rest = &rest[newline + 1..];
            rest = rest.strip_prefix(b"\t").unwrap_or(rest);
        }
        out.extend_from_slice(if crlf { rest.strip_suffix(b"\r").unwrap_or(rest) } else { rest });
        Some((from, out.len()))
    }
}

/// A record whose primary line was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending<'a> {
    pub at: Micros,
    pub line: u64,
    pub pid: u32,
    pub session: &'a [u8],
    pub start: &'a [u8],
    pub who: Who<'a>,
    pub sqlstate: &'a [u8],
    pub query_id: i64,
    pub severity: Severity,
    /// Message, detail, hint, context, statement; then what no event needs.
    pub texts: [Raw<'a>; 5],
    ignored: Raw<'a>,
}

impl<'a> Pending<'a> {
    #[inline]
    pub(crate) fn new(head: &Head<'a>, severity: Severity, line: u64, message: Raw<'a>) -> Self {
        let mut texts = [Raw::default(); 5];
        texts[0] = message;
        Self {
            at: head.at,
            line,
            pid: head.pid,
            session: head.session,
            start: head.start,
            who: head.who,
            sqlstate: head.sqlstate,
            query_id: head.query_id,
            severity,
            texts,
            ignored: Raw::default(),
        }
    }

    pub(crate) fn text(&mut self, heading: Heading) -> &mut Raw<'a> {
        match heading {
            Heading::Primary(_) => &mut self.texts[0],
            Heading::Detail => &mut self.texts[1],
            Heading::Hint => &mut self.texts[2],
            Heading::Context => &mut self.texts[3],
            Heading::Statement => &mut self.texts[4],
            Heading::Ignored => &mut self.ignored,
        }
    }

    #[inline]
    pub(crate) fn set(&mut self, heading: Heading, raw: Raw<'a>) {
        *self.text(heading) = raw;
    }
}

/// The last [`WINDOW`] records, newest first by age.
#[derive(Debug, Default)]
pub(crate) struct Window<'a> {
    slots: [Option<Pending<'a>>; WINDOW],
    /// Slot of the newest record, and how many there are.
    newest: usize,
    len: usize,
}

impl<'a> Window<'a> {
    /// Adds the newest record; gives the oldest one when the window is full.
    #[inline]
    pub(crate) fn push(&mut self, pending: Pending<'a>) -> Option<Pending<'a>> {
        self.newest = (self.newest + 1) % WINDOW;
        let oldest = self.slots[self.newest].replace(pending);
        self.len = (self.len + 1).min(WINDOW);
        oldest
    }

    /// Removes the oldest.
    pub(crate) fn pop(&mut self) -> Option<Pending<'a>> {
        let slot = (self.newest + WINDOW + 1 - self.len.max(1)) % WINDOW;
        self.len = self.len.saturating_sub(1);
        self.slots[slot].take()
    }

    /// How many records ago this process wrote its last one.
    #[inline]
    pub(crate) fn age_of(&self, pid: u32, session: &[u8]) -> Option<usize> {
        (0..self.len).find(|age| {
            self.slots[(self.newest + WINDOW - age) % WINDOW]
                .as_ref()
                .is_some_and(|pending| pending.pid == pid && pending.session == session)
        })
    }

    /// The record of that age, which [`Self::age_of`] gave.
    #[inline]
    pub(crate) fn get(&mut self, age: usize) -> &mut Pending<'a> {
        self.slots[(self.newest + WINDOW - age) % WINDOW].as_mut().expect("ages below the length are filled")
    }
}
