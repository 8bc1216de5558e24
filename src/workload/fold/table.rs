//! Statistics per (database, fingerprint), each under a small number that the rest of the fold uses.
//!
//! A query that ran once stays packed ([`Single`]); anything further that happens to it unpacks it.

use std::mem;

use rustc_hash::FxHashMap;

use crate::ingest::event::Micros;
use crate::sql::{Fingerprint, StatementKind};

use super::super::model::{OTHER, OffsetStats, Origin, PlanSample, Query, SAMPLES, Sample};
use super::super::part::{KeptBody, KeptText, PartQuery, Record, Role};
use super::super::plans;
use super::super::singles::{NONE, Single};
use super::call::{Call, Client};
use super::names::{Names, Tally};

/// Queries of which plans are kept, the first ones met.
const WITH_PLANS: usize = 5_000;
/// Postgres's own identifiers kept of one query.
const QUERY_IDS: usize = 16;

pub(super) struct Table {
    index: FxHashMap<u64, u32>,
    pub entries: Vec<Entry>,
    pub singles: Vec<Single>,
    free: Vec<u32>,
    pub fulls: Vec<Full>,
    pub names: Names,
    limit: usize,
    with_plans: usize,
    pub overflowed: u64,
}

pub(super) struct Entry {
    pub text: Box<str>,
    /// Hash of the whole text of which `text` is the beginning.
    pub raw: u64,
    pub fingerprint: Fingerprint,
    pub database: u32,
    pub place: Place,
    pub kind: StatementKind,
    pub role: Role,
    /// Calls logged without a duration whose text was offered as a sample.
    untimed: u8,
}

#[derive(Clone, Copy)]
pub(super) enum Place {
    Unseen,
    Single(u32),
    Full(u32),
}

/// Names are filled in at the end.
pub(super) struct Full {
    pub query: Query,
    pub users: Tally,
    pub applications: Tally,
    pub tags: Tally,
    /// Slowest plans' texts: shown when no statement was logged.
    pub plan_samples: Vec<Sample>,
    keeps_plans: bool,
}

impl Table {
    pub fn new(limit: usize) -> Self {
        Self {
            index: FxHashMap::default(),
            entries: Vec::new(),
            singles: Vec::new(),
            free: Vec::new(),
            fulls: Vec::new(),
            names: Names::default(),
            limit,
            with_plans: 0,
            overflowed: 0,
        }
    }

    /// The number of a query, which takes over its text when it is new.
    pub fn id(&mut self, query: &mut PartQuery, database: u32) -> u32 {
        let key = query.fingerprint.0 ^ u64::from(database).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        if let Some(&id) = self.index.get(&key) {
            return id;
        }
        if self.index.len() >= self.limit {
            return self.other();
        }
        let id = self.entries.len() as u32;
        self.index.insert(key, id);
        self.entries.push(Entry {
            text: mem::take(&mut query.text),
            raw: query.raw,
            fingerprint: query.fingerprint,
            database,
            place: Place::Unseen,
            kind: query.kind,
            role: query.role,
            untimed: 0,
        });
        id
    }

    pub fn role(&self, id: u32) -> Role {
        self.entries[id as usize].role
    }

    /// The entry that takes what is too much.
    fn other(&mut self) -> u32 {
        const KEY: u64 = 0;
        let next = self.entries.len() as u32;
        let id = *self.index.entry(KEY).or_insert(next);
        if id == next {
            self.entries.push(Entry {
                text: "other".into(),
                raw: 0,
                fingerprint: OTHER,
                database: self.names.id(""),
                place: Place::Unseen,
                kind: StatementKind::Other,
                role: Role::default(),
                untimed: 0,
            });
        }
        id
    }

    /// Counts a call. `kept` is the text when it is among the slowest of its part.
    pub fn call(&mut self, call: &Call, kept: Option<KeptText>) {
        let entry = &mut self.entries[call.query as usize];
        if entry.fingerprint == OTHER {
            self.overflowed += 1;
        }
        let kept = kept.filter(|_| {
            entry.untimed += u8::from(call.late && (entry.untimed as usize) <= SAMPLES);
            !call.late || entry.untimed as usize <= SAMPLES
        });
        if let (Place::Unseen, None, Some(kept)) = (entry.place, call.plan_us, &kept)
            && entry.fingerprint != OTHER
            && kept.text.is_none()
        {
            let single = single(call, entry, kept.parameters.clone());
            let place = match self.free.pop() {
                Some(place) => {
                    self.singles[place as usize] = single;
                    place
                }
                None => {
                    self.singles.push(single);
                    self.singles.len() as u32 - 1
                }
            };
            entry.place = Place::Single(place);
            return;
        }
        let full = self.full(call.query);
        full.count(call);
        if let Some(kept) = kept {
            let sample = call.sample(kept, call.own_us);
            self.offer_sample(call.query, sample, &call.client);
        }
    }

    /// The unpacked form of a query.
    pub fn full(&mut self, id: u32) -> &mut Full {
        let entry = &mut self.entries[id as usize];
        let at = match entry.place {
            Place::Full(at) => at,
            Place::Unseen => {
                self.fulls.push(Full::new(Query::new("", entry.fingerprint, entry.kind, "")));
                self.fulls.len() as u32 - 1
            }
            Place::Single(at) => {
                self.free.push(at);
                let single = &mut self.singles[at as usize];
                let mut query = single.expand(&[]);
                query.users = super::Counts::default();
                query.applications = super::Counts::default();
                let sample = &mut query.samples[0];
                sample.text = entry.text.to_string();
                sample.user = self.names.get(single.user).to_owned();
                sample.application = self.names.get(single.application).to_owned();
                sample.remote = self.names.get(single.remote).to_owned();
                let mut full = Full::new(query);
                full.users.add(single.user);
                full.applications.add(single.application);
                if !self.names.get(single.tags).is_empty() {
                    full.tags.add(single.tags);
                }
                single.parameters = Box::default();
                self.fulls.push(full);
                self.fulls.len() as u32 - 1
            }
        };
        entry.place = Place::Full(at);
        &mut self.fulls[at as usize]
    }

    fn offer_sample(&mut self, id: u32, mut sample: Sample, client: &Client) {
        let Place::Full(at) = self.entries[id as usize].place else { return };
        let samples = &mut self.fulls[at as usize].query.samples;
        if !takes(samples, SAMPLES, sample_order, &sample_order(&sample)) {
            return;
        }
        self.name(id, &mut sample, client);
        let Place::Full(at) = self.entries[id as usize].place else { return };
        insert(&mut self.fulls[at as usize].query.samples, SAMPLES, sample, sample_order);
    }

    fn name(&self, id: u32, sample: &mut Sample, client: &Client) {
        if sample.text.is_empty() {
            sample.text = self.entries[id as usize].text.to_string();
        }
        sample.user = self.names.get(client.user).to_owned();
        sample.application = self.names.get(client.application).to_owned();
        sample.remote = self.names.get(client.remote).to_owned();
    }

    /// Notes a plan, merged or not, and keeps its body when it is worth it.
    pub fn plan(&mut self, id: u32, record: &Record, origin: Origin, body: Option<KeptBody>) {
        let with_plans = self.with_plans;
        let full = self.full(id);
        if full.query.plan_count == 0 && with_plans < WITH_PLANS {
            full.keeps_plans = true;
        }
        let first = full.query.plan_count == 0;
        full.query.plan_count += 1;
        if let Some(body) = body
            && full.keeps_plans
        {
            let sample = PlanSample {
                format: body.format,
                duration_us: record.duration().unwrap_or(0),
                at: Some(record.at),
                origin,
                shape: body.shape,
                body: body.body.into(),
            };
            full.query.plans.push(sample);
            plans::settle(&mut full.query.plans);
        }
        self.with_plans += usize::from(first);
    }

    /// Offers a plan's statement as a sample, should no statement of this query be logged.
    pub fn plan_sample(&mut self, call: &Call, kept: KeptText) {
        let mut sample = call.sample(kept, call.plan_us);
        let full = self.full(call.query);
        if takes(&full.plan_samples, SAMPLES, sample_order, &sample_order(&sample)) {
            self.name(call.query, &mut sample, &call.client);
            insert(&mut self.full(call.query).plan_samples, SAMPLES, sample, sample_order);
        }
    }
}

fn single(call: &Call, entry: &Entry, parameters: Box<str>) -> Single {
    Single {
        fingerprint: entry.fingerprint,
        text: Box::default(),
        parameters,
        duration_us: call.own_us.unwrap_or(NONE),
        parse_us: call.parse_us,
        bind_us: call.bind_us,
        offset: call.offset,
        at: call.at,
        line: call.line,
        session: call.session,
        query_id: call.query_id,
        input: call.input,
        pid: call.pid,
        database: entry.database,
        user: call.client.user,
        application: call.client.application,
        remote: call.client.remote,
        tags: call.tags,
        kind: entry.kind,
    }
}

impl Full {
    fn new(query: Query) -> Self {
        Self {
            query,
            users: Tally::default(),
            applications: Tally::default(),
            tags: Tally::default(),
            plan_samples: Vec::new(),
            keeps_plans: false,
        }
    }

    #[inline]
    fn count(&mut self, call: &Call) {
        let query = &mut self.query;
        query.calls += 1;
        query.parse_us += call.parse_us;
        query.bind_us += call.bind_us;
        let steps = call.parse_us + call.bind_us;
        let duration = call.own_us.or(call.plan_us);
        let total = duration.unwrap_or(0) + steps;
        query.total_us += total;
        if call.own_us.is_none()
            && let Some(plan_us) = call.plan_us
        {
            query.plan_only_calls += 1;
            query.plan_only_us += plan_us;
        }
        if duration.is_some() {
            query.min_us = if query.timed_calls == 0 { total } else { query.min_us.min(total) };
            query.max_us = query.max_us.max(total);
            query.timed_calls += 1;
            query.sum_squares += u128::from(total) * u128::from(total);
            query.sketch.add(total);
        } else {
            query.beside_us += steps;
        }
        query.seen_at(call.at);
        query.histogram.add(call.at, 1, total);
        if call.query_id != 0 && !query.query_ids.contains(&call.query_id) && query.query_ids.len() < QUERY_IDS {
            query.query_ids.push(call.query_id);
        }
        if call.offset != NONE {
            let stats = query.offsets.get_or_insert(OffsetStats { calls: 0, max: 0, sum: 0 });
            stats.calls += 1;
            stats.max = stats.max.max(call.offset);
            stats.sum = stats.sum.saturating_add(call.offset);
        }
        self.users.add(call.client.user);
        self.applications.add(call.client.application);
        if call.tagged {
            self.tags.add(call.tags);
        }
    }

    /// Time that belongs to no call.
    pub fn beside(&mut self, at: Micros, us: u64) {
        self.query.total_us += us;
        self.query.beside_us += us;
        self.query.seen_at(at);
        self.query.histogram.add(at, 0, us);
    }
}

impl Query {
    pub(super) fn seen_at(&mut self, at: Micros) {
        self.first_seen = Some(self.first_seen.map_or(at, |first| first.min(at)));
        self.last_seen = Some(self.last_seen.map_or(at, |last| last.max(at)));
    }
}

/// Slowest first, those without a duration last; then by time, then by place.
fn sample_order(sample: &Sample) -> impl Ord + use<> {
    (std::cmp::Reverse(sample.duration_us), sample.at, sample.origin)
}

fn takes<T, K: Ord>(list: &[T], limit: usize, order: impl Fn(&T) -> K, key: &K) -> bool {
    list.len() < limit || list.last().is_some_and(|last| order(last) > *key)
}

/// Puts an item into its place in a bounded, ordered list.
pub(super) fn insert<T, K: Ord>(list: &mut Vec<T>, limit: usize, item: T, order: impl Fn(&T) -> K) {
    let key = order(&item);
    let at = list.partition_point(|known| order(known) <= key);
    if at < limit {
        list.insert(at, item);
        list.truncate(limit);
    }
}
