//! A session in; counters of tables, indexes and sequences, and what the server says of itself, into a catalog
//! that knows the names; what could not be read, out.
//!
//! Every statement stands alone, in a transaction of its own: one that is refused or takes too long leaves the others.

mod figures;
mod objects;
mod part;
mod statements;

use crate::catalog::model::{Catalog, ServerFacts};

use super::DbError;
use super::session::{Limits, Session};
use part::{Asker, Part};

/// A part that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// A field of [`ServerFacts`], or `tables`, `indexes`, `sequences`.
    pub part: String,
    /// Why, and what would help.
    pub reason: String,
}

/// Reads the health of a server into its catalog.
///
/// # Errors
/// Only when the connection is gone or the user has stopped it; the catalog keeps what was read until then.
pub fn read(session: &mut Session, limits: Limits, catalog: &mut Catalog) -> Result<Vec<Unread>, DbError> {
    let mut asker = Asker { session, limits };
    let asker = &mut asker;
    let mut facts = ServerFacts::default();
    let done = figures::read(asker, &mut facts)
        .and_then(|()| statements::read(asker, &mut facts))
        .and_then(|()| objects::read(asker, catalog, &mut facts));
    let unread = facts.unread.iter().map(|(part, reason)| Unread { part: part.clone(), reason: reason.clone() });
    let unread = unread.collect();
    catalog.server = Some(Box::new(facts));
    done.map(|()| unread)
}

/// One of the statements in `sql/`.
fn part<'p>(name: &'p str, sql: &'p str) -> Part<'p> {
    Part { name, sql }
}
