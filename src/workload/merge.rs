//! Finished workloads (of several logs, digests, exports) to one. In whatever order and grouping they are merged, the result
//! is the same: counts and times are exact sums, lists keep the first by a total order, buckets and bars add up.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::sql::Fingerprint;

use super::model::{
    EXAMPLES, ErrorGroup, LockGroup, OffsetStats, OffsetWalk, Pair, Query, QueryIndex, Repeat, SAMPLES, Sample,
    ServerEvents, UnitExample, Workload,
};
use super::plans;

type Key = (String, Fingerprint);

impl Workload {
    /// Units of work do not reach across the parts: these are logs of their own, not pieces of one.
    pub fn merge(mut parts: Vec<Workload>) -> Workload {
        if parts.len() <= 1 {
            return parts.pop().unwrap_or_default();
        }
        let mut queries: BTreeMap<Key, Query> = BTreeMap::new();
        let mut renamed = Vec::with_capacity(parts.len());
        for part in &mut parts {
            let singles = std::mem::take(&mut part.singles);
            let mut keys = Vec::with_capacity(part.queries.len());
            for query in std::mem::take(&mut part.queries) {
                keys.push((query.database.clone(), query.fingerprint));
                add(&mut queries, query);
            }
            for query in singles.expand() {
                add(&mut queries, query);
            }
            renamed.push(keys);
        }
        let indexes: BTreeMap<&Key, QueryIndex> = queries.keys().enumerate().map(|(index, key)| (key, index)).collect();
        for (part, keys) in parts.iter_mut().zip(&renamed) {
            part.refer(|old| indexes[&keys[old]]);
        }
        let mut merged = Workload::default();
        let mut sums = Sums::default();
        for part in parts {
            sums.add(&mut merged, part);
        }
        sums.finish(&mut merged);
        merged.queries = queries.into_values().collect();
        merged.sort();
        merged
    }
}

fn add(queries: &mut BTreeMap<Key, Query>, query: Query) {
    match queries.entry((query.database.clone(), query.fingerprint)) {
        Entry::Vacant(vacant) => {
            vacant.insert(query);
        }
        Entry::Occupied(mut known) => known.get_mut().merge(query),
    }
}

/// Patterns by what makes them alike.
#[derive(Default)]
struct Sums {
    repeats: BTreeMap<QueryIndex, Repeat>,
    pairs: BTreeMap<(QueryIndex, QueryIndex), Pair>,
    walks: BTreeMap<QueryIndex, OffsetWalk>,
    neighbours: BTreeMap<(QueryIndex, QueryIndex), super::model::Neighbours>,
    errors: BTreeMap<(crate::ingest::event::Severity, String, String, String), ErrorGroup>,
    locks: BTreeMap<(String, String, Option<QueryIndex>), LockGroup>,
}

/// Puts `value` in, or merges it with what is there.
fn put<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: V, merge: impl FnOnce(&mut V, V)) {
    match map.entry(key) {
        Entry::Vacant(vacant) => {
            vacant.insert(value);
        }
        Entry::Occupied(mut known) => merge(known.get_mut(), value),
    }
}

impl Sums {
    fn add(&mut self, merged: &mut Workload, part: Workload) {
        for repeat in part.repeats {
            put(&mut self.repeats, repeat.query, repeat, Repeat::merge);
        }
        for pair in part.pairs {
            put(&mut self.pairs, (pair.child, pair.parent), pair, Pair::merge);
        }
        for walk in part.walks {
            put(&mut self.walks, walk.query, walk, OffsetWalk::merge);
        }
        for pair in part.neighbours {
            put(&mut self.neighbours, (pair.first, pair.second), pair, |known, pair| known.count += pair.count);
        }
        for group in part.errors {
            let key = (group.severity, group.sqlstate.clone(), group.message.clone(), group.database.clone());
            put(&mut self.errors, key, group, ErrorGroup::merge);
        }
        for group in part.lock_waits {
            let key = (group.mode.clone(), group.target_kind.clone(), group.query);
            put(&mut self.locks, key, group, LockGroup::merge);
        }
        first_of(&mut merged.deadlocks, part.deadlocks, EXAMPLES, |a, b| {
            (a.at, a.origin, &a.detail).cmp(&(b.at, b.origin, &b.detail))
        });
        merged.server.add(&part.server);
        merged.seen.add(&part.seen);
        merged.window = match (merged.window, part.window) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }

    fn finish(self, merged: &mut Workload) {
        merged.repeats = self.repeats.into_values().collect();
        merged.pairs = self.pairs.into_values().collect();
        merged.walks = self.walks.into_values().collect();
        merged.neighbours = self.neighbours.into_values().collect();
        merged.errors = self.errors.into_values().collect();
        merged.lock_waits = self.locks.into_values().collect();
    }
}

/// The first `limit` of both lists. The order looks at all that a reader sees: of two that differ, the same one stays
/// whichever came first.
fn first_of<T>(into: &mut Vec<T>, from: Vec<T>, limit: usize, order: impl Fn(&T, &T) -> Ordering) {
    into.extend(from);
    into.sort_by(order);
    into.truncate(limit);
}

fn sample_order(a: &Sample, b: &Sample) -> Ordering {
    let key = |sample: &Sample| (Reverse(sample.duration_us), sample.at, sample.origin, sample.session, sample.pid);
    let texts = |sample: &Sample| {
        [&sample.text, &sample.parameters, &sample.user, &sample.application, &sample.remote].map(String::clone)
    };
    key(a).cmp(&key(b)).then_with(|| texts(a).cmp(&texts(b)))
}

fn example_order(a: &UnitExample, b: &UnitExample) -> Ordering {
    let key = |seen: &UnitExample| {
        (Reverse(seen.runs), seen.at, seen.origin, seen.session, seen.pid, seen.distinct, seen.wall_us)
    };
    key(a).cmp(&key(b)).then_with(|| (&a.user, &a.application, &a.tag).cmp(&(&b.user, &b.application, &b.tag)))
}

impl Query {
    fn merge(&mut self, other: Query) {
        // The text of the earlier one; the smaller of equally early ones.
        if other.text_rank() < self.text_rank() {
            self.text = other.text;
            self.kind = other.kind;
        }
        self.min_us = match (self.timed_calls, other.timed_calls) {
            (0, _) => other.min_us,
            (_, 0) => self.min_us,
            _ => self.min_us.min(other.min_us),
        };
        self.max_us = self.max_us.max(other.max_us);
        self.calls += other.calls;
        self.timed_calls += other.timed_calls;
        self.total_us += other.total_us;
        self.beside_us += other.beside_us;
        self.plan_only_calls += other.plan_only_calls;
        self.plan_only_us += other.plan_only_us;
        self.parse_us += other.parse_us;
        self.bind_us += other.bind_us;
        self.sum_squares += other.sum_squares;
        self.sketch.merge(&other.sketch);
        self.rows = sum(self.rows, other.rows);
        self.blocks_read = sum(self.blocks_read, other.blocks_read);
        self.first_seen = self.first_seen.into_iter().chain(other.first_seen).min();
        self.last_seen = self.last_seen.into_iter().chain(other.last_seen).max();
        self.histogram.merge(&other.histogram);
        self.users.merge(&other.users);
        self.applications.merge(&other.applications);
        self.tags.merge(&other.tags);
        first_of(&mut self.samples, other.samples, SAMPLES, sample_order);
        self.plans.extend(other.plans);
        plans::settle(&mut self.plans);
        self.plan_count += other.plan_count;
        self.query_ids.extend(other.query_ids);
        self.query_ids.sort_unstable();
        self.query_ids.dedup();
        self.nested_calls += other.nested_calls;
        self.nested_us += other.nested_us;
        self.errors += other.errors;
        self.temp_files += other.temp_files;
        self.temp_bytes += other.temp_bytes;
        self.lock_waits += other.lock_waits;
        self.lock_wait_us += other.lock_wait_us;
        self.offsets = match (self.offsets, other.offsets) {
            (Some(a), Some(b)) => {
                Some(OffsetStats { calls: a.calls + b.calls, max: a.max.max(b.max), sum: a.sum.saturating_add(b.sum) })
            }
            (a, b) => a.or(b),
        };
    }

    /// A text from a log before one from an export, whose constants are gone; then by time.
    fn text_rank(&self) -> (bool, Option<i64>, &str) {
        (self.first_seen.is_none(), self.first_seen, &self.text)
    }
}

fn sum(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}

fn examples(into: &mut Vec<UnitExample>, from: Vec<UnitExample>) {
    first_of(into, from, EXAMPLES, example_order);
}

impl Repeat {
    fn merge(&mut self, other: Repeat) {
        self.same_units += other.same_units;
        self.same_calls += other.same_calls;
        self.varied_units += other.varied_units;
        self.varied_calls += other.varied_calls;
        self.hidden_units += other.hidden_units;
        self.hidden_calls += other.hidden_calls;
        self.max_runs = self.max_runs.max(other.max_runs);
        self.wall_us += other.wall_us;
        self.database_us += other.database_us;
        self.runs.merge(&other.runs);
        self.gaps.merge(&other.gaps);
        self.each_in_own_transaction += other.each_in_own_transaction;
        self.with_others_between += other.with_others_between;
        examples(&mut self.same_examples, other.same_examples);
        examples(&mut self.varied_examples, other.varied_examples);
    }
}

impl Pair {
    fn merge(&mut self, other: Pair) {
        self.units += other.units;
        self.calls += other.calls;
        self.max_runs = self.max_runs.max(other.max_runs);
        self.runs.merge(&other.runs);
        self.parent_calls += other.parent_calls;
        self.wall_us += other.wall_us;
        self.database_us += other.database_us;
        self.distance += other.distance;
        self.in_transaction += other.in_transaction;
        self.tagged += other.tagged;
        examples(&mut self.examples, other.examples);
    }
}

impl OffsetWalk {
    fn merge(&mut self, other: OffsetWalk) {
        self.walks += other.walks;
        (self.longest_steps, self.step) = (self.longest_steps, self.step).max((other.longest_steps, other.step));
        self.max_offset = self.max_offset.max(other.max_offset);
        self.calls += other.calls;
        self.database_us += other.database_us;
        examples(&mut self.examples, other.examples);
    }
}

impl ErrorGroup {
    fn merge(&mut self, other: ErrorGroup) {
        self.count += other.count;
        self.last_seen = self.last_seen.max(other.last_seen);
        for &(minute, count) in &other.minutes {
            self.count_minute(minute, count);
        }
        let place = |group: &ErrorGroup| (group.first_seen, group.origin, group.example.clone(), group.query);
        if place(&other) < place(self) {
            self.first_seen = other.first_seen;
            self.origin = other.origin;
            self.example = other.example;
            self.query = other.query;
        }
    }
}

impl LockGroup {
    fn merge(&mut self, other: LockGroup) {
        self.waits += other.waits;
        self.acquired += other.acquired;
        self.total_us += other.total_us;
        self.max_us = self.max_us.max(other.max_us);
        if (other.origin, &other.example) < (self.origin, &self.example) {
            self.origin = other.origin;
            self.example = other.example;
        }
    }
}

impl ServerEvents {
    fn add(&mut self, other: &ServerEvents) {
        let ServerEvents {
            checkpoints,
            checkpoints_requested,
            checkpoint_us,
            autovacuums,
            autoanalyzes,
            autovacuum_us,
            connections,
            disconnections,
            session_us,
            deadlocks,
            temp_files,
            temp_bytes,
        } = other;
        self.checkpoints += checkpoints;
        self.checkpoints_requested += checkpoints_requested;
        self.checkpoint_us += checkpoint_us;
        self.autovacuums += autovacuums;
        self.autoanalyzes += autoanalyzes;
        self.autovacuum_us += autovacuum_us;
        self.connections += connections;
        self.disconnections += disconnections;
        self.session_us += session_us;
        self.deadlocks += deadlocks;
        self.temp_files += temp_files;
        self.temp_bytes += temp_bytes;
    }
}
