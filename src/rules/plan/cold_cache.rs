//! `plan/cold_cache`: a node that waits for the disk.

use serde::Deserialize;

use crate::plan::model::{Node, NodeId, Usage};
use crate::report::model::{Applicability, RecommendationKind, Severity};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured, measured_number};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_blocks: f64,
    min_read: f64,
    min_io: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        let scans =
            || cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.relation.is_some() || node.index.is_some());
        if cx.plan.has.io_timing {
            let mut waits: Vec<(NodeId, f64)> =
                scans().filter_map(|(id, _)| Some((id, self.waited(cx, id)?))).collect();
            waits.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            if let Some((id, _)) = waits.first() {
                let all: f64 = waits.iter().map(|(_, ms)| ms).sum();
                let others = if waits.len() > 1 { " (and others)" } else { "" };
                let draft = self.draft(cx, *id, &cx.plan.nodes[*id], &format!("{others} waits for the disk"));
                let draft = draft.accounting_for_ms(cx, all).evidence(measured_number("time for reading", all, "ms"));
                out.find(draft.ask(Ask::Ready(less_to_read())));
            }
            return;
        }
        // Without times only the one that read most is worth the question.
        let most = scans().max_by(|a, b| read(cx, a.0).total_cmp(&read(cx, b.0)).then(b.0.cmp(&a.0)));
        if let Some((id, node)) = most.filter(|(id, _)| self.reads(&cx.figures.nodes[*id].usage)) {
            out.find(
                self.draft(cx, id, node, " read from outside the cache")
                    .severity(Severity::Info)
                    .ask(Ask::Ready(track_io_timing())),
            );
        }
    }
}

impl Rule {
    fn reads(&self, usage: &Usage) -> bool {
        let shared = usage.buffers.shared;
        shared.read >= self.min_blocks && shared.read >= self.min_read * (shared.read + shared.hit)
    }

    /// Milliseconds of the node's own time that went into reading; `None` if it is not worth a word.
    fn waited(&self, cx: &PlanCx<'_>, id: NodeId) -> Option<f64> {
        let figures = &cx.figures.nodes[id];
        let own = figures.self_ms.filter(|_| self.reads(&figures.usage))?;
        // Times of all processes together.
        let waited = figures.usage.io.shared_read / figures.processes.max(1.0);
        (waited >= self.min_io * own).then(|| waited.min(own))
    }

    fn draft(&self, cx: &PlanCx<'_>, id: NodeId, node: &Node, what: &str) -> Draft {
        let shared = cx.figures.nodes[id].usage.buffers.shared;
        let name = node.relation.as_deref().or(node.index.as_deref()).unwrap_or("a table");
        let detail = "The blocks were not in shared_buffers: each was asked of the operating system, which had it in its own cache or fetched \
                      it from the disk. The next run may find them there and be many times faster, so compare runs of one kind only.";
        Draft::node(cx, id, format!("The scan of {name}{what}"), detail)
            .evidence(measured("blocks read", shared.read as u64, "blocks"))
            .evidence(measured("blocks found in shared_buffers", shared.hit as u64, "blocks"))
    }
}

fn read(cx: &PlanCx<'_>, id: NodeId) -> f64 {
    cx.figures.nodes[id].usage.buffers.shared.read
}

fn less_to_read() -> Advice {
    Advice {
        applicability: Applicability::Review,
        ..Advice::new(
            RecommendationKind::Application,
            "Run it once more before changing anything",
            "If the second run is fast, the data was merely cold: pg_prewarm brings it in after a restart. If every run reads as much, less must \
             be read (an index, fewer columns in an index-only scan, smaller rows) or more must be kept: shared_buffers of a quarter of the \
             memory, and a server whose memory holds what is in use.",
            "",
        )
    }
}

fn track_io_timing() -> Advice {
    Advice {
        applicability: Applicability::Machine,
        undo: Some("RESET track_io_timing".to_owned()),
        ..Advice::new(
            RecommendationKind::Setting,
            "Let the server time its reads",
            "Without times nobody can say whether these blocks came from the operating system's cache or from the disk. It costs next to nothing \
             where pg_test_timing shows a fast clock, and only a superuser can set it (since 15 by GRANT SET too).",
            "SET track_io_timing = on",
        )
    }
}
