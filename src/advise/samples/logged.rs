//! What was logged of a query in; statements with the values that were in use, out.

use std::collections::BTreeMap;

use super::{fill, has_parameters, quoted};
use crate::advise::whatif::{Sample, Values};
use crate::workload::model::{self, Query};

/// More of one query say little more, and each is planned again and again.
const MOST: usize = 3;

/// Those whose values are all known, the slowest first; none if there are none.
pub(super) fn samples(query: &Query) -> Vec<Sample> {
    let mut texts: Vec<String> = Vec::new();
    for text in query.samples.iter().filter_map(concrete) {
        if texts.len() < MOST && !texts.contains(&text) {
            texts.push(text);
        }
    }
    let share = 1.0 / texts.len() as f64;
    texts.into_iter().map(|sql| Sample { sql, share, values: Values::Logged }).collect()
}

fn concrete(sample: &model::Sample) -> Option<String> {
    if !has_parameters(&sample.text) {
        return (!sample.text.trim().is_empty()).then(|| sample.text.clone());
    }
    let values = parameters(&sample.parameters)?;
    let (text, _) = fill(&sample.text, |number| values.get(&number).cloned());
    (!has_parameters(&text)).then_some(text)
}

/// `$1 = 'it''s', $2 = NULL`. `None` if a value was cut short (`log_parameter_max_length` ends it with `...`).
fn parameters(list: &str) -> Option<BTreeMap<u16, String>> {
    let mut values = BTreeMap::new();
    let mut rest = list;
    while let Some((_, after)) = rest.split_once('$') {
        let (number, value) = after.split_once(" = ")?;
        let number: u16 = number.parse().ok()?;
        let Some(inside) = value.strip_prefix('\'') else {
            let end = value.find(',').unwrap_or(value.len());
            values.insert(number, value[..end].trim().to_owned());
            rest = &value[end..];
            continue;
        };
        let end = closing(inside)?;
        let text = inside[..end].replace("''", "'");
        if text.ends_with("...") {
            return None;
        }
        values.insert(number, quoted(&text));
        rest = &inside[end + 1..];
    }
    values.values().all(|value| value.starts_with('\'') || value == "NULL").then_some(values)
}

/// Where the first quote stands that is not doubled.
fn closing(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.find('\'')?;
        if !text[at + 1..].starts_with('\'') {
            return Some(at);
        }
        at += 2;
    }
}
