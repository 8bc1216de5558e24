//! A plan in; the scans that keep few of the rows they read, each with its one cause, out. Scans of partitions that read in vain for
//! the same reason are one.

use std::collections::BTreeMap;

use crate::plan::model::{Kind, Node, NodeId};
use crate::report::model::Confidence;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, estimated, measured, seen};
use crate::sql::facts::RelationName;

use super::answered::by_one_index;
use super::cause::{Cause, Found, cause};
use super::doubt::labels;
use super::joined::joined;
use super::rows::Rows;
use super::{condition, estimate};

/// An estimate must show so many times more than a measurement to be believed.
const ESTIMATES: f64 = 10.0;

/// When a scan is worth a word.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows thrown away, over all loops.
    pub min_removed: f64,
    /// Rows kept of the rows read, 0 to 1.
    pub max_kept: f64,
}

#[derive(Debug)]
pub struct Waste {
    /// The scan, or the Append above all of them.
    pub node: NodeId,
    /// The one that read most first.
    pub scans: Vec<NodeId>,
    pub rows: Rows,
    /// The plan was executed.
    pub measured: bool,
    /// See [`Found::operand`].
    pub operand: String,
    pub statement: Option<String>,
    /// `orders`, `orders o`, `3 partitions of events`.
    pub name: String,
}

/// A scan with its rows and what it is about.
type Scan = (NodeId, Rows, Found);

/// The scans whose cause this is.
pub fn wastes(cx: &PlanCx<'_>, wanted: Cause, limits: Limits) -> Vec<Waste> {
    let mut groups: BTreeMap<(NodeId, String), Vec<Scan>> = BTreeMap::new();
    for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.kind.is_table_scan()) {
        let measured = node.actual.is_some();
        let rows = if measured { read_by(cx, id) } else { estimate::rows(cx, id) };
        let Some(rows) = rows.filter(|rows| rows.removed() > 0.0 && rows.kept <= limits.max_kept * rows.read()) else {
            continue;
        };
        let Some(found) = cause(cx.plan, id, cx.catalog).filter(|found| found.cause == wanted) else { continue };
        if !measured && !is_credible(cx, id, rows, limits, &found) {
            continue;
        }
        let append = node.parent.filter(|p| matches!(cx.plan.nodes[*p].kind, Kind::Append | Kind::MergeAppend));
        let key = match (append, &found.statement) {
            (Some(append), Some(statement)) => (append, conditions(statement)),
            _ => (id, String::new()),
        };
        groups.entry(key).or_default().push((id, rows, found));
    }
    let enough = |waste: &Waste| {
        let least = if waste.measured { limits.min_removed } else { limits.min_removed * ESTIMATES };
        waste.rows.removed() >= least
    };
    groups.into_iter().filter_map(|((node, _), scans)| fold(cx, node, scans)).filter(enough).collect()
}

/// Scans that a hash join throws nearly all rows away of.
pub fn joined_wastes(cx: &PlanCx<'_>, limits: Limits) -> Vec<Waste> {
    let of = |id: NodeId| {
        let (rows, statement) =
            joined(cx, id, limits.max_kept).filter(|(rows, _)| rows.removed() >= limits.min_removed)?;
        let found = Found { cause: Cause::SeqScan, operand: String::new(), statement: Some(statement) };
        fold(cx, id, vec![(id, rows, found)])
    };
    (0..cx.plan.nodes.len()).filter_map(of).collect()
}

/// An estimate that few rows are kept. A planner that has an index for them and reads the table expects otherwise: most rows fit, or most
/// blocks are empty.
fn is_credible(cx: &PlanCx<'_>, scan: NodeId, rows: Rows, limits: Limits, found: &Found) -> bool {
    let read = estimate::read_at_least(cx, scan).unwrap_or(0.0);
    let is_answered = |statement: &String| by_one_index(statement, cx.catalog);
    rows.kept <= limits.max_kept * read && !found.statement.as_ref().is_some_and(is_answered)
}

fn conditions(statement: &str) -> String {
    statement.split_once(" WHERE ").map_or(String::new(), |(_, conditions)| conditions.to_owned())
}

fn fold(cx: &PlanCx<'_>, node: NodeId, mut scans: Vec<(NodeId, Rows, Found)>) -> Option<Waste> {
    scans.sort_by(|a, b| b.1.read().total_cmp(&a.1.read()).then(a.0.cmp(&b.0)));
    let mut rows = Rows::default();
    scans.iter().for_each(|(_, more, _)| rows.add(*more));
    let ids: Vec<NodeId> = scans.iter().map(|(id, ..)| *id).collect();
    let (first, _, found) = scans.into_iter().next()?;
    let scan = &cx.plan.nodes[first];
    let relation = scan.relation.as_deref().unwrap_or_default();
    let alias = scan.alias.as_deref().filter(|alias| *alias != relation && ids.len() == 1);
    let name = match (alias, ids.len()) {
        (Some(alias), _) => format!("{relation} {alias}"),
        (None, 1) => relation.to_owned(),
        (None, several) => format!("{several} partitions ({relation}, …)"),
    };
    Some(Waste {
        node: if ids.len() == 1 { first } else { node },
        scans: ids,
        rows,
        measured: scan.actual.is_some(),
        operand: found.operand,
        statement: found.statement,
        name,
    })
}

/// What the scan read; of a BitmapAnd, the entries of the index that found fewest.
fn read_by(cx: &PlanCx<'_>, scan: NodeId) -> Option<Rows> {
    let node = &cx.plan.nodes[scan];
    let rows = Rows::of(node)?;
    let and = node.children.iter().find(|child| cx.plan.nodes[**child].kind == Kind::BitmapAnd);
    let Some(and) = and else { return Some(rows) };
    let entries = cx.plan.inputs(*and).filter_map(|child| cx.plan.nodes[child].actual).map(|a| a.rows * a.loops);
    let fewest = entries.min_by(f64::total_cmp)?;
    Some(Rows { filtered: rows.filtered.max(fewest - rows.kept), ..rows })
}

impl Waste {
    /// Columns that are text or are cast to it, with the value: the types of a table that no catalog knows.
    fn casts(&self, cx: &PlanCx<'_>) -> BTreeMap<String, String> {
        let node = &cx.plan.nodes[self.scans[0]];
        let name = relation_name(node);
        let is_known = name.and_then(|name| cx.catalog?.table(&name)).is_some();
        if is_known { BTreeMap::new() } else { labels(cx.plan, self.scans[0]) }
    }

    /// The catalog knows whose partitions these are.
    fn of_parent(&self, cx: &PlanCx<'_>) -> bool {
        let node = &cx.plan.nodes[self.scans[0]];
        let name = relation_name(node);
        let table = name.and_then(|name| cx.catalog?.table(&name));
        table.is_some_and(|(_, table)| table.parent.is_some())
    }

    /// A finding about it, with what was read and kept and with the index asked for.
    pub fn draft(&self, cx: &PlanCx<'_>, title: String, detail: impl Into<std::borrow::Cow<'static, str>>) -> Draft {
        let nodes: Vec<NodeId> = self.scans.iter().flat_map(|scan| with_inputs(cx, *scan)).collect();
        let mut draft = Draft::node(cx, self.node, title, detail).accounting_for(cx, &nodes);
        let whole = |rows: f64| rows.round() as u64;
        draft = if self.measured {
            draft.evidence(measured("rows thrown away", whole(self.rows.removed()), "rows")).evidence(measured(
                "rows kept",
                whole(self.rows.kept),
                "rows",
            ))
        } else {
            draft
                .evidence(estimated("rows thrown away", self.rows.removed().round(), "rows"))
                .evidence(estimated("rows kept", self.rows.kept.round(), "rows"))
                .confidence(Confidence::Low)
        };
        if self.measured && self.rows.loops > 1.0 {
            draft = draft.evidence(measured("loops and processes", whole(self.rows.loops), ""));
        }
        if let Some(filter) = cx.plan.nodes[self.scans[0]].text(&crate::plan::model::Key::Filter) {
            draft = draft.evidence(seen("filter", condition::in_words(filter)));
        }
        if self.scans.len() > 1 && !self.of_parent(cx) {
            draft.detail.to_mut().push_str(
                " An index belongs on the partitioned table, which then has one in each partition; with the schema (--schema) it is \
                 written out without a lock on all of them.",
            );
        }
        for (column, value) in self.casts(cx) {
            draft.detail.to_mut().push_str(&format!(
                " The plan compares ({column})::text with '{value}': so it prints a varchar column, and so it prints a cast that stands in \
                 the query. The schema (--schema) would tell."
            ));
            draft = draft.confidence(Confidence::Low);
        }
        match &self.statement {
            Some(statement) => draft.ask(Ask::IndexForScan { query: cx.index, statement: statement.clone() }),
            None => draft,
        }
    }
}

fn relation_name(node: &Node) -> Option<RelationName> {
    Some(RelationName { schema: node.schema.clone().map(Into::into), name: node.relation.clone()?.into() })
}

/// The scan and the bitmap below it.
fn with_inputs(cx: &PlanCx<'_>, scan: NodeId) -> Vec<NodeId> {
    let mut all = vec![scan];
    let mut at = 0;
    while at < all.len() {
        all.extend(cx.plan.inputs(all[at]));
        at += 1;
    }
    all
}
