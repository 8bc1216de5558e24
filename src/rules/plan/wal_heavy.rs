//! `plan/wal_heavy`: each changed row writes many WAL records, because every index gets a new entry.

use serde::Deserialize;

use crate::catalog::text::Text;
use crate::plan::model::{Kind, NodeId};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured_number, seen};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_records_per_row: f64,
    min_rows: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate() {
            // An INSERT has to write every index; an UPDATE of columns without one need not (heap-only tuples).
            if node.kind != Kind::ModifyTable || node.operation.as_deref() != Some("Update") {
                continue;
            }
            let wal = cx.figures.nodes[id].usage.wal;
            let rows: f64 = cx.plan.inputs(id).filter_map(|child| cx.figures.nodes[child].rows).sum();
            if rows < self.min_rows || wal.records / rows < self.min_records_per_row {
                continue;
            }
            let (per_row, bytes) = (wal.records / rows, wal.bytes / rows);
            let table = node.relation.as_deref().unwrap_or_default();
            let mut draft = Draft::node(
                cx,
                id,
                format!("Each updated row of {table} wrote {per_row:.1} WAL records"),
                "A row that moves to a new place needs a new entry in every index of the table, whether its column changed or not. That is spared when no indexed column changes and the new \
                 version fits on the same page (a heap-only tuple).",
            )
            .evidence(measured_number("WAL", wal.bytes, "bytes"))
            .evidence(measured_number("WAL a row", bytes, "bytes"))
            .evidence(measured_number("records", wal.records, "records"))
            .evidence(measured_number("full page images", wal.fpi, "pages"));
            if let Some(indexed) = indexed_and_written(cx, id) {
                draft = draft.evidence(seen("indexes on what is written", indexed));
            }
            let advice = Advice {
                applicability: Applicability::Sketch,
                lock: Some("ShareUpdateExclusiveLock".to_owned()),
                undo: Some(format!("ALTER TABLE {table} RESET (fillfactor)")),
                ..Advice::new(
                    RecommendationKind::Setting,
                    "Leave room for new versions, and drop indexes that are not used",
                    "Drop indexes on columns that change often and are seldom searched (pg_stat_user_indexes.idx_scan). With room on each page, versions whose indexed columns did not change stay on it; \
                     it holds for pages that are written from now on.",
                    format!("ALTER TABLE {table} SET (fillfactor = 85)"),
                )
            };
            out.find(draft.ask(Ask::Ready(advice)));
        }
    }
}

/// Indexes of the table that hold a column that the statement sets.
fn indexed_and_written(cx: &PlanCx<'_>, id: NodeId) -> Option<String> {
    let write = cx.facts?.write.as_ref()?;
    let (known, table) = cx.catalog?.table(&write.target)?;
    cx.plan.nodes[id].relation.as_deref().filter(|name| *name == known.name)?;
    let holds = |column: &String| {
        let of = |index: &&crate::catalog::model::Index| index.keys.iter().any(|key| key.text == *column);
        table.indexes.iter().filter(of).map(|index| index.name.clone()).collect::<Vec<_>>()
    };
    let names: std::collections::BTreeSet<Text> = write.columns.iter().flat_map(holds).collect();
    (!names.is_empty()).then(|| names.iter().map(Text::as_str).collect::<Vec<_>>().join(", "))
}
