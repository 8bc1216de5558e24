//! A column's statistics and a kind of value in; such a value, as a constant of the column's type, out.

use super::quoted;
use super::slots::Home;
use crate::advise::whatif::Values;
use crate::catalog::model::{ColumnStats, ColumnValues};

/// Values of an array that is compared with `= ANY`.
const SEVERAL: usize = 3;

/// `None` if the statistics hold no value, or if the column's type has none that occurs nowhere.
pub(super) fn one(of: Home<'_>, kind: Values, place: usize) -> Option<String> {
    let text = match kind {
        Values::Absent => absent(of)?,
        _ => present(values(of)?, kind, place)?.to_owned(),
    };
    Some(constant(of, &text))
}

pub(super) fn several(of: Home<'_>, kind: Values) -> Option<String> {
    let mut texts: Vec<String> = Vec::new();
    for place in 0..SEVERAL {
        let text = match kind {
            Values::Absent => absent(of)?,
            _ => present(values(of)?, kind, place)?.to_owned(),
        };
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let items: Vec<String> =
        texts.iter().map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))).collect();
    Some(format!("{}::{}[]", quoted(&format!("{{{}}}", items.join(","))), of.column.type_name))
}

/// The bound at this share of the rows.
pub(super) fn bound(of: Home<'_>, share: f64) -> Option<String> {
    let bounds = &values(of)?.histogram;
    let last = bounds.len().checked_sub(1)?;
    let text = bounds.get((share * last as f64).round() as usize)?;
    Some(constant(of, text))
}

/// The share of rows that have one of the most common values; `None` where that is not known.
pub(super) fn common_share(of: Home<'_>) -> Option<f64> {
    let stats = of.column.stats.as_ref()?;
    Some(stats.most_common_frequencies.iter().sum::<f64>().clamp(0.0, 1.0))
}

fn values(of: Home<'_>) -> Option<&ColumnValues> {
    of.column.stats.as_ref()?.values.as_ref()
}

fn present(values: &ColumnValues, kind: Values, place: usize) -> Option<&str> {
    let (common, histogram) = (&values.most_common, &values.histogram);
    // From the middle on: the ends of a histogram are extreme values.
    let other = |place: usize| {
        let length = histogram.len();
        (length > 0).then(|| histogram[(length / 2 + place) % length].as_str())
    };
    let text = match kind {
        Values::Common if !common.is_empty() => common.get(place % common.len()).map(String::as_str),
        Values::Common => other(place),
        // Where every value is a common one, the last of them is the rarest.
        _ => other(place).or_else(|| common.iter().rev().nth(place % common.len().max(1)).map(String::as_str)),
    };
    text.filter(|text| !text.is_empty() || kind == Values::Common)
}

/// A value that no row has, of the types that have one for sure.
fn absent(of: Home<'_>) -> Option<String> {
    let stats: &ColumnStats = of.column.stats.as_ref()?;
    let values = stats.values.as_ref()?;
    let kind = of.column.type_name.split('(').next().unwrap_or_default();
    match kind {
        "smallint" | "integer" | "bigint" => {
            let all = values.histogram.last().into_iter().chain(&values.most_common);
            let largest = all.filter_map(|text| text.parse::<i64>().ok()).max()?;
            let ceiling = if kind == "smallint" { i64::from(i16::MAX) } else { i64::from(i32::MAX) };
            (largest < ceiling).then(|| (largest + 1).to_string())
        }
        "text" | "character varying" => {
            let longest = values.most_common.iter().chain(&values.histogram).map(String::len).max()?;
            let room = of.column.type_name.contains('(') && longest < 4;
            (!room).then(|| "~~~~".to_owned())
        }
        "uuid" => Some("00000000-0000-0000-0000-000000000000".to_owned()),
        _ => None,
    }
}

fn constant(of: Home<'_>, text: &str) -> String {
    format!("{}::{}", quoted(text), of.column.type_name)
}
