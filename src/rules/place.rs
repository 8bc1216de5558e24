//! Byte offsets and origins in, places that a person can open out.

use crate::report::model::Location;
use crate::sql::facts::Span;
use crate::workload::model::Origin;

/// Names of the inputs, in the order in which [`Origin::input`] counts them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Places<'a> {
    pub inputs: &'a [String],
}

impl Places<'_> {
    /// The record in its input.
    pub fn of(&self, origin: Origin) -> Location {
        let path = self.inputs.get(origin.input as usize).cloned().unwrap_or_else(unnamed);
        Location { path, line: origin.line, ..Location::default() }
    }

    /// When nothing better is known: the first input as a whole.
    pub fn anywhere(&self) -> Location {
        Location { path: self.inputs.first().cloned().unwrap_or_else(unnamed), line: 1, ..Location::default() }
    }
}

fn unnamed() -> String {
    "-".to_owned()
}

/// Where a span stands in a text that begins at line 1 of this path; columns count characters from 1.
pub fn in_text(path: &str, text: &str, span: Span) -> Location {
    let (line, column) = line_and_column(text, span.start);
    let (end_line, end_column) = line_and_column(text, span.end.max(span.start));
    Location {
        path: path.to_owned(),
        line,
        column: Some(column),
        end_line: Some(end_line),
        end_column: Some(end_column),
    }
}

fn line_and_column(text: &str, offset: usize) -> (u64, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() as u64 + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, u32::try_from(before[start..].chars().count()).unwrap_or(u32::MAX).saturating_add(1))
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
}
