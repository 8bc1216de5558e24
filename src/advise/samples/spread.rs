//! A figure for each sample of a query in; its range over the calls, out: the narrower, the surer.

use crate::advise::whatif::Sample;

/// Over the samples of one query; the median is weighted with their shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub min: f64,
    pub median: f64,
    pub max: f64,
}

impl Spread {
    /// `figures` stand parallel to `samples`. `None` for no samples.
    pub fn of(samples: &[Sample], figures: &[f64]) -> Option<Self> {
        let mut weighted: Vec<(f64, f64)> =
            figures.iter().copied().zip(samples.iter().map(|sample| sample.share)).collect();
        weighted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (min, max) = (weighted.first()?.0, weighted.last()?.0);
        let half = weighted.iter().map(|(_, share)| share).sum::<f64>() / 2.0;
        let mut below = 0.0;
        let median = weighted.iter().find(|(_, share)| {
            below += share;
            below >= half
        });
        Some(Spread { min, median: median.map_or(max, |(figure, _)| *figure), max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::whatif::Values;

    #[test]
    fn the_median_counts_calls_and_not_samples() {
        let sample = |share| Sample { sql: String::new(), share, values: Values::Common };
        let samples = [sample(0.1), sample(0.3), sample(0.6)];
        assert_eq!(Spread::of(&samples, &[5.0, 1.0, 9.0]), Some(Spread { min: 1.0, median: 9.0, max: 9.0 }));
        assert_eq!(Spread::of(&[], &[]), None);
    }
}
