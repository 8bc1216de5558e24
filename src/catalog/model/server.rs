//! What a server says of itself beside its schema: sessions, connections, replication, ages, counters and settings.
//!
//! Ages are seconds before the moment of the reading, or transactions; `None` means "not known". What could not be read
//! stands in [`ServerFacts::unread`] with the reason, so that nobody takes it for fine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerFacts {
    /// Parts that could not be read, by the name of the field, with the reason and what would help.
    pub unread: BTreeMap<String, String>,
    /// `pg_is_in_recovery()`.
    pub standby: Option<bool>,
    pub uptime_s: Option<u64>,
    /// For how long tables and indexes of this database have been counted: since the last reset or crash.
    pub counted_s: Option<u64>,
    /// Other sessions of the whole server that do something, wait, or hold a transaction open.
    pub sessions: Option<Vec<ServerSession>>,
    /// Sessions of other roles whose state this role may not see.
    pub hidden_sessions: u64,
    pub connections: Option<Connections>,
    pub replicas: Option<Vec<Replica>>,
    pub slots: Option<Vec<Slot>>,
    /// Of a standby: how far it is behind.
    pub replay: Option<Replay>,
    pub prepared: Option<Vec<PreparedTransaction>>,
    pub databases: Option<Vec<DatabaseAge>>,
    pub writes: Option<Writes>,
    pub counters: Option<DatabaseCounters>,
    pub archiver: Option<Archiver>,
    pub statements: Option<StatementStatistics>,
    pub settings: Option<BTreeMap<String, ServerSetting>>,
    /// Settings of roles and databases (`ALTER ROLE … SET`): `role/name`, `database/name`.
    pub overrides: BTreeMap<String, String>,
}

/// `pg_stat_activity`, of client backends and of what works beside them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerSession {
    pub pid: i64,
    pub database: Option<String>,
    pub user: Option<String>,
    pub application: Option<String>,
    /// `client backend`, `autovacuum worker`, `walsender`, …
    pub kind: String,
    /// `active`, `idle in transaction`, …
    pub state: Option<String>,
    pub wait_type: Option<String>,
    pub wait_event: Option<String>,
    pub transaction_s: Option<u64>,
    pub query_s: Option<u64>,
    pub state_s: Option<u64>,
    /// Transactions that have begun since the oldest snapshot that it holds.
    pub xmin_age: Option<u64>,
    /// It has written something.
    pub writes: bool,
    /// Sessions that it waits for (`pg_blocking_pids`); 0 is a prepared transaction.
    pub blocked_by: Vec<i64>,
    /// The current or last statement, without its constants.
    pub query: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// `max_connections`.
    pub max: u64,
    /// Kept for superusers and, since 16, for `pg_use_reserved_connections`.
    pub reserved: u64,
    pub used: u64,
    /// By state: `active`, `idle`, …
    pub states: BTreeMap<String, u64>,
    /// By application, role and database, the largest first.
    pub holders: Vec<Holder>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Holder {
    pub application: String,
    pub user: String,
    pub database: String,
    pub sessions: u64,
    pub idle: u64,
}

/// `pg_stat_replication`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Replica {
    pub name: String,
    pub state: Option<String>,
    pub sync_state: Option<String>,
    /// Written here and not yet replayed there.
    pub lag_bytes: Option<u64>,
    pub lag_s: Option<u64>,
    /// What `hot_standby_feedback` holds back here.
    pub xmin_age: Option<u64>,
}

/// `pg_replication_slots`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Slot {
    pub name: String,
    /// `physical` or `logical`.
    pub kind: String,
    pub database: Option<String>,
    pub active: bool,
    pub temporary: bool,
    /// On a standby: kept in step with the primary, and never active (since 17).
    pub synced: bool,
    /// `reserved`, `extended`, `unreserved`, `lost`.
    pub wal_status: Option<String>,
    pub retained_bytes: Option<u64>,
    /// What may still be written before the slot is in danger; `None` when there is no limit.
    pub safe_bytes: Option<i64>,
    pub xmin_age: Option<u64>,
    pub catalog_xmin_age: Option<u64>,
    /// Since 17.
    pub inactive_s: Option<u64>,
    pub invalidation: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Replay {
    /// Received and not yet replayed.
    pub lag_bytes: Option<u64>,
    /// Age of the last transaction that was replayed: on a quiet primary this grows although nothing is missing.
    pub last_transaction_s: Option<u64>,
    pub receiving: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PreparedTransaction {
    pub name: String,
    pub database: String,
    pub owner: String,
    pub age_s: Option<u64>,
    pub xid_age: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseAge {
    pub name: String,
    pub xid_age: u64,
    pub multixact_age: u64,
    pub template: bool,
    /// The collation's version with which the database was made, and the one of the system's library (since 15).
    pub collation_version: Option<String>,
    pub collation_actual: Option<String>,
}

/// `pg_stat_bgwriter`, `pg_stat_checkpointer` (since 17) and `pg_stat_wal` (since 14).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Writes {
    pub checkpoints_timed: u64,
    pub checkpoints_requested: u64,
    pub checkpoint_buffers: u64,
    pub cleaned_buffers: u64,
    /// The background writer stopped because it had written enough.
    pub cleaning_stopped: u64,
    pub counted_s: Option<u64>,
    pub wal_bytes: Option<u64>,
    pub wal_full_pages: Option<u64>,
    pub wal_records: Option<u64>,
    pub wal_buffers_full: Option<u64>,
    pub wal_counted_s: Option<u64>,
}

/// `pg_stat_database` of the database at hand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseCounters {
    pub commits: u64,
    pub rollbacks: u64,
    pub blocks_read: u64,
    pub blocks_hit: u64,
    pub temp_files: u64,
    pub temp_bytes: u64,
    pub deadlocks: u64,
    pub conflicts: u64,
    /// `None` without data checksums.
    pub checksum_failures: Option<u64>,
    /// Since 14, as all below.
    pub sessions: Option<u64>,
    pub session_ms: Option<u64>,
    pub active_ms: Option<u64>,
    pub idle_in_transaction_ms: Option<u64>,
    pub sessions_abandoned: Option<u64>,
    pub sessions_fatal: Option<u64>,
    pub sessions_killed: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Archiver {
    pub archived: u64,
    pub failed: u64,
    pub last_archived_s: Option<u64>,
    pub last_failed_s: Option<u64>,
    pub last_failed_file: Option<String>,
}

/// What there is of pg_stat_statements.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatementStatistics {
    /// `CREATE EXTENSION` was run in this database.
    pub created: bool,
    /// It is in `shared_preload_libraries`: its parameters exist.
    pub loaded: bool,
    /// The programs are installed.
    pub available: Option<bool>,
    pub entries: Option<u64>,
    pub max: Option<u64>,
    /// How often entries were thrown out to make room (since 14).
    pub evictions: Option<u64>,
    pub counted_s: Option<u64>,
    pub track: Option<String>,
    pub track_planning: Option<bool>,
    /// `compute_query_id` (since 14).
    pub query_id: Option<String>,
}

/// A row of `pg_settings`, with the value that sessions begin with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerSetting {
    /// In `unit`, as `reset_val` has it; `on` and `off` for switches.
    pub value: String,
    pub unit: Option<String>,
    pub default: Option<String>,
    /// `default`, `configuration file`, `database`, …
    pub source: String,
    /// `postmaster`: it needs a restart.
    pub context: String,
    /// The file says something else, and a restart would bring it.
    pub pending_restart: bool,
}

impl ServerFacts {
    pub fn setting(&self, name: &str) -> Option<&ServerSetting> {
        self.settings.as_ref()?.get(name)
    }

    /// Why a part is not known.
    pub fn why(&self, part: &str) -> String {
        match self.unread.get(part) {
            Some(reason) => format!("{part} could not be read: {reason}"),
            None => format!("the snapshot says nothing of {part}: make it with `sqlsift snapshot`"),
        }
    }
}

impl ServerSetting {
    pub fn number(&self) -> Option<f64> {
        self.value.parse().ok()
    }

    pub fn is_on(&self) -> bool {
        self.value == "on"
    }

    /// Of a setting of memory or size.
    pub fn bytes(&self) -> Option<f64> {
        let unit = match self.unit.as_deref()? {
            "B" => 1.0,
            "kB" => 1024.0,
            "8kB" => 8192.0,
            "MB" => 1024.0 * 1024.0,
            "16MB" => 16.0 * 1024.0 * 1024.0,
            "GB" => 1024.0 * 1024.0 * 1024.0,
            _ => return None,
        };
        Some(self.number()? * unit)
    }
}
