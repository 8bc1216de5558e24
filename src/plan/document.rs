//! One plan's text with everything around it taken away: what [`super::present`] gives and the parsers take.

use std::borrow::Cow;

use super::model::{Format, Warning};

/// A plan as the server wrote it, as far as the presentation let it be restored.
#[derive(Clone, Debug, PartialEq)]
pub struct Document<'a> {
    pub format: Format,
    /// No frame, no quoting, no wrapping: one line for each that the server wrote.
    pub text: Cow<'a, str>,
    pub lines: Lines,
    /// The statement that stood above the plan.
    pub query: Option<String>,
    /// What the client said that it printed: `(12 rows)`.
    pub rows: Option<u64>,
    pub warnings: Vec<Warning>,
}

/// Line of the input, 1-based, for each line of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lines {
    /// The text stands in the input as it is, from this line on.
    From(u32),
    /// The same, and each line is known already; nothing quoted goes on in the next one.
    Cut(u32, Vec<Cut>),
    Each(Vec<u32>),
}

/// Where a line stands in the text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Blanks in front.
    pub column: u32,
    /// Of what stands behind those.
    pub start: u32,
    /// Of the newline.
    pub end: u32,
}

impl Lines {
    /// `index` counts the text's lines from 0.
    pub fn of(&self, index: usize) -> u32 {
        let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        match self {
            Lines::From(first) | Lines::Cut(first, _) => first.saturating_add(short(index)),
            Lines::Each(lines) => lines.get(index).or(lines.last()).copied().unwrap_or(0),
        }
    }
}
