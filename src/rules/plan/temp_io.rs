//! `plan/temp_io`: a node other than a sort, a hash or an aggregate kept its rows in temporary files.

use serde::Deserialize;

use super::memory;
use crate::plan::model::{Key, Kind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, Sink, measured_number};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_blocks: f64,
    memory_per_disk: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate() {
            let what = match node.kind {
                Kind::CteScan => "the rows of the CTE",
                Kind::Materialize => "the rows that it gives again",
                Kind::WindowAgg => "the rows of a partition of the window",
                Kind::FunctionScan | Kind::TableFunctionScan => "the function's rows",
                Kind::RecursiveUnion => "the rows of a recursion",
                _ => continue,
            };
            let buffers = cx.figures.nodes[id].usage.buffers;
            // A CTE whose rows are thrown away when they are read is plan/cte_fence's.
            let removed = node.number(&Key::RowsRemovedByFilter).unwrap_or(0.0);
            let fence = node.kind == Kind::CteScan && node.actual.is_some_and(|actual| removed > actual.rows);
            if buffers.temp_written < self.min_blocks || fence {
                continue;
            }
            let bytes = buffers.temp_written * 8192.0;
            let io = cx.figures.nodes[id].usage.io;
            let mut draft = Draft::node(
                cx,
                id,
                format!("{} kept {what} in temporary files", node.describe()),
                "They were more than work_mem holds. Fewer or narrower rows may fit; a CTE that is used once need not be kept at all (NOT MATERIALIZED).",
            )
            .evidence(measured_number("written", bytes, "bytes"))
            .evidence(measured_number("read back", buffers.temp_read * 8192.0, "bytes"));
            if io.temp_write + io.temp_read > 0.0 {
                draft = draft.evidence(measured_number("time of temporary files", io.temp_write + io.temp_read, "ms"));
            }
            out.find(draft.ask(Ask::Ready(memory::work_mem(bytes / 1024.0 * self.memory_per_disk))));
        }
    }
}
