//! The texts of the files that a report speaks of: in go paths, out come lines by number.
//!
//! A report names places; a renderer that shows what stands there needs the text. It asks for one file after the other, of thousands
//! only for a few: a text is fetched when it is asked for, and kept until another one is. Lines count from 1, columns count characters
//! from 1, and an end column is the first one behind.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::model::Location;

type Fetch<'a> = dyn Fn(&str) -> Option<Cow<'a, str>> + 'a;

/// Texts by the path that locations and edits name.
pub struct Sources<'a> {
    fetch: Box<Fetch<'a>>,
    last: RefCell<Option<(String, Rc<Source<'a>>)>>,
}

#[derive(Debug)]
pub struct Source<'a> {
    pub text: Cow<'a, str>,
    /// Where each line begins, found when it is first asked for.
    starts: OnceCell<Vec<usize>>,
}

impl<'a> FromIterator<(&'a str, &'a str)> for Sources<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(files: I) -> Self {
        let by_path: BTreeMap<&str, &str> = files.into_iter().collect();
        Self::new(move |path| by_path.get(path).copied().map(Cow::Borrowed))
    }
}

impl<'a> Sources<'a> {
    /// `fetch` gives the text of a path, if there is one.
    pub fn new(fetch: impl Fn(&str) -> Option<Cow<'a, str>> + 'a) -> Self {
        Self { fetch: Box::new(fetch), last: RefCell::default() }
    }

    pub fn get(&self, path: &str) -> Option<Rc<Source<'a>>> {
        let mut last = self.last.borrow_mut();
        if let Some((_, source)) = last.as_ref().filter(|(known, _)| known == path) {
            return Some(Rc::clone(source));
        }
        let source = Rc::new(Source::new((self.fetch)(path)?));
        *last = Some((path.to_owned(), Rc::clone(&source)));
        Some(source)
    }
}

impl<'a> Source<'a> {
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), starts: OnceCell::new() }
    }

    /// The line of that number, without its end.
    pub fn line(&self, number: u64) -> Option<&str> {
        let starts = self.starts();
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        let start = *starts.get(index)?;
        let end = starts.get(index + 1).copied().unwrap_or(self.text.len());
        let line = &self.text[start..end];
        Some(line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line)))
    }

    /// Line and column of a byte offset; one inside a character is moved to its beginning.
    pub fn place(&self, offset: usize) -> (u64, u32) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let starts = self.starts();
        let index = starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let column = self.text[starts[index]..offset].chars().count() + 1;
        (index as u64 + 1, u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// The place of the bytes `start..end`.
    pub fn location(&self, path: &str, start: usize, end: usize) -> Location {
        let (line, column) = self.place(start);
        let (end_line, end_column) = self.place(end.max(start));
        Location {
            path: path.into(),
            line,
            column: Some(column),
            end_line: Some(end_line),
            end_column: Some(end_column),
        }
    }

    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            std::iter::once(0).chain(memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at + 1)).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_number() {
        let source = Source::new("a\r\nbü c\n\nlast");
        let lines: Vec<_> = (0..6).map(|n| source.line(n)).collect();
        assert_eq!(lines, [None, Some("a"), Some("bü c"), Some(""), Some("last"), None]);
        assert_eq!(Source::new("").line(1), Some(""));
    }

    #[test]
    fn offsets_become_lines_and_columns_in_characters() {
        let source = Source::new("é = 1\n AND x");
        let found = source.location("a.sql", 8, 13);
        assert_eq!((found.line, found.column, found.end_line, found.end_column), (2, Some(2), Some(2), Some(7)));
        assert_eq!(source.place(1), (1, 1), "inside é");
        assert_eq!(source.place(999), (2, 7));
    }
}
