//! Where the catalog comes from: what every command that takes one has in common.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;

/// Files.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct Catalog {
    /// DDL of the database: `pg_dump --schema-only`, or a migration (may be repeated, in order)
    #[arg(long, value_name = "FILE", conflicts_with = "snapshot", help_heading = "Catalog")]
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
    /// Longest time that the server may work on one statement: 30s, 2m; else 10s, and 60s for the catalog
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Server")]
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

/// `60s`, `5m`, `1h`; a number alone is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    const LONGEST: Duration = Duration::from_secs(u32::MAX as u64);
    let expected = || "a length of time is expected: 60s, 5m, 1h".to_owned();
    let long = match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).map_err(|_| expected())?,
        Err(_) => {
            let long = text.parse::<jiff::SignedDuration>().map_err(|_| expected())?;
            Duration::try_from(long).map_err(|_| expected())?
        }
    };
    match long {
        long if long < Duration::from_millis(1) => Err("longer than nothing".to_owned()),
        long if long > LONGEST => Err(expected()),
        long => Ok(long),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_or_have_a_unit() {
        for (text, ms) in
            [("60s", 60_000), ("5m", 300_000), ("1h", 3_600_000), ("90", 90_000), ("0.5", 500), ("10 s", 10_000)]
        {
            assert_eq!(duration(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "0", "0s", "-1", "-1s", "soon", "inf", "nan", "1e300", "1 parsec"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
