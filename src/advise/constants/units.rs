//! A column of times, and how many rows a call for one truncated time gives, in; the unit that fits, out.

use jiff::civil::DateTime;

use crate::catalog::model::{Column, Table};

const UNITS: [(&str, f64); 5] =
    [("hour", 3_600.0), ("day", 86_400.0), ("week", 604_800.0), ("month", 2_629_746.0), ("year", 31_556_952.0)];

/// `None` where the statistics do not say how the rows spread over time, or no unit fits.
pub(super) fn unit(column: &Column, table: &Table, rows_of_a_call: f64) -> Option<&'static str> {
    /// So far may the rows be from what is expected: the neighbours of a unit are at least four times as long or short.
    const FAR: f64 = 2.0;
    let bounds = &column.stats.as_ref()?.values.as_ref()?.histogram;
    let seconds = at(bounds.last()?)? - at(bounds.first()?)?;
    let rows = table.rows.filter(|rows| *rows > 0.0 && seconds > 0.0 && rows_of_a_call >= 1.0)?;
    let off = |length: f64| (rows_of_a_call / (rows * (length / seconds).min(1.0))).ln().abs();
    let best = UNITS.iter().min_by(|a, b| off(a.1).total_cmp(&off(b.1)))?;
    (off(best.1) <= FAR.ln()).then_some(best.0)
}

/// Seconds on a clock of no zone.
fn at(text: &str) -> Option<f64> {
    let plain = text.get(..19).unwrap_or(text).replace(' ', "T");
    let full = if plain.len() == 10 { format!("{plain}T00:00:00") } else { plain };
    let time: DateTime = full.parse().ok()?;
    let midnight = time.date().since(jiff::civil::date(2000, 1, 1)).ok()?;
    let of_day = f64::from(time.hour()) * 3600.0 + f64::from(time.minute()) * 60.0 + f64::from(time.second());
    Some(f64::from(midnight.get_days()) * 86_400.0 + of_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds() {
        assert_eq!(at("2000-01-02 00:00:01"), Some(86_401.0));
        assert_eq!(at("2024-02-29 12:00:00.5+00").zip(at("2024-03-01")).map(|(a, b)| b - a), Some(43_200.0));
        assert_eq!(at("infinity"), None);
    }
}
