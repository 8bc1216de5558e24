//! The texts of the files that a report speaks of: in go paths and texts, out come lines by number.
//!
//! A report names places; a renderer that shows what stands there needs the text. Lines count from 1, columns count
//! characters from 1, and an end column is the first one behind.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::model::Location;

/// Texts by the path that locations and edits name.
#[derive(Debug, Default)]
pub struct Sources<'a> {
    by_path: BTreeMap<&'a str, Source<'a>>,
}

#[derive(Debug)]
pub struct Source<'a> {
    pub text: &'a str,
    /// Where each line begins, found when it is first asked for.
    starts: OnceLock<Vec<usize>>,
}

impl<'a> FromIterator<(&'a str, &'a str)> for Sources<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(files: I) -> Self {
        let by_path = files.into_iter().map(|(path, text)| (path, Source::new(text))).collect();
        Self { by_path }
    }
}

impl<'a> Sources<'a> {
    pub fn get(&self, path: &str) -> Option<&Source<'a>> {
        self.by_path.get(path)
    }
}

impl<'a> Source<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, starts: OnceLock::new() }
    }

    /// The line of that number, without its end.
    pub fn line(&self, number: u64) -> Option<&'a str> {
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
            path: path.to_owned(),
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
