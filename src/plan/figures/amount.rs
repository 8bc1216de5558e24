//! Blocks, I/O and WAL as one row of numbers, so that shares of them can be taken.

use super::tree::sane;
use crate::plan::model::{Blocks, Buffers, Counts, IoTimes, Usage, Wal};

const FIELDS: usize = 21;

/// A [`Usage`], finite and non-negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Amount([f64; FIELDS]);

impl Amount {
    pub const NONE: Self = Self([0.0; FIELDS]);

    pub fn of(usage: &Counts) -> Self {
        let (io, wal) = (usage.io(), usage.wal());
        let Buffers { shared, local, temp_read, temp_written } = &usage.buffers;
        let fields = [
            shared.hit,
            shared.read,
            shared.dirtied,
            shared.written,
            local.hit,
            local.read,
            local.dirtied,
            local.written,
            *temp_read,
            *temp_written,
            io.shared_read,
            io.shared_write,
            io.local_read,
            io.local_write,
            io.temp_read,
            io.temp_write,
            wal.records,
            wal.fpi,
            wal.bytes,
            wal.buffers_full,
            wal.fpi_bytes,
        ];
        Self(fields.map(sane))
    }

    pub fn usage(&self) -> Usage {
        let f = &self.0;
        let blocks = |at: usize| Blocks { hit: f[at], read: f[at + 1], dirtied: f[at + 2], written: f[at + 3] };
        Usage {
            buffers: Buffers { shared: blocks(0), local: blocks(4), temp_read: f[8], temp_written: f[9] },
            io: IoTimes {
                shared_read: f[10],
                shared_write: f[11],
                local_read: f[12],
                local_write: f[13],
                temp_read: f[14],
                temp_write: f[15],
            },
            wal: Wal { records: f[16], fpi: f[17], bytes: f[18], buffers_full: f[19], fpi_bytes: f[20] },
        }
    }

    /// Blocks asked for, wherever they were found: exact, where times are rounded.
    pub fn blocks(&self) -> f64 {
        self.0[0] + self.0[1] + self.0[4] + self.0[5] + self.0[8] + self.0[9]
    }

    /// No field falls below zero.
    pub fn subtract(&mut self, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own = (*own - other).max(0.0);
        }
    }

    pub fn add(&mut self, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own += other;
        }
    }

    /// The part of `self` that falls to a payer who has `own` of what all payers together have, field by field.
    pub fn portion(&self, own: &Self, all: &Self) -> Self {
        let mut portion = *self;
        for (at, field) in portion.0.iter_mut().enumerate() {
            *field = if all.0[at] > 0.0 { field.min(all.0[at]) * own.0[at] / all.0[at] } else { 0.0 };
        }
        portion
    }
}
