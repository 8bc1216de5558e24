//! `plan/nested_loop_seq_scan`: a table that is read from end to end once for each row of the outer side.

use serde::Deserialize;

use crate::report::model::Confidence;
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, Sink, estimated, measured};

use super::estimate::words::{count, subject};
use super::join::cause::{Cause, cause};
use super::join::rescan::{passes, read, rescanned};
use super::scan::statement::statement;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_loops: f64,
    min_rows: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for id in 0..cx.plan.nodes.len() {
            if cause(cx.plan, id) != Some(Cause::SeqScan) {
                continue;
            }
            let scans = rescanned(cx.plan, id);
            let Some(&scan) = scans.first() else { continue };
            let node = &cx.plan.nodes[scan];
            let total = passes(cx.plan, id, scan) * cx.plan.nodes[id].actual.map_or(1.0, |a| a.loops);
            let each = read(node);
            if total < self.min_loops || each < self.min_rows {
                continue;
            }
            let name = subject(node);
            let title = format!("{name} is read from end to end {} times by a nested loop", count(total));
            let more = match scans.len() {
                1 => String::new(),
                several => format!(" {several} tables or partitions on the inner side are read so."),
            };
            let detail = format!(
                "The inner side of a nested loop runs once for each row of the outer side, and no index leads it to the rows that belong to \
                 one: every pass reads all of {name} and drops nearly all of it.{more}"
            );
            let mut draft = Draft::node(cx, scan, title, detail).accounting_for(cx, &scans);
            draft = match node.actual {
                Some(actual) => draft
                    .evidence(measured("passes", total as u64, "times"))
                    .evidence(measured("rows read by all passes", (each * total) as u64, "rows"))
                    .evidence(measured("rows kept by all passes", (actual.rows * total) as u64, "rows")),
                None => draft
                    .evidence(estimated("passes", total, "times"))
                    .evidence(estimated("cost of one pass", node.estimate.map_or(0.0, |e| e.total_cost), ""))
                    .confidence(Confidence::Medium),
            };
            if let Some(statement) = statement(cx.plan, scan, cx.catalog) {
                draft = draft.ask(Ask::IndexForScan { query: cx.index, statement });
            }
            out.find(draft);
        }
    }
}
