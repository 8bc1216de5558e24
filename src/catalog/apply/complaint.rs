//! What is said against a statement that could not be applied, or not in full.

use crate::catalog::model::{SourceLine, TableName};
use crate::catalog::text::Text;
use crate::sql::ddl::model::QualifiedName;

/// What to do about something unknown.
pub(super) const GIVE_BEFORE: &str = "give the file that creates it, before this one";

/// Why a statement, or a part of it, could not be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    pub kind: ComplaintKind,
    pub message: String,
    pub hint: Option<String>,
    /// Of [`ComplaintKind::Exists`]: the file that made what exists, as far as it is known.
    pub made_in: Option<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComplaintKind {
    /// It is about a table or an index that nothing has made: the history is not whole.
    Stranger,
    /// What it makes exists already.
    Exists,
    /// It could be applied, but what it makes is not known in full: its columns come from a query.
    FromQuery,
    Other,
}

impl Complaint {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Complaint { kind: ComplaintKind::Other, message: message.into(), hint: None, made_in: None }
    }

    pub(super) fn exists(message: impl Into<String>, made_at: Option<&SourceLine>) -> Self {
        let made_in = made_at.map(|at| at.path.clone());
        Complaint { kind: ComplaintKind::Exists, made_in, ..Complaint::new(message) }
    }

    pub(super) fn stranger(message: impl Into<String>) -> Self {
        Complaint { kind: ComplaintKind::Stranger, ..Complaint::new(message) }
    }

    pub(super) fn unknown(table: &TableName) -> Self {
        Complaint::stranger(format!("unknown table {table}"))
    }

    pub(super) fn unknown_table(name: &QualifiedName) -> Self {
        Complaint { hint: Some(GIVE_BEFORE.into()), ..Complaint::stranger(format!("unknown table {}", shown(name))) }
    }
}

pub(super) fn shown(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) => format!("{schema}.{}", name.name),
        None => name.name.clone(),
    }
}
