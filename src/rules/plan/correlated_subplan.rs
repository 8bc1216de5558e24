//! `plan/correlated_subplan`: a sub-query that runs once for each row.

use serde::Deserialize;

use crate::plan::model::{Kind, NodeId, Plan, Role};
use crate::report::model::{Applicability, Confidence, RecommendationKind, Severity};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Accounts, Advice, Ask, Draft, Sink, estimated, measured, measured_number};

use super::estimate::words::count;
use super::join::rescan::read;
use super::scan::statement::statement;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_loops: f64,
    min_lookups: f64,
    min_share: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate() {
            // What a Materialize keeps depends on no outer row (see `plan/unhashed_not_in`).
            if node.role != Role::SubPlan || node.kind == Kind::Materialize || is_within_another(cx.plan, id) {
                continue;
            }
            let Some(owner) = node.parent else { continue };
            let loops = match node.actual {
                Some(actual) => actual.loops,
                None => cx.plan.nodes[owner].estimate.map_or(0.0, |e| e.rows),
            };
            let share = share(cx, id, loops);
            if share < self.min_share || is_hashed(cx.plan, id, owner) {
                continue;
            }
            let nodes: Vec<NodeId> = cx.plan.subtree(id).collect();
            let largest = largest_scan(cx.plan, id);
            let reads_all = largest.is_some_and(|scan| cx.plan.nodes[scan].kind == Kind::SeqScan);
            let least = if reads_all { self.min_loops } else { self.min_lookups };
            if loops < least {
                continue;
            }
            let of = largest.and_then(|scan| cx.plan.nodes[scan].relation.clone());
            let name = of.map_or(String::new(), |table| format!(" on {table}"));
            let which = node.subplan.as_deref().unwrap_or("A sub-query");
            let title = format!("{which}{name} ran {} times, once for each row", count(loops));
            let detail = format!(
                "The sub-query depends on the row at hand, so {} starts it again for each one, and no better order of joining can be found.",
                cx.plan.nodes[owner].describe()
            );
            let mut draft = Draft::node(cx, id, title, detail).accounting_for(cx, &nodes);
            draft = match node.actual {
                Some(actual) => {
                    let draft = draft.evidence(measured("runs", loops as u64, "times"));
                    match actual.total_ms {
                        Some(ms) => draft.evidence(measured_number("one run", ms, "ms")),
                        None => draft,
                    }
                }
                None => draft.evidence(estimated("runs", loops, "times")).confidence(Confidence::Low),
            };
            if cx.figures.base_ms.is_none() {
                draft.accounts = Some(Accounts { ms: None, share });
            }
            match largest.filter(|scan| cx.plan.nodes[*scan].kind == Kind::SeqScan) {
                Some(scan) => {
                    if let Some(statement) = statement(cx.plan, scan, cx.catalog) {
                        draft = draft.ask(Ask::IndexForScan { query: cx.index, statement });
                    }
                }
                // Each run is a lookup by an index: as good as a nested loop.
                None => draft = draft.severity(Severity::Info),
            }
            out.find(draft.ask(Ask::Ready(join_instead())));
        }
    }
}

/// Of the plan's time; of its cost without timing.
fn share(cx: &PlanCx<'_>, id: NodeId, loops: f64) -> f64 {
    let wall = cx.figures.nodes.get(id).and_then(|n| n.wall_ms);
    match (wall, cx.figures.base_ms) {
        (Some(ms), Some(base)) => ms / base.max(f64::MIN_POSITIVE),
        _ => cx.plan.nodes[id].estimate.map_or(0.0, |e| (e.total_cost * loops / cx.total_cost()).min(1.0)),
    }
}

fn is_within_another(plan: &Plan, id: NodeId) -> bool {
    plan.ancestors(id).any(|above| plan.nodes[above].role == Role::SubPlan)
}

/// Runs once, and is looked up in.
fn is_hashed(plan: &Plan, id: NodeId, owner: NodeId) -> bool {
    let name = plan.nodes[id].subplan.as_deref().unwrap_or_default();
    let hashed = format!("hashed {name}");
    plan.nodes[owner].properties.iter().any(|p| match &p.value {
        crate::plan::model::Value::Text(text) => mentions(text, &hashed),
        _ => false,
    })
}

/// `hashed SubPlan 1`, and not `hashed SubPlan 12`.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name)
        .any(|(at, _)| !text[at + name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
}

fn largest_scan(plan: &Plan, id: NodeId) -> Option<NodeId> {
    let scans = plan.subtree(id).filter(|below| plan.nodes[*below].kind.is_table_scan());
    scans.max_by(|a, b| read(&plan.nodes[*a]).total_cmp(&read(&plan.nodes[*b])).then(b.cmp(a)))
}

fn join_instead() -> Advice {
    Advice {
        applicability: Applicability::Sketch,
        ..Advice::new(
            RecommendationKind::RewriteQuery,
            "Compute it for all rows at once, and join",
            "An aggregate becomes LEFT JOIN (SELECT key, max(…) FROM … GROUP BY key) ON …; a lookup of one row becomes a LEFT JOIN on the same key; the newest \
             row of each becomes LEFT JOIN LATERAL (… ORDER BY … LIMIT 1) ON true with an index on key and order. LEFT, because a scalar sub-query gives NULL where \
             it finds nothing; count(*) becomes coalesce(…, 0).",
            "",
        )
    }
}
