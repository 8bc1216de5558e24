//! Queries that ran once, packed: a log of 200,000 different statements must not need 200,000 full entries.
//!
//! Nothing is lost: [`Singles::expand`] gives the same [`Query`] that the full form would be.

use crate::ingest::event::{Micros, SessionId};
use crate::sql::{Fingerprint, StatementKind};

use super::histogram::Histogram;
use super::model::{OffsetStats, Origin, Query, Sample, Totals};
use super::sketch::Sketch;

/// In (database, fingerprint) order.
#[derive(Clone, Debug, Default)]
pub struct Singles {
    pub(super) entries: Vec<Single>,
    /// What the `u32` of the entries name.
    pub(super) names: Vec<String>,
}

/// One call of one query. Numbers that may be unknown are [`NONE`].
#[derive(Clone, Debug)]
pub(super) struct Single {
    pub fingerprint: Fingerprint,
    pub text: Box<str>,
    pub parameters: Box<str>,
    /// Of the execution alone; a call's duration has parse and bind on top.
    pub duration_us: u64,
    pub parse_us: u64,
    pub bind_us: u64,
    pub offset: u64,
    pub at: Micros,
    pub line: u64,
    pub session: SessionId,
    pub query_id: i64,
    pub input: u32,
    pub pid: u32,
    pub database: u32,
    pub user: u32,
    pub application: u32,
    pub remote: u32,
    /// Tags joined by line feeds.
    pub tags: u32,
    pub kind: StatementKind,
}

pub(super) const NONE: u64 = u64::MAX;

impl Single {
    /// Duration of the call with parse and bind; `None` when it was not logged.
    pub fn call_us(&self) -> Option<u64> {
        (self.duration_us != NONE).then(|| self.duration_us + self.parse_us + self.bind_us)
    }

    pub fn total_us(&self) -> u64 {
        self.call_us().unwrap_or(self.parse_us + self.bind_us)
    }

    pub fn expand(&self, names: &[String]) -> Query {
        let name = |id: u32| names.get(id as usize).map_or("", String::as_str);
        let mut query = Query::new(name(self.database), self.fingerprint, self.kind, &self.text);
        query.calls = 1;
        query.total_us = self.total_us();
        query.parse_us = self.parse_us;
        query.bind_us = self.bind_us;
        if let Some(duration) = self.call_us() {
            query.timed_calls = 1;
            query.min_us = duration;
            query.max_us = duration;
            query.sum_squares = u128::from(duration) * u128::from(duration);
            query.sketch = Sketch::default();
            query.sketch.add(duration);
        } else {
            query.beside_us = query.total_us;
        }
        query.first_seen = Some(self.at);
        query.last_seen = Some(self.at);
        query.histogram = Histogram::default();
        query.histogram.add(self.at, 1, query.total_us);
        query.users.add(name(self.user), 1);
        query.applications.add(name(self.application), 1);
        for tag in name(self.tags).split('\n').filter(|tag| !tag.is_empty()) {
            query.tags.add(tag, 1);
        }
        if self.query_id != 0 {
            query.query_ids.push(self.query_id);
        }
        if self.offset != NONE {
            query.offsets = Some(OffsetStats { calls: 1, max: self.offset, sum: self.offset });
        }
        query.samples.push(Sample {
            duration_us: (self.duration_us != NONE).then_some(self.duration_us),
            at: Some(self.at),
            origin: Origin { input: self.input, line: self.line },
            text: self.text.to_string(),
            parameters: self.parameters.to_string(),
            user: name(self.user).to_owned(),
            application: name(self.application).to_owned(),
            remote: name(self.remote).to_owned(),
            session: self.session,
            pid: self.pid,
        });
        query
    }
}

impl Singles {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn totals(&self) -> Totals {
        let mut totals = Totals { queries: self.entries.len() as u64, ..Totals::default() };
        totals.calls = totals.queries;
        for single in &self.entries {
            totals.timed_calls += u64::from(single.duration_us != NONE);
            totals.total_us += single.total_us();
        }
        totals
    }

    /// Each as a full query, in (database, fingerprint) order.
    pub fn expand(&self) -> impl Iterator<Item = Query> + '_ {
        self.entries.iter().map(|single| single.expand(&self.names))
    }

    pub fn find(&self, fingerprint: Fingerprint) -> impl Iterator<Item = Query> + '_ {
        self.entries
            .iter()
            .filter(move |single| single.fingerprint == fingerprint)
            .map(|single| single.expand(&self.names))
    }
}
