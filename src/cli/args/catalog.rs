//! Where the catalog comes from: what every command that takes one has in common.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;

/// Files.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct Catalog {
    /// DDL of the database: `pg_dump --schema-only`, or migrations in order
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "snapshot", help_heading = "Catalog")]
    pub schema: Vec<PathBuf>,
    /// Catalog with sizes and statistics, as a snapshot file
    #[arg(long, value_name = "FILE", help_heading = "Catalog")]
    pub snapshot: Option<PathBuf>,
}

/// A live server.
#[derive(Clone, ClapArgs)]
pub struct Server {
    /// A live server: postgres://user@host/database or 'host=… dbname=…', completed by PG* variables, the service file and
    /// the password file as psql does; '' takes all from there. Only reads, in short transactions
    #[arg(long, value_name = "DSN", env = "SQLSIFT_DSN", hide_env_values = true, help_heading = "Server")]
    pub dsn: Option<String>,
    /// Longest time that the server may work on one statement, in seconds; else 10, and 60 for the catalog
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Server")]
    pub statement_timeout: Option<Duration>,
    /// Print every statement that would be sent to the server, and connect to nothing
    #[arg(long, help_heading = "Server")]
    pub dry_run: bool,
}

/// A connection string, which may hold a password: its Debug shows nothing of it.
#[derive(Clone)]
pub struct Dsn(pub String);

impl From<String> for Dsn {
    fn from(text: String) -> Self {
        Dsn(text)
    }
}

impl std::fmt::Debug for Dsn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Without what may hold a password.
impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let dsn = self.dsn.as_ref().map(|_| "…");
        f.debug_struct("Server").field("dsn", &dsn).field("statement_timeout", &self.statement_timeout).finish()
    }
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.trim_end_matches('s').parse().map_err(|_| "not a number of seconds".to_owned())?;
    if !(0.001..=86_400.0).contains(&seconds) {
        return Err("between 0.001 and 86400 seconds".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// `60s`, `5m`, `1h`; a number alone is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let told = match text.parse::<u32>() {
        Ok(seconds) => Ok(jiff::SignedDuration::from_secs(i64::from(seconds))),
        Err(_) => text.parse::<jiff::SignedDuration>(),
    };
    let long = told.map_err(|_| "a length of time is expected: 60s, 5m, 1h".to_owned())?;
    Duration::try_from(long).ok().filter(|long| !long.is_zero()).ok_or_else(|| "longer than nothing".to_owned())
}
