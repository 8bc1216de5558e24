//! The sessions that are followed: found by their id, the least recently used put aside when there are too many.

use rustc_hash::FxHashMap;

use crate::ingest::event::SessionId;

use super::session::Session;
use super::state::State;

pub(super) struct Sessions {
    index: FxHashMap<SessionId, usize>,
    list: Vec<Session>,
    limit: usize,
    clock: u64,
    met: u64,
    /// The session of the last record: the next one is often of the same.
    last: usize,
}

impl Sessions {
    pub fn new(limit: usize) -> Self {
        Self { index: FxHashMap::default(), list: Vec::new(), limit: limit.max(1), clock: 0, met: 0, last: 0 }
    }

    pub fn met(&self) -> u64 {
        self.met
    }

    #[inline]
    pub fn get(&mut self, id: SessionId, state: &mut State) -> &mut Session {
        self.clock += 1;
        let at = match self.list.get(self.last) {
            Some(last) if last.id == id => self.last,
            _ => match self.index.get(&id) {
                Some(&at) => at,
                None => self.open(id, state),
            },
        };
        self.last = at;
        let session = &mut self.list[at];
        session.used = self.clock;
        session
    }

    fn open(&mut self, id: SessionId, state: &mut State) -> usize {
        if self.list.len() >= self.limit {
            self.put_aside(state);
        }
        self.met += 1;
        let at = self.list.len();
        self.list.push(Session::new(id));
        self.index.insert(id, at);
        at
    }

    /// Ends the quarter that was not used for longest.
    fn put_aside(&mut self, state: &mut State) {
        self.list.sort_unstable_by_key(|session| session.used);
        let count = (self.limit / 4).max(1);
        for mut session in self.list.drain(..count) {
            state.patterns.units_cut += u64::from(session.is_open());
            session.end(state);
        }
        self.index = self.list.iter().enumerate().map(|(at, session)| (session.id, at)).collect();
        self.last = 0;
    }

    pub fn end(&mut self, id: SessionId, state: &mut State) {
        let Some(at) = self.index.remove(&id) else { return };
        self.list.swap_remove(at).end(state);
        if let Some(moved) = self.list.get(at) {
            self.index.insert(moved.id, at);
        }
    }

    pub fn end_all(&mut self, state: &mut State) {
        self.list.sort_unstable_by_key(|session| session.used);
        for mut session in self.list.drain(..) {
            session.end(state);
        }
        self.index.clear();
    }
}
