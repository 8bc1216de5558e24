//! `plan/nothing_to_gain`: a plan about which no other rule has anything to say, and why that is so.

use serde::Deserialize;

use crate::plan::model::{Key, Kind, Node, Value};
use crate::rules::PlanRule;
use crate::rules::context::{Given, PlanCx};
use crate::rules::draft::{Draft, Sink, measured_number, seen};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        let Some(base) = cx.figures.base_ms.filter(|_| cx.given == Given::Alone && cx.plan.warnings.is_empty()) else {
            return;
        };
        let mut reasons = Vec::new();
        let blocks = cx.plan.nodes.first().map(|root| root.usage.buffers.shared).unwrap_or_default();
        if blocks.hit > 0.0 && blocks.read == 0.0 {
            reasons.push(format!("all {} blocks came from the cache", blocks.hit));
        }
        let in_memory = cx.plan.nodes.iter().filter(|node| works_in_memory(node)).count();
        if in_memory > 0 {
            reasons.push(format!("{in_memory} of its sorts and hashes fit into memory"));
        }
        let served = cx.plan.nodes.iter().filter(|node| found_by_index(node)).count();
        if served > 0 {
            reasons.push(format!("{served} of its scans found their rows by an index and threw none away"));
        }
        let worst = cx.figures.nodes.iter().filter_map(|node| node.estimate).map(|e| e.factor).fold(1.0, f64::max);
        if cx.plan.has.costs && worst < 10.0 {
            reasons.push(format!("no estimate was off by more than {worst:.1} times"));
        }
        let mut draft = Draft::plan(
            cx,
            "Nothing to gain here",
            "No rule has anything to say about a part of this plan that took time. If it is still too slow, it reads too much for what is wanted: ask for fewer rows or columns, \
             or for a result that was computed before.",
        )
        .evidence(measured_number("time", base, "ms"));
        for reason in reasons {
            draft = draft.evidence(seen("good", reason));
        }
        out.find(draft);
    }
}

fn works_in_memory(node: &Node) -> bool {
    match node.kind {
        Kind::Sort => node.text(&Key::SortSpaceType) == Some("Memory"),
        Kind::Hash => node.number(&Key::HashBatches) == Some(1.0),
        Kind::Aggregate => node.number(&Key::HashAggBatches).is_some_and(|batches| batches <= 1.0),
        _ => false,
    }
}

fn found_by_index(node: &Node) -> bool {
    matches!(node.kind, Kind::IndexScan | Kind::IndexOnlyScan | Kind::BitmapHeapScan)
        && node.ran()
        && !matches!(node.value(&Key::RowsRemovedByFilter), Some(Value::Number(rows)) if *rows > 0.0)
}
