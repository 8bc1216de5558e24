//! Indexes that are advised to be dropped, the workload and an open session in; those whose absence makes a statement dearer, taken
//! out of the advice, with why.

use super::advisor;
use crate::advise::constants::Seen;
use crate::advise::set;
use crate::advise::whatif::{WhatIf, WhatIfError};
use crate::cli::verify::take_back;
use crate::db::session::Session;
use crate::report::model::{Recommendation, RecommendationKind};
use crate::report::units::{counted, figure};
use crate::rules::context::WorkloadCx;
use crate::rules::run::Outcome;

/// How much dearer a plan may become: costs of plans that are as good differ by a little.
const DEARER: f64 = 1.05;

/// Asks the planner about each statement whose plan uses one of them. Gives notes for the coverage.
pub fn prove(
    session: &mut Session,
    cx: &WorkloadCx<'_>,
    outcome: &mut Outcome,
    recommendations: &mut Vec<Recommendation>,
) -> Vec<String> {
    let drops: Vec<(String, String)> = recommendations
        .iter()
        .filter(|advice| advice.kind == RecommendationKind::DropIndex)
        .filter_map(|advice| Some((advice.id.clone(), dropped(&advice.sql)?.to_owned())))
        .collect();
    if drops.is_empty() {
        return Vec::new();
    }
    let Some(catalog) = cx.catalog else { return Vec::new() };
    // Why it could not be asked has been said.
    let Ok(mut hypopg) = advisor::open(session, catalog) else { return Vec::new() };
    if !hypopg.hides() {
        return vec![format!(
            "{} to be dropped: the planner was not asked what would become dearer, because HypoPG {} cannot hide an index (1.4 can)",
            counted(drops.len() as u64, "index is advised", "indexes are advised"),
            hypopg.version()
        )];
    }
    let mut hurting: Vec<(String, String)> = Vec::new();
    for statement in set::of_workload(cx, &Seen::default()).all {
        for sample in &statement.samples {
            let base = match hypopg.plan(sample, &[]) {
                Ok(base) => base,
                Err(WhatIfError::Gone(why)) => {
                    return vec![format!("what dropping indexes would cost was not asked to its end: {why}")];
                }
                Err(_) => continue,
            };
            for (id, index) in drops.iter().filter(|(_, index)| uses(&base.json, index)) {
                let Ok(without) = hypopg.without(sample, index) else { continue };
                let known = hurting.iter().any(|(known, _)| known == id);
                if without.total_cost > base.total_cost * DEARER && !known {
                    let why = format!(
                        "without {index} query {} would cost {} instead of {}",
                        statement.known.fingerprint,
                        figure(without.total_cost),
                        figure(base.total_cost)
                    );
                    hurting.push((id.clone(), why));
                }
            }
        }
    }
    take_back(outcome, &hurting);
    recommendations.retain(|advice| hurting.iter().all(|(id, _)| *id != advice.id));
    hurting.into_iter().map(|(_, why)| format!("not advised to be dropped: {why}")).collect()
}

/// The name in a `DROP INDEX CONCURRENTLY`.
fn dropped(sql: &str) -> Option<&str> {
    sql.strip_prefix("DROP INDEX CONCURRENTLY ")?.strip_suffix(';')
}

/// Whether the plan names the index; its name may be quoted, with a schema.
fn uses(json: &str, index: &str) -> bool {
    let name = index.rsplit('.').next().unwrap_or(index).trim_matches('"');
    json.contains(&format!("\"Index Name\": \"{name}\""))
}
