//! What could not be read of a schema, as data.

/// A statement or file that was not understood; the rest was still read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub path: Option<String>,
    /// 1-based.
    pub line: Option<u32>,
    pub message: String,
    pub hint: Option<String>,
}
