//! What went wrong while reading, as data: place, cause and next step. Reading goes on.

use std::borrow::Cow;

/// Most problems that one chunk keeps; further ones are still counted as unrecognised lines.
const KEPT: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// 1-based line within the input; 0 when the problem has no line.
    pub line: u64,
    pub cause: Cow<'static, str>,
    /// What the reader can do about it; may be empty.
    pub next_step: Cow<'static, str>,
}

/// What one chunk held, beside its events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChunkReport {
    pub lines: u64,
    /// Records (primary ones), filtered or not.
    pub records: u64,
    /// Records that the filter left out.
    pub filtered: u64,
    /// Lines that belong to no record.
    pub unrecognised_lines: u64,
    pub problems: Vec<Problem>,
}

impl ChunkReport {
    pub(crate) fn problem(&mut self, line: u64, cause: &'static str, next_step: &'static str) {
        let same_cause = self.problems.iter().filter(|problem| problem.cause == cause).count();
        if self.problems.len() < KEPT && same_cause < 2 {
            self.problems.push(Problem { line, cause: cause.into(), next_step: next_step.into() });
        }
    }
}
