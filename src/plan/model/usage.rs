//! Blocks, I/O times, WAL and JIT: totals over all loops and workers, a node's including those of its children
//! (`instrument.c`, `InstrAggNode`).

use std::fmt;
use std::ops::{Deref, DerefMut};

/// Zero where nothing was counted; [`super::Has`] tells whether it was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    pub buffers: Buffers,
    pub io: IoTimes,
    pub wal: Wal,
}

/// The [`Usage`] of a node: most plans count nothing, and most that do count blocks alone, so there is room only for what was
/// written.
#[derive(Clone, Default)]
pub struct NodeUsage(Option<Box<Counts>>);

/// What a node counted.
#[derive(Clone, Default)]
pub struct Counts {
    pub buffers: Buffers,
    rest: Option<Box<(IoTimes, Wal)>>,
}

impl NodeUsage {
    /// No figure was written, not even a zero.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl Counts {
    const NONE: Self = Self { buffers: Usage::NONE.buffers, rest: None };

    pub fn io(&self) -> &IoTimes {
        self.rest.as_deref().map_or(&Usage::NONE.io, |(io, _)| io)
    }

    pub fn wal(&self) -> &Wal {
        self.rest.as_deref().map_or(&Usage::NONE.wal, |(_, wal)| wal)
    }

    pub fn io_mut(&mut self) -> &mut IoTimes {
        &mut self.rest.get_or_insert_default().0
    }

    pub fn wal_mut(&mut self) -> &mut Wal {
        &mut self.rest.get_or_insert_default().1
    }

    /// All of it.
    pub fn usage(&self) -> Usage {
        Usage { buffers: self.buffers, io: *self.io(), wal: *self.wal() }
    }
}

impl From<Usage> for NodeUsage {
    fn from(usage: Usage) -> Self {
        let Usage { buffers, io, wal } = usage;
        let rest = (io != Usage::NONE.io || wal != Usage::NONE.wal).then(|| Box::new((io, wal)));
        Self((usage != Usage::NONE).then(|| Box::new(Counts { buffers, rest })))
    }
}

impl PartialEq for NodeUsage {
    fn eq(&self, other: &Self) -> bool {
        self.buffers == other.buffers && self.io() == other.io() && self.wal() == other.wal()
    }
}

impl fmt::Debug for NodeUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NodeUsage").field(&self.0.as_deref().map(Counts::usage)).finish()
    }
}

impl Deref for NodeUsage {
    type Target = Counts;

    fn deref(&self) -> &Counts {
        self.0.as_deref().unwrap_or(&Counts::NONE)
    }
}

impl DerefMut for NodeUsage {
    fn deref_mut(&mut self) -> &mut Counts {
        self.0.get_or_insert_default()
    }
}

impl std::ops::AddAssign<&Counts> for NodeUsage {
    fn add_assign(&mut self, other: &Counts) {
        let mut sum = self.usage();
        sum += other.usage();
        *self = sum.into();
    }
}

impl Usage {
    /// Nothing was counted.
    pub const NONE: Self = {
        let none = Blocks { hit: 0.0, read: 0.0, dirtied: 0.0, written: 0.0 };
        Self {
            buffers: Buffers { shared: none, local: none, temp_read: 0.0, temp_written: 0.0 },
            io: IoTimes {
                shared_read: 0.0,
                shared_write: 0.0,
                local_read: 0.0,
                local_write: 0.0,
                temp_read: 0.0,
                temp_write: 0.0,
            },
            wal: Wal { records: 0.0, fpi: 0.0, bytes: 0.0, buffers_full: 0.0, fpi_bytes: 0.0 },
        }
    };
}

/// Blocks of 8 kB (`BLCKSZ`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Buffers {
    pub shared: Blocks,
    pub local: Blocks,
    pub temp_read: f64,
    pub temp_written: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Blocks {
    pub hit: f64,
    pub read: f64,
    pub dirtied: f64,
    pub written: f64,
}

/// Milliseconds, summed over processes: may exceed the wall clock. Up to 16 `shared` counts local blocks too.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct IoTimes {
    pub shared_read: f64,
    pub shared_write: f64,
    pub local_read: f64,
    pub local_write: f64,
    pub temp_read: f64,
    pub temp_write: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wal {
    pub records: f64,
    /// Full page images.
    pub fpi: f64,
    pub bytes: f64,
    /// 18 and later.
    pub buffers_full: f64,
    /// 19.
    pub fpi_bytes: f64,
}

/// Times in ms; `None` with TIMING OFF.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Jit {
    pub functions: f64,
    pub inlining: bool,
    pub optimization: bool,
    pub expressions: bool,
    pub deforming: bool,
    pub generation_ms: Option<f64>,
    /// Part of generation (17 and later).
    pub deform_ms: Option<f64>,
    pub inlining_ms: Option<f64>,
    pub optimization_ms: Option<f64>,
    pub emission_ms: Option<f64>,
    pub total_ms: Option<f64>,
}

macro_rules! arithmetic {
    ($type:ty: $($field:ident)*) => {
        impl std::ops::AddAssign for $type {
            fn add_assign(&mut self, other: Self) { $(self.$field += other.$field;)* }
        }
        impl std::ops::SubAssign for $type {
            fn sub_assign(&mut self, other: Self) { $(self.$field -= other.$field;)* }
        }
    };
}

arithmetic!(Usage: buffers io wal);
arithmetic!(Buffers: shared local temp_read temp_written);
arithmetic!(Blocks: hit read dirtied written);
arithmetic!(IoTimes: shared_read shared_write local_read local_write temp_read temp_write);
arithmetic!(Wal: records fpi bytes buffers_full fpi_bytes);
