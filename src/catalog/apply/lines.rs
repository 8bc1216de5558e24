//! A statement's text and place in, the lines of its parts out.

use crate::catalog::model::SourceLine;
use crate::sql::facts::Span;

/// Where the lines of a statement begin; empty when its text is not known or has one line.
#[derive(Debug, Default)]
pub(super) struct Lines {
    first: u32,
    breaks: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str, at: &SourceLine) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset);
        Lines { first: at.line, breaks: breaks.collect() }
    }

    /// The place of a part; that of the statement, where nothing more is known.
    pub(super) fn place(&self, at: &SourceLine, span: Span) -> SourceLine {
        let before = self.breaks.partition_point(|offset| *offset < span.start);
        let line = match before {
            0 => at.line,
            before => self.first.saturating_add(u32::try_from(before).unwrap_or(u32::MAX)),
        };
        SourceLine { path: at.path.clone(), line }
    }
}
