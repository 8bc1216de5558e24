//! A plan that stands as the server wrote it, alone in the input, is recognised in one pass and needs no copy.

use super::shape::{self, Shape};
use super::{glyph, region};
use crate::plan::document::{Cut, Lines};
use crate::plan::model::Format;
use crate::plan::text::column;

/// Bytes of a line that is shorter than most.
const LINE: usize = 40;

/// The format and the lines, if nothing has to be taken off. In doubt `None`: the slow way finds the same plan.
pub fn lines(input: &str, first: u32) -> Option<(Format, Lines)> {
    let content = input.trim_start();
    match content.as_bytes().first()? {
        b'[' | b'{' => is_json(content).then_some((Format::Json, Lines::From(first))),
        _ => text(input, first).map(|lines| (Format::Text, lines)),
    }
}

/// Whether there are four letters in a row somewhere: every plan of every format has a word as long as `Hash`, `Sort`, `Plan`.
pub fn has_words(input: &str) -> bool {
    let mut letters = 0;
    input.bytes().any(|byte| {
        letters = if byte.is_ascii_alphabetic() { letters + 1 } else { 0 };
        letters == 4
    })
}

/// A part of an input between blank lines, with the line of the input that it begins in.
#[derive(Clone, Debug, PartialEq)]
pub enum Part<'a> {
    Clean { line: u32, text: &'a str, format: Format, lines: Lines },
    Mixed(Mixed<'a>),
}

/// Anything else, up to the first clean plan below it: what stands above a plan may be its query.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixed<'a> {
    pub line: u32,
    pub text: &'a str,
    /// This text and all that follows it.
    pub rest: &'a str,
    /// Line in which the last plan of the text begins, unless the text around it says otherwise.
    pub last: Option<u32>,
}

/// The input in its order. Nothing is left out but blank lines in front of clean plans.
pub fn parts(input: &str) -> impl Iterator<Item = Part<'_>> {
    let mut blocks = Blocks { input, at: 0, line: 1, between: memchr::memmem::Finder::new("\n\n") }.peekable();
    std::iter::from_fn(move || {
        let mut mixed: Option<(usize, u32)> = None;
        while let Some(block) = blocks.next() {
            let text = &input[block.start..block.end];
            let goes_on = blocks.peek().is_some_and(|next| goes_on(&input[next.start..next.end]));
            let clean = if goes_on { None } else { lines(text, block.line) };
            match (clean, mixed) {
                (Some((format, lines)), None) => return Some(Part::Clean { line: block.line, text, format, lines }),
                (Some(_), Some((start, line))) => {
                    let (text, rest) = (&input[start..block.end], &input[start..]);
                    return Some(Part::Mixed(Mixed { line, text, rest, last: Some(block.line) }));
                }
                (None, above) => mixed = Some(above.unwrap_or((block.start, block.line))),
            }
        }
        let (start, line) = mixed?;
        let text = &input[start..];
        Some(Part::Mixed(Mixed { line, text, rest: text, last: None }))
    })
}

/// What the plan above a blank line may go on with (see `tree::extent`).
fn goes_on(below: &str) -> bool {
    below.starts_with([' ', '\t', '(', '-', '"', '\'']) || shape::is_footer(below)
}

/// Lines between blank ones.
struct Blocks<'a> {
    input: &'a str,
    at: usize,
    line: u32,
    between: memchr::memmem::Finder<'static>,
}

struct Block {
    start: usize,
    end: usize,
    line: u32,
}

impl Iterator for Blocks<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        let rest = &self.input.as_bytes()[self.at..];
        let blank = rest.iter().take_while(|byte| **byte == b'\n').count();
        let rest = &rest[blank..];
        if rest.is_empty() {
            return None;
        }
        let short = |lines: usize| u32::try_from(lines).unwrap_or(u32::MAX);
        let (start, line) = (self.at + blank, self.line.saturating_add(short(blank)));
        let len = self.between.find(rest).unwrap_or(rest.len());
        self.at = start + len;
        self.line = line.saturating_add(short(memchr::memchr_iter(b'\n', &rest[..len]).count()));
        Some(Block { start, end: start + len, line })
    }
}

/// One document, pretty-printed or on one line, whose lines begin as the server writes them (`explain.c`,
/// `ExplainJSONLineEnding`).
fn is_json(content: &str) -> bool {
    let head = region::prefix(content, 4096);
    let body = content.trim_end();
    let opening = body.as_bytes()[0];
    let closes = body.as_bytes().last() == Some(if opening == b'[' { &b']' } else { &b'}' });
    if !closes || !["\"Plan\"", "\"Query Text\""].iter().any(|key| head.contains(key)) {
        return false;
    }
    let bytes = body.as_bytes();
    memchr::memchr_iter(b'\n', bytes).all(|at| {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let last = at.checked_sub(1).map_or(b' ', |at| bytes[at]);
        matches!(next, b' ' | b']' | b'}' | b'{' | b'\n') && !matches!(last, b'+' | 0xb5 | b'|') && next != opening
            || at + 2 >= bytes.len()
    })
}

/// A node in the first line, below it lines that are indented or are known to stand in column 0, no literal that goes
/// over lines, and no character that may stand for another.
fn text(input: &str, line: u32) -> Option<Lines> {
    let bytes = input.as_bytes();
    let first = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let root = Root::of(&input[..first])?;
    let stands_apart = || memchr::memchr2(b'\t', b'\r', bytes).is_some() || glyph::stands_for_others(input);
    if !is_plain(bytes) && stands_apart() {
        return None;
    }
    let mut cuts = Vec::with_capacity(bytes.len() / LINE + 1);
    let mut nested = u32::try_from(bytes.len()).is_err();
    let next_quote = |from: usize| memchr::memchr2(b'\'', b'"', &bytes[from..]).map_or(bytes.len(), |at| from + at);
    let (mut start, mut end, mut quote) = (0, first, next_quote(0));
    loop {
        // Most lines have none.
        if quote < end {
            let quotes = Quotes::of(&bytes[quote..end]);
            if quotes.is_odd {
                return None;
            }
            nested |= quotes.is_open;
            quote = next_quote(end);
        }
        if start < bytes.len() {
            let line = &input[start..end];
            let column = column(line.as_bytes());
            if !root.has(line, column, start) {
                return None;
            }
            let place = |at: usize| at as u32;
            cuts.push(Cut { column: place(column), start: place(start + column), end: place(end) });
        }
        if end == bytes.len() {
            // A name alone may be a word.
            let alone = root == Root::Named && cuts.len() == 1;
            return (!alone).then_some(if nested { Lines::From(line) } else { Lines::Cut(line, cuts) });
        }
        start = end + 1;
        end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
    }
}

/// The quotes of a line.
struct Quotes {
    /// One of the two kinds opens what it does not close.
    is_odd: bool,
    /// A literal or a name goes on in the next line.
    is_open: bool,
}

impl Quotes {
    fn of(line: &[u8]) -> Self {
        let (mut single, mut double, mut open) = (false, false, None);
        for at in memchr::memchr2_iter(b'\'', b'"', line) {
            let quote = line[at];
            single ^= quote == b'\'';
            double ^= quote == b'"';
            open = match open {
                None => Some(quote),
                Some(opened) if opened == quote => None,
                other => other,
            };
        }
        Self { is_odd: single || double, is_open: open.is_some() }
    }
}

/// No TAB, no carriage return, no `&`, and nothing beyond ASCII.
fn is_plain(bytes: &[u8]) -> bool {
    // No exit within a chunk: the compiler looks at many bytes at once. TAB and carriage return differ in one bit.
    let odd = |any: u8, &byte: &u8| any | u8::from(byte & !4 == b'\t') | u8::from(byte == b'&') | (byte & 0x80);
    let (chunks, rest) = bytes.as_chunks::<64>();
    chunks.iter().all(|chunk| chunk.iter().fold(0, odd) == 0) && rest.iter().fold(0, odd) == 0
}

/// The first line of a plan, which tells what its others are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    /// Costs, times or rows stand behind the names of nodes.
    Figures,
    /// With COSTS OFF.
    Named,
}

impl Root {
    fn of(line: &str) -> Option<Root> {
        // Unaligned, the expanded display puts the column's name in front, and a blank line between rows.
        if line.starts_with([' ', '"']) || line.starts_with("QUERY PLAN") {
            return None;
        }
        let figures = shape::figures(line);
        let bare = line.bytes().next().zip(line.bytes().last());
        let bare = bare.filter(|(first, last)| first.is_ascii_graphic() && last.is_ascii_graphic());
        if figures && bare.is_some_and(|(_, last)| last != b':') && !shape::is_footer(line) {
            return Some(Root::Figures);
        }
        if shape::shape(line) != Shape::Root {
            return None;
        }
        if figures {
            return Some(Root::Figures);
        }
        // Words that a sentence or a statement may begin with: the slow way looks at what surrounds them.
        let blanks = memchr::memchr_iter(b' ', line.as_bytes()).count();
        let short = blanks < 6 + usize::from(line.starts_with("Index Scan using "))
            || line.starts_with("Index Only Scan using ");
        (short && (bare.is_some() || shape::named(line)) && is_whole(line)).then_some(Root::Named)
    }

    /// Whether a line begins as one of the server's and ends like one. `column` is where its blanks end; `start` is 0 for the root.
    fn has(self, line: &str, column: usize, start: usize) -> bool {
        let bytes = line.as_bytes();
        let Some(&last) = bytes.last() else { return false };
        if matches!(last, b'+' | b'|' | b' ' | b'.' | b'(' | b',' | b';' | b'=')
            || last == b'"' && !ends_with_name(bytes)
        {
            return false;
        }
        let content = &line[column..];
        match column {
            0 => start == 0 || shape::is_footer(content),
            1 => false,
            _ if content.starts_with("->  ") => match self {
                Root::Figures => {
                    let node = &content[4..];
                    let colon = || memchr::memchr(b':', node.as_bytes()).is_some();
                    let upper = node.as_bytes().first().is_some_and(u8::is_ascii_uppercase);
                    last == b')' && upper && !(colon() && shape::key(node).is_some())
                }
                Root::Named => shape::named(content) && is_whole(content),
            },
            _ if !bytes[column].is_ascii_uppercase() => false,
            _ if shape::key(content).is_some() => true,
            _ => is_whole(content) && (shape::is_label(content) || shape::is_target(content)),
        }
    }
}

/// The quote at the end is that of a name (`"*VALUES*"`), not of a whole value: those double the quotes in them.
fn ends_with_name(line: &[u8]) -> bool {
    matches!(line, [.., before, b'"'] if before.is_ascii_alphanumeric() || matches!(before, b'*' | b'_'))
}

/// The line above does not end where a name has to follow.
fn is_whole(line: &str) -> bool {
    let end = memchr::memrchr(b' ', line.as_bytes()).map_or(0, |at| at + 1);
    !matches!(&line[end..], "on" | "using" | "->" | "Parallel" | "Partial" | "Finalize" | "Async")
}

#[cfg(test)]
mod tests;
