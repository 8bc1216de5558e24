//! One unit of work (a request, a job) of a session while it is open: which shapes ran in it, how often, with what.

use crate::ingest::event::{Micros, SessionId};

use super::super::model::{Origin, UnitExample};
use super::super::part::Role;
use super::super::sketch::Sketch;
use super::call::{Call, Client};

/// Different shapes that one unit keeps.
const SHAPES: usize = 256;
/// Distinct literal sets that are told apart.
const DISTINCT: usize = 255;
/// Outside a transaction a longer pause ends the unit, µs.
pub(super) const GAP: Micros = 1_000_000;

#[derive(Default)]
pub(super) struct Unit {
    ids: Vec<u32>,
    pub shapes: Vec<Shape>,
    pub first_start: Micros,
    pub last_end: Micros,
    pub application: u32,
    pub tag: u64,
    pub tags: u32,
    calls: u64,
    last: Option<usize>,
    last_select: Option<u32>,
    /// A bound was reached: not all that ran is in `shapes`.
    pub cut: bool,
}

pub(super) struct Shape {
    pub query: u32,
    pub select: bool,
    pub runs: u32,
    pub first_start: Micros,
    pub last_end: Micros,
    pub database_us: u64,
    first_literals: u64,
    more_literals: Vec<u64>,
    pub hidden: bool,
    pub gaps: Sketch,
    pub first_transaction: u32,
    last_transaction: u32,
    /// All runs stood in one explicit transaction; every run in one of its own.
    pub one_transaction: bool,
    pub own_transactions: bool,
    /// Statements of other shapes between the first run and the last.
    pub between: u64,
    last_call: u64,
    pub origin: Origin,
    pub session: SessionId,
    pub pid: u32,
    pub client: Client,
}

impl Unit {
    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty()
    }

    /// Whether a call belongs to another unit. Inside a transaction a unit goes on whatever the pause.
    pub fn ends_before(&self, call: &Call, transaction: u32) -> bool {
        if self.is_empty() {
            return false;
        }
        self.application != call.client.application
            || (self.tag != 0 && call.unit_tag != 0 && self.tag != call.unit_tag)
            || (transaction == 0 && call.span().0.saturating_sub(self.last_end) > GAP)
    }

    /// Adds a call; gives the SELECT that ran before it when this one is a SELECT of another shape.
    #[inline]
    pub fn add(&mut self, call: &Call, role: Role, transaction: u32) -> Option<u32> {
        let (start, end) = call.span();
        if self.is_empty() {
            self.first_start = start;
            self.application = call.client.application;
            self.last_end = end;
        }
        if call.unit_tag != 0 {
            self.tag = call.unit_tag;
            self.tags = call.tags;
        }
        self.last_end = self.last_end.max(end);
        self.calls += 1;
        let number = self.calls;
        let known = match self.last {
            Some(last) if self.ids[last] == call.query => Some(last),
            _ => self.ids.iter().position(|id| *id == call.query),
        };
        self.last = known;
        match known {
            Some(at) => self.shapes[at].again(call, number, transaction),
            None if self.shapes.len() < SHAPES => {
                self.last = Some(self.shapes.len());
                self.ids.push(call.query);
                self.shapes.push(Shape::new(call, role, number, transaction));
            }
            None => self.cut = true,
        }
        if !role.has(Role::SELECT) {
            return None;
        }
        self.last_select.replace(call.query).filter(|before| *before != call.query)
    }

    /// Whether the same query with the same literals ran in this unit.
    pub fn holds(&self, call: &Call) -> bool {
        self.ids.iter().position(|id| *id == call.query).is_some_and(|at| self.shapes[at].holds(call.literals))
    }

    /// Empties it for the next unit; memory is kept.
    pub fn clear(&mut self) {
        self.ids.clear();
        self.shapes.clear();
        self.calls = 0;
        self.last = None;
        self.last_select = None;
        self.cut = false;
        self.tag = 0;
        self.tags = 0;
    }
}

impl Shape {
    fn new(call: &Call, role: Role, number: u64, transaction: u32) -> Self {
        let (start, end) = call.span();
        Self {
            query: call.query,
            select: role.has(Role::SELECT),
            runs: 1,
            first_start: start,
            last_end: end,
            database_us: call.duration_us(),
            first_literals: call.literals,
            more_literals: Vec::new(),
            hidden: call.hidden,
            gaps: Sketch::default(),
            first_transaction: transaction,
            last_transaction: transaction,
            one_transaction: transaction != 0,
            own_transactions: transaction != 0,
            between: 0,
            last_call: number,
            origin: call.origin(),
            session: call.session,
            pid: call.pid,
            client: call.client,
        }
    }

    #[inline]
    fn again(&mut self, call: &Call, number: u64, transaction: u32) {
        let (start, end) = call.span();
        self.runs = self.runs.saturating_add(1);
        self.database_us += call.duration_us();
        self.gaps.add(u64::try_from(start.saturating_sub(self.last_end)).unwrap_or(0));
        self.last_end = self.last_end.max(end);
        self.hidden |= call.hidden;
        self.one_transaction &= transaction == self.first_transaction;
        self.own_transactions &= transaction != 0 && transaction != self.last_transaction;
        self.last_transaction = transaction;
        self.between += number - self.last_call - 1;
        self.last_call = number;
        if self.more_literals.len() + 1 < DISTINCT && !self.holds(call.literals) {
            self.more_literals.push(call.literals);
        }
    }

    fn holds(&self, literals: u64) -> bool {
        self.first_literals == literals || self.more_literals.contains(&literals)
    }

    /// Different sets of literals, counted up to 255.
    pub fn distinct(&self) -> u32 {
        1 + self.more_literals.len() as u32
    }

    pub fn wall_us(&self) -> u64 {
        u64::try_from(self.last_end.saturating_sub(self.first_start)).unwrap_or(0)
    }

    pub fn example(&self, names: &super::names::Names, tags: u32) -> UnitExample {
        UnitExample {
            session: self.session,
            pid: self.pid,
            origin: self.origin,
            at: self.first_start,
            runs: self.runs,
            distinct: self.distinct(),
            wall_us: self.wall_us(),
            user: names.get(self.client.user).to_owned(),
            application: names.get(self.client.application).to_owned(),
            tag: names.get(tags).replace('\n', ","),
        }
    }
}
