//! A PL/pgSQL body in; the SQL that it holds out: where it stands, under what, and as text that a parser takes.
//!
//! Statements are found where PL/pgSQL expects one (PL/pgSQL's `pl_gram.y`, `proc_stmt`). INTO targets are blanked,
//! PERFORM is SELECT, variables are `?`: all of the same length, so that offsets are those of the body.

mod walk;

use super::variables::Variables;
use crate::sql::facts::Span;

/// A piece of SQL in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// In the body.
    pub span: Span,
    pub looped: bool,
    pub conditional: bool,
    pub sql: Sql,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sql {
    /// As long as the span.
    Text(String),
    /// EXECUTE of an expression.
    Dynamic,
}

/// What a body holds, in order.
pub(super) fn found(body: &str, variables: Variables) -> Vec<Found> {
    walk::Walker::new(body, variables).walk()
}

#[cfg(test)]
mod tests;
