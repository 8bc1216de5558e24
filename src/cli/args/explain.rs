//! What can be typed after `sqlsift explain`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{Catalog, FailOn, Format, Server};

const EXAMPLES: &str = "Examples:
  sqlsift explain plan.txt --schema schema.sql
  psql -XqAtc 'EXPLAIN (ANALYZE, BUFFERS) SELECT 1' | sqlsift explain
  sqlsift explain                      paste a plan, then press Ctrl-D
  sqlsift explain postgresql.log       the plans that auto_explain left there
  sqlsift explain --compare before.txt after.txt
  sqlsift explain --dsn postgres://shop query.sql    ask a live server for the plan of a statement

EXPLAIN (ANALYZE, BUFFERS, SETTINGS) says most. Any format, any client's way to print it.

Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 usage or input error.";

#[derive(Clone, Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub struct Explain {
    /// Output of EXPLAIN (text, JSON, YAML, XML; one plan or several), or logs with plans of auto_explain, or with --dsn
    /// statements; folders and globs too, compressed or not; `-` is standard input
    #[arg(value_name = "PLAN")]
    pub inputs: Vec<String>,
    /// Two plans of the same query: what changed, and what explains the difference
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], conflicts_with = "inputs")]
    pub compare: Vec<String>,

    #[command(flatten)]
    pub catalog: Catalog,
    #[command(flatten)]
    pub server: Server,
    /// With --dsn: execute the statements as EXPLAIN (ANALYZE), only SELECTs without volatile functions, in a read-only
    /// transaction that is rolled back
    #[arg(long, requires = "dsn", help_heading = "Server")]
    pub analyze: bool,

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
