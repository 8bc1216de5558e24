//! Paging by OFFSET: calls of one session that differ in the value of OFFSET alone.

use crate::ingest::event::Micros;

use super::super::singles::NONE;
use super::call::Call;

/// Walks that a session may have open at a time.
const OPEN: usize = 8;
/// Fewer steps than this are no walk.
const STEPS: u32 = 5;

/// Pages that were read one after the other, a constant step apart.
#[derive(Clone)]
pub(super) struct Walk {
    literals: u64,
    offset: u64,
    pub step: u64,
    pub steps: u32,
    pub database_us: u64,
    pub start: Micros,
    pub end: Micros,
    /// The first page's call.
    pub first: Call,
}

#[derive(Default)]
pub(super) struct Walks(Vec<Walk>);

impl Walks {
    /// Takes in a call with an OFFSET; gives a walk that it ended.
    #[inline]
    pub fn add(&mut self, call: &Call) -> Option<Walk> {
        if call.offset == NONE {
            return None;
        }
        let known =
            self.0.iter().position(|walk| walk.first.query == call.query && walk.literals == call.literals_but_offset);
        let Some(at) = known else {
            let oldest = if self.0.len() >= OPEN { finished(self.0.remove(0)) } else { None };
            self.0.push(Walk::new(call));
            return oldest;
        };
        let walk = &mut self.0[at];
        let step = call.offset.saturating_sub(walk.offset);
        if step > 0 && (walk.steps == 0 || step == walk.step) {
            walk.step = step;
            walk.steps += 1;
            walk.offset = call.offset;
            walk.database_us += call.duration_us();
            walk.end = walk.end.max(call.at);
            return None;
        }
        finished(std::mem::replace(walk, Walk::new(call)))
    }

    pub fn end(&mut self) -> impl Iterator<Item = Walk> + '_ {
        self.0.drain(..).filter_map(finished)
    }
}

fn finished(walk: Walk) -> Option<Walk> {
    (walk.steps >= STEPS).then_some(walk)
}

impl Walk {
    fn new(call: &Call) -> Self {
        Self {
            literals: call.literals_but_offset,
            offset: call.offset,
            step: 0,
            steps: 0,
            database_us: call.duration_us(),
            start: call.span().0,
            end: call.at,
            first: call.clone(),
        }
    }

    pub fn max_offset(&self) -> u64 {
        self.offset
    }
}
