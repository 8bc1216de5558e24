//! The same plans through the real psql under each of its settings: what is read is what the server wrote.

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;

use rayon::prelude::*;
use sqlsift::plan::model::Plan;
use sqlsift::plan::read::{Reading, read};

use super::corpus::{blocks, folder, unpack};
use super::same::difference;

/// Plans of a file by head.
pub fn plans(major: u32) -> Vec<(String, String, Plan)> {
    blocks(&unpack(&format!("presentations/{major}/plans.txt.gz")))
        .into_iter()
        .map(|(head, text)| {
            let plan = read(text.as_bytes()).plans.into_iter().next().unwrap_or_else(|| panic!("{head}: no plan"));
            (head, text, plan)
        })
        .collect()
}

#[test]
fn every_presentation_of_psql_gives_the_plan() {
    let mut wrong = Vec::new();
    for major in [15, 18] {
        let expected: BTreeMap<String, Plan> = plans(major).into_iter().map(|(head, _, plan)| (head, plan)).collect();
        let mut files: Vec<String> = std::fs::read_dir(folder().join("presentations").join(major.to_string()))
            .expect("captured")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .filter(|name| name != "plans.txt.gz")
            .collect();
        files.sort();
        let found: Vec<String> = files
            .par_iter()
            .flat_map(|name| {
                let blocks = blocks(&unpack(&format!("presentations/{major}/{name}")));
                assert_eq!(blocks.len(), expected.len(), "{name}");
                let found = blocks.into_iter().filter_map(|(head, text)| {
                    unlike(&expected[&head], &read(text.as_bytes()), Plan::clone)
                        .map(|what| format!("{name} {head}: {what}"))
                });
                found.collect::<Vec<_>>()
            })
            .collect();
        println!(
            "presentations of psql, Postgres {major}: {} of {} plans, {} unlike",
            files.len(),
            expected.len(),
            found.len()
        );
        wrong.extend(found);
    }
    let count = wrong.len();
    wrong.truncate(40);
    assert!(wrong.is_empty(), "{count}:\n{}", wrong.join("\n"));
}

/// Why what was read is not this plan, both without what the presentation does not keep.
pub fn unlike(expected: &Plan, reading: &Reading, reduced: impl Fn(&Plan) -> Plan) -> Option<String> {
    match reading.plans.as_slice() {
        _ if !reading.warnings.is_empty() => Some(format!("the input: {}", reading.warnings[0].message)),
        [plan] => difference(&reduced(expected), &reduced(plan)),
        other => Some(format!("{} plans", other.len())),
    }
}
