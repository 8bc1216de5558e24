//! Byte offsets and origins in, places that a person can open out.

use std::sync::Arc;

use crate::report::model::Location;
use crate::sql::facts::Span;
use crate::workload::model::Origin;

/// Names of the inputs, in the order in which [`Origin::input`] counts them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Places<'a> {
    pub inputs: &'a [String],
    /// The server, snapshot or schema that the catalog comes from: the place of what no line of an input tells.
    pub catalog: Option<&'a str>,
}

impl Places<'_> {
    /// The record in its input.
    pub fn of(&self, origin: Origin) -> Location {
        let path = self.inputs.get(origin.input as usize).cloned().unwrap_or_else(unnamed);
        Location { path: path.into(), line: origin.line, ..Location::default() }
    }

    /// When nothing better is known: what the catalog comes from, or the first input, as a whole.
    pub fn anywhere(&self) -> Location {
        let first = || self.inputs.first().cloned().unwrap_or_else(unnamed);
        Location { path: self.catalog.map_or_else(first, str::to_owned).into(), line: 1, ..Location::default() }
    }
}

fn unnamed() -> String {
    "-".to_owned()
}

/// Where a span stands in a text that begins at line 1 of this path; columns count characters from 1.
pub fn in_text(path: &str, text: &str, span: Span) -> Location {
    Lines::of(path, text).place(text, span)
}

/// Where the lines of a text begin: for many places in one text, which share its path.
#[derive(Clone, Debug)]
pub struct Lines {
    pub path: Arc<str>,
    starts: Vec<usize>,
    /// How many characters stand before each block of so many bytes: a line may be as long as the text.
    before: Vec<u32>,
}

const BLOCK: usize = 1024;

/// Characters that begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !matches!(byte, 0x80..=0xBF)).count()
}

impl Lines {
    pub fn of(path: &str, text: &str) -> Self {
        let after = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        let counts = text.as_bytes().chunks_exact(BLOCK).map(characters);
        let sums = counts.scan(0u32, |sum, count| {
            *sum = sum.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
            Some(*sum)
        });
        Self {
            path: path.into(),
            starts: std::iter::once(0).chain(after).collect(),
            before: std::iter::once(0).chain(sums).collect(),
        }
    }

    /// As [`in_text`]; the text is the one that the lines are of.
    pub fn place(&self, text: &str, span: Span) -> Location {
        let (line, column) = self.line_and_column(text, span.start);
        let (end_line, end_column) = self.line_and_column(text, span.end.max(span.start));
        Location {
            path: Arc::clone(&self.path),
            line,
            column: Some(column),
            end_line: Some(end_line),
            end_column: Some(end_column),
        }
    }

    fn characters_before(&self, text: &str, offset: usize) -> usize {
        let block = (offset / BLOCK).min(self.before.len() - 1);
        self.before[block] as usize + characters(&text.as_bytes()[block * BLOCK..offset])
    }

    fn line_and_column(&self, text: &str, offset: usize) -> (u64, u32) {
        let offset = if text.is_char_boundary(offset) { offset } else { text.len() };
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let column = if offset - start < BLOCK {
            characters(&text.as_bytes()[start..offset])
        } else {
            self.characters_before(text, offset) - self.characters_before(text, start)
        };
        (line as u64, u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters() {
        let text = "é = 1\n AND x";
        let found = in_text("a.sql", text, Span { start: text.find("AND").unwrap(), end: text.len() });
        assert_eq!((found.line, found.column, found.end_column), (2, Some(2), Some(7)));
    }

    #[test]
    fn columns_of_a_long_line_are_counted_from_the_nearest_block() {
        let text = format!("-- one\n{}x", "é".repeat(3 * BLOCK));
        let lines = Lines::of("a.sql", &text);
        assert!(lines.before.len() > 4, "{}", lines.before.len());
        for at in [0, 1, BLOCK / 2, BLOCK, 3 * BLOCK] {
            let start = "-- one\n".len() + 2 * at;
            let found = lines.place(&text, Span { start, end: text.len() });
            let column = |count: usize| u32::try_from(count + 1).unwrap();
            assert_eq!(
                (found.line, found.column, found.end_column),
                (2, Some(column(at)), Some(column(3 * BLOCK + 1)))
            );
        }
    }
}
