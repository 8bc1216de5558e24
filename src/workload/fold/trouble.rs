//! Errors, lock waits and deadlocks, grouped.

use rustc_hash::FxHashMap;

use crate::ingest::event::{Micros, Severity};

use super::super::model::{DeadlockSample, EXAMPLES, ErrorGroup, LockGroup, Origin};
use super::super::part::RareError;
use super::table::insert;

/// Groups of each sort; what comes later is in the counts of its query only.
const LIMIT: usize = 2_000;
/// Minutes kept of one group of errors.
const MINUTES: usize = 4_096;

#[derive(Default)]
pub(super) struct Trouble {
    errors: FxHashMap<ErrorKey, ErrorGroup>,
    locks: FxHashMap<LockKey, LockGroup>,
    pub deadlocks: Vec<DeadlockSample>,
}

/// Severity, SQLSTATE, folded message, database.
type ErrorKey = (Severity, Box<str>, Box<str>, Box<str>);

/// Mode, kind of target, query.
type LockKey = (Box<str>, Box<str>, Option<u32>);

/// A lock wait of a session that has not ended yet.
pub(super) struct OpenLock {
    pub mode: Box<str>,
    pub target_kind: Box<str>,
    pub target: u64,
    pub waited_us: u64,
    pub acquired: bool,
    pub example: Box<str>,
    pub query: Option<u32>,
    pub origin: Origin,
}

/// Where and when a record stood, and the database it was about.
pub(super) struct Scene<'a> {
    pub at: Micros,
    pub origin: Origin,
    pub database: &'a str,
}

impl Trouble {
    pub fn error(&mut self, error: &RareError, query: Option<u32>, scene: &Scene<'_>) {
        if error.deadlock {
            let detail = if error.detail.is_empty() { &error.message } else { &error.detail };
            let sample = DeadlockSample {
                at: scene.at,
                origin: scene.origin,
                detail: detail.to_string(),
                query: query.map(|query| query as usize),
            };
            insert(&mut self.deadlocks, EXAMPLES, sample, |deadlock| (deadlock.at, deadlock.origin));
        }
        let key = (error.severity, error.sqlstate.clone(), error.folded.clone(), scene.database.into());
        if self.errors.len() >= LIMIT && !self.errors.contains_key(&key) {
            return;
        }
        let group = self.errors.entry(key).or_insert_with(|| ErrorGroup {
            severity: error.severity,
            sqlstate: error.sqlstate.to_string(),
            message: error.folded.to_string(),
            example: error.message.to_string(),
            count: 0,
            peak_per_minute: 0,
            minutes: Vec::new(),
            first_seen: scene.at,
            last_seen: scene.at,
            origin: scene.origin,
            database: scene.database.to_owned(),
            query: query.map(|query| query as usize),
        });
        group.count += 1;
        if (scene.at, scene.origin) < (group.first_seen, group.origin) {
            group.first_seen = scene.at;
            group.origin = scene.origin;
            group.example = error.message.to_string();
            group.query = query.map(|query| query as usize);
        }
        group.last_seen = group.last_seen.max(scene.at);
        group.count_minute(scene.at.div_euclid(60_000_000), 1);
        if group.minutes.len() > MINUTES {
            let quietest = (0..group.minutes.len()).min_by_key(|&at| group.minutes[at].1).unwrap_or(0);
            group.minutes.remove(quietest);
        }
    }

    pub fn lock(&mut self, lock: &OpenLock) {
        let key = (lock.mode.clone(), lock.target_kind.clone(), lock.query);
        if self.locks.len() >= LIMIT && !self.locks.contains_key(&key) {
            return;
        }
        let group = self.locks.entry(key).or_insert_with(|| LockGroup {
            mode: lock.mode.to_string(),
            target_kind: lock.target_kind.to_string(),
            query: lock.query.map(|query| query as usize),
            waits: 0,
            acquired: 0,
            total_us: 0,
            max_us: 0,
            example: lock.example.to_string(),
            origin: lock.origin,
        });
        group.waits += 1;
        group.acquired += u64::from(lock.acquired);
        group.total_us += lock.waited_us;
        group.max_us = group.max_us.max(lock.waited_us);
        if lock.origin < group.origin {
            group.origin = lock.origin;
            group.example = lock.example.to_string();
        }
    }

    /// Groups in no order.
    pub fn take(&mut self) -> (Vec<ErrorGroup>, Vec<LockGroup>) {
        let mut errors: Vec<ErrorGroup> = std::mem::take(&mut self.errors).into_values().collect();
        errors.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
        let locks = std::mem::take(&mut self.locks).into_values().collect();
        (errors, locks)
    }
}

impl ErrorGroup {
    /// What makes two errors alike.
    pub(in super::super) fn key(&self) -> (Severity, &str, &str, &str) {
        (self.severity, &self.sqlstate, &self.message, &self.database)
    }

    pub(in super::super) fn count_minute(&mut self, minute: i64, count: u64) {
        let at = self.minutes.partition_point(|(known, _)| *known < minute);
        match self.minutes.get_mut(at) {
            Some((known, sum)) if *known == minute => *sum += count,
            _ => self.minutes.insert(at, (minute, count)),
        }
        self.peak_per_minute = self.peak_per_minute.max(self.minutes[at].1);
    }
}
