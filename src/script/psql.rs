//! psql's own lines between statements: what is included is not followed, and said.

use super::model::{Problem, ProblemKind};

/// Names the files that `\i`, `\ir` and their long forms include; `line` gives the line of the text's start.
pub(super) fn includes(gap: &str, line: impl FnOnce() -> usize, problems: &mut Vec<Problem>) {
    if memchr::memchr(b'\\', gap.as_bytes()).is_none() {
        return;
    }
    let line = line();
    for (offset, text) in gap.lines().enumerate() {
        let Some(command) = text.trim_start().strip_prefix('\\') else { continue };
        let mut words = command.split_whitespace();
        if let (Some("i" | "ir" | "include" | "include_relative"), Some(file)) = (words.next(), words.next()) {
            problems.push(Problem {
                kind: ProblemKind::NotRead,
                line: Some(line + offset),
                message: format!("{} is included here and not followed", file.trim_matches('\'')),
                hint: Some("give that file to sqlsift as well".into()),
            });
        }
    }
}
