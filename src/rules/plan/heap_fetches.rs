//! `plan/heap_fetches`: an index-only scan that visits the table all the same.

use serde::Deserialize;

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::TableName;
use crate::plan::model::{Key, Kind, Node};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured, measured_number};

use super::scan::rows::Rows;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_fetches: f64,
    min_share: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::IndexOnlyScan) {
            // A total over all loops and workers, as the rows here are (`explain.c`, `ExplainNode`).
            let Some((fetches, rows)) = node.number(&Key::HeapFetches).zip(Rows::of(node)) else { continue };
            let share = fetches / rows.read().max(1.0);
            if fetches < self.min_fetches || share < self.min_share {
                continue;
            }
            let relation = node.relation.as_deref().unwrap_or("the table");
            let title = format!("The index-only scan of {relation} visits the table for its rows");
            let detail = "Whether a row is visible stands in the table, not in the index. Only for pages that VACUUM has marked all-visible \
                          the index is enough; for the others each row is looked up as in a plain index scan.";
            let mut draft = Draft::node(cx, id, title, detail)
                .evidence(measured("heap fetches", fetches as u64, "rows"))
                .evidence(measured("rows read from the index", rows.read().round() as u64, "rows"));
            if cx.plan.has.buffers {
                let blocks = cx.figures.nodes[id].usage.buffers.shared;
                draft = draft.evidence(measured_number("blocks read for it", blocks.hit + blocks.read, "blocks"));
            }
            out.find(draft.ask(Ask::Ready(vacuum(node))));
        }
    }
}

fn vacuum(node: &Node) -> Advice {
    let relation = node.relation.as_deref().unwrap_or_default();
    let name = match &node.schema {
        Some(schema) => quote_table(&TableName { schema: schema.as_str().into(), name: relation.into() }),
        None => quote_ident(relation),
    };
    Advice {
        applicability: Applicability::Machine,
        lock: Some("ShareUpdateExclusiveLock".to_owned()),
        ..Advice::new(
            RecommendationKind::Vacuum,
            format!("Vacuum {name}"),
            format!(
                "It marks the pages whose rows everybody sees. To keep it so, let autovacuum come sooner, after inserts too: ALTER TABLE {name} SET \
                 (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05). If the fetches come back at once, \
                 look for a long transaction or a forgotten replication slot that holds old rows back."
            ),
            format!("VACUUM {name}"),
        )
    }
}
