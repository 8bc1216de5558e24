//! The report: the one thing that every command gives, and the only types that are serialised for a reader.
//!
//! Numbers are raw with their unit in the name, `null` means unknown, lists are in a defined order, and there is no
//! wall clock: the same input gives the same bytes. The JSON Schema is generated from these types (`sqlsift schema`)
//! and only ever extended within one `schema_version`.

mod comparison;
mod index_set;
mod plan;
mod recommendation;

use std::borrow::Cow;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use comparison::*;
pub use index_set::*;
pub use plan::*;
pub use recommendation::*;

pub const SCHEMA_VERSION: u32 = 1;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    pub schema_version: u32,
    pub tool: Tool,
    pub inputs: Vec<Input>,
    /// What is known of the server; `null` without a catalog that says so.
    pub server: Option<Server>,
    pub coverage: Coverage,
    pub workload: WorkloadSummary,
    /// Plans that were explained, in the order of the inputs.
    #[serde(default)]
    pub plans: Vec<PlanReport>,
    /// Of two plans, when that was asked for.
    #[serde(default)]
    pub comparison: Option<PlanComparison>,
    /// Chosen for the whole workload by asking the server's planner.
    #[serde(default)]
    pub index_set: Option<IndexSet>,
    pub findings: Vec<Finding>,
    /// Findings that a comment in a linted file takes away, by place; they count for nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressed: Vec<Suppressed>,
    // Each on its own: thousands of them in one piece would need new room where a linted history has just left enough in pieces.
    pub recommendations: Vec<Box<Recommendation>>,
    pub problems: Vec<Problem>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    pub name: String,
    pub version: String,
    /// Fingerprints of two reports compare only if this is equal.
    pub fingerprint_version: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Input {
    pub path: String,
    /// `stderr`, `csvlog`, `jsonlog`, `syslog`, `digest`, `pg_stat_statements`, `schema`, `snapshot`; of linted files `migration`,
    /// `queries`, `dump`.
    pub format: Cow<'static, str>,
    /// What was inferred or given: the line prefix, the time zone, the compression.
    pub details: Vec<String>,
    pub bytes: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Server {
    /// `server_version_num`.
    pub version: Option<u32>,
    pub database: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    pub lines: u64,
    pub records: u64,
    pub statements: u64,
    pub plans: u64,
    pub plans_merged: u64,
    pub filtered: u64,
    pub unrecognised_lines: u64,
    pub queries: u64,
    /// Queries in the report's list; the others are in the sums.
    pub queries_listed: u64,
    /// Queries folded into the one entry `other` because there were too many.
    pub queries_overflowed: u64,
    pub statements_without_duration: u64,
    /// The smallest duration that was logged: hints at `log_min_duration_statement`.
    pub smallest_duration_ms: Option<f64>,
    pub units_cut: u64,
    /// Statements that the parser refused: their token-level facts were used.
    pub unparsed: Vec<Unparsed>,
    pub rules_run: Vec<String>,
    pub rules_not_run: Vec<RuleNotRun>,
    /// Findings taken away by `[[allow]]`, and allows that matched nothing.
    pub allowed: Vec<Allowed>,
    /// Files that were checked, and statements in them.
    #[serde(default)]
    pub files: u64,
    #[serde(default)]
    pub statements_checked: u64,
    /// Statements left out because they undo migrations.
    #[serde(default)]
    pub statements_down: u64,
    /// Findings left out because an earlier report holds them.
    #[serde(default)]
    pub known_findings: u64,
    /// Anything else that a reader must know to judge what is missing.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Unparsed {
    pub fingerprint: String,
    pub database: String,
    pub reason: String,
}

/// Why a rule is not for scripts.
pub const ELSEWHERE: &str =
    "it looks at a server, a log or plans, which scripts do not hold: sqlsift analyze and explain run it";

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct RuleNotRun {
    pub rule: String,
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Allowed {
    pub rule: String,
    pub because: String,
    pub findings: u64,
}

/// A finding that somebody accepts, and why.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Suppressed {
    pub because: String,
    pub finding: Finding,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct WorkloadSummary {
    pub calls: u64,
    pub total_ms: f64,
    /// RFC 3339, UTC.
    pub first_seen: Option<String>,
    pub last_seen: Option<String>,
    /// From the first to the last time seen; figures "a day" are the observed ones times 86400 by this.
    pub window_seconds: Option<f64>,
    pub errors: u64,
    pub deadlocks: u64,
    pub lock_waits: u64,
    pub temp_files: u64,
    pub temp_bytes: u64,
    pub checkpoints: u64,
    pub autovacuums: u64,
    pub connections: u64,
    /// By total time, descending.
    pub queries: Vec<QueryEntry>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct QueryEntry {
    /// 16 hexadecimal digits.
    pub fingerprint: String,
    pub database: String,
    /// The query with its literals folded.
    pub text: String,
    pub kind: String,
    pub calls: u64,
    pub total_ms: f64,
    /// Share of the workload's total time, 0 to 1.
    pub share: f64,
    pub min_ms: Option<f64>,
    pub max_ms: Option<f64>,
    pub mean_ms: Option<f64>,
    pub stddev_ms: Option<f64>,
    /// Quantiles are within 1 % of the true value.
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    /// Parts of `total_ms` spent in the extended protocol's parse and bind steps.
    pub parse_ms: f64,
    pub bind_ms: f64,
    pub rows: Option<u64>,
    pub first_seen: Option<String>,
    pub last_seen: Option<String>,
    /// Calls per interval; `start` is RFC 3339, UTC.
    pub histogram: Vec<HistogramBar>,
    pub users: Vec<Counted>,
    pub applications: Vec<Counted>,
    pub tags: Vec<Counted>,
    pub samples: Vec<SampleEntry>,
    pub plans: Vec<PlanEntry>,
    pub plan_count: u64,
    /// Postgres's own identifiers, as text (64 bits do not fit a JSON number).
    pub query_ids: Vec<String>,
    pub nested_calls: u64,
    pub errors: u64,
    pub temp_files: u64,
    pub temp_bytes: u64,
    pub lock_wait_ms: f64,
    /// Ids of the findings about this query.
    pub findings: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct HistogramBar {
    pub start: String,
    pub seconds: u64,
    pub calls: u64,
    pub total_ms: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Counted {
    pub name: String,
    pub count: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SampleEntry {
    pub duration_ms: Option<f64>,
    pub at: Option<String>,
    pub path: String,
    pub line: u64,
    pub text: String,
    pub parameters: String,
    pub user: String,
    pub application: String,
    pub remote: String,
    pub pid: Option<u32>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PlanEntry {
    /// `text`, `json`, `yaml`, `xml`.
    pub format: String,
    pub duration_ms: f64,
    pub at: Option<String>,
    pub path: String,
    pub line: u64,
    pub body: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    Warning,
    Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stable: a hash of rule and subject, not of a line. 16 hexadecimal digits.
    pub id: String,
    /// `query/deep_offset`
    pub rule: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub title: String,
    pub detail: Cow<'static, str>,
    pub subject: Subject,
    /// At least one; the first is the primary one.
    pub locations: Vec<Location>,
    pub evidence: Vec<Evidence>,
    /// Ids into `recommendations`.
    pub recommendations: Vec<String>,
    /// What the observed workload spends on this, milliseconds a day; `null` when it cannot be said.
    pub impact_ms_per_day: Option<f64>,
    /// Of a plan: the time that this accounts for, and its share of the whole (of the cost when it was not timed).
    #[serde(default)]
    pub accounts_for_ms: Option<f64>,
    #[serde(default)]
    pub accounts_for_share: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Query(String),
    Table(String),
    Index(String),
    Statement(String),
    /// The plan's id, `#`, and the node's number in it.
    PlanNode(String),
    /// The plan's id.
    Plan(String),
    Session(String),
    /// The server as a whole: an error storm without a statement, say.
    Server(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    pub path: Arc<str>,
    pub line: u64,
    pub column: Option<u32>,
    pub end_line: Option<u64>,
    pub end_column: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    pub label: Cow<'static, str>,
    pub value: EvidenceValue,
    /// `ms`, `rows`, `bytes`, `calls`, …; empty for text.
    pub unit: Cow<'static, str>,
    pub source: EvidenceSource,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum EvidenceValue {
    Integer(i64),
    Number(f64),
    Text(Cow<'static, str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceSource {
    Measured,
    Estimated,
    Assumed,
    Documented,
}

/// Something that could not be read or done: place, cause, next step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    pub path: Option<String>,
    pub line: Option<u64>,
    pub message: String,
    pub hint: Option<String>,
    /// How many times, when alike ones were folded.
    pub count: u64,
}

/// With what the message of a statement begins that no server can read (`script::refusal`).
pub const SYNTAX_ERROR: &str = "syntax error: ";

impl Problem {
    /// Whether a deploy ends there; any other problem is something that was not looked at.
    pub fn is_syntax_error(&self) -> bool {
        self.message.starts_with(SYNTAX_ERROR)
    }
}
