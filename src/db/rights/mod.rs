//! A session in; what its role may not see, with what to grant for more, out.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::error::DbError;
use super::quote;
use super::session::{Limits, Session};

/// What this role sees of this server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    pub role: String,
    /// `server_version_num`
    pub version: u32,
    pub superuser: bool,
    /// A replica: nothing can be created here, and its counters are its own.
    pub standby: bool,
    /// Which of the predefined roles for monitoring it has, by itself or through another (user-manag, "Predefined Roles").
    pub member_of: BTreeSet<String>,
}

/// Tables of which a role may read no column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HiddenTables {
    pub count: u64,
    /// One of them.
    pub one: String,
}

/// Versions that are tested.
const KNOWN: std::ops::RangeInclusive<u32> = 13..=18;

impl Rights {
    pub fn read(session: &mut Session) -> Result<Self, DbError> {
        session.reading(Limits::default(), |reading| {
            let mut rights = Rights { version: reading.version(), ..Rights::default() };
            if let Some(row) = reading.rows(SQL, &[])?.first() {
                rights.role = row.try_get(0)?;
                rights.superuser = row.try_get(1)?;
                rights.standby = row.try_get(2)?;
                rights.member_of = row.try_get::<_, Vec<String>>(3)?.into_iter().collect();
            }
            Ok(rights)
        })
    }

    fn has(&self, role: &str) -> bool {
        self.superuser || self.member_of.contains(role)
    }

    /// The texts of other roles' statements, and the statements of their sessions.
    pub fn sees_statements(&self) -> bool {
        self.has("pg_read_all_stats") || self.has("pg_monitor")
    }

    /// What is not seen or not to be had here, with what would change that, most important first.
    pub fn lacks(&self, hidden: Option<&HiddenTables>) -> Vec<String> {
        let role = quote::identifier(&self.role);
        let mut lacks = Vec::new();
        if !self.sees_statements() {
            lacks.push(format!(
                "the role {role} is not in pg_monitor: the texts of other roles' statements (pg_stat_statements, activity) and much \
                 of the server's health are hidden from it; next step: GRANT pg_monitor TO {role}"
            ));
        }
        if let Some(HiddenTables { count, one }) = hidden {
            // Since 14 ("Release Notes", pg_read_all_data).
            let grant = match self.version {
                140_000.. => format!("GRANT pg_read_all_data TO {role}"),
                _ => format!("GRANT USAGE ON SCHEMA … TO {role}, and GRANT SELECT ON ALL TABLES IN SCHEMA … TO {role}"),
            };
            let tables = if *count == 1 { one.clone() } else { format!("{count} tables ({one}, …)") };
            lacks.push(format!(
                "the role {role} may not read {tables}: there is health, but no costing: statements on them cannot be planned, no \
                 index can be tried, and the statistics of their columns are hidden; next step: {grant}"
            ));
        }
        if self.standby {
            lacks.push(
                "the server is a standby: scans, calls and dead rows are counted here for itself alone, and what is advised has to be \
                 done at the primary, where the other half of the workload runs"
                    .into(),
            );
        }
        let major = self.version / 10_000;
        if !KNOWN.contains(&major) {
            lacks.push(format!(
                "Postgres {major} was not tested with sqlsift, which knows {} to {}: parts of its catalog may not be read",
                KNOWN.start(),
                KNOWN.end()
            ));
        }
        lacks
    }
}

pub(super) const SQL: &str = include_str!("rights.sql");
