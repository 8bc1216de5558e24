//! A line of the input while its presentation is taken off.

use std::borrow::Cow;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// In the input, 1-based.
    pub line: u32,
    pub text: Cow<'a, str>,
}

impl<'a> Row<'a> {
    pub fn is_blank(&self) -> bool {
        trim(&self.text).is_empty()
    }

    /// The same line with less of it.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Row<'a> {
        let text = match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
            Cow::Owned(text) => Cow::Owned(text[range].to_string()),
        };
        Row { line: self.line, text }
    }

    pub fn with(&self, text: String) -> Row<'a> {
        Row { line: self.line, text: Cow::Owned(text) }
    }
}

/// No literal has more empty lines in a row; what follows them is left out.
const BLANKS: usize = 100;

/// Lines without their ends: `\n`, `\r\n`, and `\r\r\n` of a file that was converted twice. `first`: the
/// input's line in which the text begins.
pub fn rows(text: &str, first: u32) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut blanks = 0;
    for (index, text) in text.split('\n').enumerate() {
        let line = first.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
        let text = text.trim_end_matches('\r');
        blanks = if text.is_empty() { blanks + 1 } else { 0 };
        if blanks <= BLANKS {
            rows.push(Row { line, text: Cow::Borrowed(text) });
        }
    }
    if rows.last().is_some_and(|row| row.text.is_empty()) {
        rows.pop();
    }
    rows
}

/// Without blanks of any kind around it; most lines have none.
pub fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    let bare = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    if bare(bytes.first()) && bare(bytes.last()) { text } else { text.trim() }
}

/// Columns of leading blanks.
pub fn indent(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

/// Characters, as an approximation of columns.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}
