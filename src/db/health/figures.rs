//! What concerns the server or the database as a whole.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::model::ServerFacts;
use crate::catalog::model::server::{DatabaseAge, ServerSession, ServerSetting, Writes};
use crate::db::{DbError, Reading};
use crate::sql::fingerprint::normalize;

use super::part;
use super::part::json;

#[derive(Deserialize)]
struct Itself {
    standby: bool,
    uptime_s: u64,
    counted_s: u64,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    setting: ServerSetting,
}

pub(super) fn read(reading: &mut Reading<'_>, facts: &mut ServerFacts) -> Result<(), DbError> {
    let itself: Option<Itself> = part("server", include_str!("sql/server.sql")).value(reading, facts)?;
    if let Some(itself) = itself {
        facts.standby = Some(itself.standby);
        facts.uptime_s = Some(itself.uptime_s);
        facts.counted_s = Some(itself.counted_s);
    }
    activity(reading, facts)?;
    facts.replicas = part("replicas", include_str!("sql/replicas.sql")).values(reading, facts)?;
    facts.slots = part("slots", include_str!("sql/slots.sql")).values(reading, facts)?;
    facts.replay = part("replay", include_str!("sql/replay.sql")).value(reading, facts)?;
    facts.prepared = part("prepared", include_str!("sql/prepared.sql")).values(reading, facts)?;
    facts.databases = part("databases", include_str!("sql/databases.sql")).values(reading, facts)?;
    if reading.version() >= 150_000 {
        collation(reading, facts)?;
    }
    writes(reading, facts)?;
    facts.counters = part("counters", include_str!("sql/counters.sql")).value(reading, facts)?;
    facts.archiver = part("archiver", include_str!("sql/archiver.sql")).value(reading, facts)?;
    settings(reading, facts)
}

fn activity(reading: &mut Reading<'_>, facts: &mut ServerFacts) -> Result<(), DbError> {
    let sessions: Option<Vec<ServerSession>> =
        part("sessions", include_str!("sql/sessions.sql")).values(reading, facts)?;
    facts.sessions = sessions.map(|mut sessions| {
        for session in &mut sessions {
            session.query = session.query.take().map(|text| normalize(text.as_bytes())).filter(|text| !text.is_empty());
        }
        sessions
    });
    let connections = part("connections", include_str!("sql/connections.sql"));
    let Some(rows) = connections.rows(reading, facts)? else { return Ok(()) };
    if let Some(row) = rows.first() {
        match json(row, 0) {
            Ok(found) => facts.connections = Some(found),
            Err(error) => {
                facts.unread.insert(connections.name.to_owned(), error);
            }
        }
        facts.hidden_sessions = u64::try_from(row.try_get::<_, i64>(1).unwrap_or_default()).unwrap_or_default();
    }
    Ok(())
}

fn collation(reading: &mut Reading<'_>, facts: &mut ServerFacts) -> Result<(), DbError> {
    let rows = part("collation", include_str!("sql/collation.sql")).rows(reading, facts)?.unwrap_or_default();
    let databases: &mut Vec<DatabaseAge> = facts.databases.get_or_insert_default();
    for row in rows {
        let name: String = row.get(0);
        if let Some(known) = databases.iter_mut().find(|known| known.name == name) {
            known.collation_actual = row.try_get(1).ok().flatten();
        }
    }
    Ok(())
}

fn writes(reading: &mut Reading<'_>, facts: &mut ServerFacts) -> Result<(), DbError> {
    let sql = match reading.version() {
        170_000.. => include_str!("sql/writes_17.sql"),
        _ => include_str!("sql/writes.sql"),
    };
    let mut found: Option<Writes> = part("writes", sql).value(reading, facts)?;
    if let Some(writes) = found.as_mut().filter(|_| reading.version() >= 140_000) {
        let wal: Option<Writes> = part("wal", include_str!("sql/wal.sql")).value(reading, facts)?;
        if let Some(wal) = wal {
            writes.wal_bytes = wal.wal_bytes;
            writes.wal_full_pages = wal.wal_full_pages;
            writes.wal_records = wal.wal_records;
            writes.wal_buffers_full = wal.wal_buffers_full;
            writes.wal_counted_s = wal.wal_counted_s;
        }
    }
    facts.writes = found;
    Ok(())
}

fn settings(reading: &mut Reading<'_>, facts: &mut ServerFacts) -> Result<(), DbError> {
    let named: Option<Vec<Named>> = part("settings", include_str!("sql/settings.sql")).values(reading, facts)?;
    facts.settings =
        named.map(|named| named.into_iter().map(|one| (one.name, one.setting)).collect::<BTreeMap<_, _>>());
    let rows = part("overrides", include_str!("sql/overrides.sql")).rows(reading, facts)?.unwrap_or_default();
    facts.overrides = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    Ok(())
}
