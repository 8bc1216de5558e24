//! `plan/hash_batches`: the table of a hash join did not fit into memory and was worked off in batches on disk.

use serde::Deserialize;

use super::memory;
use crate::plan::model::{Key, Kind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, Sink, measured_number};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    hash_mem_multiplier: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Hash) {
            let Some(batches) = memory::largest(node, |p| memory::number(p, &Key::HashBatches)) else { continue };
            if batches <= 1.0 {
                continue;
            }
            let peak = memory::largest(node, |p| memory::number(p, &Key::PeakMemoryUsage)).unwrap_or(0.0);
            let planned = node.number(&Key::OriginalHashBatches).unwrap_or(batches);
            let set = cx.plan.settings.iter().find(|(name, _)| name == "hash_mem_multiplier");
            let multiplier = set.and_then(|(_, value)| value.parse().ok()).unwrap_or(self.hash_mem_multiplier);
            let join = node.parent.unwrap_or(id);
            let grew = batches > planned;
            let mut draft = Draft::node(
                cx,
                join,
                format!("The hash table of {} went to disk in {batches} batches", cx.plan.nodes[join].title()),
                if grew {
                    "More rows came than were expected: the table was split again while it was built. Both sides are written to temporary files and read back; correct \
                     the estimate first."
                } else {
                    "It did not fit into work_mem: both sides of the join are written to temporary files, batch by batch, and read back."
                },
            )
            .accounting_for(cx, &[join, id])
            .evidence(measured_number("batches", batches, "batches"))
            .evidence(measured_number("memory of one batch", peak * 1024.0, "bytes"));
            if grew {
                draft = draft.evidence(measured_number("batches planned", planned, "batches"));
            }
            let written: f64 = [join, id].iter().map(|n| cx.figures.nodes[*n].usage.buffers.temp_written).sum();
            if written > 0.0 {
                draft = draft.evidence(measured_number("written to temporary files", written * 8192.0, "bytes"));
            }
            out.find(draft.ask(Ask::Ready(memory::work_mem(peak * batches / multiplier))));
        }
    }
}
