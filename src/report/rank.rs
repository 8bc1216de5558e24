//! The order of findings and recommendations: what costs most a day first, then severity, then id.

use std::borrow::Borrow;
use std::cmp::Ordering;

use super::model::{Finding, Recommendation};

pub fn findings(list: &mut [Finding]) {
    list.sort_by(|a, b| {
        dearest_first(a.impact_ms_per_day, b.impact_ms_per_day)
            .then_with(|| dearest_first(a.accounts_for_ms, b.accounts_for_ms))
            .then_with(|| dearest_first(a.accounts_for_share, b.accounts_for_share))
            .then(b.severity.cmp(&a.severity))
            .then(b.confidence.cmp(&a.confidence))
            .then_with(|| a.id.cmp(&b.id))
    });
}

/// Those with one id are alike.
pub fn recommendations<R: Borrow<Recommendation>>(list: &mut [R]) {
    list.sort_unstable_by(|a, b| {
        let (a, b) = (a.borrow(), b.borrow());
        dearest_first(a.impact_ms_per_day, b.impact_ms_per_day).then_with(|| a.id.cmp(&b.id))
    });
}

/// Unknown comes after every known figure.
fn dearest_first(a: Option<f64>, b: Option<f64>) -> Ordering {
    b.unwrap_or(-1.0).total_cmp(&a.unwrap_or(-1.0))
}

/// What the log shows, at the same rate for a day. `None` when the window is empty: a rate needs two moments.
pub fn per_day_ms(observed_us: f64, window_us: u64) -> Option<f64> {
    const DAY_US: f64 = 86_400_000_000.0;
    (window_us > 0).then(|| observed_us / 1000.0 * (DAY_US / window_us as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_carried_to_a_day() {
        // 3 s in 6 hours is 12 s a day.
        assert_eq!(per_day_ms(3_000_000.0, 6 * 3_600_000_000), Some(12_000.0));
        assert_eq!(per_day_ms(3_000_000.0, 0), None);
    }

    #[test]
    fn unknown_impact_comes_last() {
        let mut list = [None, Some(1.0), Some(f64::INFINITY), Some(20.0), Some(0.0)];
        list.sort_by(|a, b| dearest_first(*a, *b));
        assert_eq!(list, [Some(f64::INFINITY), Some(20.0), Some(1.0), Some(0.0), None]);
    }
}
