//! The workload as data: what a log (or a digest, or a pg_stat_statements export) says once it is read to its end.
//!
//! Everything is in a defined order, so that the same input gives the same bytes: queries by (database, fingerprint),
//! patterns by their queries. Durations are whole microseconds and exact; only quantiles are estimates (1 %).

pub use crate::ingest::event::{Micros, Severity};
use crate::ingest::event::{PlanFormat, SessionId};
use crate::sql::{Fingerprint, StatementKind};

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::digest::wire;
use super::histogram::Histogram;
use super::singles::Singles;
use super::sketch::Sketch;

/// Samples kept of one query.
pub const SAMPLES: usize = 5;
/// Plans whose body is kept of one query.
pub const PLANS: usize = 3;
/// Examples kept of one pattern, and deadlocks kept in all.
pub const EXAMPLES: usize = 32;

pub use super::totals::{OTHER, Totals};

/// Index into [`Workload::queries`].
pub type QueryIndex = usize;

#[derive(Clone, Debug, Default)]
pub struct Workload {
    pub queries: Vec<Query>,
    /// Queries that ran once and cheaply, and that nothing else refers to, in a form that takes little memory. They count
    /// in the totals; see [`Workload::totals`] and [`Workload::find`].
    pub singles: Singles,
    /// First and last time seen, µs UTC.
    pub window: Option<(Micros, Micros)>,
    pub repeats: Vec<Repeat>,
    pub pairs: Vec<Pair>,
    pub walks: Vec<OffsetWalk>,
    pub neighbours: Vec<Neighbours>,
    pub errors: Vec<ErrorGroup>,
    pub lock_waits: Vec<LockGroup>,
    pub deadlocks: Vec<DeadlockSample>,
    pub server: ServerEvents,
    pub seen: Seen,
}

/// One (database, fingerprint).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Query {
    pub database: String,
    #[serde(with = "wire::fingerprint")]
    pub fingerprint: Fingerprint,
    #[serde(with = "wire::kind")]
    pub kind: StatementKind,
    /// A real text of this query (the first in input order); `sql::normalize` of it is what a reader is shown.
    pub text: String,
    /// Executions by clients. Statements inside functions are in `nested_calls`.
    pub calls: u64,
    /// Calls whose duration is known; the times below are theirs.
    pub timed_calls: u64,
    /// Execution plus the parse and bind steps of the extended protocol, and everything else that was logged with a
    /// duration for this query: each logged duration of a statement is in here exactly once.
    pub total_us: u64,
    /// Part of `total_us` that belongs to no call: a parse or bind without its execute, further batches of a portal.
    pub beside_us: u64,
    /// Calls whose duration is that of their plan (no statement line, or one without a duration), and the part of
    /// `total_us` that comes from them.
    pub plan_only_calls: u64,
    pub plan_only_us: u64,
    pub parse_us: u64,
    pub bind_us: u64,
    pub min_us: u64,
    pub max_us: u64,
    /// Exact sum of squared durations (µs²), for the standard deviation.
    #[serde(with = "wire::wide")]
    pub sum_squares: u128,
    pub sketch: Sketch,
    /// From pg_stat_statements.
    pub rows: Option<u64>,
    pub blocks_read: Option<u64>,
    pub first_seen: Option<Micros>,
    pub last_seen: Option<Micros>,
    pub histogram: Histogram,
    pub users: Counts,
    pub applications: Counts,
    /// `key=value` from sqlcommenter and marginalia comments.
    pub tags: Counts,
    /// Slowest first, then by time, then by place; bounded ([`SAMPLES`]).
    pub samples: Vec<Sample>,
    /// The slowest of each shape, slowest first, of at most [`PLANS`] shapes; and the newest of all.
    pub plans: Vec<PlanSample>,
    /// All plans seen, kept or not.
    pub plan_count: u64,
    /// Postgres's own identifiers, ascending.
    #[serde(with = "wire::ids")]
    pub query_ids: Vec<i64>,
    pub nested_calls: u64,
    pub nested_us: u64,
    pub errors: u64,
    pub temp_files: u64,
    pub temp_bytes: u64,
    /// Longest finished or reported lock wait times are summed per call.
    pub lock_waits: u64,
    pub lock_wait_us: u64,
    /// Largest OFFSET met and the sum of all, where the value could be read.
    pub offsets: Option<OffsetStats>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetStats {
    pub calls: u64,
    pub max: u64,
    pub sum: u64,
}

/// Where in the inputs something stood: index of the input, 1-based line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    pub input: u32,
    pub line: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Sample {
    pub duration_us: Option<u64>,
    pub at: Option<Micros>,
    pub origin: Origin,
    pub text: String,
    /// As logged: `$1 = '5', $2 = NULL`.
    pub parameters: String,
    pub user: String,
    pub application: String,
    pub remote: String,
    #[serde(with = "wire::session")]
    pub session: SessionId,
    pub pid: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct PlanSample {
    #[serde(with = "wire::format")]
    pub format: PlanFormat,
    pub duration_us: u64,
    pub at: Option<Micros>,
    pub origin: Origin,
    /// What plans that go the same way have in common ([`crate::plan::quick::shape_key`]).
    #[serde(default)]
    pub shape: u64,
    pub body: String,
}

/// One unit of work (a request, a job) in which something was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitExample {
    #[serde(with = "wire::session")]
    pub session: SessionId,
    pub pid: u32,
    pub origin: Origin,
    pub at: Micros,
    /// Runs of the query in this unit, and how many distinct sets of literals they had (counted up to 255).
    pub runs: u32,
    pub distinct: u32,
    /// From the start of the first run to the end of the last.
    pub wall_us: u64,
    pub user: String,
    pub application: String,
    pub tag: String,
}

/// A query that ran at least 5 times in one unit of work; the sums are over those units only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Repeat {
    pub query: QueryIndex,
    /// Units in which all runs had the same literals.
    pub same_units: u64,
    pub same_calls: u64,
    /// Units with distinct literals.
    pub varied_units: u64,
    pub varied_calls: u64,
    /// Units whose literals were not logged (`log_parameter_max_length = 0`): same or varied cannot be told.
    pub hidden_units: u64,
    pub hidden_calls: u64,
    /// Runs per unit over all those units.
    pub max_runs: u32,
    pub median_runs: u32,
    pub wall_us: u64,
    pub database_us: u64,
    /// Median pause between two runs, from the end of one to the start of the next.
    pub gap_us: u64,
    /// Runs per unit and pauses (µs) over those units: what the medians are taken from.
    pub runs: Sketch,
    pub gaps: Sketch,
    /// Units in which every run stood in an explicit transaction of its own.
    pub each_in_own_transaction: u64,
    /// Units in which at least two other statements stood between two runs, on average.
    pub with_others_between: u64,
    /// Widest runs first; bounded.
    pub same_examples: Vec<UnitExample>,
    pub varied_examples: Vec<UnitExample>,
}

/// A repeated query with distinct literals (`child`) and another SELECT that ran before it in the same unit, where the
/// child ran at least three times as often (`research/workload.md` §3, ratio).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pair {
    pub child: QueryIndex,
    pub parent: QueryIndex,
    pub units: u64,
    pub calls: u64,
    pub max_runs: u32,
    pub median_runs: u32,
    /// What the median is taken from.
    pub runs: Sketch,
    /// Runs of the parent in those units.
    pub parent_calls: u64,
    pub wall_us: u64,
    pub database_us: u64,
    /// Sum over units of how many distinct shapes stood between parent and child (0 = adjacent).
    pub distance: u64,
    /// Units in which parent and child stood in one explicit transaction, and units that carry a tag.
    pub in_transaction: u64,
    pub tagged: u64,
    pub examples: Vec<UnitExample>,
}

/// The same query with the same literals but for OFFSET, which rose by a constant step at least five times in a session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OffsetWalk {
    pub query: QueryIndex,
    pub walks: u64,
    pub longest_steps: u32,
    pub step: u64,
    pub max_offset: u64,
    pub calls: u64,
    pub database_us: u64,
    pub examples: Vec<UnitExample>,
}

/// `second` was the next SELECT after `first` in the same unit of work. Kept where one of the two has LIMIT or OFFSET.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbours {
    pub first: QueryIndex,
    pub second: QueryIndex,
    pub count: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ErrorGroup {
    #[serde(with = "wire::severity")]
    pub severity: Severity,
    /// Empty when the log does not carry it.
    pub sqlstate: String,
    /// The message with quoted parts and numbers folded.
    pub message: String,
    pub example: String,
    pub count: u64,
    /// Most within any minute.
    pub peak_per_minute: u64,
    /// Minute since 1970 and count, in time order: what the peak is taken from.
    pub minutes: Vec<(i64, u64)>,
    pub first_seen: Micros,
    pub last_seen: Micros,
    pub origin: Origin,
    pub database: String,
    pub query: Option<QueryIndex>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LockGroup {
    pub mode: String,
    /// `relation`, `transaction`, `tuple`, `advisory lock`, …
    pub target_kind: String,
    pub query: Option<QueryIndex>,
    pub waits: u64,
    /// Waits that ended with the lock; the times below are theirs where known, else of the report.
    pub acquired: u64,
    pub total_us: u64,
    pub max_us: u64,
    pub example: String,
    pub origin: Origin,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeadlockSample {
    pub at: Micros,
    pub origin: Origin,
    pub detail: String,
    pub query: Option<QueryIndex>,
}

/// Events of the server rather than of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerEvents {
    pub checkpoints: u64,
    pub checkpoints_requested: u64,
    pub checkpoint_us: u64,
    pub autovacuums: u64,
    pub autoanalyzes: u64,
    pub autovacuum_us: u64,
    pub connections: u64,
    pub disconnections: u64,
    pub session_us: u64,
    /// All of them; [`Workload::deadlocks`] keeps the first few.
    pub deadlocks: u64,
    /// Temporary files and lock waits of no known statement.
    pub temp_files: u64,
    pub temp_bytes: u64,
}

/// What was read, and what the log can and cannot show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub bytes: u64,
    pub lines: u64,
    pub records: u64,
    pub statements: u64,
    pub plans: u64,
    /// Plans that were merged with the statement that they belong to.
    pub plans_merged: u64,
    /// Left out by --since, --until, --database, --user or --application.
    pub filtered: u64,
    /// Statements logged without a duration.
    pub untimed: u64,
    /// Exact sum of all durations logged for statements (parse, bind, execute, fetch, simple), µs.
    pub statement_us: u64,
    /// Bare durations whose statement was not logged (`log_duration`), which belong to no query.
    pub bare_durations: u64,
    pub bare_us: u64,
    /// Times with a fraction of a second. 0 on a log of many records means a prefix with `%t`: pauses are unknown.
    pub fractional_times: u64,
    /// Smallest duration logged, µs: an estimate of the threshold.
    pub smallest_us: Option<u64>,
    /// From an export or digest, which carry no order of statements.
    pub from_exports: u64,
    /// Statements folded into the query [`OTHER`] because there were too many different ones.
    pub overflowed: u64,
    /// Units of work.
    pub units: u64,
    /// Units of work cut short, or not wholly looked at, because a bound was reached.
    pub units_cut: u64,
    /// Sessions met; one that was put aside because too many were open counts again when it comes back.
    pub sessions: u64,
    /// Statements left out of units of work: of psql, backups, monitoring, referential integrity, retries.
    pub outside_units: u64,
    /// Workloads in this one whose literals were taken out (`--redact`).
    pub redacted: u64,
    /// Timed executes of the extended protocol, and those of them without their parse or bind step.
    pub executes: u64,
    pub executes_alone: u64,
    /// BEGINs and those inside an open transaction; COMMITs and ROLLBACKs and those outside of one.
    pub begins: u64,
    pub begins_twice: u64,
    pub ends: u64,
    pub ends_alone: u64,
}
