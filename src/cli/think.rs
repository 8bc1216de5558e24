//! A workload, its facts and plans, and the catalog in; what the rules found with the advice linked to it, out.

use crate::advise;
use crate::config::Config;
use crate::rules::context::WorkloadCx;
use crate::rules::place::Places;
use crate::rules::run::{self, Outcome};

/// Runs all rules of the configuration, and asks for advice on what they found.
pub fn think(
    cx: &WorkloadCx<'_>,
    config: &Config,
    places: Places<'_>,
    set: Option<&advise::set::Outcome>,
) -> (Outcome, advise::Advice) {
    let mut outcome = run::run(&config.registry, cx, &config.allows, places);
    tracing::info!("{} rules ran, {} findings", outcome.rules_run.len(), outcome.found.len());
    let mut advice = advise::recommend_set(&mut outcome.found, cx, set);
    let links = std::mem::take(&mut advice.links);
    for ((found, links), refusals) in outcome.found.iter_mut().zip(links).zip(&advice.refusals) {
        found.finding.recommendations = links;
        for refusal in refusals {
            found.finding.detail.to_mut().push_str(&format!("\nNot advised: {refusal}."));
        }
    }
    (outcome, advice)
}
