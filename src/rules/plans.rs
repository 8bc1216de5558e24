//! Plans and the workload that they make: what a rule about plans runs on, and which of its findings are worth a line.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::plan::figures::figures;
use crate::plan::model::{Node, Plan};
use crate::report::model::Location;
use crate::sql::{Facts, Fingerprint};
use crate::workload::model::{Query, QueryIndex};

use super::context::{KnownPlan, Worth};
use super::draft::{Draft, Sink};

/// A plan with its figures, ready for the rules.
pub fn known(plan: Plan, fingerprint: Fingerprint, query: QueryIndex, place: Location) -> KnownPlan {
    let shape: Vec<String> = plan.nodes.iter().map(|node| format!("{:?} {}", node.role, node.describe())).collect();
    let id = format!("{:016x}", xxh3_64(format!("{fingerprint}\n{}", shape.join("\n")).as_bytes()));
    KnownPlan { id, figures: figures(&plan), plan, query, place }
}

/// The query of a plan that stands in no log: one call, which took as long as the plan says.
pub fn query_of(plan: &Plan) -> Query {
    query_with(plan, &crate::sql::facts(plan.query.as_deref().unwrap_or_default()))
}

/// The same with the facts of the statement, or of the empty text.
pub fn query_with(plan: &Plan, facts: &Facts) -> Query {
    let text = plan.query.as_deref().unwrap_or_default();
    let fingerprint = if text.is_empty() {
        let shape: Vec<String> = plan.nodes.iter().map(Node::describe).collect();
        crate::sql::fingerprint::fingerprint(shape.join("\n").as_bytes())
    } else {
        crate::sql::fingerprint::fingerprint(text.as_bytes())
    };
    let mut query = Query::new("", fingerprint, facts.kind, text);
    let root_ms = plan.nodes.first().and_then(|n| n.actual).and_then(|a| Some(a.total_ms? * a.loops));
    let us = (plan.execution_ms.or(root_ms).unwrap_or(0.0) * 1000.0) as u64;
    (query.calls, query.timed_calls, query.total_us, query.min_us, query.max_us) = (1, 1, us, us, us);
    query.plan_count = 1;
    query
}

/// Drops what accounts for too little, and where several plans of one query have the same to say, keeps what is said of the plan
/// where it is dearest.
pub(super) fn worth_a_line(of_plans: Vec<Sink>, worth: Worth) -> Sink {
    let mut all = Sink::default();
    let mut dearest: BTreeMap<(Vec<QueryIndex>, String), Vec<Draft>> = BTreeMap::new();
    for sink in of_plans {
        all.not_examined.extend(sink.not_examined);
        let mut own: BTreeMap<(Vec<QueryIndex>, String), Vec<Draft>> = BTreeMap::new();
        for draft in sink.drafts.into_iter().filter(|draft| draft.accounts.is_none_or(|it| worth.is_met(it))) {
            // Numbers and literals differ from plan to plan.
            let said = crate::sql::normalize(draft.title.as_bytes());
            own.entry((draft.queries.clone(), said)).or_default().push(draft);
        }
        for (key, drafts) in own {
            let known = dearest.entry(key).or_default();
            if known.is_empty() || weight(&drafts) > weight(known) {
                *known = drafts;
            }
        }
    }
    all.drafts.extend(dearest.into_values().flatten());
    all
}

/// Time and share of what accounts for most.
fn weight(drafts: &[Draft]) -> (f64, f64) {
    let accounts = drafts.iter().filter_map(|draft| draft.accounts);
    accounts.fold((0.0, 0.0), |(ms, share), it| (it.ms.unwrap_or(0.0).max(ms), it.share.max(share)))
}
