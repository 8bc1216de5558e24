//! Parts come in, in any order; they are folded in input order, and a [`Workload`] goes out.
//!
//! The fold is sequential, so that it does not matter where a log was cut or which part was ready first: sessions are
//! followed across parts as if the log had been read whole. It is also cheap; what costs was done when the parts were made.

mod call;
mod finish;
mod names;
mod patterns;
mod session;
mod sessions;
mod state;
mod table;
#[cfg(test)]
mod tests;
mod trouble;
mod unit;
mod walk;

use std::collections::BTreeMap;

use crate::ingest::event::{LockState, Severity};

use call::{Call, Client};
use sessions::Sessions;
use state::State;
use trouble::{OpenLock, Scene};

use super::counts::Counts;
use super::model::{Origin, Workload};
use super::part::{KeptBody, KeptText, NOT_KEPT, Part, Rare, Record, What};

/// What a fold may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Different (database, fingerprint); further ones go to one entry, [`super::model::OTHER`].
    pub queries: usize,
    /// Sessions followed at a time.
    pub sessions: usize,
    /// Queries that ran once and cheaply stay packed, but for this many of the most expensive ones.
    pub unpacked: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { queries: 500_000, sessions: 4_096, unpacked: 2_000 }
    }
}

pub struct Folder {
    next: u64,
    early: BTreeMap<u64, Part>,
    state: State,
    sessions: Sessions,
    limits: Limits,
}

impl Default for Folder {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Folder {
    pub fn new(limits: Limits) -> Self {
        Self {
            next: 0,
            early: BTreeMap::new(),
            state: State::new(limits.queries),
            sessions: Sessions::new(limits.sessions),
            limits,
        }
    }

    /// `index` counts parts 0, 1, 2, … over all inputs. A part that comes early waits for those before it.
    pub fn add(&mut self, index: u64, part: Part) {
        if index != self.next {
            self.early.insert(index, part);
            return;
        }
        self.fold(part);
        self.next += 1;
        while let Some(part) = self.early.remove(&self.next) {
            self.fold(part);
            self.next += 1;
        }
    }

    /// The part that is folded next; all before it are.
    pub fn next_index(&self) -> u64 {
        self.next
    }

    /// The input ends here: whatever is open is closed.
    pub fn finish(mut self) -> Workload {
        for part in std::mem::take(&mut self.early).into_values() {
            self.fold(part);
        }
        self.sessions.end_all(&mut self.state);
        self.state.seen.sessions = self.sessions.met();
        finish::finish(self.state, self.limits.unpacked)
    }

    fn fold(&mut self, mut part: Part) {
        self.state.seen.add(&part.seen);
        let names = &mut self.state.table.names;
        let databases: Vec<u32> = part.databases.iter().map(|name| names.id(name)).collect();
        let clients: Vec<Client> = part
            .clients
            .iter()
            .map(|client| Client {
                database: databases[client.database as usize],
                user: names.id(&client.user),
                application: names.id(&client.application),
                remote: names.id(&client.remote),
                tool: client.tool,
            })
            .collect();
        let tags: Vec<(u32, u64)> = part
            .tags
            .iter()
            .map(|tags| tags.as_ref().map_or(UNTAGGED, |tags| (names.id(&tags.joined), tags.unit)))
            .collect();
        let records = std::mem::take(&mut part.records);
        let mut reading = Reading { ids: vec![u32::MAX; part.queries.len()], part, databases, clients, tags };
        for record in &records {
            self.record(record, &mut reading);
        }
    }

    fn record(&mut self, record: &Record, reading: &mut Reading) {
        let state = &mut self.state;
        state.at(record.at);
        match record.what {
            What::Simple | What::Execute => {
                let call = reading.call(record, state);
                let kept = reading.kept(record, call.query, state);
                self.sessions.get(record.session, state).statement(call, kept, record.what, state);
            }
            What::Parse => {
                let call = reading.call(record, state);
                self.sessions.get(record.session, state).parse(&call, state);
            }
            What::Bind => {
                let call = reading.call(record, state);
                self.sessions.get(record.session, state).bind(&call, state);
            }
            What::Fetch => {
                let call = reading.call(record, state);
                self.sessions.get(record.session, state).fetch(&call, state);
            }
            What::Duration => {
                let us = record.duration().unwrap_or(0);
                self.sessions.get(record.session, state).duration(record.at, us, state);
            }
            What::Plan => {
                let mut call = reading.call(record, state);
                call.plan_us = call.own_us.take();
                state.table.plan(call.query, record, call.origin(), reading.body(record));
                if let Some(kept) = reading.kept(record, call.query, state) {
                    state.table.plan_sample(&call, kept);
                }
                self.sessions.get(record.session, state).plan(call, state);
            }
            What::NestedPlan => {
                let id = reading.id(record.query, state);
                let origin = reading.origin(record);
                state.table.plan(id, record, origin, reading.body(record));
                let query = &mut state.table.full(id).query;
                query.nested_calls += 1;
                query.nested_us += record.duration().unwrap_or(0);
                query.seen_at(record.at);
            }
            What::Connection => {
                state.server.connections += 1;
                self.sessions.end(record.session, state);
            }
            What::Disconnection => {
                state.server.disconnections += 1;
                state.server.session_us += record.duration().unwrap_or(0);
                self.sessions.end(record.session, state);
            }
            What::Rare => self.rare(record, reading),
        }
    }

    fn rare(&mut self, record: &Record, reading: &mut Reading) {
        let state = &mut self.state;
        let origin = reading.origin(record);
        match std::mem::replace(&mut reading.part.rare[record.query as usize], Rare::TempFile { bytes: 0, query: None })
        {
            Rare::Error(error) => {
                let query = error.query.map(|query| reading.id(query, state));
                let session = self.sessions.get(record.session, state);
                let query = session.error(query, error.retry, state);
                if let Some(query) = query
                    && error.severity >= Severity::Error
                {
                    let query = &mut state.table.full(query).query;
                    query.errors += 1;
                    query.seen_at(record.at);
                }
                state.server.deadlocks += u64::from(error.deadlock);
                let database = reading.clients[record.client as usize].database;
                let scene = Scene { at: record.at, origin, database: state.table.names.get(database) };
                state.trouble.error(&error, query, &scene);
                if error.severity >= Severity::Fatal {
                    self.sessions.end(record.session, state);
                }
            }
            Rare::Lock(wait) => {
                let lock = OpenLock {
                    mode: wait.mode,
                    target_kind: wait.target_kind,
                    target: wait.target,
                    waited_us: wait.waited_us,
                    acquired: wait.state == LockState::Acquired,
                    example: wait.example,
                    query: wait.query.map(|query| reading.id(query, state)),
                    origin,
                };
                self.sessions.get(record.session, state).lock(lock, state);
            }
            Rare::TempFile { bytes, query } => match query.map(|query| reading.id(query, state)) {
                Some(query) => state.temp_files(Some(query), 1, bytes),
                None => self.sessions.get(record.session, state).temp_file(bytes),
            },
            Rare::Checkpoint(checkpoint) => {
                state.server.checkpoints += 1;
                state.server.checkpoints_requested += u64::from(checkpoint.requested == Some(true));
                state.server.checkpoint_us += u64::try_from(checkpoint.total_us).unwrap_or(0);
            }
            Rare::Autovacuum { analyze, elapsed_us } => {
                let count = if analyze { &mut state.server.autoanalyzes } else { &mut state.server.autovacuums };
                *count += 1;
                state.server.autovacuum_us += u64::try_from(elapsed_us).unwrap_or(0);
            }
        }
    }
}

/// Name and unit of no tags.
const UNTAGGED: (u32, u64) = (0, 0);

/// A part while it is folded, with its dictionaries translated.
struct Reading {
    part: Part,
    ids: Vec<u32>,
    databases: Vec<u32>,
    clients: Vec<Client>,
    tags: Vec<(u32, u64)>,
}

impl Reading {
    #[inline]
    fn id(&mut self, query: u32, state: &mut State) -> u32 {
        let known = self.ids[query as usize];
        if known != u32::MAX {
            return known;
        }
        let query_of_part = &mut self.part.queries[query as usize];
        let database = self.databases[query_of_part.database as usize];
        let id = state.table.id(query_of_part, database);
        self.ids[query as usize] = id;
        id
    }

    #[inline]
    fn call(&mut self, record: &Record, state: &mut State) -> Call {
        let (tags, unit_tag) = self.tags.get(record.tags as usize).copied().unwrap_or(UNTAGGED);
        Call {
            query: self.id(record.query, state),
            at: record.at,
            own_us: record.duration(),
            plan_us: None,
            parse_us: 0,
            bind_us: 0,
            literals: record.literals,
            literals_but_offset: record.literals_but_offset,
            offset: record.offset,
            query_id: record.query_id,
            client: self.clients[record.client as usize],
            tags,
            tagged: tags != UNTAGGED.0,
            unit_tag,
            session: record.session,
            pid: record.pid,
            input: self.part.input,
            line: record.line,
            hidden: record.hidden,
            late: false,
            extended: false,
        }
    }

    fn origin(&self, record: &Record) -> Origin {
        Origin { input: self.part.input, line: record.line }
    }

    /// The text of a record if it is a candidate for a sample. `text` is `None` exactly if it is the text that the query
    /// itself shows, whichever part that came from.
    fn kept(&mut self, record: &Record, id: u32, state: &State) -> Option<KeptText> {
        if record.kept == NOT_KEPT {
            return None;
        }
        let mut kept = self.part.kept[record.kept as usize].take()?;
        let query = &self.part.queries[record.query as usize];
        let entry = &state.table.entries[id as usize];
        match &kept.text {
            None if query.raw != entry.raw => kept.text = Some(query.text.clone()),
            Some(text) if *text == entry.text => kept.text = None,
            _ => {}
        }
        Some(kept)
    }

    fn body(&mut self, record: &Record) -> Option<KeptBody> {
        if record.body == NOT_KEPT { None } else { self.part.bodies[record.body as usize].take() }
    }
}
