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

/// Every text that [`read`] sends to a server of one version or another, in order.
pub(super) fn texts() -> Vec<String> {
    let first = [
        part::SETTINGS,
        include_str!("sql/server.sql"),
        include_str!("sql/sessions.sql"),
        include_str!("sql/connections.sql"),
        include_str!("sql/replicas.sql"),
        include_str!("sql/slots.sql"),
        include_str!("sql/replay.sql"),
        include_str!("sql/prepared.sql"),
        include_str!("sql/databases.sql"),
        include_str!("sql/collation.sql"),
        include_str!("sql/writes.sql"),
        include_str!("sql/writes_17.sql"),
        include_str!("sql/wal.sql"),
        include_str!("sql/counters.sql"),
        include_str!("sql/archiver.sql"),
        include_str!("sql/settings.sql"),
        include_str!("sql/overrides.sql"),
        include_str!("sql/statements.sql"),
    ];
    let last = [include_str!("sql/tables.sql"), include_str!("sql/indexes.sql"), include_str!("sql/sequences.sql")];
    first.map(str::to_owned).into_iter().chain(statements::texts("{schema}")).chain(last.map(str::to_owned)).collect()
}

/// One of the statements in `sql/`.
fn part<'p>(name: &'p str, sql: &'p str) -> Part<'p> {
    Part { name, sql }
}
