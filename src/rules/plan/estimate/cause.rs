//! A plan in; each wrong estimate that cost time, with the one rule that speaks of it, out. The order is that of certainty about
//! the remedy: columns that depend on each other, statistics of an older table, a nested loop that ran wild, anything else.

use std::collections::BTreeSet;

use crate::plan::figures::{Direction, EstimateError};
use crate::plan::model::{Key, Kind, Node, NodeId, Role};
use crate::rules::context::PlanCx;
use crate::rules::plan::join;

use super::birth::{Birth, births};
use super::tested::{Condition, Tested, conditions, table};
use super::victim::{How, Victim, victims};

pub struct Wrong {
    pub birth: Birth,
    pub cause: Cause,
    pub victims: Vec<Victim>,
    /// Whose own time was spent because of it.
    pub nodes: Vec<NodeId>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// `plan/correlated_columns`: these columns are tested together.
    Correlated(Vec<String>),
    /// `plan/stale_statistics`
    Stale(Stale),
    /// `plan/nested_loop_blowup`: at this nested loop.
    Blowup(NodeId),
    /// `plan/misestimate`
    Plain,
}

/// Why statistics are taken for old.
#[derive(Clone, Debug, PartialEq)]
pub enum Stale {
    /// The server counts so many rows, and the statistics say so many.
    Counters { counted: f64, known: f64 },
    /// No condition stands between the table's size and the estimate.
    WholeTable,
    /// A value, or an end of the range, that the statistics cannot know: this column.
    Column(String),
}

/// Values that are more frequent than this stand among the most common ones of fresh statistics (100 of a sample of 30,000 rows:
/// documentation, `default_statistics_target`).
const COMMON: f64 = 0.01;
/// A histogram has 100 bounds: fresh statistics are not wrong by this much of a table.
const HISTOGRAM: f64 = 0.05;
/// Smaller tables than this are sampled whole, and wrong by chance.
const ENOUGH: f64 = 10_000.0;

/// Errors of at least `factor` that some node took time for, the worst first.
pub fn wrong(cx: &PlanCx<'_>, factor: f64) -> Vec<Wrong> {
    if !cx.plan.has.analyze {
        return Vec::new();
    }
    births(cx.plan, cx.figures, factor).into_iter().filter_map(|birth| judged(cx, birth, factor)).collect()
}

fn judged(cx: &PlanCx<'_>, birth: Birth, factor: f64) -> Option<Wrong> {
    let mut victims = victims(cx, &birth, factor);
    if victims.is_empty() {
        return None;
    }
    let cause = of_scan(cx, &birth);
    if cause.is_none() {
        // What the join itself is to blame for, another rule says.
        victims.retain(|victim| victim.how != How::Loops || join::cause::cause(cx.plan, victim.node).is_none());
    }
    if victims.is_empty() {
        return None;
    }
    let wild = victims.iter().find(|victim| victim.how == How::Loops);
    let cause = cause.or(wild.map(|victim| Cause::Blowup(victim.node))).unwrap_or(Cause::Plain);
    let nodes: BTreeSet<NodeId> = victims.iter().flat_map(|victim| victim.nodes.iter().copied()).collect();
    Some(Wrong { birth, cause, victims, nodes: nodes.into_iter().collect() })
}

fn of_scan(cx: &PlanCx<'_>, birth: &Birth) -> Option<Cause> {
    let node = &cx.plan.nodes[birth.at];
    if !node.kind.is_table_scan() {
        return None;
    }
    if let Some(stale) = counters(cx, node) {
        return Some(Cause::Stale(stale));
    }
    let known: Vec<Condition> = conditions(node, cx.catalog).into_iter().collect::<Option<_>>()?;
    let columns = equal_columns(&known);
    if columns.len() >= 2 {
        return Some(Cause::Correlated(columns));
    }
    stale(cx, birth.at, &known, birth.error).map(Cause::Stale)
}

/// Columns that are compared with values which the planner knew.
fn equal_columns(conditions: &[Condition]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for condition in conditions.iter().filter(|c| !c.unknown_value) {
        if let Tested::Equality(column) = &condition.tested
            && !columns.contains(column)
        {
            columns.push(column.clone());
        }
    }
    columns
}

fn counters(cx: &PlanCx<'_>, node: &Node) -> Option<Stale> {
    let table = table(node, cx.catalog)?;
    let (known, counted) = (table.rows?, table.counters.as_ref()?.live_rows as f64);
    let apart = known.max(1.0) / counted.max(1.0);
    (known.max(counted) >= ENOUGH && !(0.5..=2.0).contains(&apart)).then_some(Stale::Counters { counted, known })
}

fn stale(cx: &PlanCx<'_>, scan: NodeId, conditions: &[Condition], error: EstimateError) -> Option<Stale> {
    let node = &cx.plan.nodes[scan];
    let (actual, estimate) = (node.actual?, node.estimate?);
    if conditions.is_empty() {
        let whole = node.kind == Kind::SeqScan && node.role != Role::Inner;
        return (whole && actual.rows.max(estimate.rows) >= ENOUGH).then_some(Stale::WholeTable);
    }
    if conditions.iter().any(|c| c.unknown_value) {
        return None;
    }
    if let Some(column) = beyond_the_end(conditions)
        && error.direction == Direction::Under
        && estimate.rows < 1.5
        && actual.rows >= 1000.0
    {
        return Some(Stale::Column(column));
    }
    let (column, known_share) = single_column(conditions)?;
    let rows = table_rows(cx, node)?;
    let share = actual.rows.max(estimate.rows) / rows;
    (rows >= ENOUGH && share >= known_share).then_some(Stale::Column(column))
}

fn beyond_the_end(conditions: &[Condition]) -> Option<String> {
    conditions.iter().find_map(|c| match &c.tested {
        Tested::Range(column) => Some(column.clone()),
        _ => None,
    })
}

/// The only column that is tested, and the share of a table above which fresh statistics would have known better.
fn single_column(conditions: &[Condition]) -> Option<(String, f64)> {
    let mut found: Option<(String, f64)> = None;
    for condition in conditions {
        let (column, share) = match &condition.tested {
            Tested::Equality(column) => (column, COMMON),
            Tested::Range(column) => (column, HISTOGRAM),
            _ => return None,
        };
        match &found {
            Some((other, _)) if other != column => return None,
            _ => found = Some((column.clone(), share)),
        }
    }
    found
}

/// Rows of the table, per process like the node's own.
fn table_rows(cx: &PlanCx<'_>, node: &Node) -> Option<f64> {
    if node.kind == Kind::SeqScan {
        let removed = node.number(&Key::RowsRemovedByFilter).unwrap_or(0.0);
        return Some(node.actual?.rows + removed);
    }
    table(node, cx.catalog)?.rows
}
