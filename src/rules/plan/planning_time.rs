//! `plan/planning_time`: planning took longer than running.

use serde::Deserialize;

use crate::plan::model::{Key, Node};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Accounts, Advice, Ask, Draft, Sink, measured_number};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_ms: f64,
    many_relations: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        let (Some(planning), Some(execution)) = (cx.plan.planning_ms, cx.plan.execution_ms) else { return };
        if planning < self.min_ms || planning < execution {
            return;
        }
        let pruned: f64 = cx.plan.nodes.iter().filter_map(|node| node.number(&Key::SubplansRemoved)).sum();
        let scans = cx.plan.nodes.iter().filter(|node| node.kind.is_table_scan()).count() as f64;
        let blocks = cx.plan.planning.buffers.shared;
        let joins = cx.plan.nodes.iter().filter(|node| node.kind.is_join()).count() as f64;
        let mut draft = Draft::plan(
            cx,
            format!("Planning took {planning:.1} ms, running {execution:.1} ms"),
            "The plan is made anew for each execution unless the statement is prepared and its plan kept.",
        )
        .evidence(measured_number("planning", planning, "ms"))
        .evidence(measured_number("execution", execution, "ms"))
        .evidence(measured_number("relations scanned or pruned", scans + pruned, "relations"))
        .evidence(measured_number("joins", joins, "joins"));
        if blocks.hit + blocks.read > 0.0 {
            draft = draft.evidence(measured_number("blocks of the catalog", blocks.hit + blocks.read, "blocks"));
        }
        draft.accounts = Some(Accounts { ms: Some(planning), share: planning / (planning + execution) });
        out.find(draft.ask(Ask::Ready(self.advice(pruned, scans, cx.plan.nodes.iter()))));
    }
}

impl Rule {
    fn advice<'n>(&self, pruned: f64, scans: f64, mut nodes: impl Iterator<Item = &'n Node>) -> Advice {
        let advise = |title: &'static str, detail: &'static str| Advice {
            applicability: Applicability::Sketch,
            ..Advice::new(RecommendationKind::Application, title, detail, "")
        };
        if pruned >= self.many_relations {
            return advise(
                "Compare the partition key with a constant",
                "Most partitions were removed only when the plan was run: the key is compared with something that the planner cannot evaluate \
                 beforehand (a stable function, a parameter of a generic plan). With a constant from the application it opens only the partitions \
                 that it needs. A prepared statement pays once a session.",
            );
        }
        if scans >= self.many_relations
            || nodes.any(|node| node.relation.is_none() && node.children.len() as f64 >= self.many_relations)
        {
            return advise(
                "Let the planner see fewer partitions",
                "Each partition is planned by itself. Add a condition on the partition key, make partitions larger, or prepare the statement.",
            );
        }
        advise(
            "Prepare the statement, or join fewer tables at once",
            "A prepared statement keeps its plan after five executions (plan_cache_mode); drivers and poolers must let it live. The search for a join order \
             grows with each table: join_collapse_limit bounds it.",
        )
    }
}
