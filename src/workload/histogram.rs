//! Calls and time per interval of the clock.

/// Bars of equal width, in time order; the width doubles as the span grows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Width of a bar in seconds; 0 while empty.
    pub seconds: u64,
    pub bars: Vec<Bar>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Start, in units of the width since 1970.
    pub index: i64,
    pub calls: u64,
    pub total_us: u64,
}
