//! What one session is in the middle of: records of its statements come in, in order; calls, units of work and times go
//! out into the [`State`].
//!
//! Facts about the log that this rests on (Postgres source, `postgres.c` and `auto_explain.c`): with a simple statement the
//! plan is logged before the statement's duration; with the extended protocol a portal that is read by one SELECT is closed,
//! and its plan logged, after the `execute` line. `log_statement` logs the text first, without a duration, and the duration
//! then comes on a line of its own.

use crate::ingest::event::{Micros, SessionId};

use super::super::part::{KeptText, Role, What};
use super::call::Call;
use super::state::State;
use super::trouble::OpenLock;
use super::unit::Unit;
use super::walk::Walks;

/// A plan may claim to have taken this much longer than its statement: the two clocks are read apart.
const SLACK: u64 = 100;
/// Plans that wait for their statement.
const PLANS: usize = 32;
const LOCKS: usize = 8;

#[derive(Default)]
pub(super) struct Session {
    pub id: SessionId,
    /// Number of its last record, for putting the least recently used aside.
    pub used: u64,
    parse: Option<Step>,
    bind: Option<Step>,
    /// Logged without a duration; the next line of the session may tell it.
    untimed: Option<Waiting>,
    plans: Vec<Call>,
    /// Query and duration of the last execution, as long as its plan may follow.
    executed: Option<(u32, u64)>,
    locks: Vec<OpenLock>,
    temp: (u64, u64),
    /// Number of the open transaction, 0 outside of one.
    transaction: u32,
    transactions: u32,
    /// A serialisation failure or the like: statements of this unit may be run again.
    retrying: bool,
    unit: Unit,
    walks: Walks,
}

struct Waiting {
    call: Call,
    kept: Option<KeptText>,
}

#[derive(Clone, Copy)]
struct Step {
    query: u32,
    us: u64,
    at: Micros,
}

impl Session {
    pub fn new(id: SessionId) -> Self {
        Self { id, ..Self::default() }
    }

    /// In the middle of a unit of work.
    pub fn is_open(&self) -> bool {
        !self.unit.is_empty()
    }

    pub fn parse(&mut self, call: &Call, state: &mut State) {
        self.settle_untimed(state);
        let step = Step { query: call.query, us: call.own_us.unwrap_or(0), at: call.at };
        if let Some(old) = self.parse.replace(step) {
            state.orphan(old.query, old.at, old.us, 0);
        }
    }

    pub fn bind(&mut self, call: &Call, state: &mut State) {
        self.settle_untimed(state);
        let step = Step { query: call.query, us: call.own_us.unwrap_or(0), at: call.at };
        if let Some(old) = self.bind.replace(step) {
            state.orphan(old.query, old.at, 0, old.us);
        }
    }

    /// A further batch of a query that was counted when its portal was first executed.
    pub fn fetch(&mut self, call: &Call, state: &mut State) {
        self.settle_untimed(state);
        if let Some(us) = call.own_us {
            state.table.full(call.query).beside(call.at, us);
        }
    }

    /// `statement:` or `execute`.
    pub fn statement(&mut self, mut call: Call, kept: Option<KeptText>, what: What, state: &mut State) {
        self.settle_untimed(state);
        if what == What::Execute {
            call.extended = true;
            if let Some(bind) = self.bind.take() {
                if bind.query == call.query {
                    call.bind_us = bind.us;
                } else {
                    state.orphan(bind.query, bind.at, 0, bind.us);
                }
            }
            if let Some(parse) = self.parse.take_if(|parse| parse.query == call.query) {
                call.parse_us = parse.us;
            }
        }
        if call.own_us.is_some() {
            self.call(call, kept, state);
        } else {
            call.late = true;
            self.untimed = Some(Waiting { call, kept });
        }
    }

    /// A bare duration.
    pub fn duration(&mut self, at: Micros, us: u64, state: &mut State) {
        match self.untimed.take() {
            Some(mut waiting) => {
                waiting.call.own_us = Some(us);
                waiting.call.at = at;
                state.seen.statement_us += us;
                state.seen.untimed = state.seen.untimed.saturating_sub(1);
                state.seen.smallest_us = Some(state.seen.smallest_us.map_or(us, |least| least.min(us)));
                self.call(waiting.call, waiting.kept, state);
            }
            None => {
                state.seen.bare_durations += 1;
                state.seen.bare_us += us;
            }
        }
    }

    pub fn plan(&mut self, call: Call, state: &mut State) {
        let plan_us = call.plan_us.unwrap_or(0);
        if let Some(waiting) = &mut self.untimed
            && waiting.call.query == call.query
        {
            let before = waiting.call.plan_us.unwrap_or(0);
            waiting.call.plan_us = Some(before + plan_us);
            state.seen.plans_merged += 1;
            return;
        }
        if let Some((query, us)) = self.executed
            && query == call.query
            && plan_us <= us + SLACK
        {
            self.executed = None;
            state.seen.plans_merged += 1;
            return;
        }
        if self.plans.len() >= PLANS {
            let oldest = self.plans.remove(0);
            self.plan_only(&oldest, state);
        }
        self.plans.push(call);
    }

    pub fn error(&mut self, query: Option<u32>, retry: bool, state: &mut State) -> Option<u32> {
        // What failed is no call: pg_stat_statements does not count it either.
        let failed = self.untimed.take().map(|Waiting { call, .. }| {
            state.orphan(call.query, call.at, call.parse_us, call.bind_us);
            call.query
        });
        let query = query.or(failed);
        self.retrying |= retry;
        self.settle_waits(query, state);
        query
    }

    pub fn lock(&mut self, lock: OpenLock, state: &mut State) {
        match self.locks.last_mut() {
            Some(open) if !open.acquired && open.target == lock.target => {
                open.waited_us = open.waited_us.max(lock.waited_us);
                open.acquired |= lock.acquired;
                open.query = open.query.or(lock.query);
            }
            _ => {
                if self.locks.len() >= LOCKS {
                    state.lock(self.locks.remove(0));
                }
                self.locks.push(lock);
            }
        }
    }

    /// A temporary file whose statement is not named: it is the one that is running.
    pub fn temp_file(&mut self, bytes: u64) {
        self.temp.0 += 1;
        self.temp.1 += bytes;
    }

    /// Everything that waits is settled, the unit of work ends.
    pub fn end(&mut self, state: &mut State) {
        self.settle_untimed(state);
        for plan in std::mem::take(&mut self.plans) {
            self.plan_only(&plan, state);
        }
        if let Some(step) = self.parse.take() {
            state.orphan(step.query, step.at, step.us, 0);
        }
        if let Some(step) = self.bind.take() {
            state.orphan(step.query, step.at, 0, step.us);
        }
        self.settle_waits(None, state);
        self.end_unit(state);
        for walk in self.walks.end() {
            state.patterns.walk(&walk, &state.table.names);
        }
        self.transaction = 0;
        self.executed = None;
    }

    fn settle_untimed(&mut self, state: &mut State) {
        if let Some(waiting) = self.untimed.take() {
            self.call(waiting.call, waiting.kept, state);
        }
    }

    fn call(&mut self, mut call: Call, kept: Option<KeptText>, state: &mut State) {
        if !self.plans.is_empty() {
            self.settle_plans(&mut call, state);
        }
        self.settle_waits(Some(call.query), state);
        self.executed = None;
        if call.extended && call.plan_us.is_none() {
            self.executed = call.own_us.map(|us| (call.query, us));
        }
        self.follow(&call, state);
        state.table.call(&call, kept);
    }

    /// Of the plans that wait, the latest is the statement's own if it fits into it, and of a text of several statements
    /// all that fit; the others ran by themselves.
    fn settle_plans(&mut self, call: &mut Call, state: &mut State) {
        let several = state.table.role(call.query).has(Role::SEVERAL);
        let mut room = call.own_us.map(|us| us + SLACK);
        let mut first_own = self.plans.len();
        while first_own > 0 {
            let plan = &self.plans[first_own - 1];
            let us = plan.plan_us.unwrap_or(0);
            if plan.query != call.query || room.is_some_and(|room| us > room) {
                break;
            }
            room = room.map(|room| room - us);
            call.plan_us = Some(call.plan_us.unwrap_or(0) + us);
            first_own -= 1;
            if !several {
                break;
            }
        }
        state.seen.plans_merged += (self.plans.len() - first_own) as u64;
        let mut plans = std::mem::take(&mut self.plans);
        plans.truncate(first_own);
        for plan in plans.drain(..) {
            self.plan_only(&plan, state);
        }
        self.plans = plans;
    }

    /// A plan without a statement line is a call of its own.
    fn plan_only(&mut self, plan: &Call, state: &mut State) {
        self.follow(plan, state);
        state.table.call(plan, None);
    }

    fn settle_waits(&mut self, query: Option<u32>, state: &mut State) {
        for mut lock in self.locks.drain(..) {
            lock.query = lock.query.or(query);
            state.lock(lock);
        }
        if self.temp.0 > 0 {
            let (files, bytes) = std::mem::take(&mut self.temp);
            state.temp_files(query, files, bytes);
        }
    }

    /// Transactions, units of work and walks.
    fn follow(&mut self, call: &Call, state: &mut State) {
        let role = state.table.role(call.query);
        if call.extended && call.own_us.is_some() && !call.late {
            state.seen.executes += 1;
            state.seen.executes_alone += u64::from(call.parse_us == 0 && call.bind_us == 0);
        }
        if !role.works() {
            if role.has(Role::BEGIN) {
                state.seen.begins += 1;
                state.seen.begins_twice += u64::from(self.transaction != 0);
                if self.transaction == 0 && self.unit.ends_before(call, 0) {
                    self.end_unit(state);
                }
                self.transactions = self.transactions.wrapping_add(1).max(1);
                self.transaction = self.transactions;
            } else if role.has(Role::END) {
                state.seen.ends += 1;
                state.seen.ends_alone += u64::from(self.transaction == 0);
                self.transaction = 0;
                self.unit.last_end = self.unit.last_end.max(call.at);
            } else if role.has(Role::DISCARD_ALL) {
                self.end_unit(state);
            }
            return;
        }
        if call.client.tool || (self.retrying && self.unit.holds(call)) {
            state.seen.outside_units += 1;
            return;
        }
        if self.unit.ends_before(call, self.transaction) {
            self.end_unit(state);
        }
        if let Some(before) = self.unit.add(call, role, self.transaction)
            && (role.has(Role::PAGED) || state.table.role(before).has(Role::PAGED))
        {
            state.patterns.neighbour(before, call.query);
        }
        if let Some(walk) = self.walks.add(call) {
            state.patterns.walk(&walk, &state.table.names);
        }
    }

    fn end_unit(&mut self, state: &mut State) {
        if !self.unit.is_empty() {
            state.patterns.unit(&self.unit, &state.table.names);
        }
        self.unit.clear();
        self.retrying = false;
    }
}
