//! A mistake and its span in; a message with the line it stands in, and what was probably meant, out.

pub use crate::rules::spelling::did_you_mean;

use std::ops::Range;

/// A mistake in the configuration; displays as `path:line:column: message`, the line, and a mark under the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct ConfigError {
    text: String,
}

impl ConfigError {
    pub fn plain(path: &str, message: impl std::fmt::Display) -> Self {
        Self { text: format!("{path}: {message}") }
    }

    pub fn unreadable(path: &str, error: &std::io::Error) -> Self {
        Self::plain(path, format!("cannot be read: {error}"))
    }

    /// `span` is in bytes of `text`.
    pub fn at(path: &str, text: &str, span: Range<usize>, message: &str) -> Self {
        let start = floor(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = &text[line_start..line_end];
        let number = text[..start].matches('\n').count() + 1;
        let column = text[line_start..start].chars().count() + 1;
        let end = floor(text, span.end).clamp(start, line_end);
        let width = text[start..end].chars().count().max(1);
        let gutter = " ".repeat(number.to_string().len());
        let (pad, marks) = (" ".repeat(column - 1), "^".repeat(width));
        let shown = line.replace('\t', " ");
        Self {
            text: format!(
                "{path}:{number}:{column}: {message}\n{gutter} |\n{number} | {shown}\n{gutter} | {pad}{marks}"
            ),
        }
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
