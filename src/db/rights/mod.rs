//! A session in; what its role may see, and which extensions there are, out, with what to grant or install for more.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::error::DbError;
use super::session::{Limits, Session};

/// What this role sees of this server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    pub role: String,
    /// `server_version_num`
    pub version: u32,
    pub superuser: bool,
    /// A replica: nothing can be created here, and its statistics are its own.
    pub standby: bool,
    /// Which of the predefined roles for monitoring it has, by itself or through another (user-manag, "Predefined Roles").
    pub member_of: BTreeSet<String>,
    pub hypopg: Extension,
    pub statements: Extension,
    /// pg_stat_statements is in shared_preload_libraries, without which it counts nothing.
    pub statements_loaded: bool,
}

/// An extension as the server and the database have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extension {
    /// Version that `CREATE EXTENSION` would create; `None` when its files are not there.
    pub available: Option<String>,
    /// Version and schema in this database.
    pub created: Option<(String, String)>,
}

/// Something that is not seen, and what would change that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// `The statistics of columns are hidden …`
    pub what: String,
    /// A statement, or words where a statement is not enough.
    pub next: String,
}

impl Rights {
    pub fn read(session: &mut Session) -> Result<Self, DbError> {
        session.reading(Limits::default(), |reading| {
            let mut rights = Rights { version: reading.version(), ..Rights::default() };
            if let Some(row) = reading.rows(include_str!("rights.sql"), &[])?.first() {
                rights.role = row.try_get(0)?;
                rights.superuser = row.try_get(1)?;
                rights.standby = row.try_get(2)?;
                rights.member_of = row.try_get::<_, Vec<String>>(3)?.into_iter().collect();
                rights.statements_loaded = row.try_get(4)?;
            }
            for row in reading.rows(include_str!("extensions.sql"), &[])? {
                let schema: Option<String> = row.try_get(3)?;
                let created = row.try_get::<_, Option<String>>(2)?.zip(schema);
                let extension = Extension { available: row.try_get(1)?, created };
                match row.try_get(0)? {
                    "hypopg" => rights.hypopg = extension,
                    _ => rights.statements = extension,
                }
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

    /// Every table: its column statistics, and plans of statements that read it.
    pub fn sees_tables(&self) -> bool {
        self.has("pg_read_all_data")
    }

    /// What is not seen, most important first.
    pub fn lacks(&self) -> Vec<Lack> {
        let role = format!("\"{}\"", self.role.replace('"', "\"\""));
        let lack = |what: &str, next: String| Lack { what: what.to_owned(), next };
        let mut lacks = Vec::new();
        if !self.sees_statements() {
            lacks.push(lack(
                "the texts of other roles' statements are hidden from this role, in pg_stat_statements and in activity",
                format!("GRANT pg_monitor TO {role};"),
            ));
        }
        if !self.sees_tables() {
            // Since 14 ("Release Notes", pg_read_all_data).
            let next = match self.version {
                140_000.. => format!("GRANT pg_read_all_data TO {role};"),
                _ => format!("GRANT USAGE ON SCHEMA … TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA … TO {role};"),
            };
            lacks.push(lack(
                "tables that this role may not read have no column statistics, and their statements cannot be planned",
                next,
            ));
        }
        let elsewhere = if self.standby { " at the primary: a standby takes it over from there" } else { "" };
        for (name, extension, for_what) in [
            ("pg_stat_statements", &self.statements, "without pg_stat_statements nothing says which queries run"),
            ("hypopg", &self.hypopg, "without HypoPG no index is tried: what is advised is an estimate"),
        ] {
            let package = if name == "hypopg" { "hypopg" } else { "contrib" };
            match extension {
                Extension { created: Some(_), .. } => {}
                Extension { available: Some(_), .. } => {
                    lacks.push(lack(for_what, format!("CREATE EXTENSION {name};{elsewhere}")));
                }
                Extension { available: None, .. } => lacks.push(lack(
                    for_what,
                    format!("install the {package} package of Postgres {} at the server, then CREATE EXTENSION {name};{elsewhere}", self.version / 10_000),
                )),
            }
        }
        if !self.statements_loaded {
            lacks.push(lack(
                "pg_stat_statements is not loaded, so it counts nothing",
                "add pg_stat_statements to shared_preload_libraries, and restart the server".into(),
            ));
        }
        lacks
    }
}
