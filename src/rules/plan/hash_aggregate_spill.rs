//! `plan/hash_aggregate_spill`: the groups of a hash aggregate did not fit into memory.

use serde::Deserialize;

use super::memory;
use crate::plan::model::{Key, Kind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, Sink, measured_number};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    memory_per_disk: f64,
    bytes_per_group: f64,
    hash_mem_multiplier: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Aggregate) {
            let disk = |p: &_| memory::number(p, &Key::DiskUsage).filter(|kb| *kb > 0.0);
            let Some(disk_kb) = memory::largest(node, disk) else { continue };
            let peak = memory::largest(node, |p| memory::number(p, &Key::PeakMemoryUsage)).unwrap_or(0.0);
            let batches = memory::largest(node, |p| memory::number(p, &Key::HashAggBatches)).unwrap_or(0.0);
            let set = cx.plan.settings.iter().find(|(name, _)| name == "hash_mem_multiplier");
            let multiplier = set.and_then(|(_, value)| value.parse().ok()).unwrap_or(self.hash_mem_multiplier);
            let key = node.text(&Key::GroupKey).or(node.text(&Key::HashKey)).unwrap_or("its key");
            let rows = cx.figures.nodes[id].rows.unwrap_or(0.0);
            let held = (peak + disk_kb * self.memory_per_disk).max(rows * self.bytes_per_group / 1024.0);
            out.find(
                Draft::node(
                    cx,
                    id,
                    format!("The groups by {key} did not fit into memory"),
                    "Rows of groups that had no room were written to temporary files and grouped later. With fewer groups, or rows sorted by an index, nothing is written.",
                )
                .evidence(measured_number("on disk", disk_kb * 1024.0, "bytes"))
                .evidence(measured_number("batches", batches, "batches"))
                .evidence(measured_number("groups", rows, "rows"))
                .ask(Ask::Ready(memory::work_mem(held / multiplier))),
            );
        }
    }
}
