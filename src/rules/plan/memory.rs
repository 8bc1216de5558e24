//! Memory of sorts and hashes: what of it went to disk, and how much `work_mem` would have held it.

use crate::plan::model::{Key, Node, Property, Value};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::draft::Advice;

/// The node's own properties, and those of each worker.
pub fn of_processes(node: &Node) -> impl Iterator<Item = &[Property]> {
    std::iter::once(node.properties.as_slice()).chain(node.workers.iter().map(|worker| worker.properties.as_slice()))
}

pub fn number(properties: &[Property], key: &Key) -> Option<f64> {
    match &properties.iter().find(|p| p.key == *key)?.value {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

pub fn text<'p>(properties: &'p [Property], key: &Key) -> Option<&'p str> {
    match &properties.iter().find(|p| p.key == *key)?.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The largest over the leader and its workers: `work_mem` is for each process.
pub fn largest(node: &Node, measure: impl Fn(&[Property]) -> Option<f64>) -> Option<f64> {
    of_processes(node).filter_map(measure).max_by(f64::total_cmp)
}

/// `SET work_mem` for one query: rounded up to what a person would write.
pub fn work_mem(kb: f64) -> Advice {
    let mb = rounded_up((kb / 1024.0).max(1.0));
    Advice {
        applicability: Applicability::Review,
        undo: Some("RESET work_mem".to_owned()),
        ..Advice::new(
            RecommendationKind::Setting,
            format!("Give this query {mb} MB of work_mem"),
            "SET LOCAL in the transaction that runs it, or ALTER ROLE for an application that runs nothing else: each sort and each hash of each process may take as \
             much. Hashes get hash_mem_multiplier times as much (2 since version 15).",
            format!("SET work_mem = '{mb}MB'"),
        )
    }
}

/// To two digits at most: 13 MB, 140 MB, 1500 MB.
fn rounded_up(mb: f64) -> f64 {
    let step = 10f64.powf((mb.log10().floor() - 1.0).max(0.0));
    (mb / step).ceil() * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_writes_round_numbers() {
        for (kb, set) in [(100.0, "1MB"), (12_900.0, "13MB"), (141_000.0, "140MB"), (1_500_001.0, "1500MB")] {
            assert_eq!(work_mem(kb).sql, format!("SET work_mem = '{set}'"));
        }
    }
}
