//! `plan/parallelism_possible`: a long scan by one process, where a setting forbids workers.

use serde::Deserialize;

use crate::plan::model::{Kind, NodeId};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured_number, seen};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_ms: f64,
    min_share: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        let nodes = || cx.plan.nodes.iter();
        let parallel = nodes().any(|node| node.parallel || matches!(node.kind, Kind::Gather | Kind::GatherMerge));
        let writes = nodes().any(|node| matches!(node.kind, Kind::ModifyTable | Kind::LockRows));
        // Only a setting that the plan names is known to be the reason: functions and cursors may forbid workers too.
        let off = ["max_parallel_workers_per_gather", "max_parallel_workers"];
        let set = cx.plan.settings.iter().find(|(name, value)| off.contains(&name.as_str()) && value == "0");
        let (Some((name, value)), false, false) = (set, parallel, writes) else { return };
        let scans: Vec<NodeId> = (0..cx.plan.nodes.len()).filter(|&id| is_whole_scan(cx, id)).collect();
        // A scan's own time holds the compilation of what it evaluates.
        let jit = cx.plan.jit.as_ref().and_then(|jit| jit.total_ms).unwrap_or(0.0);
        let time = |id: &NodeId| cx.figures.nodes[*id].self_ms.unwrap_or(0.0);
        let ms: f64 = scans.iter().map(time).sum::<f64>() - jit;
        let Some(base) = cx.figures.base_ms.filter(|base| ms >= self.min_ms && ms >= self.min_share * base) else {
            return;
        };
        let Some(longest) = scans.iter().copied().max_by(|a, b| time(a).total_cmp(&time(b))) else { return };
        let node = &cx.plan.nodes[longest];
        let advice = Advice {
            applicability: Applicability::Review,
            undo: Some(format!("SET {name} = {value}")),
            ..Advice::new(
                RecommendationKind::Setting,
                "Let this query use workers",
                "For a report that runs alone, two to four workers; not for a server whose processors are busy. A scan that an index can replace needs no workers.",
                format!("SET {name} = {}", if name.ends_with("gather") { 2 } else { 8 }),
            )
        };
        out.find(
            Draft::node(
                cx,
                longest,
                format!("{} was read by one process", node.relation.as_deref().unwrap_or("The table")),
                format!("{name} = {value} forbids parallel workers. Scanning and filtering is what they share best."),
            )
            .accounting_for(cx, &scans)
            .evidence(measured_number("time of sequential scans", ms, "ms"))
            .evidence(measured_number("time of the plan", base, "ms"))
            .evidence(seen("setting", format!("{name} = {value}")))
            .ask(Ask::Ready(advice)),
        );
    }
}

/// A scan from end to end that ran once.
fn is_whole_scan(cx: &PlanCx<'_>, id: NodeId) -> bool {
    let node = &cx.plan.nodes[id];
    node.kind == Kind::SeqScan && node.actual.is_some_and(|actual| actual.loops == 1.0) && !cx.figures.nodes[id].early
}
