//! Rows of a scan over all loops and processes: kept, and thrown away.

use crate::catalog::model::Catalog;
use crate::plan::model::{Actual, Key, Node, NodeId, Plan};
use crate::rules::context::KnownPlan;

use super::statement::statement;

/// Totals: what is printed is a mean per loop, and a process of a parallel scan is a loop.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rows {
    pub kept: f64,
    /// By the filter.
    pub filtered: f64,
    /// By the recheck of an inexact or lossy index condition.
    pub rechecked: f64,
    pub loops: f64,
}

impl Rows {
    /// `None` without ANALYZE, or if the node never ran.
    pub fn of(node: &Node) -> Option<Rows> {
        let Actual { rows, loops, .. } = node.actual.filter(|actual| actual.loops > 0.0)?;
        let removed = |key: Key| node.number(&key).unwrap_or(0.0) * loops;
        Some(Rows {
            kept: rows * loops,
            filtered: removed(Key::RowsRemovedByFilter),
            rechecked: removed(Key::RowsRemovedByIndexRecheck),
            loops,
        })
    }

    pub fn removed(&self) -> f64 {
        self.filtered + self.rechecked
    }

    pub fn read(&self) -> f64 {
        self.kept + self.removed()
    }

    /// Of the rows read, 0 to 1.
    pub fn removed_share(&self) -> f64 {
        if self.read() > 0.0 { self.removed() / self.read() } else { 0.0 }
    }

    pub fn add(&mut self, other: Rows) {
        self.kept += other.kept;
        self.filtered += other.filtered;
        self.rechecked += other.rechecked;
        self.loops += other.loops;
    }
}

/// (kept, read) of all scans in these plans that the statement stands for; of the plan in which they read most.
pub fn rows_of_statement<'p>(
    plans: impl Iterator<Item = &'p KnownPlan>,
    wanted: &str,
    catalog: Option<&Catalog>,
) -> Option<(f64, f64)> {
    let of_plan = |plan: &Plan| {
        let mut all = Rows::default();
        let same = |id: &NodeId| {
            plan.nodes[*id].kind.is_table_scan() && statement(plan, *id, catalog).as_deref() == Some(wanted)
        };
        (0..plan.nodes.len()).filter(same).filter_map(|id| Rows::of(&plan.nodes[id])).for_each(|rows| all.add(rows));
        (all.read() > 0.0).then(|| (all.kept, all.read()))
    };
    plans.filter_map(|known| of_plan(&known.plan)).max_by(|a, b| a.1.total_cmp(&b.1))
}
