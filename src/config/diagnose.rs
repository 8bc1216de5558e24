//! A mistake and its span in; a message with the line it stands in, and what was probably meant, out.

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

/// `; did you mean …?` when a known name is close, else nothing.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let normal = word.replace('-', "_").to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for name in known {
        // The part after the group alone is a common slip: `deep_offset` for `query/deep_offset`.
        let bare = name.split_once('/').map_or(name, |(_, bare)| bare);
        let distance = strsim::damerau_levenshtein(&normal, name).min(strsim::damerau_levenshtein(&normal, bare));
        if distance <= (normal.len() / 3).max(1) && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map_or(String::new(), |(_, name)| format!("; did you mean `{name}`?"))
}
