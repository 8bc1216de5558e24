//! `plan/time_outside_plan`: time that no node, trigger or compilation accounts for.

use serde::Deserialize;

use crate::plan::model::Key;
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::{Given, PlanCx};
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured_number};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_share: f64,
    min_ms: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        // What a log says of the duration is not what EXPLAIN says of the execution.
        if cx.given == Given::Logged {
            return;
        }
        let (Some(outside), Some(base)) = (cx.figures.outside_ms, cx.figures.base_ms) else { return };
        // Compiling before the first row, and throwing the code away after the last, are outside of all nodes.
        let jit = cx.plan.jit.as_ref().and_then(|jit| jit.total_ms).unwrap_or(0.0);
        let ms = outside - jit;
        if ms <= cx.figures.tolerance_ms || ms < self.min_ms || ms < self.min_share * base {
            return;
        }
        let removed: f64 = cx.plan.nodes.iter().filter_map(|node| node.number(&Key::SubplansRemoved)).sum();
        let scans = cx.plan.nodes.iter().filter(|node| node.kind.is_table_scan()).count();
        let (title, detail) = if removed > 0.0 {
            (
                "Compare the partition key with a constant, or with (SELECT function())",
                "Partitions were removed when the query started: what the key is compared with was evaluated then, by every process, and that took the time. \
                 A constant, a parameter or a function that is cheap to call costs nothing; (SELECT f()) calls it once.",
            )
        } else {
            (
                "Look for a lock, a slow client or a great many partitions",
                "Before the first node runs, locks are waited for and every partition and index is opened; after the last one, rows wait for the client in EXPLAIN \
                 ANALYZE of a cursor or with SERIALIZE, and temporary files are removed. log_lock_waits and pg_stat_activity.wait_event tell which.",
            )
        };
        let advice = Advice {
            applicability: Applicability::Sketch,
            ..Advice::new(RecommendationKind::Application, title, detail, "")
        };
        out.find(
            Draft::plan(
                cx,
                format!("{:.0} % of the time passed outside of all nodes", ms / base * 100.0),
                "The root was done in less time than the execution took, and neither triggers nor JIT account for the rest.",
            )
            .accounting_for_ms(cx, ms)
            .evidence(measured_number("execution", base, "ms"))
            .evidence(measured_number("root node", cx.figures.root_ms.unwrap_or_default(), "ms"))
            .evidence(measured_number("relations scanned", scans as f64, "relations"))
            .evidence(measured_number("partitions removed at the start", removed, "partitions"))
            .ask(Ask::Ready(advice)),
        );
    }
}
