//! What can be typed, and nothing of what it does.

use std::path::PathBuf;

use clap::{ArgAction, Args as ClapArgs, Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "Examples:
  sqlsift analyze postgresql.log --schema schema.sql
  journalctl -u postgresql | sqlsift analyze --top 5
  sqlsift rule show query/deep_offset

Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 usage, input or connection error.";

const ANALYZE_EXAMPLES: &str = "Examples:
  sqlsift analyze /var/log/postgresql/ --schema schema.sql
  zstdcat postgresql.log.zst | sqlsift analyze --since '2026-11-20 10:00' --database shop
  sqlsift analyze postgresql.csv -o json=report.json -o digest=today.digest
  sqlsift analyze postgresql.log --query 7f3a

Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 usage, input or connection error.";

const SNAPSHOT_EXAMPLES: &str = "Examples:
  sqlsift snapshot --dsn postgres://monitor@db.example/shop -o shop.json
  sqlsift analyze --snapshot shop.json
  sqlsift lint --snapshot shop.json migrations/

The file holds names, types, sizes, counters, frequencies and texts of queries without their literals; no value of any row.

Exit codes: 0 written, 2 usage or connection error.";

const EXPLAIN_EXAMPLES: &str = "Examples:
  sqlsift explain plan.txt --schema schema.sql
  psql -XqAtc 'EXPLAIN (ANALYZE, BUFFERS) SELECT 1' | sqlsift explain
  sqlsift explain                      paste a plan, then press Ctrl-D
  sqlsift explain postgresql.log       the plans that auto_explain left there
  sqlsift explain --compare before.txt after.txt

EXPLAIN (ANALYZE, BUFFERS, SETTINGS) says most. Any format, any client's way to print it.

Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 usage or input error.";

const LINT_EXAMPLES: &str = "Examples:
  sqlsift lint migrations/
  sqlsift lint --changed origin/main migrations/     only what the branch adds
  sqlsift lint --snapshot prod.json migrations/      with sizes and the queries that wait
  sqlsift lint --fix migrations/0042_index.sql
  git show :migrations/0042.sql | sqlsift lint -

Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 usage or input error.";

/// Reads what a Postgres database writes down, and says what to do about what makes it slow.
#[derive(Debug, Parser)]
#[command(name = "sqlsift", version, after_help = EXAMPLES, max_term_width = 100, arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read logs, exports of pg_stat_statements and digests; rank queries, findings and what to do about them
    Analyze(Box<Analyze>),
    /// Read the output of EXPLAIN; say where the time goes and what to do about it
    Explain(Box<Explain>),
    /// Check migrations and application SQL: what will lock, rewrite, break clients or lose data, and the safe way
    Lint(Box<Lint>),
    /// Read the catalog, the statistics and the queries of a live server into one file, which stands for it in every command
    Snapshot(Box<Snapshot>),
    /// List the rules, read one, or start a new one
    #[command(subcommand)]
    Rule(Rule),
    /// Print the JSON Schema of the JSON report
    Schema,
}

#[derive(Clone, Debug, ClapArgs)]
pub struct Common {
    /// When to use colours; NO_COLOR, CLICOLOR_FORCE and TERM=dumb are honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// No progress bar on standard error
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Nothing on standard error but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say on standard error what is being done (twice: in detail)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person
    Table,
    /// For a program; `sqlsift schema` describes it
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    None,
    Info,
    Warning,
    Error,
}

#[derive(Clone, Debug, ClapArgs)]
#[command(after_help = ANALYZE_EXAMPLES)]
pub struct Analyze {
    /// Logs, exports, digests; folders and globs too, compressed or not; `-` is standard input
    #[arg(value_name = "LOG")]
    pub inputs: Vec<String>,

    /// DDL of the database: `pg_dump --schema-only`, or migrations in order
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "snapshot", help_heading = "Catalog")]
    pub schema: Vec<PathBuf>,
    /// Catalog with sizes and statistics, as a snapshot file
    #[arg(long, value_name = "FILE", help_heading = "Catalog")]
    pub snapshot: Option<PathBuf>,
    /// A live server: its catalog, its statistics, and the queries of pg_stat_statements
    #[arg(long, value_name = "URL", conflicts_with_all = ["schema", "snapshot"], help_heading = "Catalog")]
    pub dsn: Option<String>,
    /// Read pg_stat_statements twice, so far apart, and work on the difference
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "dsn", help_heading = "Catalog")]
    pub interval: Option<std::time::Duration>,

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

    /// Format of standard output
    #[arg(short, long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: Format,
    /// FILE takes the place of standard output; `json=FILE`, `table=FILE` and `digest=FILE` are written beside it
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

#[derive(Clone, Debug, ClapArgs)]
#[command(after_help = EXPLAIN_EXAMPLES)]
pub struct Explain {
    /// Output of EXPLAIN (text, JSON, YAML, XML; one plan or several), or logs with plans of auto_explain; folders and globs
    /// too, compressed or not; `-` is standard input
    #[arg(value_name = "PLAN")]
    pub inputs: Vec<String>,
    /// Two plans of the same query: what changed, and what explains the difference
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], conflicts_with = "inputs")]
    pub compare: Vec<String>,

    /// DDL of the database: `pg_dump --schema-only`, or migrations in order
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "snapshot", help_heading = "Catalog")]
    pub schema: Vec<PathBuf>,
    /// Catalog with sizes and statistics, as a snapshot file
    #[arg(long, value_name = "FILE", help_heading = "Catalog")]
    pub snapshot: Option<PathBuf>,
    /// A live server; comes in a later release
    #[arg(long, value_name = "URL", help_heading = "Catalog")]
    pub dsn: Option<String>,

    /// Format of standard output
    #[arg(short, long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: Format,
    /// FILE takes the place of standard output; `json=FILE` and `table=FILE` are written beside it
    #[arg(short, long, value_name = "[KIND=]FILE", help_heading = "Output")]
    pub output: Vec<String>,
    /// Findings that the table shows in full of each plan, and plans of a log
    #[arg(long, value_name = "N", default_value_t = 10, help_heading = "Output")]
    pub top: usize,
    /// Show everything: findings that account for less than 1 % or 10 ms, and every node of a huge plan
    #[arg(long, help_heading = "Output")]
    pub all: bool,
    /// Leave every literal, parameter value and remote address out of every output
    #[arg(long, help_heading = "Output")]
    pub redact: bool,
    /// Exit with 1 when there is a finding of this severity or above
    #[arg(long, value_name = "SEVERITY", default_value = "none", help_heading = "Output")]
    pub fail_on: FailOn,
    /// Configuration; else the nearest sqlsift.toml up to the root of the repository
    #[arg(short, long, value_name = "FILE", env = "SQLSIFT_CONFIG", help_heading = "Rules")]
    pub config: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LintFormat {
    /// For a person: the statement underlined, the lock, the safe way
    Text,
    /// One line a finding, as a compiler has it
    Short,
    /// For a program; `sqlsift schema` describes it
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab code quality
    Gitlab,
    Junit,
    Checkstyle,
    /// For a comment on a pull request, or a job's summary
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PresetName {
    /// What a team with a running product wants to hear of
    Default,
    /// Also what is right but costs work: types, names, guards
    Strict,
    /// Also matters of taste and policy
    All,
}

#[derive(Clone, Debug, ClapArgs)]
#[command(after_help = LINT_EXAMPLES)]
pub struct Lint {
    /// Files of SQL and folders of them; `-` is standard input
    #[arg(value_name = "PATH")]
    pub inputs: Vec<String>,

    /// Only files that differ from BASE (a commit or branch; HEAD when left out) or are not committed; the others are replayed
    #[arg(long, value_name = "BASE", num_args = 0..=1, default_missing_value = "HEAD", help_heading = "What is reported")]
    pub changed: Option<String>,
    /// Only files that run after this one
    #[arg(long, value_name = "FILE", conflicts_with = "changed", help_heading = "What is reported")]
    pub since: Option<String>,
    /// Only findings that this JSON report does not hold
    #[arg(long, value_name = "REPORT", help_heading = "What is reported")]
    pub baseline: Option<PathBuf>,
    /// Also scripts and sections that undo migrations
    #[arg(long, help_heading = "What is reported")]
    pub down: bool,

    /// The database before the first file: DDL
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "snapshot", help_heading = "The database")]
    pub schema: Vec<PathBuf>,
    /// The database before the first file: a snapshot, with sizes
    #[arg(long, value_name = "FILE", help_heading = "The database")]
    pub snapshot: Option<PathBuf>,
    /// Major version of the server; else that of the snapshot or of the configuration, else 18
    #[arg(long, value_name = "MAJOR", help_heading = "The database")]
    pub pg_version: Option<u32>,
    /// What runs the migrations, when it is not recognised: plain, flyway, goose, prisma, …
    #[arg(long, value_name = "NAME", help_heading = "The database")]
    pub framework: Option<String>,

    /// Write what can be repaired by machine into the files
    #[arg(long, conflicts_with = "diff", help_heading = "Repair")]
    pub fix: bool,
    /// Show what --fix would change, as a patch
    #[arg(long, help_heading = "Repair")]
    pub diff: bool,

    /// Format of standard output; under GitHub Actions annotations are written beside it
    #[arg(short, long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub format: LintFormat,
    /// FILE takes the place of standard output; `sarif=FILE`, `json=FILE` and so on are written beside it
    #[arg(short, long, value_name = "[KIND=]FILE", help_heading = "Output")]
    pub output: Vec<String>,
    /// Exit with 1 when there is a finding of this severity or above; else as the configuration says, else error
    #[arg(long, value_name = "SEVERITY", help_heading = "Output")]
    pub fail_on: Option<FailOn>,
    /// Configuration; else the nearest sqlsift.toml up to the root of the repository
    #[arg(short, long, value_name = "FILE", env = "SQLSIFT_CONFIG", help_heading = "Rules")]
    pub config: Option<PathBuf>,
    /// Rules that are on; else as the configuration says
    #[arg(long, value_name = "PRESET", help_heading = "Rules")]
    pub preset: Option<PresetName>,
}

#[derive(Clone, Debug, ClapArgs)]
#[command(after_help = SNAPSHOT_EXAMPLES)]
pub struct Snapshot {
    /// The server and the database
    #[arg(long, value_name = "URL", env = "SQLSIFT_DSN", hide_env_values = true)]
    pub dsn: String,
    /// Read pg_stat_statements twice, so far apart, and keep the difference
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub interval: Option<std::time::Duration>,
    /// Where to write; else standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<String>,
}

/// `60s`, `5m`, `1h`; a number alone is seconds.
fn duration(text: &str) -> Result<std::time::Duration, String> {
    let told = match text.parse::<u32>() {
        Ok(seconds) => Ok(jiff::SignedDuration::from_secs(i64::from(seconds))),
        Err(_) => text.parse::<jiff::SignedDuration>(),
    };
    let long = told.map_err(|_| "a length of time is expected: 60s, 5m, 1h".to_owned())?;
    std::time::Duration::try_from(long)
        .ok()
        .filter(|long| !long.is_zero())
        .ok_or("it must be longer than nothing".into())
}

#[derive(Clone, Debug, Subcommand)]
pub enum Rule {
    /// One line a rule: name, severity, what it finds
    List,
    /// The page of a rule: why it hurts, how to tell, what to do
    Show {
        /// `query/deep_offset`
        id: String,
    },
    /// Write the two files of a new rule: its page and its detector
    New {
        /// `query/my_rule`
        id: String,
    },
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory;
        super::Args::command().debug_assert();
    }
}
