//! What can be typed after `sqlsift snapshot`.

use std::time::Duration;

use clap::Args as ClapArgs;

use super::{IndexAdvice, Server, duration};

const EXAMPLES: &str = "Examples:
  sqlsift snapshot --dsn postgres://monitor@db.example/shop -o shop.json
  sqlsift analyze --snapshot shop.json
  sqlsift lint --snapshot shop.json migrations/

With HypoPG on the server, its planner is asked which set of indexes helps those queries most, and analyze finds the answer in the
file (--without-indexes: nothing is asked).

The file holds names, types, sizes, counters, frequencies and texts of queries without their literals; no value of any row,
unless --with-values asks for them: they let the advice try real values, and are as confidential as the rows.

Exit codes: 0 written, 2 usage or connection error.";

#[derive(Clone, Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub struct Snapshot {
    #[command(flatten)]
    pub server: Server,
    /// Read pg_stat_statements twice, so far apart (60s, 5m), and keep the difference
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Server")]
    pub interval: Option<Duration>,
    #[command(flatten)]
    pub advice: IndexAdvice,
    /// Do not ask the planner which indexes would help
    #[arg(long, help_heading = "Indexes", conflicts_with_all = ["budget", "max_indexes"])]
    pub without_indexes: bool,
    /// Also the most common values and the histograms of columns: values of rows
    #[arg(long, help_heading = "Output")]
    pub with_values: bool,
    /// Where to write; else standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<String>,
}
