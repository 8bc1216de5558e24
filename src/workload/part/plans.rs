//! Plans of one query, one after the other, in; those worth keeping, out: the slowest of each shape, of the few shapes
//! whose slowest are slowest, and the newest.

use super::super::model::PLANS;
use super::{Rank, Verdict};
use crate::ingest::event::{Micros, PlanFormat};

#[derive(Default)]
pub(in crate::workload) struct Plans {
    slowest: Vec<Entry>,
    newest: Option<Newest>,
}

struct Entry {
    rank: Rank,
    shape: u64,
    place: u32,
}

/// Its text is copied into memory that stays: each plan of a log is the newest for a while.
struct Newest {
    at: (Micros, u64),
    /// Index of its record.
    record: usize,
    format: PlanFormat,
    shape: u64,
    body: Vec<u8>,
}

/// The newest plan of a part, and whose record it is.
pub(super) struct Last {
    pub record: usize,
    pub format: PlanFormat,
    pub shape: u64,
    pub body: Vec<u8>,
}

impl Plans {
    /// `place` is where the body will stand if it is kept.
    #[inline]
    pub(super) fn offer(&mut self, rank: Rank, shape: u64, place: u32) -> Verdict {
        let entry = Entry { rank, shape, place };
        let same = self.slowest.iter().position(|known| known.shape == shape);
        let rival = match same {
            None if self.slowest.len() < PLANS => {
                self.slowest.push(entry);
                return Verdict::Yes;
            }
            Some(same) => same,
            None => (0..self.slowest.len()).max_by_key(|&at| self.slowest[at].rank).unwrap_or(0),
        };
        if self.slowest[rival].rank <= rank {
            return Verdict::No;
        }
        let old = std::mem::replace(&mut self.slowest[rival], entry);
        Verdict::Instead(old.place)
    }

    #[inline]
    pub(super) fn newest(&mut self, at: (Micros, u64), record: usize, format: PlanFormat, shape: u64, body: &[u8]) {
        match &mut self.newest {
            Some(known) if known.at >= at => {}
            Some(known) => {
                (known.at, known.record, known.format, known.shape) = (at, record, format, shape);
                known.body.clear();
                known.body.extend_from_slice(body);
            }
            None => self.newest = Some(Newest { at, record, format, shape, body: body.to_vec() }),
        }
    }

    pub(super) fn take_newest(&mut self) -> Option<Last> {
        let Newest { record, format, shape, body, .. } = self.newest.take()?;
        Some(Last { record, format, shape, body })
    }
}
