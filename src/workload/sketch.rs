//! Quantiles with a stated relative error, from buckets that merge exactly.
//!
//! Buckets are log-linear: 64 to an octave, so that a value and the middle of its bucket differ by less than 1/128
//! (0.8 %), and values below 64 are exact. Integer arithmetic only: the same on every machine.

use serde::{Deserialize, Serialize};

/// Counts per bucket, sparse, in bucket order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch {
    pub buckets: Vec<(u16, u32)>,
}

/// Sub-buckets of an octave, as a power of two.
const BITS: u32 = 6;

/// What [`Sketch::quantile`] may be off by, relative to the true value.
pub const RELATIVE_ERROR: f64 = 0.01;

impl Sketch {
    pub fn add(&mut self, value: u64) {
        self.add_bucket(bucket_of(value), 1);
    }

    pub fn merge(&mut self, other: &Sketch) {
        for &(bucket, count) in &other.buckets {
            self.add_bucket(bucket, count);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|&(_, count)| u64::from(count)).sum()
    }

    /// The value at rank `ceil(q * count)` (1-based, `q` from 0 to 1), within 1 %; `None` while empty.
    pub fn quantile(&self, q: f64) -> Option<u64> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        let rank = ((q.clamp(0.0, 1.0) * count as f64).ceil() as u64).clamp(1, count);
        let mut below = 0;
        for &(bucket, count) in &self.buckets {
            below += u64::from(count);
            if below >= rank {
                return Some(middle_of(bucket));
            }
        }
        None
    }

    fn add_bucket(&mut self, bucket: u16, count: u32) {
        match self.buckets.binary_search_by_key(&bucket, |&(bucket, _)| bucket) {
            Ok(at) => self.buckets[at].1 = self.buckets[at].1.saturating_add(count),
            Err(at) => self.buckets.insert(at, (bucket, count)),
        }
    }
}

fn bucket_of(value: u64) -> u16 {
    if value < 1 << BITS {
        return value as u16;
    }
    let shift = value.ilog2() - BITS;
    // At most 58 * 64 + 127, which fits 16 bits.
    ((shift << BITS) + (value >> shift) as u32) as u16
}

fn middle_of(bucket: u16) -> u64 {
    let bucket = u32::from(bucket);
    if bucket < 2 << BITS {
        return u64::from(bucket);
    }
    let shift = (bucket >> BITS) - 1;
    let low = u64::from(bucket - (shift << BITS)) << shift;
    low + ((1u64 << shift) >> 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(values: &[u64], q: f64) -> u64 {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        let rank = ((q * sorted.len() as f64).ceil() as usize).clamp(1, sorted.len());
        sorted[rank - 1]
    }

    proptest! {
        #[test]
        fn quantiles_are_within_one_percent(values in prop::collection::vec(0u64..1 << 45, 1..400), q in 0.0f64..=1.0) {
            let mut sketch = Sketch::default();
            for &value in &values {
                sketch.add(value);
            }
            let truth = exact(&values, q) as f64;
            let told = sketch.quantile(q).expect("not empty") as f64;
            prop_assert!((told - truth).abs() <= truth * RELATIVE_ERROR, "{told} for {truth}");
        }

        #[test]
        fn merging_equals_adding(a in prop::collection::vec(any::<u64>(), 0..60), b in prop::collection::vec(any::<u64>(), 0..60)) {
            let sketch = |values: &[u64]| {
                let mut sketch = Sketch::default();
                values.iter().for_each(|&value| sketch.add(value));
                sketch
            };
            let mut merged = sketch(&a);
            merged.merge(&sketch(&b));
            let all: Vec<u64> = b.iter().chain(&a).copied().collect();
            prop_assert_eq!(merged, sketch(&all));
        }

        #[test]
        fn a_bucket_holds_its_middle(value in any::<u64>()) {
            prop_assert_eq!(bucket_of(middle_of(bucket_of(value))), bucket_of(value));
        }
    }
}
