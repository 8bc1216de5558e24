//! What sessions fill while they are followed.

use crate::ingest::event::Micros;

use super::super::model::{Seen, ServerEvents};
use super::patterns::Patterns;
use super::table::Table;
use super::trouble::{OpenLock, Trouble};

pub(super) struct State {
    pub table: Table,
    pub patterns: Patterns,
    pub trouble: Trouble,
    pub server: ServerEvents,
    pub seen: Seen,
    pub window: Option<(Micros, Micros)>,
}

impl State {
    pub fn new(limit: usize) -> Self {
        Self {
            table: Table::new(limit),
            patterns: Patterns::default(),
            trouble: Trouble::default(),
            server: ServerEvents::default(),
            seen: Seen::default(),
            window: None,
        }
    }

    /// Time of a parse or bind step that no execution followed.
    pub fn orphan(&mut self, query: u32, at: Micros, parse_us: u64, bind_us: u64) {
        if parse_us + bind_us == 0 {
            return;
        }
        let full = self.table.full(query);
        full.beside(at, parse_us + bind_us);
        full.query.parse_us += parse_us;
        full.query.bind_us += bind_us;
    }

    pub fn lock(&mut self, lock: OpenLock) {
        if let Some(query) = lock.query {
            let query = &mut self.table.full(query).query;
            query.lock_waits += 1;
            query.lock_wait_us += lock.waited_us;
        }
        self.trouble.lock(&lock);
    }

    pub fn temp_files(&mut self, query: Option<u32>, files: u64, bytes: u64) {
        match query {
            Some(query) => {
                let query = &mut self.table.full(query).query;
                query.temp_files += files;
                query.temp_bytes += bytes;
            }
            None => {
                self.server.temp_files += files;
                self.server.temp_bytes += bytes;
            }
        }
    }

    pub fn at(&mut self, at: Micros) {
        self.window = Some(self.window.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
    }
}
