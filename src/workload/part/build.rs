//! Events come in, one after the other; a [`Part`] goes out. No allocation per event: texts are copied only when a query is
//! new to the part or the event is among the slowest of its query.

use std::cmp::Reverse;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::ingest::event::{Event, EventKind, LockWait, LoggedError, LoggedPlan, Micros, Phase, Statement, Who};
use crate::plan::quick::shape_key;
use crate::sql::Bound;

use super::super::memo::{Memo, Tags};
use super::super::model::SAMPLES;
use super::super::params;
use super::super::singles::NONE;
use super::role::{is_tool, role_of};
use super::{
    Client, KeptBody, KeptText, NOT_KEPT, Part, PartQuery, Rare, RareError, RareLock, Record, Slowest, Verdict, What,
    message,
};

/// Bytes kept of a statement's text, of its parameters, of a plan, and of messages.
const TEXT: usize = 64 << 10;
const PARAMETERS: usize = 4 << 10;
const BODY: usize = 256 << 10;
const MESSAGE: usize = 1 << 10;

/// Makes parts, one after the other; keeps its memory of texts from part to part.
#[derive(Default)]
pub struct PartBuilder {
    memo: Memo,
    part: Part,
    queries: FxHashMap<(u32, u64), u32>,
    clients: FxHashMap<u64, u32>,
    tags: FxHashMap<u64, u32>,
    last_client: Option<(u64, u32)>,
}

/// What a text comes to within this part.
struct Looked {
    query: u32,
    raw: u64,
    literals: u64,
    literals_but_offset: u64,
    offset: u64,
    tags: u32,
    hidden: bool,
}

impl PartBuilder {
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the part: what follows goes into the next one.
    pub fn finish(&mut self, input: u32) -> Part {
        self.queries.clear();
        self.clients.clear();
        self.tags.clear();
        self.last_client = None;
        self.keep_newest_plans();
        let mut part = std::mem::take(&mut self.part);
        self.part.records.reserve(part.records.len());
        part.input = input;
        part
    }

    pub fn event(&mut self, event: &Event<'_>) {
        let client = self.client(&event.who);
        let mut record = Record {
            at: event.at,
            session: event.session,
            line: event.line,
            duration_us: NONE,
            literals: 0,
            literals_but_offset: 0,
            offset: NONE,
            query_id: event.query_id,
            query: 0,
            client,
            pid: event.pid,
            tags: 0,
            kept: NOT_KEPT,
            body: NOT_KEPT,
            what: What::Duration,
            hidden: false,
        };
        let seen = &mut self.part.seen;
        seen.fractional_times += u64::from(event.at % 1_000_000 != 0);
        match &event.kind {
            EventKind::Statement(statement) => self.statement(&mut record, statement),
            EventKind::Duration { duration_us } => record.duration_us = known(*duration_us),
            EventKind::Plan(plan) => self.plan(&mut record, plan),
            EventKind::Error(error) => self.error(&mut record, error, message::is_deadlock(error)),
            EventKind::Deadlock(error) => self.error(&mut record, error, true),
            EventKind::LockWait(wait) => self.lock_wait(&mut record, wait),
            EventKind::TempFile(file) => {
                let query = self.mentioned(client, file.statement);
                self.rare(&mut record, Rare::TempFile { bytes: file.bytes, query });
            }
            EventKind::Checkpoint(checkpoint) => self.rare(&mut record, Rare::Checkpoint(*checkpoint)),
            EventKind::Autovacuum(run) => {
                let analyze = run.verb.eq_ignore_ascii_case(b"analyze");
                self.rare(&mut record, Rare::Autovacuum { analyze, elapsed_us: run.elapsed_us });
            }
            EventKind::Connection => record.what = What::Connection,
            EventKind::Disconnection { session_us } => {
                record.what = What::Disconnection;
                record.duration_us = known(*session_us);
            }
            EventKind::Other { .. } => return,
        }
        self.part.records.push(record);
    }

    fn statement(&mut self, record: &mut Record, statement: &Statement<'_>) {
        record.what = match statement.phase {
            Phase::Simple => What::Simple,
            Phase::Parse => What::Parse,
            Phase::Bind => What::Bind,
            Phase::Execute => What::Execute,
            Phase::Fetch => What::Fetch,
        };
        let seen = &mut self.part.seen;
        seen.statements += 1;
        match statement.duration_us {
            Some(duration) => {
                record.duration_us = known(duration);
                seen.statement_us += record.duration_us;
                seen.smallest_us =
                    Some(seen.smallest_us.map_or(record.duration_us, |least| least.min(record.duration_us)));
            }
            None => seen.untimed += 1,
        }
        let looked = self.look(record.client, statement.text, statement.parameters);
        looked.fill(record);
        if matches!(statement.phase, Phase::Simple | Phase::Execute) {
            record.kept = self.keep_sample(&looked, record, statement.text, statement.parameters);
        }
    }

    fn plan(&mut self, record: &mut Record, plan: &LoggedPlan<'_>) {
        record.what = if plan.nested { What::NestedPlan } else { What::Plan };
        record.duration_us = known(plan.duration_us);
        self.part.seen.plans += 1;
        let looked = self.look(record.client, plan.query, plan.parameters);
        looked.fill(record);
        if !plan.nested {
            record.kept = self.keep_sample(&looked, record, plan.query, plan.parameters);
        }
        let place = self.part.bodies.len() as u32;
        let shape = shape_key(plan.body);
        let plans = &mut self.part.queries[looked.query as usize].plans;
        let verdict = plans.offer(rank(record), shape, place);
        if keep(verdict, &mut self.part.bodies) {
            let body = KeptBody { format: plan.format, shape, body: text(plan.body, BODY) };
            self.part.bodies.push(Some(body));
            record.body = place;
        }
        let cut = &plan.body[..plan.body.len().min(BODY + 4)];
        plans.newest((record.at, record.line), self.part.records.len(), plan.format, shape, cut);
    }

    /// The newest plan of each query, where it is not kept already.
    fn keep_newest_plans(&mut self) {
        let Part { queries, records, bodies, .. } = &mut self.part;
        for last in queries.iter_mut().filter_map(|query| query.plans.take_newest()) {
            let record = &mut records[last.record];
            let kept = record.body != NOT_KEPT && bodies[record.body as usize].is_some();
            if !kept {
                record.body = bodies.len() as u32;
                let body = text(&last.body, BODY);
                bodies.push(Some(KeptBody { format: last.format, shape: last.shape, body }));
            }
        }
    }

    fn error(&mut self, record: &mut Record, error: &LoggedError<'_>, deadlock: bool) {
        let query = self.mentioned(record.client, error.statement);
        let message = text(error.message, MESSAGE);
        let rare = RareError {
            severity: error.severity,
            sqlstate: text(error.sqlstate, 5),
            folded: message::fold(&message).into_boxed_str(),
            message,
            detail: text(error.detail, if deadlock { PARAMETERS } else { 0 }),
            deadlock,
            retry: deadlock || message::is_retried(error),
            query,
        };
        self.rare(record, Rare::Error(Box::new(rare)));
    }

    fn lock_wait(&mut self, record: &mut Record, wait: &LockWait<'_>) {
        let query = self.mentioned(record.client, wait.statement);
        let target = text(wait.target, MESSAGE);
        let rare = RareLock {
            state: wait.state,
            waited_us: known(wait.waited_us),
            mode: text(wait.mode, 64),
            target_kind: target_kind(&target).into(),
            target: xxh3_64(wait.target),
            example: target,
            query,
        };
        self.rare(record, Rare::Lock(Box::new(rare)));
    }

    fn rare(&mut self, record: &mut Record, rare: Rare) {
        record.what = What::Rare;
        record.query = self.part.rare.len() as u32;
        self.part.rare.push(rare);
    }

    /// The query of a STATEMENT line.
    fn mentioned(&mut self, client: u32, statement: &[u8]) -> Option<u32> {
        (!statement.is_empty()).then(|| self.look(client, statement, b"").query)
    }

    #[inline]
    fn look(&mut self, client: u32, statement: &[u8], parameters: &[u8]) -> Looked {
        let known = self.memo.get(statement);
        let database = self.part.clients[client as usize].database;
        let query = match self.queries.get(&(database, known.fingerprint.0)) {
            Some(&query) => query,
            None => {
                let query = self.part.queries.len() as u32;
                self.part.queries.push(PartQuery {
                    database,
                    fingerprint: known.fingerprint,
                    kind: known.kind,
                    role: role_of(known, statement),
                    raw: known.raw,
                    text: text(statement, TEXT),
                    samples: Slowest::default(),
                    untimed: 0,
                    plan_samples: Slowest::default(),
                    plans: super::plans::Plans::default(),
                });
                self.queries.insert((database, known.fingerprint.0), query);
                query
            }
        };
        let tags = match &known.tags {
            Some(tags) => tags_of(&mut self.tags, &mut self.part.tags, tags),
            None => 0,
        };
        let all = params::hash(parameters);
        let mut looked = Looked {
            query,
            raw: known.raw,
            literals: known.literals ^ all,
            literals_but_offset: known.literals_but_offset ^ all,
            offset: NONE,
            tags,
            hidden: known.parameterised && parameters.is_empty(),
        };
        match known.offset {
            Some(Bound::Number(offset)) => looked.offset = offset,
            Some(Bound::Parameter(number)) => {
                let apart = params::apart(parameters, number);
                looked.literals_but_offset = known.literals_but_offset ^ apart.others;
                looked.offset = apart.value.unwrap_or(NONE);
            }
            Some(Bound::Unknown) | None => {}
        }
        looked
    }

    /// Keeps text and parameters when the record is among the slowest of its query in this part. Statements without a
    /// duration and plans are ranked among themselves, so that what is kept in the end does not depend on the cuts.
    #[inline]
    fn keep_sample(&mut self, looked: &Looked, record: &Record, statement: &[u8], parameters: &[u8]) -> u32 {
        let place = self.part.kept.len() as u32;
        let query = &mut self.part.queries[looked.query as usize];
        let verdict = match record.what {
            What::Plan => query.plan_samples.offer(rank(record), place),
            _ if record.duration().is_some() => query.samples.offer(rank(record), place),
            _ if (query.untimed as usize) < SAMPLES => {
                query.untimed += 1;
                Verdict::Yes
            }
            _ => Verdict::No,
        };
        let own = query.raw == looked.raw;
        if !keep(verdict, &mut self.part.kept) {
            return NOT_KEPT;
        }
        let kept = KeptText { text: (!own).then(|| text(statement, TEXT)), parameters: text(parameters, PARAMETERS) };
        self.part.kept.push(Some(kept));
        place
    }

    #[inline]
    fn client(&mut self, who: &Who<'_>) -> u32 {
        let hash = [who.user, who.application, who.remote]
            .iter()
            .fold(xxh3_64(who.database), |hash, name| xxh3_64_with_seed(name, hash));
        if let Some((last, client)) = self.last_client
            && last == hash
        {
            return client;
        }
        let part = &mut self.part;
        let client = *self.clients.entry(hash).or_insert_with(|| {
            let database = text(who.database, 256);
            let known = part.databases.iter().position(|known| *known == database);
            let database = known.unwrap_or_else(|| {
                part.databases.push(database);
                part.databases.len() - 1
            });
            part.clients.push(Client {
                database: database as u32,
                user: text(who.user, 256),
                application: text(who.application, 256),
                remote: text(who.remote, 256),
                tool: is_tool(who.application),
            });
            part.clients.len() as u32 - 1
        });
        self.last_client = Some((hash, client));
        client
    }
}

impl Looked {
    #[inline]
    fn fill(&self, record: &mut Record) {
        record.query = self.query;
        record.literals = self.literals;
        record.literals_but_offset = self.literals_but_offset;
        record.offset = self.offset;
        record.tags = self.tags;
        record.hidden = self.hidden;
    }
}

fn rank(record: &Record) -> super::Rank {
    (Reverse(record.duration()), record.at, record.line)
}

/// Frees the place of what is no longer kept; tells whether the new one is.
fn keep<T>(verdict: Verdict, list: &mut [Option<T>]) -> bool {
    match verdict {
        Verdict::No => false,
        Verdict::Yes => true,
        Verdict::Instead(old) => {
            list[old as usize] = None;
            true
        }
    }
}

fn tags_of(index: &mut FxHashMap<u64, u32>, list: &mut Vec<Option<Arc<Tags>>>, tags: &Arc<Tags>) -> u32 {
    if list.is_empty() {
        list.push(None);
    }
    *index.entry(xxh3_64_with_seed(tags.joined.as_bytes(), tags.unit)).or_insert_with(|| {
        list.push(Some(Arc::clone(tags)));
        list.len() as u32 - 1
    })
}

/// Durations are never negative; one that claims to be counts as 0.
fn known(duration_us: Micros) -> u64 {
    u64::try_from(duration_us).unwrap_or(0)
}

/// UTF-8, at most `limit` bytes, cut between characters.
fn text(bytes: &[u8], limit: usize) -> Box<str> {
    let cut = &bytes[..bytes.len().min(limit)];
    let valid = match std::str::from_utf8(cut) {
        Ok(valid) => return valid.into(),
        // A character cut in two at the limit is left out.
        Err(error) if error.error_len().is_none() && cut.len() < bytes.len() => &cut[..error.valid_up_to()],
        Err(_) => cut,
    };
    String::from_utf8_lossy(valid).into()
}

/// `relation 16384 of database 5` is a `relation`; `advisory lock [5,0,1,1]` an `advisory lock`.
fn target_kind(target: &str) -> &str {
    let end =
        target.find(|char: char| char.is_ascii_digit() || matches!(char, '(' | '[' | '"')).unwrap_or(target.len());
    target[..end].trim()
}

#[cfg(test)]
mod tests;
