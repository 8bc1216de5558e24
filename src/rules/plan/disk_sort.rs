//! `plan/disk_sort`: a sort that did not fit into `work_mem` and went to disk.

use serde::Deserialize;

use super::large_offset::skipped;
use super::memory;
use crate::plan::model::{Key, Kind, Node, NodeId, Plan};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, Sink, measured_number, seen};

/// As `plan/large_offset` has it by default.
const SKIPPED: f64 = 1000.0;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    memory_per_disk: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Sort) {
            let Some(disk_kb) = on_disk(node).filter(|_| !is_skipped(cx.plan, id)) else { continue };
            out.find(
                Draft::node(
                    cx,
                    id,
                    format!("The sort by {} went to disk", node.text(&Key::SortKey).unwrap_or("its key")),
                    "The rows did not fit into work_mem: they were written to temporary files, and read back to be merged.",
                )
                .evidence(measured_number("on disk", disk_kb * 1024.0, "bytes"))
                .evidence(seen("method", node.text(&Key::SortMethod).unwrap_or_default()))
                .ask(Ask::Ready(memory::work_mem(disk_kb * self.memory_per_disk))),
            );
        }
    }
}

/// Most of what is sorted is skipped by OFFSET: `plan/large_offset` speaks of it, and pages by key need no such sort.
pub fn is_skipped(plan: &Plan, sort: NodeId) -> bool {
    let passes = |node: &Node| matches!(node.kind, Kind::Gather | Kind::GatherMerge | Kind::IncrementalSort);
    let above = plan.ancestors(sort).find(|id| !passes(&plan.nodes[*id]));
    let limit = above.filter(|id| plan.nodes[*id].kind == Kind::Limit);
    limit.and_then(|id| skipped(plan, id)).is_some_and(|(skipped, given)| skipped > given && skipped >= SKIPPED)
}

/// kB written by all processes: with more memory the planner tends to sort in one of them (the lineitems of TPC-H, 26 MB in three
/// processes: 27 MB of work_mem made it a serial sort, which wrote 26 MB).
fn on_disk(node: &Node) -> Option<f64> {
    let kb: f64 = memory::of_processes(node)
        .filter(|properties| memory::text(properties, &Key::SortSpaceType) == Some("Disk"))
        .filter_map(|properties| memory::number(properties, &Key::SortSpaceUsed))
        .sum();
    (kb > 0.0).then_some(kb)
}
