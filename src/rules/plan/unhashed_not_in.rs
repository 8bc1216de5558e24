//! `plan/unhashed_not_in`: the list of a sub-query that is searched from its beginning for each row.

use serde::Deserialize;

use crate::plan::model::{Key, Kind, NodeId, Plan, Role};
use crate::report::model::{Applicability, Confidence, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::{PlanCx, QueryCx};
use crate::rules::draft::{Advice, Ask, Draft, Sink, estimated, measured, seen};
use crate::rules::query::not_in_nullable::as_not_exists;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_loops: f64,
    max_work_mem_mb: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(id, _)| is_unhashed(cx.plan, *id)) {
            let Some(owner) = node.parent else { continue };
            let searches = match node.actual {
                Some(actual) => actual.loops,
                None => cx.plan.nodes[owner].estimate.map_or(0.0, |e| e.rows),
            };
            let Some(estimate) = node.estimate.filter(|_| searches >= self.min_loops) else { continue };
            let of = cx.plan.nodes[owner].relation.clone().map_or_else(|| cx.plan.nodes[owner].describe(), Into::into);
            let title = format!("The list of {} is searched row by row for each row of {of}", name(cx.plan, id));
            let detail = "The result of the sub-query was expected to be too large for a hash table in work_mem, so it is kept as a plain list: each row is compared \
                          with its entries until one is equal, and with all of them when none is.";
            let nodes: Vec<NodeId> = std::iter::once(owner).chain(cx.plan.subtree(id)).collect();
            let mut draft = Draft::node(cx, owner, title, detail).accounting_for(cx, &nodes);
            draft = match node.actual {
                Some(actual) => draft.evidence(measured("searches", searches as u64, "times")).evidence(measured(
                    "entries read",
                    (actual.rows * searches) as u64,
                    "rows",
                )),
                None => draft.evidence(estimated("searches", searches, "times")).confidence(Confidence::Medium),
            };
            draft = draft.evidence(estimated("entries of the list", estimate.rows, "rows"));
            if let Some((_, work_mem)) = cx.plan.settings.iter().find(|(setting, _)| setting == "work_mem") {
                draft = draft.evidence(seen("work_mem", work_mem.clone()));
            }
            let needed = needed_mb(estimate.rows, estimate.width);
            if needed <= self.max_work_mem_mb {
                draft = draft.ask(Ask::Ready(memory(needed)));
            }
            out.find(draft.ask(Ask::Ready(proved(cx, owner).unwrap_or_else(not_exists))));
        }
    }
}

/// A sub-query that depends on no outer row and is compared with `= ANY`: only such a one gets a Materialize on top
/// (`subselect.c`, `build_subplan`), and only when `subplan_is_hashable` refused.
fn is_unhashed(plan: &Plan, id: NodeId) -> bool {
    let node = &plan.nodes[id];
    node.role == Role::SubPlan && node.kind == Kind::Materialize && node.ran()
}

/// What `subplan_is_hashable` compares with the memory of a hash table: rows, each with its header, aligned to 8 bytes. The factor
/// `hash_mem_multiplier` is taken for 1.
fn needed_mb(rows: f64, width: f64) -> f64 {
    const HEADER: f64 = 24.0;
    let bytes = rows * ((width / 8.0).ceil() * 8.0 + HEADER);
    (bytes * 1.1 / 1024.0 / 1024.0).ceil().max(1.0)
}

fn name(plan: &Plan, id: NodeId) -> String {
    let table = |id: NodeId| plan.nodes[id].relation.as_deref().filter(|_| plan.nodes[id].kind.is_table_scan());
    plan.subtree(id).find_map(table).or(plan.nodes[id].subplan.as_deref()).unwrap_or("a sub-query").to_owned()
}

fn memory(megabytes: f64) -> Advice {
    let setting = format!("SET work_mem = '{megabytes}MB'");
    Advice {
        applicability: Applicability::Review,
        undo: Some("RESET work_mem".to_owned()),
        ..Advice::new(
            RecommendationKind::Setting,
            format!("Let the list be hashed with {megabytes} MB of work_mem"),
            "For the session or the transaction (SET LOCAL) that runs it. The list grows with the table: NOT EXISTS does not depend on the setting.",
            setting,
        )
    }
}

/// The statement written out, where the catalog proves that the result is the same. More than one searched list in the plan, and it is
/// not known which this is about.
fn proved(cx: &PlanCx<'_>, owner: NodeId) -> Option<Advice> {
    let lists = (0..cx.plan.nodes.len()).filter(|id| is_unhashed(cx.plan, *id)).count();
    let filter = cx.plan.nodes[owner].text(&Key::Filter).filter(|_| lists == 1)?;
    if !filter.contains("NOT (SubPlan ") && !filter.contains("NOT (ANY ") {
        return None;
    }
    let facts = cx.facts?;
    let statement =
        QueryCx { text: &cx.query.text, facts, catalog: cx.catalog, query: Some(cx.query), index: Some(cx.index) };
    Some(Advice::rewrite(
        "Say NOT EXISTS instead of NOT IN: the result is the same",
        "The schema says NOT NULL of both sides, so no row is lost or gained. It becomes an anti join, which hashes lists of any length.",
        as_not_exists(&statement)?,
    ))
}

fn not_exists() -> Advice {
    Advice {
        applicability: Applicability::Sketch,
        ..Advice::new(
            RecommendationKind::RewriteQuery,
            "Say NOT EXISTS instead of NOT IN",
            "NOT EXISTS (SELECT FROM … WHERE … = …) becomes an anti join, which hashes lists of any length. The result is the same when neither side can be \
             NULL; with a NULL in the list NOT IN gives no row at all, which is seldom what was meant.",
            "",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_of_a_hash_table() {
        // 4096 entries of a bigint are 4096 * 32 bytes: 128 kB, the most that 64 kB with the multiplier of 15 and later hold.
        assert_eq!(needed_mb(4096.0, 8.0), 1.0);
        assert_eq!(needed_mb(1_000_000.0, 8.0), 34.0);
    }
}
