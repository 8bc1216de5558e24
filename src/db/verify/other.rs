//! Two connections in; whether they lead to two databases, out.

use std::hash::{BuildHasher as _, RandomState};

use super::VerifyError;
use crate::db::error::DbError;
use crate::db::session::{Limits, Param, Session};

/// A copy of the files has the same system identifier, and names, ports and addresses differ on the way to one server. So
/// the advised database is given a mark that only it can have: a lock on a number of nobody's, until the transaction ends.
/// `pg_locks` shows it to everybody (documentation, "pg_locks"), with the database's oid.
pub(super) fn is_other(advised: &mut Session, clone: &mut Session) -> Result<(), VerifyError> {
    let key = RandomState::new().hash_one(std::process::id()) as i64;
    let seen = advised.reading(Limits::default(), |reading| {
        reading.rows(LOCK, &[Param::Int(key)])?;
        seen(clone, key)
    })?;
    match seen {
        (true, _) => Err(VerifyError::Same),
        (_, true) => Err(VerifyError::Standby),
        _ => Ok(()),
    }
}

/// Whether the clone's database has the lock; whether it is a standby.
fn seen(clone: &mut Session, key: i64) -> Result<(bool, bool), DbError> {
    let rows = clone.reading(Limits::default(), |reading| reading.rows(LOOK, &[Param::Int(key)]))?;
    Ok(rows.first().map_or((true, false), |row| (row.get(0), row.get(1))))
}

pub(super) const LOCK: &str = "SELECT pg_catalog.pg_advisory_xact_lock_shared($1::int8)";

pub(super) const LOOK: &str = "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l \
            JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = pg_catalog.current_database() \
            WHERE l.locktype = 'advisory' AND l.objsubid = 1 \
            AND ((l.classid::int8 << 32) | l.objid::int8) = $1::int8), pg_catalog.pg_is_in_recovery()";
