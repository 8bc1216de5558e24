//! `plan/bloat`: a scan that reads far more blocks than its rows can fill.

use serde::Deserialize;

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::{Table, TableName};
use crate::plan::model::{Key, Kind, Node};
use crate::report::model::{Applicability, Confidence, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, estimated, measured};
use crate::sql::facts::RelationName;

use super::function_cost;
use super::scan::condition::printed;
use super::scan::rows::Rows;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_blocks: f64,
    min_factor: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|_| cx.plan.has.buffers) {
            let shared = cx.figures.nodes[id].usage.buffers.shared;
            let blocks = shared.hit + shared.read;
            let Some(rows) = Rows::of(node).filter(|_| blocks >= self.min_blocks) else { continue };
            let needed = match node.kind {
                _ if function_cost::called(node).is_some() => None,
                Kind::SeqScan => of_table(cx, node, rows).map(|needed| needed * passes(node)),
                Kind::IndexScan | Kind::IndexOnlyScan => of_index(node, rows),
                _ => None,
            };
            let Some(needed) = needed.filter(|needed| blocks >= self.min_factor * needed) else { continue };
            let relation = node.relation.as_deref().unwrap_or("the table");
            let by = node.index.as_ref().map_or(String::new(), |index| format!(" by {index}"));
            let title = format!("Reading {relation}{by} visits far more blocks than its rows need");
            let detail = "The blocks hold space that rows left behind which were deleted or updated. A scan reads it like any other, and it \
                          crowds out of the cache what is needed.";
            out.find(
                Draft::node(cx, id, title, detail)
                    .confidence(Confidence::Medium)
                    .evidence(measured("blocks visited", blocks as u64, "blocks"))
                    .evidence(estimated("blocks that the rows need", needed.ceil(), "blocks"))
                    .evidence(measured("rows read", rows.read().round() as u64, "rows"))
                    .ask(Ask::Ready(compact(node))),
            );
        }
    }
}

/// Processes of a parallel scan share one pass; a scan on its own makes one each loop.
fn passes(node: &Node) -> f64 {
    let loops = node.actual.map_or(1.0, |actual| actual.loops);
    if node.parallel { 1.0 } else { loops.max(1.0) }
}

/// Blocks that so many rows fill, all passes together counted as one. Where the full width of a row is not known, a row is taken to
/// be as wide as it gets before its values move out of line: four to a block (documentation, "TOAST").
fn of_table(cx: &PlanCx<'_>, node: &Node, rows: Rows) -> Option<f64> {
    const ITEM: f64 = 28.0;
    const PAGE: f64 = 8168.0;
    const FOUR_TO_A_BLOCK: f64 = 2032.0;
    let relation = RelationName { schema: node.schema.clone().map(Into::into), name: node.relation.clone()?.into() };
    let known = cx.catalog.and_then(|catalog| catalog.table(&relation)).and_then(|(_, table)| width(table));
    // A scan that stopped early knows neither all rows nor all blocks, but their ratio.
    let bytes = known.map_or(FOUR_TO_A_BLOCK, |width| width + ITEM);
    Some((rows.read() / passes(node) * bytes / PAGE).max(1.0))
}

fn width(table: &Table) -> Option<f64> {
    let widths: Option<Vec<u32>> = table.columns.iter().map(|c| c.stats.as_ref().map(|s| s.average_width)).collect();
    widths.map(|widths| widths.iter().sum::<u32>().into())
}

/// A descent for each loop, a leaf and a table block for each row. Only where one condition bounds the scan: with several, entries
/// that do not fit the later ones are passed inside the index and counted nowhere.
fn of_index(node: &Node, rows: Rows) -> Option<f64> {
    const DESCENT: f64 = 6.0;
    let conditions = node.text(&Key::IndexCond).map_or(0, |text| printed(text).len());
    let searches = node.number(&Key::IndexSearches).unwrap_or(rows.loops);
    (conditions <= 1).then(|| searches.max(rows.loops) * DESCENT + 2.0 * rows.read())
}

fn compact(node: &Node) -> Advice {
    let relation = node.relation.as_deref().unwrap_or_default();
    let name = match &node.schema {
        Some(schema) => quote_table(&TableName { schema: schema.as_str().into(), name: relation.into() }),
        None => quote_ident(relation),
    };
    Advice {
        applicability: Applicability::Review,
        lock: Some("AccessExclusiveLock".to_owned()),
        ..Advice::new(
            RecommendationKind::Vacuum,
            format!("Rewrite {name} without the empty space"),
            format!(
                "VACUUM FULL locks the table against all use while it copies it; pg_repack does the same with a short lock only. First try a \
                 plain VACUUM {name}: it removes dead rows, and may be all that is missing. Then find out why the space was not used again: long \
                 transactions, autovacuum that comes too seldom (autovacuum_vacuum_scale_factor), bulk deletes (drop partitions instead)."
            ),
            format!("VACUUM FULL {name}"),
        )
    }
}
