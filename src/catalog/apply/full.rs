//! Indexes, constraints and policies of one table in; which of them are one too many, out.

use std::collections::BTreeSet;

use super::Complaint;
use crate::catalog::model::TableName;

/// So many of each kind are kept of a table: no real one has as many, and statements and rules go through all of them again and again.
pub(super) const MOST_PARTS: usize = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Constraint,
    Index,
    Policy,
}

/// Tables of which something was left out.
#[derive(Debug, Default)]
pub(super) struct Full(BTreeSet<(Part, TableName)>);

impl Full {
    /// Whether a table that has so many may have one more; that it may not is said once.
    pub fn has_room(&mut self, table: &TableName, what: Part, present: usize, said: &mut Vec<Complaint>) -> bool {
        if present < MOST_PARTS {
            return true;
        }
        if self.0.insert((what, table.clone())) {
            let parts = match what {
                Part::Constraint => "constraints",
                Part::Index => "indexes",
                Part::Policy => "policies",
            };
            said.push(Complaint::new(format!("{table} has more than {MOST_PARTS} {parts}: the others are left out")));
        }
        false
    }

    /// Whether what is not known of the table may be one that was left out.
    pub fn lacks(&self, table: &TableName, what: Part) -> bool {
        !self.0.is_empty() && self.0.contains(&(what, table.clone()))
    }

    /// The same of any table.
    pub fn lacks_any(&self, what: Part) -> bool {
        self.0.iter().any(|(part, _)| *part == what)
    }
}
