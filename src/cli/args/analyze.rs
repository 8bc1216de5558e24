//! What can be typed after `sqlsift analyze`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;

use super::{Catalog, Dsn, FailOn, Format, IndexAdvice, Server, duration};

const EXAMPLES: &str = "Examples:
  sqlsift analyze /var/log/postgresql/ --schema schema.sql
  zstdcat postgresql.log.zst | sqlsift analyze --since '2026-11-20 10:00' --database shop
  sqlsift analyze postgresql.csv -o json=report.json -o digest=today.digest
  sqlsift analyze postgresql.log --query 7f3a
  sqlsift analyze --dsn postgres://monitor@db.example/shop
  sqlsift analyze --snapshot shop.json

Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 usage, input or connection error.";

#[derive(Clone, Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub struct Analyze {
    /// Logs, exports, digests, SQL queries; folders and globs too, compressed or not; `-` is standard input. Without any, the queries of
    /// the server or of the snapshot
    #[arg(value_name = "LOG")]
    pub inputs: Vec<String>,

    #[command(flatten)]
    pub catalog: Catalog,
    #[command(flatten)]
    pub server: Server,
    /// Read pg_stat_statements twice, so far apart (60s, 5m), and work on the difference
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Server")]
    pub interval: Option<Duration>,
    /// With --dsn: a copy of the database, on which the advised indexes are built, timed with the workload's own SELECTs, and
    /// dropped again; an index that makes a query slower there is not advised
    #[arg(long, value_name = "DSN", env = "SQLSIFT_VERIFY_DSN", hide_env_values = true, help_heading = "Server")]
    pub verify: Option<Dsn>,
    /// Longest time that the copy may work on one run of a statement: 30s, 2m
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration, help_heading = "Server")]
    pub verify_timeout: Duration,
    /// Longest time that trying the advice on the copy may take: 5m, 1h; what was not tried by then is said
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = duration, help_heading = "Server")]
    pub verify_limit: Duration,

    /// `log_line_prefix` of the server, when it cannot be inferred
    #[arg(long, value_name = "PREFIX", help_heading = "Reading")]
    pub log_line_prefix: Option<String>,
    /// `log_timezone` of the server (`Europe/Paris`): what its abbreviations mean, and --since and --until; else UTC
    #[arg(long, value_name = "ZONE", help_heading = "Reading")]
    pub timezone: Option<String>,
    /// Threads to read with; as many as there are processors by default
    #[arg(long, value_name = "N", help_heading = "Reading")]
    pub threads: Option<std::num::NonZeroUsize>,

    /// From this moment on: RFC 3339, or `2026-11-20 10:00`
    #[arg(long, value_name = "TIME", help_heading = "Filters")]
    pub since: Option<String>,
    /// Before this moment
    #[arg(long, value_name = "TIME", help_heading = "Filters")]
    pub until: Option<String>,
    /// Only this database (may be repeated)
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    pub database: Vec<String>,
    /// Only this user (may be repeated)
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    pub user: Vec<String>,
    /// Only this application (may be repeated)
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    pub application: Vec<String>,

    #[command(flatten)]
    pub advice: IndexAdvice,

    /// Format of standard output
    #[arg(short, long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: Format,
    /// FILE takes the place of standard output; `json=FILE`, `table=FILE`, `sql=FILE` and `digest=FILE` are written beside it
    #[arg(short, long, value_name = "[KIND=]FILE", help_heading = "Output")]
    pub output: Vec<String>,
    /// Findings and queries that the table shows in full
    #[arg(long, value_name = "N", default_value_t = 10, help_heading = "Output")]
    pub top: usize,
    /// Only this query, with all that is known of it: the beginning of its fingerprint will do
    #[arg(long, value_name = "FINGERPRINT", help_heading = "Output")]
    pub query: Option<String>,
    /// Leave every literal, parameter value, remote address and plan text out of every output
    #[arg(long, help_heading = "Output")]
    pub redact: bool,
    /// Exit with 1 when there is a finding of this severity or above
    #[arg(long, value_name = "SEVERITY", default_value = "none", help_heading = "Output")]
    pub fail_on: FailOn,
    /// Configuration; else the nearest sqlsift.toml up to the root of the repository
    #[arg(short, long, value_name = "FILE", env = "SQLSIFT_CONFIG", help_heading = "Rules")]
    pub config: Option<PathBuf>,
}
