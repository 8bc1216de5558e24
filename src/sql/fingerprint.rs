//! A statement's text in; its fingerprint, its literals' hash, its LIMIT and OFFSET and its display text out.
//!
//! What folds: literals and parameters (`?`, a sign before them included: `x = -1` is `x = ?`), lists after `IN` and
//! `ARRAY` and rows of `VALUES` of any length (`...`), comments, the case of unquoted identifiers, white space, `!=`
//! (`<>`), trailing `;`, and the names of cursors, savepoints and prepared statements (`?`). `NULL`, `TRUE` and `FALSE`
//! fold where they are values of a query: `IS NULL` stays. What does not: quoted identifiers (kept exactly, so
//! `"id"` and `id` differ), other identifiers, ordinals in `GROUP BY` and `ORDER BY`, type modifiers.
//!
//! The display text is a fixed point: it has the same fingerprint and normalises to itself.

mod fold;
mod render;

use std::fmt;
use std::str::FromStr;

use xxhash_rust::xxh3::xxh3_64;

use super::facts::{Bound, StatementKind};
use super::verb::Verb;
pub use fold::Scratch;

/// Changes whenever the same text may get another fingerprint; reports, digests and baselines carry it.
pub const FINGERPRINT_VERSION: u32 = 1;

/// The identity of a statement without its literals: xxh3 of the normalised token stream. Written as 16 hex digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub u64);

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

/// A text that is not 16 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no fingerprint: 16 hexadecimal digits are expected")]
pub struct NotAFingerprint(pub String);

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        let hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u64::from_str_radix(text, 16) {
            Ok(value) if hex => Ok(Fingerprint(value)),
            _ => Err(NotAFingerprint(text.to_owned())),
        }
    }
}

/// Comments that look like tags (they hold `=` or `:`), as byte spans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TagComments {
    /// The first one.
    pub first: Option<(usize, usize)>,
    /// The last one; the same as `first` if there is one only.
    pub last: Option<(usize, usize)>,
    /// How many there are.
    pub count: u32,
}

/// What one pass over a text tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The identity of the statement.
    pub fingerprint: Fingerprint,
    /// What the (first) statement does.
    pub kind: StatementKind,
    /// The same, finer.
    pub verb: Verb,
    /// Hash of everything that was folded to a placeholder, in order, as written.
    pub literals: u64,
    /// The same without the value of the outermost OFFSET.
    pub literals_but_offset: u64,
    /// The outermost LIMIT, or `FETCH FIRST n`; `LIMIT ALL` is none. A `?` is unknown.
    pub limit: Option<Bound>,
    /// The outermost OFFSET.
    pub offset: Option<Bound>,
    /// Comments that may carry tags.
    pub tags: TagComments,
    /// A literal, a quoted identifier, a comment or a parenthesis is open at the end.
    pub truncated: bool,
}

/// Reads `text` once. Allocates only when `scratch` is too small.
pub fn scan(text: &[u8], scratch: &mut Scratch) -> Scan {
    let mut scan = fold::fold(text, scratch);
    scan.fingerprint = Fingerprint(xxh3_64(scratch.stream()));
    scan
}

/// The display text of the fingerprint of `text`: one line, canonical spacing, no literal. Invalid UTF-8 in
/// identifiers is replaced.
pub fn normalize(text: &[u8]) -> String {
    let mut scratch = Scratch::default();
    fold::fold(text, &mut scratch);
    render::render(scratch.stream())
}

/// The fingerprint of `text` alone, for callers that are not on the hot path.
pub fn fingerprint(text: &[u8]) -> Fingerprint {
    scan(text, &mut Scratch::default()).fingerprint
}

#[cfg(test)]
mod tests;
