//! What stops a command: what happened, why, and what to do next. The most important line comes last, where a person
//! looks first.

use std::fmt;
use std::io;

#[derive(Debug)]
pub enum Failure {
    /// Standard output was closed by its reader; not an error.
    BrokenPipe,
    Told {
        /// Lines before the message.
        causes: Vec<String>,
        what: String,
        next: String,
    },
}

impl Failure {
    pub fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Told { causes: Vec::new(), what: what.into(), next: next.into() }
    }

    pub fn because(mut self, cause: impl Into<String>) -> Self {
        if let Self::Told { causes, .. } = &mut self {
            causes.push(cause.into());
        }
        self
    }

    /// A failed write to `name`.
    pub fn writing(name: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            _ => Self::new(format!("cannot write {name}: {error}"), "check the folder, its permissions and free space"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Told { causes, what, next } = self else { return Ok(()) };
        for cause in causes {
            writeln!(f, "  {cause}")?;
        }
        write!(f, "error: {what}")?;
        if next.is_empty() { Ok(()) } else { write!(f, "\nnext: {next}") }
    }
}
