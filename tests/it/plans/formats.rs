//! TEXT, JSON, YAML and XML of the same statement under the same options give the same tree.

#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};

use sqlsift::plan::model::{Format, Key, Node, Plan, Trigger};

use super::corpus::{Captured, FORMATS, corpus, groups};
use super::same::{apart, planned, said};

/// Statements that a rule rewrites into two: two plans.
const TWO: &[&str] = &["rule_also"];

/// Names that are no [`Key`] of ours, and why they need none.
const UNKNOWN: &[(&str, &str)] = &[];

/// Differ from run to run, so that four runs cannot agree: memory, disk, and what depends on them.
const MEASURED: &[Key] = &[
    Key::SortSpaceUsed,
    Key::PeakMemoryUsage,
    Key::DiskUsage,
    Key::HashBatches,
    Key::HashBuckets,
    Key::OriginalHashBatches,
    Key::OriginalHashBuckets,
    Key::HashAggBatches,
    Key::MaximumStorage,
    Key::FullSortAverageMemory,
    Key::FullSortPeakMemory,
    Key::PresortedAverageMemory,
    Key::PresortedPeakMemory,
    Key::QueryIdentifier,
];

fn report(mut wrong: Vec<String>, of: usize) {
    let count = wrong.len();
    wrong.truncate(25);
    assert!(wrong.is_empty(), "{count} of {of}:\n{}", wrong.join("\n"));
}

#[test]
fn every_plan_is_read_without_a_warning() {
    let mut wrong = Vec::new();
    for one in corpus() {
        let wanted = if TWO.contains(&one.label.as_str()) { 2 } else { 1 };
        let plans = &one.reading.plans;
        let warnings = one.reading.warnings.iter().chain(plans.iter().flat_map(|plan| &plan.warnings));
        wrong.extend(warnings.take(1).map(|w| format!("{}: line {}: {}", one.name(), w.line, w.message)));
        if plans.len() != wanted {
            wrong.push(format!("{}: {} plans", one.name(), plans.len()));
        }
        wrong
            .extend(plans.iter().filter(|p| p.format != one.format).map(|p| format!("{}: {:?}", one.name(), p.format)));
    }
    let mut counts: BTreeMap<u32, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut options = BTreeSet::new();
    let mut labels = BTreeSet::new();
    for one in corpus() {
        let name = FORMATS.iter().find(|(format, _)| *format == one.format).expect("known").1;
        *counts.entry(one.major).or_default().entry(name).or_default() += 1;
        options.insert(&one.options);
        labels.insert(&one.label);
    }
    println!("plans: {} of {} statements under {} sets of options", corpus().len(), labels.len(), options.len());
    for (major, formats) in counts {
        println!("  Postgres {major}: {formats:?}");
    }
    report(wrong, corpus().len());
}

#[test]
fn the_number_of_nodes_is_what_the_json_says() {
    let mut wrong = Vec::new();
    for (name, group) in groups() {
        let wanted = group[&Format::Json].text.matches("\"Node Type\":").count();
        for one in group.values() {
            let found: usize = one.reading.plans.iter().map(|plan| plan.nodes.len()).sum();
            if found != wanted {
                wrong.push(format!("{name:?} {:?}: {found} nodes, not {wanted}", one.format));
            }
        }
    }
    report(wrong, corpus().len());
}

#[test]
fn four_formats_are_one_tree() {
    let mut wrong = Vec::new();
    for group in groups().into_values() {
        let json = group[&Format::Json];
        for one in group.values().filter(|one| one.format != Format::Json) {
            let pairs = json.reading.plans.iter().zip(&one.reading.plans);
            if let Some(differs) = pairs.map(|(a, b)| unlike(json, a, b)).find_map(|found| found) {
                wrong.push(format!("{}: {differs}", one.name()));
            }
        }
    }
    report(wrong, corpus().len());
}

/// Where a plan differs from the JSON one.
fn unlike(of: &Captured, json: &Plan, other: &Plan) -> Option<String> {
    if json.nodes.len() != other.nodes.len() {
        return Some(format!("{} nodes, not {}", other.nodes.len(), json.nodes.len()));
    }
    for (id, (a, b)) in json.nodes.iter().zip(&other.nodes).enumerate() {
        let (planned_a, planned_b) = (planned(a), planned(b));
        if planned_a != planned_b {
            return Some(format!("node {id}: {}", apart(&planned_a, &planned_b)));
        }
        let (rows_a, rows_b) = (ran(of, a), ran(of, b));
        if rows_a != rows_b {
            return Some(format!("node {id}: rows, loops {rows_b:?}, not {rows_a:?}"));
        }
        let (said_a, said_b) = (properties(of, a), properties(of, b));
        if said_a != said_b {
            return Some(format!("node {id} {}: {}", a.title(), apart(&format!("{said_a:?}"), &format!("{said_b:?}"))));
        }
    }
    let (beside_a, beside_b) = (beside(json), beside(other));
    (beside_a != beside_b).then(|| apart(&beside_a, &beside_b))
}

fn ran(of: &Captured, node: &Node) -> Option<(f64, f64)> {
    node.actual.map(|actual| if of.unstable { (0.0, 0.0) } else { (actual.rows, actual.loops) })
}

/// Of an executed plan only what another execution repeats.
fn properties(of: &Captured, node: &Node) -> BTreeMap<String, String> {
    let mut said = said(&node.properties);
    if !of.options.contains("verbose") && of.options != "everything" {
        // `show_hashjoin_info` and its like: in the other formats it stands always (explain.c, ExplainNode).
        said.remove(Key::InnerUnique.name());
    }
    if node.actual.is_some() {
        said.retain(|name, value| {
            let key = Key::of(name);
            let unstable = of.unstable && value.parse::<f64>().is_ok();
            !MEASURED.contains(&key) && !unstable
        });
    }
    said
}

/// What stands beside the tree; times left out.
fn beside(plan: &Plan) -> String {
    let triggers: Vec<_> = plan.triggers.iter().map(|trigger| (called(plan, trigger), trigger.calls)).collect();
    let jit =
        plan.jit.as_ref().map(|jit| (jit.functions, jit.inlining, jit.optimization, jit.expressions, jit.deforming));
    let mut has = plan.has;
    // The text format shows neither if nothing happened.
    (has.buffers, has.wal, has.io_timing, has.verbose) = (false, false, false, false);
    format!(
        "{:?} {} {} {has:?} {:?} {jit:?} {:?}",
        plan.settings,
        plan.planning_ms.is_some(),
        plan.execution_ms.is_some(),
        triggers,
        plan.serialization.as_ref().map(|s| (&s.format, s.output_kb))
    )
}

/// The text format does not quote `Trigger a on b`: there may be an ` on ` in the trigger's own name.
fn called(plan: &Plan, trigger: &Trigger) -> String {
    match (&trigger.constraint, &trigger.relation) {
        (Some(constraint), _) => constraint.clone(),
        (None, Some(relation)) if plan.format == Format::Text && relation == "x" => format!("{} on x", trigger.name),
        (None, _) => trigger.name.clone(),
    }
}

#[test]
fn no_property_is_unknown_but_those_listed() {
    let mut unknown: BTreeMap<&str, String> = BTreeMap::new();
    for one in corpus() {
        for plan in &one.reading.plans {
            let workers = plan.nodes.iter().flat_map(|node| node.workers.iter().flat_map(|worker| &worker.properties));
            for property in plan.nodes.iter().flat_map(|node| &node.properties).chain(workers).chain(&plan.properties) {
                if let Key::Other(name) = &property.key {
                    unknown.entry(name).or_insert_with(|| one.name());
                }
            }
        }
    }
    unknown.retain(|name, _| !UNKNOWN.iter().any(|(known, _)| known == name));
    assert!(unknown.is_empty(), "{unknown:#?}");
}
