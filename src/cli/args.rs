//! What can be typed, and nothing of what it does.

mod advice;
mod analyze;
mod catalog;
mod explain;
mod lint;
mod snapshot;

use clap::{ArgAction, Args as ClapArgs, Parser, Subcommand, ValueEnum};

pub use advice::{IndexAdvice, Sizes};
pub use analyze::Analyze;
use catalog::duration;
pub use catalog::{Catalog, Dsn, Server};
pub use explain::Explain;
pub use lint::{Lint, LintFormat, PresetName};
pub use snapshot::Snapshot;

const EXAMPLES: &str = "Examples:
  sqlsift analyze postgresql.log --schema schema.sql
  journalctl -u postgresql | sqlsift analyze --top 5
  sqlsift rule show query/deep_offset

Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 usage, input or connection error.";

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
