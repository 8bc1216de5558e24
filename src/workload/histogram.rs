//! Calls and time per interval of the clock.

use serde::{Deserialize, Serialize};

use crate::ingest::event::Micros;

/// Bars of equal width, in time order, empty ones left out; the width doubles as the span grows.
///
/// The width is the smallest power of two of seconds at which the bars from first to last are at most
/// [`Histogram::BARS`]. It depends on the first and last time alone, so merging in any order gives the same bars.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// Width of a bar in seconds; 0 while empty.
    pub seconds: u64,
    pub bars: Vec<Bar>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Start, in units of the width since 1970.
    pub index: i64,
    pub calls: u64,
    pub total_us: u64,
}

impl Histogram {
    pub const BARS: i64 = 60;

    pub fn add(&mut self, at: Micros, calls: u64, total_us: u64) {
        if self.seconds == 0 {
            self.seconds = 1;
        }
        self.put(Bar { index: at.div_euclid(self.width()), calls, total_us });
        self.widen();
    }

    pub fn merge(&mut self, other: &Histogram) {
        if other.seconds == 0 {
            return;
        }
        if self.seconds == 0 {
            self.seconds = other.seconds;
        }
        while self.seconds < other.seconds {
            self.double();
        }
        let ratio = (self.seconds / other.seconds) as i64;
        for bar in &other.bars {
            self.put(Bar { index: bar.index.div_euclid(ratio), ..*bar });
        }
        self.widen();
    }

    /// Start of a bar, µs UTC.
    pub fn start_of(&self, bar: &Bar) -> Micros {
        bar.index.saturating_mul(self.width())
    }

    fn width(&self) -> i64 {
        // Times fit 64 bits of µs, so the width stays far below that.
        (self.seconds as i64).saturating_mul(1_000_000)
    }

    fn put(&mut self, bar: Bar) {
        let at = match self.bars.last() {
            Some(last) if last.index == bar.index => Ok(self.bars.len() - 1),
            Some(last) if last.index < bar.index => Err(self.bars.len()),
            _ => self.bars.binary_search_by_key(&bar.index, |bar| bar.index),
        };
        match at {
            Ok(at) => {
                self.bars[at].calls += bar.calls;
                self.bars[at].total_us += bar.total_us;
            }
            Err(at) => self.bars.insert(at, bar),
        }
    }

    fn widen(&mut self) {
        while let (Some(first), Some(last)) = (self.bars.first(), self.bars.last()) {
            if last.index - first.index < Self::BARS {
                break;
            }
            self.double();
        }
    }

    fn double(&mut self) {
        self.seconds *= 2;
        for bar in &mut self.bars {
            bar.index = bar.index.div_euclid(2);
        }
        self.bars.dedup_by(|later, earlier| {
            let same = later.index == earlier.index;
            if same {
                earlier.calls += later.calls;
                earlier.total_us += later.total_us;
            }
            same
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(times: &[i64]) -> Histogram {
        let mut histogram = Histogram::default();
        times.iter().for_each(|&at| histogram.add(at, 1, 7));
        histogram
    }

    #[test]
    fn a_day_fits_sixty_bars() {
        let times: Vec<i64> = (0..86_400).map(|second| second * 1_000_000).collect();
        let histogram = of(&times);
        // 86 400 s / 60 bars = 1440 s, and the next power of two is 2048.
        assert_eq!(histogram.seconds, 2048);
        assert_eq!(histogram.bars.iter().map(|bar| bar.calls).sum::<u64>(), 86_400);
    }

    proptest! {
        #[test]
        fn order_and_cuts_do_not_show(times in prop::collection::vec(-1i64 << 50..1 << 50, 1..60), cut in 0usize..60) {
            let whole = of(&times);
            let mut backwards = times.clone();
            backwards.reverse();
            prop_assert_eq!(&of(&backwards), &whole);
            let (a, b) = times.split_at(cut.min(times.len()));
            let mut merged = of(b);
            merged.merge(&of(a));
            prop_assert_eq!(merged, whole);
        }
    }
}
