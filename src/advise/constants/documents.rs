//! The documents of a column that the statistics show in; the key that a search for one value most likely goes by, out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::catalog::model::{Column, Table};

/// Documents below which nothing is concluded.
const FEW: usize = 5;
/// By so much the best key must be ahead of the next one.
const AHEAD: f64 = 3.0;

/// What is asked of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A single value.
    Value,
    /// A number: the expression casts it.
    Number,
    /// A document, for what is inside it.
    Object,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Likely(String),
    /// More than one could be it.
    Several(Vec<String>),
    /// Nothing is known of the documents, or none has such a key.
    Unknown,
}

/// Rows that a call gives, where the condition stands alone.
pub(super) fn key(column: &Column, table: &Table, path: &[String], wanted: Wanted, rows: Option<f64>) -> Key {
    let values = column.stats.as_ref().and_then(|stats| stats.values.as_ref());
    let texts = values.iter().flat_map(|values| values.most_common.iter().chain(&values.histogram));
    let mut seen = 0usize;
    let mut keys: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    for document in texts.filter_map(|text| serde_json::from_str::<Value>(text).ok()) {
        seen += 1;
        let inside = path.iter().try_fold(&document, |value, key| value.get(key));
        for (key, value) in inside.and_then(Value::as_object).into_iter().flatten() {
            let told = match (wanted, value) {
                (Wanted::Object, Value::Object(_)) => key.clone(),
                (Wanted::Value | Wanted::Number, Value::Number(number)) => number.to_string(),
                (Wanted::Value, Value::String(text)) => text.clone(),
                (Wanted::Value, Value::Bool(truth)) => truth.to_string(),
                _ => continue,
            };
            let entry = keys.entry(key.clone()).or_default();
            entry.0 += 1;
            entry.1.insert(told);
        }
    }
    // A key of few documents is hardly what a program looks for.
    keys.retain(|_, (times, _)| *times * 10 >= seen);
    if seen < FEW || keys.is_empty() {
        return Key::Unknown;
    }
    if let [only] = keys.keys().collect::<Vec<_>>().as_slice() {
        return Key::Likely((*only).clone());
    }
    let all = table.rows.unwrap_or(0.0).max(1.0);
    let mut told: Vec<(f64, String)> = keys
        .into_iter()
        .map(|(key, (times, values))| {
            let different = different(times as f64, values.len() as f64).min(all);
            // With the rows of a call known, the key whose values have so many rows; else the one that tells rows apart best.
            let worth = match rows {
                Some(rows) => -(rows.max(0.5) * different / all).ln().abs(),
                None => different.ln(),
            };
            (worth, key)
        })
        .collect();
    told.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    if told[0].0 - told[1].0 >= AHEAD.ln() {
        return Key::Likely(told.swap_remove(0).1);
    }
    let least = told[0].0 - AHEAD.ln();
    Key::Several(told.into_iter().filter(|(worth, _)| *worth > least).map(|(_, key)| key).collect())
}

/// Values of all rows, where so many rows showed so many different ones: the number of values of which as many draws would show as many
/// (`D (1 - exp(-n / D)) = d`), by halving.
fn different(times: f64, values: f64) -> f64 {
    const MOST: f64 = 1e7;
    if values >= times {
        return MOST;
    }
    let (mut low, mut high) = (values, MOST);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if middle * (1.0 - (-times / middle).exp()) < values { low = middle } else { high = middle }
    }
    low
}
