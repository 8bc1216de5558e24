//! What can be typed after `sqlsift lint`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::{FailOn, Server};

const EXAMPLES: &str = "Examples:
  sqlsift lint migrations/
  sqlsift lint --changed=origin/main migrations/     only what the branch adds
  sqlsift lint --snapshot prod.json migrations/      with sizes and the queries that wait
  sqlsift lint --fix migrations/0042_index.sql
  git show :migrations/0042.sql | sqlsift lint -

Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 usage or input error.";

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
#[command(after_help = EXAMPLES)]
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

    /// The database before the first file: DDL (may be repeated, in order)
    #[arg(long, value_name = "FILE", conflicts_with = "snapshot", help_heading = "The database")]
    pub schema: Vec<PathBuf>,
    /// The database before the first file: a snapshot, with sizes
    #[arg(long, value_name = "FILE", help_heading = "The database")]
    pub snapshot: Option<PathBuf>,
    #[command(flatten)]
    pub server: Server,
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
