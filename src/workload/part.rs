//! What one chunk of a log comes to before sessions are followed: compact records in order, and the texts worth keeping.
//!
//! Parts are made by [`PartBuilder`] on any thread; the fold takes them in input order. Nothing in a part depends on
//! where the log was cut, except that each part brings its own dictionary.

mod build;
mod message;
mod plans;
mod role;

use std::sync::Arc;

pub use build::PartBuilder;
pub(super) use role::Role;

use crate::ingest::event::{Checkpoint, LockState, Micros, PlanFormat, SessionId, Severity};
use crate::sql::{Fingerprint, StatementKind};

use super::memo::Tags;
use super::model::Seen;
use super::singles::NONE;

/// One chunk's events. `input` is the index of the input that it was cut from.
#[derive(Default)]
pub struct Part {
    pub input: u32,
    pub(super) records: Vec<Record>,
    pub(super) queries: Vec<PartQuery>,
    pub(super) databases: Vec<Box<str>>,
    pub(super) clients: Vec<Client>,
    /// Index 0 stands for no tags.
    pub(super) tags: Vec<Option<Arc<Tags>>>,
    pub(super) kept: Vec<Option<KeptText>>,
    pub(super) bodies: Vec<Option<KeptBody>>,
    pub(super) rare: Vec<Rare>,
    pub(super) seen: Seen,
}

impl Part {
    /// Events in this part.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

/// A query as this part met it first.
pub(super) struct PartQuery {
    pub database: u32,
    pub fingerprint: Fingerprint,
    pub kind: StatementKind,
    pub role: Role,
    /// xxh3 of the raw text of which `text` is the beginning.
    pub raw: u64,
    pub text: Box<str>,
    pub samples: Slowest<{ super::model::SAMPLES }>,
    /// Texts kept of statements that were logged without a duration: the first few.
    pub untimed: u8,
    pub plan_samples: Slowest<{ super::model::SAMPLES }>,
    pub plans: plans::Plans,
}

pub(super) struct Client {
    pub database: u32,
    pub user: Box<str>,
    pub application: Box<str>,
    pub remote: Box<str>,
    /// Of a tool whose statements are no unit of work of an application.
    pub tool: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Simple,
    Parse,
    Bind,
    Execute,
    Fetch,
    /// A bare duration.
    Duration,
    Plan,
    NestedPlan,
    Connection,
    Disconnection,
    /// `query` is an index into [`Part::rare`].
    Rare,
}

/// One event. Numbers that may be unknown are [`NONE`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub at: Micros,
    pub session: SessionId,
    pub line: u64,
    pub duration_us: u64,
    pub literals: u64,
    pub literals_but_offset: u64,
    pub offset: u64,
    pub query_id: i64,
    pub query: u32,
    pub client: u32,
    pub pid: u32,
    pub tags: u32,
    /// Index into [`Part::kept`] and [`Part::bodies`], or [`NOT_KEPT`].
    pub kept: u32,
    pub body: u32,
    pub what: What,
    /// The statement has parameters whose values were not logged.
    pub hidden: bool,
}

pub(super) const NOT_KEPT: u32 = u32::MAX;

impl Record {
    pub fn duration(&self) -> Option<u64> {
        (self.duration_us != NONE).then_some(self.duration_us)
    }
}

/// Text and parameters of a sample; `text` is `None` when it is the query's own text.
pub(super) struct KeptText {
    pub text: Option<Box<str>>,
    pub parameters: Box<str>,
}

pub(super) struct KeptBody {
    pub format: PlanFormat,
    pub shape: u64,
    pub body: Box<str>,
}

pub(super) enum Rare {
    Error(Box<RareError>),
    Lock(Box<RareLock>),
    TempFile { bytes: u64, query: Option<u32> },
    Checkpoint(Checkpoint),
    Autovacuum { analyze: bool, elapsed_us: Micros },
}

pub(super) struct RareError {
    pub severity: Severity,
    pub sqlstate: Box<str>,
    pub folded: Box<str>,
    pub message: Box<str>,
    pub detail: Box<str>,
    pub deadlock: bool,
    /// The client is expected to run its statements again.
    pub retry: bool,
    pub query: Option<u32>,
}

pub(super) struct RareLock {
    pub state: LockState,
    pub waited_us: u64,
    pub mode: Box<str>,
    pub target_kind: Box<str>,
    pub target: u64,
    pub example: Box<str>,
    pub query: Option<u32>,
}

/// The slowest few of one query, each with its place in a list of what is kept of it. Those without a duration come
/// last; ties go to the earlier.
#[derive(Default)]
pub(super) struct Slowest<const N: usize> {
    entries: Vec<(Rank, u32)>,
}

/// Less is kept first.
pub(super) type Rank = (std::cmp::Reverse<Option<u64>>, Micros, u64);

/// What became of a candidate.
pub(super) enum Verdict {
    No,
    Yes,
    /// It takes the place of this one.
    Instead(u32),
}

impl<const N: usize> Slowest<N> {
    #[inline]
    pub fn offer(&mut self, rank: Rank, place: u32) -> Verdict {
        if self.entries.len() < N {
            self.entries.push((rank, place));
            return Verdict::Yes;
        }
        let worst = (0..self.entries.len()).max_by_key(|&at| self.entries[at].0).unwrap_or(0);
        if self.entries[worst].0 <= rank {
            return Verdict::No;
        }
        let old = std::mem::replace(&mut self.entries[worst], (rank, place));
        Verdict::Instead(old.1)
    }
}
