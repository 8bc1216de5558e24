//! What follows from a workload: sums over all queries, a query by its fingerprint, mean, deviation and quantiles.

use std::borrow::Cow;

use crate::sql::{Fingerprint, StatementKind};

use super::model::{Query, Seen, Workload};

/// Fingerprint of the one query that takes what was too much: see [`Seen::overflowed`].
pub const OTHER: Fingerprint = Fingerprint(0);

/// Sums over all queries, those in [`Workload::singles`] included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub queries: u64,
    pub calls: u64,
    pub timed_calls: u64,
    pub total_us: u64,
    pub plan_only_us: u64,
    pub temp_files: u64,
    pub temp_bytes: u64,
}

impl Seen {
    /// Sums, and the smaller of the smallest durations.
    pub fn add(&mut self, other: &Seen) {
        let Seen {
            bytes,
            lines,
            records,
            statements,
            plans,
            plans_merged,
            filtered,
            untimed,
            statement_us,
            bare_durations,
            bare_us,
            fractional_times,
            smallest_us,
            from_exports,
            overflowed,
            units,
            units_cut,
            sessions,
            outside_units,
            redacted,
            executes,
            executes_alone,
            begins,
            begins_twice,
            ends,
            ends_alone,
        } = other;
        self.bytes += bytes;
        self.lines += lines;
        self.records += records;
        self.statements += statements;
        self.plans += plans;
        self.plans_merged += plans_merged;
        self.filtered += filtered;
        self.untimed += untimed;
        self.statement_us += statement_us;
        self.bare_durations += bare_durations;
        self.bare_us += bare_us;
        self.fractional_times += fractional_times;
        self.smallest_us = self.smallest_us.into_iter().chain(*smallest_us).min();
        self.from_exports += from_exports;
        self.overflowed += overflowed;
        self.units += units;
        self.units_cut += units_cut;
        self.sessions += sessions;
        self.outside_units += outside_units;
        self.redacted += redacted;
        self.executes += executes;
        self.executes_alone += executes_alone;
        self.begins += begins;
        self.begins_twice += begins_twice;
        self.ends += ends;
        self.ends_alone += ends_alone;
    }
}

impl Workload {
    /// Microseconds from the first to the last time seen; 0 when fewer than two moments are known.
    pub fn window_us(&self) -> u64 {
        self.window.and_then(|(first, last)| u64::try_from(last.checked_sub(first)?).ok()).unwrap_or(0)
    }

    pub fn totals(&self) -> Totals {
        let mut totals = self.singles.totals();
        for query in &self.queries {
            totals.queries += 1;
            totals.calls += query.calls;
            totals.timed_calls += query.timed_calls;
            totals.total_us += query.total_us;
            totals.plan_only_us += query.plan_only_us;
            totals.temp_files += query.temp_files;
            totals.temp_bytes += query.temp_bytes;
        }
        totals
    }

    /// All queries of a fingerprint, one per database, in database order.
    pub fn find(&self, fingerprint: Fingerprint) -> Vec<Cow<'_, Query>> {
        let mut found: Vec<Cow<'_, Query>> = self
            .queries
            .iter()
            .filter(|query| query.fingerprint == fingerprint)
            .map(Cow::Borrowed)
            .chain(self.singles.find(fingerprint).map(Cow::Owned))
            .collect();
        found.sort_by(|a, b| a.database.cmp(&b.database));
        found
    }
}

impl Query {
    /// A query that was not seen yet.
    pub fn new(database: &str, fingerprint: Fingerprint, kind: StatementKind, text: &str) -> Self {
        Self { database: database.to_owned(), fingerprint, kind, text: text.to_owned(), ..Self::default() }
    }

    pub fn mean_us(&self) -> f64 {
        if self.timed_calls == 0 { 0.0 } else { self.total_us as f64 / self.timed_calls as f64 }
    }

    /// Population standard deviation of a call's duration; `None` below two timed calls.
    pub fn stddev_us(&self) -> Option<f64> {
        if self.timed_calls < 2 {
            return None;
        }
        let calls = self.timed_calls as f64;
        let mean = self.total_us.saturating_sub(self.beside_us) as f64 / calls;
        Some((self.sum_squares as f64 / calls - mean * mean).max(0.0).sqrt())
    }

    /// Within 1 % of the true value; exact where minimum and maximum settle it. `None` without single durations (no timed
    /// call, or known from an export only).
    pub fn quantile_us(&self, q: f64) -> Option<u64> {
        let told = self.sketch.quantile(q)?;
        Some(told.clamp(self.min_us, self.max_us))
    }
}
