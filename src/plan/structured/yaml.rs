//! YAML comes in, as Postgres prints it (block style, strings as in JSON) or as a library wrote it again; events go out.
//!
//! Only columns and the beginnings of lines count. Numbers and keys are taken as they stand.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::json::unquote;
use super::{Event, Form, Problems, Reader, Scalar, Shape};

const AGAIN: &str = "Copy the plan again, whole.";

pub(super) struct Lines<'a> {
    rest: &'a str,
    line: usize,
    /// Columns of what is open.
    open: Vec<(usize, Shape)>,
    /// Column of a key whose value stands on the next lines.
    pending: Option<usize>,
    events: VecDeque<(usize, Event<'a>)>,
    problems: Problems,
    ended: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            line: 0,
            open: Vec::new(),
            pending: None,
            events: VecDeque::new(),
            problems: Problems::default(),
            ended: false,
        }
    }

    fn emit(&mut self, event: Event<'a>) {
        self.events.push_back((self.line, event));
    }

    fn problem(&mut self, message: &'static str) {
        self.problems.add(self.line, message, AGAIN);
    }

    /// The next line without its end; and the text behind it.
    fn cut(text: &'a str) -> (&'a str, &'a str) {
        let (line, rest) = match memchr::memchr(b'\n', text.as_bytes()) {
            Some(end) => (&text[..end], &text[end + 1..]),
            None => (text, ""),
        };
        (line.strip_suffix('\r').unwrap_or(line), rest)
    }

    fn read_line(&mut self) {
        let (line, rest) = Self::cut(self.rest);
        self.rest = rest;
        let content = line.trim_start_matches(' ');
        let column = line.len() - content.len();
        if !matches!(content, "" | "---" | "...") && !content.starts_with('#') {
            self.content(column, content);
        }
        self.line += 1;
    }

    /// A line's content from a column on: dashes, then a key, a value or both.
    fn content(&mut self, mut column: usize, mut content: &'a str) {
        while content == "-" || content.starts_with("- ") {
            self.dash(column, content);
            let after = content[1..].trim_start_matches(' ');
            column += content.len() - after.len();
            content = after;
            if !content.is_empty() && !content.starts_with("- ") && key(content).is_none() {
                return self.value(content);
            }
        }
        if content.is_empty() {
            return;
        }
        let Some((name, value)) = key(content) else {
            return self.problem("a line that is neither a property nor an item was skipped");
        };
        self.key(column, &name);
        self.emit(Event::Key(name));
        if value.is_empty() {
            self.pending = Some(column);
        } else {
            self.value(value);
        }
    }

    /// An item of the array in this column begins.
    fn dash(&mut self, column: usize, content: &'a str) {
        if self.pending.is_some_and(|key| key > column) {
            self.nothing();
        }
        if self.pending.take().is_none() {
            while self.open.last().is_some_and(|&(top, _)| top > column) {
                self.close();
            }
            // A list may stand in its key's column; then the object in this column goes on after it.
            if self.open.last() == Some(&(column, Shape::Array)) {
                return;
            }
            if self.open.last().is_some_and(|top| top.1 == Shape::Object) {
                self.problem("items without a name: a line may be missing before them");
                if content.starts_with("- Node Type:") {
                    self.emit(Event::Key("Plans".into()));
                }
            }
        }
        self.push(column, Shape::Array);
    }

    /// A property of the object in this column comes.
    fn key(&mut self, column: usize, name: &str) {
        if let Some(key) = self.pending {
            if key < column {
                self.pending = None;
                return self.push(column, Shape::Object);
            }
            self.nothing();
        }
        while let Some(&(top, shape)) = self.open.last() {
            if top < column || (top == column && shape == Shape::Object) {
                break;
            }
            if self.open.len() == 1 && top > column {
                self.problem("the beginning of the plan is missing");
            }
            self.close();
        }
        match self.open.last() {
            Some((top, Shape::Object)) if *top == column => {}
            // Postgres closes `Target Tables` behind them (`explain.c`, `show_modifytable_info`).
            Some((_, Shape::Object)) if name.starts_with("Tuples ") => {}
            // What stands further right than what it belongs to was moved, or the line before it is missing.
            Some((_, Shape::Object)) => self.problem("a line stands in a column where nothing can stand"),
            Some((_, Shape::Array)) | None => self.push(column, Shape::Object),
        }
    }

    /// A key whose value has no lines.
    fn nothing(&mut self) {
        if self.pending.take().is_some() {
            self.emit(Event::Open(Shape::Array));
            self.emit(Event::Close(Shape::Array));
        }
    }

    fn push(&mut self, column: usize, shape: Shape) {
        self.open.push((column, shape));
        self.emit(Event::Open(shape));
    }

    fn close(&mut self) {
        if let Some((_, shape)) = self.open.pop() {
            self.emit(Event::Close(shape));
        }
    }

    fn value(&mut self, value: &'a str) {
        let quote = value.as_bytes()[0];
        if value == "[]" || value == "{}" {
            let shape = if value == "[]" { Shape::Array } else { Shape::Object };
            self.emit(Event::Open(shape));
            self.emit(Event::Close(shape));
        } else if value.starts_with("[\"") {
            self.items(&value[1..]);
        } else if quote == b'"' || quote == b'\'' {
            let text = match self.whole(value, quote) {
                Cow::Borrowed(whole) => unquote(whole, quote).map(|(text, _)| text),
                Cow::Owned(whole) => unquote(&whole, quote).map(|(text, _)| Cow::Owned(text.into_owned())),
            };
            match text {
                Some(text) => self.emit(Event::Scalar(Scalar { text, form: Form::Quoted })),
                None => self.problem("a string without its end"),
            }
        } else {
            let text = self.plain(value);
            self.emit(Event::Scalar(Scalar { text, form: Form::Bare }));
        }
    }

    /// `["a", "b"]`, from its first quote on.
    fn items(&mut self, items: &'a str) {
        self.emit(Event::Open(Shape::Array));
        let mut rest = items;
        while rest.starts_with('"') {
            let Some((text, end)) = unquote(rest, b'"') else {
                self.problem("a string without its end");
                break;
            };
            self.emit(Event::Scalar(Scalar { text, form: Form::Quoted }));
            rest = rest[end..].trim_start_matches([',', ' ']);
        }
        self.emit(Event::Close(Shape::Array));
    }

    /// A quoted string with the lines on which it goes on.
    fn whole(&mut self, value: &'a str, quote: u8) -> Cow<'a, str> {
        let mut whole = Cow::Borrowed(value);
        let mut scanned = closes(value, quote, 1);
        while let Err(from) = scanned {
            let (line, rest) = Self::cut(self.rest);
            let next = line.trim_start_matches(' ');
            if (self.rest.is_empty() && rest.is_empty()) || (line.len() > next.len() && starts(next)) {
                break;
            }
            self.problem("a line break inside a string was taken out");
            (self.rest, self.line) = (rest, self.line + 1);
            whole.to_mut().push_str(line);
            scanned = closes(&whole, quote, from);
        }
        whole
    }

    /// A bare value with the lines on which it goes on: a library folds at blanks, a terminal anywhere.
    fn plain(&mut self, value: &'a str) -> Cow<'a, str> {
        let mut whole = Cow::Borrowed(value.trim_end());
        loop {
            let (line, rest) = Self::cut(self.rest);
            let next = line.trim();
            let dashed = next == "-" || next.starts_with("- ");
            if next.is_empty() || next == "---" || dashed || next.contains(": ") || next.ends_with(':') {
                return whole;
            }
            let is_number = whole.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            if is_number && !next.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
                return whole;
            }
            self.problem("a line break inside a value was taken out");
            (self.rest, self.line) = (rest, self.line + 1);
            if !is_number && line.starts_with(' ') {
                whole.to_mut().push(' ');
            }
            whole.to_mut().push_str(next);
        }
    }
}

/// Whether a string that was quoted ends, searched from here on; else from where to search on.
fn closes(text: &str, quote: u8, from: usize) -> Result<(), usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            byte if byte == quote => return Ok(()),
            _ => {}
        }
        at += 1;
    }
    Err(at)
}

/// A property or an item begins, as Postgres writes them.
fn starts(content: &str) -> bool {
    content.starts_with("- ")
        || key(content).is_some_and(|(name, _)| name.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// Whether a line of the greatest width goes on with the next one.
pub(super) fn goes_on(line: &str, next: &str) -> bool {
    let (content, next_content) = (line.trim_start_matches(' '), next.trim_start_matches(' '));
    let whole = content.starts_with("- ") || key(content).is_some() || content.ends_with('"');
    // A library that folds lines indents what follows.
    let moved = next.len() - next_content.len() > 1;
    !next_content.is_empty() && !moved && (!whole || !starts(next_content))
}

/// A property's name and what stands behind it.
fn key(content: &str) -> Option<(Cow<'_, str>, &str)> {
    if let Some(rest) = content.strip_prefix(['"', '\'']) {
        let end = rest.find(['"', '\''])?;
        let value = rest[end + 1..].strip_prefix(':')?;
        return Some((Cow::Borrowed(&rest[..end]), value.trim()));
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b" _-/.,".contains(&byte);
    let end = content.bytes().position(|byte| !is_name(byte))?;
    let value = content[end..].strip_prefix(':')?;
    let is_key = end > 0 && (value.is_empty() || value.starts_with(' '));
    is_key.then(|| (Cow::Borrowed(&content[..end]), value.trim()))
}

impl<'a> Reader<'a> for Lines<'a> {
    fn next(&mut self) -> Option<(usize, Event<'a>)> {
        while self.events.is_empty() {
            if self.rest.is_empty() {
                if self.ended {
                    return None;
                }
                self.ended = true;
                self.nothing();
                while !self.open.is_empty() {
                    self.close();
                }
            } else {
                self.read_line();
            }
        }
        self.events.pop_front()
    }

    fn problems(self) -> Problems {
        self.problems
    }
}
