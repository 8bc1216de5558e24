//! Damaged plans: cut, wrapped, with lines lost, doubled, swapped or moved, with characters lost. What is read is right, or
//! it carries a warning; what nobody can see is counted by class, and nothing else may be wrong in silence.

#![allow(clippy::print_stdout)]

mod harm;
mod verdict;

use std::collections::BTreeMap;

use rayon::prelude::*;
use sqlsift::plan::model::Plan;
use sqlsift::plan::read::read;

use super::presentations::plans;
use harm::{HARMS, Harm, Random};
use verdict::{Verdict, judge};

/// A plan to be damaged.
struct Source {
    head: String,
    text: String,
    plan: Plan,
    /// `(12 rows)` stands below.
    footer: bool,
}

/// Damaged copies of each plan by each kind of damage.
const COPIES: u64 = 4;

#[test]
fn damage_is_seen_or_cannot_be() {
    let sources = sources();
    let cases: Vec<(&Source, &Harm, u64)> = sources
        .iter()
        .flat_map(|source| HARMS.iter().flat_map(move |harm| (0..COPIES).map(move |copy| (source, harm, copy))))
        .collect();
    let verdicts: Vec<(String, &str, Option<Verdict>)> = cases
        .par_iter()
        .map(|(source, harm, copy)| {
            let seed = source.head.bytes().fold(copy + 1, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
            let (input, verdict) = one(source, harm, seed);
            let name = format!("{} {} footer={} copy={copy}", harm.name, source.head, source.footer);
            // To look at those that nobody can see: SQLSIFT_DAMAGE=/some/prefix.
            if let (Some(Verdict::Wrong(_) | Verdict::Unseen(_)), Ok(prefix)) =
                (&verdict, std::env::var("SQLSIFT_DAMAGE"))
            {
                let file = format!("{prefix}{}", name.replace(' ', "_"));
                std::fs::write(file, format!("{verdict:?}\n{input}")).expect("writable");
            }
            (name, harm.name, verdict)
        })
        .collect();
    let mut counts: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    for (_, harm, verdict) in &verdicts {
        let Some(verdict) = verdict else { continue };
        *counts.entry(verdict.to_string()).or_default().entry(harm).or_default() += 1;
    }
    println!("damaged inputs: {}", verdicts.iter().filter(|(.., verdict)| verdict.is_some()).count());
    for (verdict, by_harm) in &counts {
        println!("  {verdict}: {} {by_harm:?}", by_harm.values().sum::<usize>());
    }
    let mut wrong: Vec<String> = verdicts
        .iter()
        .filter_map(|(name, _, verdict)| match verdict {
            Some(Verdict::Wrong(what)) => Some(format!("{name}: {what}")),
            _ => None,
        })
        .collect();
    let count = wrong.len();
    wrong.truncate(40);
    assert!(wrong.is_empty(), "{count} of {}:\n{}", verdicts.len(), wrong.join("\n"));
}

/// `None` when nothing was damaged.
fn one(source: &Source, harm: &Harm, seed: u64) -> (String, Option<Verdict>) {
    let input = (harm.apply)(&source.text, &mut Random(seed | 1));
    if input == source.text || input.trim().is_empty() {
        return (input, None);
    }
    let verdict = judge(source, harm, &read(input.as_bytes()), input.trim_end().ends_with(" rows)"));
    (input, Some(verdict))
}

fn sources() -> Vec<Source> {
    let captured = [15, 18].into_iter().flat_map(plans);
    captured
        .flat_map(|(head, text, plan)| {
            let counted = head.contains("-text-").then(|| Source {
                head: head.clone(),
                text: format!("{text}({} rows)\n", text.lines().count()),
                plan: plan.clone(),
                footer: true,
            });
            [Some(Source { head, text, plan, footer: false }), counted].into_iter().flatten()
        })
        .collect()
}
