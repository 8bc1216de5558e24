//! Quantiles with a stated relative error of 1 %, from logarithmic buckets that merge exactly.

/// Counts per logarithmic bucket, sparse, in bucket order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    pub buckets: Vec<(u16, u32)>,
}
