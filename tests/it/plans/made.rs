//! What people and programs do to a plan before it reaches us, made from the plans that servers printed: quoting, other
//! white space, wrapping, markup; JSON in the shapes in which it is passed on.

#![allow(clippy::print_stdout)]

mod json;
mod text;

use rayon::prelude::*;
use sqlsift::plan::model::{Plan, Value};
use sqlsift::plan::read::read;

use super::presentations::{plans, unlike};

/// How much of the plan a presentation keeps.
#[derive(Clone, Copy, PartialEq)]
enum Keeps {
    Everything,
    /// All but the number and kind of white space inside conditions.
    Words,
    /// All but the order of properties.
    Facts,
    /// The nodes, nothing beside the tree.
    Tree,
    /// As [`Keeps::Facts`], with a warning where lines were joined.
    Joined,
}

/// Name, what it keeps, and how it is made of a plan (and a number that tells plans apart).
type Made = (&'static str, Keeps, fn(&str) -> String);

#[test]
fn every_made_presentation_of_a_text_plan_gives_the_plan() {
    check("-text-", text::MADE);
}

#[test]
fn every_shape_of_a_json_plan_gives_the_plan() {
    check("-json-", json::MADE);
}

/// Somebody's words stand around the plan: they are ignored, and that is said.
const WORDS_AROUND: &[&str] = &["text around", "code fence with a language"];

fn check(kind: &str, made: &[Made]) {
    let sources: Vec<_> = [15, 18].into_iter().flat_map(plans).filter(|(head, ..)| head.contains(kind)).collect();
    let results: Vec<(String, Option<String>, bool)> = made
        .par_iter()
        .flat_map(|(name, keeps, make)| {
            sources.par_iter().map(move |(head, text, plan)| {
                let input = make(text);
                let mut reading = read(input.as_bytes());
                if WORDS_AROUND.contains(name) {
                    reading.warnings.retain(|warning| !warning.message.ends_with("ignored"));
                }
                let found = unlike(plan, &reading, |plan| reduced(plan, *keeps));
                let warned = found.is_some() && warns(&input);
                (format!("{name} {head}"), found, warned)
            })
        })
        .collect();
    let unequal: Vec<_> =
        results.iter().filter_map(|(name, found, warned)| Some((name, found.as_ref()?, warned))).collect();
    println!(
        "made presentations{kind}: {} of {} plans, {} equal, {} with a warning",
        made.len(),
        sources.len(),
        results.len() - unequal.len(),
        unequal.iter().filter(|(.., warned)| **warned).count()
    );
    let mut wrong: Vec<String> = unequal.iter().map(|(name, found, _)| format!("{name}: {found}")).collect();
    let count = wrong.len();
    wrong.truncate(40);
    assert!(wrong.is_empty(), "{count}:\n{}", wrong.join("\n"));
}

fn warns(input: &str) -> bool {
    let reading = read(input.as_bytes());
    !reading.warnings.is_empty() || reading.plans.iter().any(|plan| !plan.warnings.is_empty())
}

/// Without what a presentation does not keep.
fn reduced(plan: &Plan, keeps: Keeps) -> Plan {
    let mut plan = plan.clone();
    match keeps {
        Keeps::Everything => {}
        Keeps::Words => squeeze(&mut plan),
        Keeps::Facts => sort(&mut plan),
        Keeps::Joined => {
            sort(&mut plan);
            plan.warnings.clear();
        }
        Keeps::Tree => {
            sort(&mut plan);
            let Plan { format, line, nodes, .. } = plan;
            plan = Plan { nodes, ..Plan::new(format, line) };
        }
    }
    plan
}

fn squeeze(plan: &mut Plan) {
    for property in plan.nodes.iter_mut().flat_map(|node| &mut node.properties) {
        if let Value::Text(text) = &mut property.value {
            *text = text.split_whitespace().collect::<String>().into();
        }
    }
    for (_, value) in &mut plan.settings {
        *value = value.split_whitespace().collect::<String>().into();
    }
}

fn sort(plan: &mut Plan) {
    plan.settings.sort();
    plan.properties.sort_by(|a, b| a.key.cmp(&b.key));
    for node in &mut plan.nodes {
        node.properties.sort_by(|a, b| a.key.cmp(&b.key));
        for worker in &mut node.workers {
            worker.properties.sort_by(|a, b| a.key.cmp(&b.key));
        }
    }
}
