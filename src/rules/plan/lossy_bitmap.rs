//! `plan/lossy_bitmap`: a bitmap that did not fit into `work_mem` and forgot which rows of a page it meant.

use serde::Deserialize;

use crate::plan::model::{Key, Kind, Node, Property, Value};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured};

use super::scan::rows::Rows;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rechecked: f64,
    min_lossy: f64,
}

/// Bytes for each page that a bitmap holds exactly: `PagetableEntry` and the hash table around it (`tidbitmap.c`,
/// `tbm_calculate_entries`).
const A_PAGE: f64 = 64.0;

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::BitmapHeapScan) {
            let Some(rows) = Rows::of(node) else { continue };
            let (exact, lossy) = (blocks(node, &Key::ExactHeapBlocks), blocks(node, &Key::LossyHeapBlocks));
            // All lossy is a BRIN index, which knows no rows (`brin.c`, `bringetbitmap`).
            let short = lossy > 0.0 && exact > 0.0 && lossy >= self.min_lossy * (exact + lossy);
            if !short || rows.rechecked < self.min_rechecked {
                continue;
            }
            let relation = node.relation.as_deref().unwrap_or("the table");
            let title = format!("The bitmap over {relation} did not fit into work_mem");
            let detail = "Where memory runs out, a bitmap keeps only the number of the page. All rows of such a page are compared with the \
                          condition again, and those that do not fit are thrown away.";
            out.find(
                Draft::node(cx, id, title, detail)
                    .evidence(measured("lossy heap blocks", lossy as u64, "blocks"))
                    .evidence(measured("exact heap blocks", exact as u64, "blocks"))
                    .evidence(measured("rows thrown away by the recheck", rows.rechecked as u64, "rows"))
                    .ask(Ask::Ready(memory(exact + lossy, rows.loops))),
            );
        }
    }
}

/// The leader's and, since 18, each worker's own.
fn blocks(node: &Node, key: &Key) -> f64 {
    let of = |properties: &[Property]| {
        properties.iter().find(|p| p.key == *key).map_or(0.0, |p| match p.value {
            Value::Number(number) => number,
            _ => 0.0,
        })
    };
    of(&node.properties) + node.workers.iter().map(|worker| of(&worker.properties)).sum::<f64>()
}

fn memory(blocks: f64, loops: f64) -> Advice {
    // All loops built a bitmap each; half as much again for the other bitmaps that are combined into it.
    let needed_mb = (blocks / loops.max(1.0) * A_PAGE * 1.5 / 1_048_576.0).ceil().max(1.0);
    Advice {
        applicability: Applicability::Review,
        undo: Some("RESET work_mem".to_owned()),
        ..Advice::new(
            RecommendationKind::Setting,
            format!("Give this query {needed_mb} MB of work_mem"),
            "For the session or the transaction (SET LOCAL) that runs it: the bitmap then holds each row exactly. An index over more of the \
             condition's columns makes the bitmap smaller, and is the better cure where it can be had.",
            format!("SET work_mem = '{needed_mb}MB'"),
        )
    }
}
