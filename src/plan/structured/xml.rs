//! XML comes in, as Postgres prints it; events go out.
//!
//! Whether an element is an object, an array or a value is told by what stands first in it: an element of the singular name or
//! an `Item` makes it an array.

use std::borrow::Cow;

use memchr::memchr;

use super::{Event, Form, Problems, Reader, Scalar, Shape};

const AGAIN: &str = "Copy the plan again, whole.";
/// How far up a closing tag is looked for.
const UP: usize = 64;

pub(super) struct Tags<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    open: Vec<(Cow<'a, str>, Shape)>,
    /// Waits until its key was given.
    value: Option<Event<'a>>,
    /// Open elements that are still to be closed.
    closing: usize,
    problems: Problems,
}

enum Tag<'a> {
    Open(Cow<'a, str>),
    Empty(Cow<'a, str>),
    Close(Cow<'a, str>),
    /// Comments and declarations.
    Other,
}

impl<'a> Tags<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 0, open: Vec::new(), value: None, closing: 0, problems: Problems::default() }
    }

    fn problem(&mut self, message: &'static str) {
        self.problems.add(self.line, message, AGAIN);
    }

    /// The tag that begins here, and where it ends; `None` when it does not end.
    fn tag(&self, at: usize) -> Option<(Tag<'a>, usize)> {
        let rest = &self.text[at..];
        for (begin, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
            if rest.starts_with(begin) {
                return Some((Tag::Other, at + rest.find(end)? + end.len()));
            }
        }
        let end = memchr(b'>', rest.as_bytes())?;
        let inner = rest[1..end].trim();
        let tag = match (inner.strip_prefix('/'), inner.strip_suffix('/')) {
            (Some(name), _) => Tag::Close(plain(name.trim())),
            (None, Some(name)) => Tag::Empty(plain(name)),
            (None, None) => Tag::Open(plain(inner)),
        };
        Some((tag, at + end + 1))
    }

    fn advance(&mut self, to: usize) {
        self.line += memchr::memchr_iter(b'\n', &self.text.as_bytes()[self.at..to]).count();
        self.at = to;
    }

    fn opened(&mut self, name: Cow<'a, str>, end: usize) -> Event<'a> {
        self.advance(end);
        let bytes = self.text.as_bytes();
        let stop = memchr(b'<', &bytes[end..]).map_or(bytes.len(), |at| end + at);
        let content = &self.text[end..stop];
        let is_blank = content.trim().is_empty();
        let event = match self.text.get(stop..).and_then(|_| self.tag(stop)) {
            Some((Tag::Close(close), after)) if !is_blank || !content.contains('\n') => {
                let text = plain_text(content);
                if close != name {
                    self.problem("tags do not match here: a line may be missing");
                } else {
                    self.advance(after);
                }
                Event::Scalar(Scalar { text, form: Form::Untyped })
            }
            Some((Tag::Open(child) | Tag::Empty(child), _)) if is_blank => {
                let list = child == "Item" || (name == "explain" && child == "Query");
                let shape =
                    if list || name.strip_suffix('s') == Some(child.as_ref()) { Shape::Array } else { Shape::Object };
                self.open.push((name.clone(), shape));
                Event::Open(shape)
            }
            // Nothing in it: a list without items.
            Some((Tag::Close(_), _)) => {
                self.open.push((name.clone(), Shape::Array));
                Event::Open(Shape::Array)
            }
            _ => {
                self.advance(stop);
                self.problem("an element without its end");
                return self.after_key(name, None);
            }
        };
        self.after_key(name, Some(event))
    }

    /// Elements of objects have their name as key.
    fn after_key(&mut self, name: Cow<'a, str>, event: Option<Event<'a>>) -> Event<'a> {
        let opens = matches!(event, Some(Event::Open(_)));
        let above = self.open.len().checked_sub(1 + usize::from(opens)).map(|at| self.open[at].1);
        match (event, above) {
            // Postgres closes `Target-Tables` behind them (`explain.c`, `show_modifytable_info`).
            (event @ Some(Event::Scalar(_)), Some(Shape::Array)) if name.starts_with("Tuples-") => {
                self.value = event;
                Event::Key(key(name))
            }
            (Some(event), Some(Shape::Array)) => event,
            (Some(event @ Event::Open(_)), None) => event,
            (event, _) => {
                self.value = event;
                Event::Key(key(name))
            }
        }
    }

    fn closed(&mut self, name: &str) {
        match self.open.iter().rev().take(UP).position(|open| open.0 == name) {
            Some(up) => {
                if up > 0 {
                    self.problem("tags do not match here: a line may be missing before it");
                }
                self.closing = up + 1;
            }
            None => self.problem("a closing tag without an opening one: the beginning may be missing"),
        }
    }
}

/// A tag's name without its attributes, or the line break that a terminal put into it.
fn plain(tag: &str) -> Cow<'_, str> {
    let end = tag.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(tag.len());
    if matches!(tag.as_bytes().get(end), Some(b'\n' | b'\r')) {
        return Cow::Owned(tag.replace(['\n', '\r'], ""));
    }
    Cow::Borrowed(&tag[..end])
}

/// The name in JSON: `explain.c`, `ExplainXMLTag` writes a dash for what may not stand in a tag.
fn key(tag: Cow<'_, str>) -> Cow<'_, str> {
    if !tag.contains('-') {
        return tag;
    }
    let name = tag.replace('-', " ");
    let dashed = [("I O ", "I/O "), ("Full sort", "Full-sort"), ("Pre sorted", "Pre-sorted"), ("One Time", "One-Time")];
    let name = dashed.iter().fold(name, |name, (blank, dash)| match name.contains(blank) {
        true => name.replace(blank, dash),
        false => name,
    });
    Cow::Owned(name)
}

/// Without entities. Line breaks belong to it: the server writes them as they are.
fn plain_text(content: &str) -> Cow<'_, str> {
    match memchr(b'&', content.as_bytes()) {
        Some(_) => Cow::Owned(entities(content)),
        None => Cow::Borrowed(content),
    }
}

fn entities(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        let character = end.and_then(|end| entity(&rest[1..end]));
        plain.push(character.unwrap_or('&'));
        rest = &rest[character.and(end).unwrap_or(0) + 1..];
    }
    plain + rest
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            code.ok().and_then(char::from_u32)
        }
    }
}

impl<'a> Reader<'a> for Tags<'a> {
    fn next(&mut self) -> Option<(usize, Event<'a>)> {
        if let Some(value) = self.value.take() {
            return Some((self.line, value));
        }
        loop {
            if self.closing > 0 {
                self.closing -= 1;
                let (_, shape) = self.open.pop()?;
                return Some((self.line, Event::Close(shape)));
            }
            let bytes = self.text.as_bytes();
            let begin = self.at + memchr(b'<', &bytes[self.at..])?;
            if !self.open.is_empty() && !self.text[self.at..begin].trim().is_empty() {
                self.problem("text between elements was skipped");
            }
            self.advance(begin);
            let Some((tag, end)) = self.tag(begin) else {
                self.at = bytes.len();
                return None;
            };
            let line = self.line;
            match tag {
                Tag::Open(name) if !name.is_empty() => return Some((line, self.opened(name, end))),
                Tag::Close(name) => {
                    self.closed(&name);
                    self.advance(end);
                }
                Tag::Empty(name) if !name.is_empty() => {
                    self.advance(end);
                    let event = Event::Scalar(Scalar { text: Cow::Borrowed(""), form: Form::Untyped });
                    return Some((line, self.after_key(name, Some(event))));
                }
                _ => self.advance(end),
            }
        }
    }

    fn problems(self) -> Problems {
        self.problems
    }
}

/// Whether a line of the greatest width goes on with the next one. Between tags it does not matter.
pub(super) fn goes_on(line: &str, _next: &str) -> bool {
    !line.trim_end().ends_with('>')
}
