//! What concerns the server or the database as a whole.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::model::ServerFacts;
use crate::catalog::model::server::{DatabaseAge, ServerSession, ServerSetting, Writes};
use crate::db::DbError;
use crate::sql::fingerprint::normalize;

use super::part;
use super::part::{Asker, json};

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

pub(super) fn read(asker: &mut Asker<'_>, facts: &mut ServerFacts) -> Result<(), DbError> {
    let itself: Option<Itself> = part("server", include_str!("sql/server.sql")).value(asker, facts)?;
    if let Some(itself) = itself {
        facts.standby = Some(itself.standby);
        facts.uptime_s = Some(itself.uptime_s);
        facts.counted_s = Some(itself.counted_s);
    }
    activity(asker, facts)?;
    facts.replicas = part("replicas", include_str!("sql/replicas.sql")).values(asker, facts)?;
    facts.slots = part("slots", include_str!("sql/slots.sql")).values(asker, facts)?;
    facts.replay = part("replay", include_str!("sql/replay.sql")).value(asker, facts)?;
    facts.prepared = part("prepared", include_str!("sql/prepared.sql")).values(asker, facts)?;
    facts.databases = part("databases", include_str!("sql/databases.sql")).values(asker, facts)?;
    if asker.version() >= 150_000 {
        collation(asker, facts)?;
    }
    writes(asker, facts)?;
    facts.counters = part("counters", include_str!("sql/counters.sql")).value(asker, facts)?;
    facts.archiver = part("archiver", include_str!("sql/archiver.sql")).value(asker, facts)?;
    settings(asker, facts)
}

fn activity(asker: &mut Asker<'_>, facts: &mut ServerFacts) -> Result<(), DbError> {
    let sessions: Option<Vec<ServerSession>> =
        part("sessions", include_str!("sql/sessions.sql")).values(asker, facts)?;
    facts.sessions = sessions.map(|mut sessions| {
        for session in &mut sessions {
            session.query = session.query.take().map(|text| normalize(text.as_bytes())).filter(|text| !text.is_empty());
        }
        sessions
    });
    let connections = part("connections", include_str!("sql/connections.sql"));
    let Some(rows) = connections.rows(asker, facts)? else { return Ok(()) };
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

fn collation(asker: &mut Asker<'_>, facts: &mut ServerFacts) -> Result<(), DbError> {
    let rows = part("collation", include_str!("sql/collation.sql")).rows(asker, facts)?.unwrap_or_default();
    let databases: &mut Vec<DatabaseAge> = facts.databases.get_or_insert_default();
    for row in rows {
        let name: String = row.get(0);
        if let Some(known) = databases.iter_mut().find(|known| known.name == name) {
            known.collation_actual = row.try_get(1).ok().flatten();
        }
    }
    Ok(())
}

fn writes(asker: &mut Asker<'_>, facts: &mut ServerFacts) -> Result<(), DbError> {
    let sql = match asker.version() {
        170_000.. => include_str!("sql/writes_17.sql"),
        _ => include_str!("sql/writes.sql"),
    };
    let mut found: Option<Writes> = part("writes", sql).value(asker, facts)?;
    if let Some(writes) = found.as_mut().filter(|_| asker.version() >= 140_000) {
        let wal: Option<Writes> = part("wal", include_str!("sql/wal.sql")).value(asker, facts)?;
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

fn settings(asker: &mut Asker<'_>, facts: &mut ServerFacts) -> Result<(), DbError> {
    let named: Option<Vec<Named>> = part("settings", include_str!("sql/settings.sql")).values(asker, facts)?;
    facts.settings =
        named.map(|named| named.into_iter().map(|one| (one.name, one.setting)).collect::<BTreeMap<_, _>>());
    let rows = part("overrides", include_str!("sql/overrides.sql")).rows(asker, facts)?.unwrap_or_default();
    facts.overrides = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    Ok(())
}
