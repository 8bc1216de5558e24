//! What each sample of a query saves in; the range over its calls, and how sure that makes it, out.

use crate::advise::whatif::Values;
use crate::report::model::Confidence;

/// What one sample says: its share of the calls, where its values come from, and a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    pub share: f64,
    pub values: Values,
    pub figure: f64,
}

/// Over the samples of one query; the median is weighted with their shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub min: f64,
    pub median: f64,
    pub max: f64,
}

/// Below this share of its cost a call saves nothing.
const NOTHING: f64 = 0.01;
/// From here on the least that is saved is like the most.
const ALIKE: f64 = 0.5;

impl Spread {
    /// `None` for no samples.
    pub fn of(told: &[Told]) -> Option<Self> {
        let mut sorted: Vec<(f64, f64)> = told.iter().map(|told| (told.figure, told.share)).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (min, max) = (sorted.first()?.0, sorted.last()?.0);
        let half = sorted.iter().map(|(_, share)| share).sum::<f64>() / 2.0;
        let mut below = 0.0;
        let median = sorted.iter().find(|(_, share)| {
            below += share;
            below >= half
        });
        Some(Spread { min, median: median.map_or(max, |(figure, _)| *figure), max })
    }
}

/// How sure a saving is, where figures are shares of the cost that are saved. A generic plan knows no value, and what the usual
/// call does not see is luck; what all values see alike is sure.
pub fn confidence(told: &[Told]) -> Option<Confidence> {
    let spread = Spread::of(told)?;
    let generic = told.iter().any(|told| told.values == Values::Generic);
    Some(match spread {
        _ if generic || spread.median < NOTHING => Confidence::Low,
        _ if spread.min >= spread.max * ALIKE => Confidence::High,
        _ => Confidence::Medium,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(all: &[(f64, f64)], values: Values) -> Vec<Told> {
        all.iter().map(|&(share, figure)| Told { share, values, figure }).collect()
    }

    #[test]
    fn the_median_counts_calls_and_not_samples() {
        let three = told(&[(0.1, 5.0), (0.3, 1.0), (0.6, 9.0)], Values::Common);
        assert_eq!(Spread::of(&three), Some(Spread { min: 1.0, median: 9.0, max: 9.0 }));
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn what_all_values_gain_alike_is_sure() {
        let word = |all: &[(f64, f64)], values| confidence(&told(all, values)).expect("samples");
        assert_eq!(word(&[(0.5, 0.99), (0.5, 0.6)], Values::Rare), Confidence::High);
        assert_eq!(word(&[(0.3, 0.0), (0.7, 0.99)], Values::Rare), Confidence::Medium);
        assert_eq!(word(&[(0.7, 0.0), (0.3, 0.99)], Values::Common), Confidence::Low);
        assert_eq!(word(&[(1.0, 0.99)], Values::Generic), Confidence::Low);
        assert_eq!(confidence(&[]), None);
    }
}
