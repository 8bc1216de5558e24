//! The workload's plans in; those plans read in full, with their figures, out. Only plans that were kept are parsed: a few of each
//! query, one of each shape.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::cli::assemble;
use crate::cli::assemble::plan::About;
use crate::plan;
use crate::plan::model::Plan;
use crate::report::model::{Finding, PlanReport, Subject};
use crate::rules::context::KnownPlan;
use crate::rules::place::Places;
use crate::rules::plans::known;
use crate::sql::facts::Facts;
use crate::sql::fingerprint::fingerprint;
use crate::workload::model::{PlanSample, Query, Workload};

/// Plans of the queries that were parsed (`facts` is parallel to them), in the order of the queries.
pub fn of(workload: &Workload, facts: &[Option<Facts>], places: Places<'_>) -> Vec<KnownPlan> {
    let looked_at = workload.queries.iter().zip(facts).enumerate().filter(|(_, (_, facts))| facts.is_some());
    let samples: Vec<(usize, &Query, &PlanSample)> = looked_at
        .flat_map(|(index, (query, _))| query.plans.iter().map(move |sample| (index, query, sample)))
        .collect();
    samples
        .into_par_iter()
        .filter_map(|(index, query, sample)| {
            let mut plan = plan::read(sample.body.as_bytes()).plans.into_iter().next()?;
            // A node's line in the log is not known: the record's is what stands in the report.
            plan.nodes.iter_mut().for_each(|node| node.line = plan.line);
            Some(known(as_logged(plan, query, sample), query.fingerprint, index, places.of(sample.origin)))
        })
        .collect()
}

/// The plans that findings are about, in their order.
pub fn spoken_of(plans: &[KnownPlan], findings: &[Finding]) -> Vec<PlanReport> {
    let about = |known: &KnownPlan, finding: &&Finding| match &finding.subject {
        Subject::PlanNode(node) => node.split_once('#').is_some_and(|(plan, _)| plan == known.id),
        Subject::Plan(plan) => *plan == known.id,
        _ => false,
    };
    let mut seen = BTreeSet::new();
    plans
        .iter()
        .filter(|known| seen.insert(known.id.clone()))
        .filter_map(|known| {
            let findings: Vec<&Finding> = findings.iter().filter(|finding| about(known, finding)).collect();
            let fingerprint = known.plan.query.as_ref().map(|text| fingerprint(text.as_bytes()).to_string());
            (!findings.is_empty()).then(|| assemble::plan::entry(known, &About { findings, fingerprint }))
        })
        .collect()
}

/// The record says which statement it was, and how long it took, where the plan's own text does not.
pub fn as_logged(mut plan: Plan, query: &Query, sample: &PlanSample) -> Plan {
    if plan.query.is_none() && !query.text.is_empty() {
        plan.query = Some(query.text.clone());
    }
    if plan.execution_ms.is_none() && plan.has.timing {
        plan.execution_ms = Some(sample.duration_us as f64 / 1000.0);
    }
    plan
}
