//! A scan that keeps few of the rows it reads in; the one cause for it out. The order of the causes is the order of this file:
//! special before general, so that one rule speaks of one scan.

use crate::catalog::model::Catalog;
use crate::plan::model::{Key, Kind, NodeId, Plan, Role};
use crate::rules::plan::join::rescan::names_another;

use super::statement::{filter_statement, statement};
use super::test::{Sort, Sorted, sorted};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A condition on a document: `plan/jsonb_filter`.
    Json,
    /// A cast or a function around the column: `plan/non_sargable`.
    Wrapped,
    /// A pattern without a fixed beginning: `plan/infix_like`.
    Infix,
    /// An index read for its order, with the condition as a filter: `plan/order_by_index`.
    Order,
    /// Several indexes, or none, for conditions that one index over several columns would answer: `plan/composite_index`.
    Composite,
    /// An index that finds far more rows than are kept: `plan/inefficient_index`.
    Inefficient,
    /// No index at all: `plan/slow_scan`.
    SeqScan,
}

/// The cause, the condition that it is about, and the statement to ask an index for.
#[derive(Clone, Debug)]
pub struct Found {
    pub cause: Cause,
    /// For [`Cause::Json`], [`Cause::Wrapped`] and [`Cause::Infix`]: the expression. For [`Cause::SeqScan`]: the column of a condition
    /// that is fit for a partial index only. Else empty.
    pub operand: String,
    pub statement: Option<String>,
}

/// Why the scan keeps few rows; `None` if that is nothing an index of this table would change, or other rules' business.
pub fn cause(plan: &Plan, scan: NodeId, catalog: Option<&Catalog>) -> Option<Found> {
    let node = plan.nodes.get(scan)?;
    if !matches!(node.kind, Kind::SeqScan | Kind::IndexScan | Kind::IndexOnlyScan | Kind::BitmapHeapScan) {
        return None;
    }
    if node.kind == Kind::SeqScan && is_repeated(plan, scan) {
        return None;
    }
    let whole = statement(plan, scan, catalog);
    let found = |cause| Some(Found { cause, operand: String::new(), statement: whole.clone() });
    if node.kind == Kind::BitmapHeapScan && node.children.iter().any(|child| plan.nodes[*child].kind == Kind::BitmapAnd)
    {
        return found(Cause::Composite);
    }
    node.text(&Key::Filter)?;
    let tests = filter_statement(plan, scan, catalog).map_or(Vec::new(), |statement| sorted(&statement));
    let count = |sort: Sort| tests.iter().filter(|test| test.sort == sort).count();
    // What a sub-plan decides, no index finds: `plan/unhashed_not_in`, `plan/correlated_subplan`.
    if tests.is_empty() && node.text(&Key::Filter).is_some_and(|filter| filter.contains("SubPlan ")) {
        return None;
    }
    let plain = count(Sort::Equal);
    let bounded = node.text(&Key::IndexCond).is_some() || node.kind == Kind::BitmapHeapScan;
    if plain == 0 && !(bounded && count(Sort::Range) > 0) {
        for (sort, cause) in [(Sort::Json, Cause::Json), (Sort::Wrapped, Cause::Wrapped), (Sort::Infix, Cause::Infix)] {
            if let Some(test) = tests.iter().find(|test| test.sort == sort) {
                return special(cause, test, whole);
            }
        }
    }
    if node.kind == Kind::SeqScan {
        let partial = tests.iter().find(|test| test.sort == Sort::Partial);
        return match (plain, count(Sort::Range)) {
            (1.., 1..) | (2.., _) => found(Cause::Composite),
            (0, 0) => Some(Found {
                cause: Cause::SeqScan,
                operand: partial.map_or(String::new(), |test| test.operand.clone()),
                statement: partial.map_or(whole.clone(), |test| restricted(whole.as_deref(), &test.sql)),
            }),
            _ => found(Cause::SeqScan),
        };
    }
    if !bounded && is_below_limit(plan, scan) {
        return found(Cause::Order);
    }
    found(Cause::Inefficient)
}

/// Patterns and containers want an index of their own; an expression goes with the other conditions.
fn special(cause: Cause, test: &Sorted, whole: Option<String>) -> Option<Found> {
    let alone = cause == Cause::Infix || test.sort == Sort::Json && !test.sql.contains("->");
    let statement = if alone { restricted(whole.as_deref(), &test.sql) } else { whole };
    Some(Found { cause, operand: test.operand.clone(), statement })
}

/// The statement with one condition only.
fn restricted(statement: Option<&str>, condition: &str) -> Option<String> {
    let (from, _) = statement?.split_once(" WHERE ")?;
    Some(format!("{from} WHERE {condition}"))
}

/// Started again for each row of something else: `plan/nested_loop_seq_scan` and `plan/correlated_subplan` speak of it.
fn is_repeated(plan: &Plan, scan: NodeId) -> bool {
    if plan.nodes[scan].actual.is_some_and(|actual| actual.loops <= 1.0) {
        return false;
    }
    let mut below = scan;
    for above in plan.ancestors(scan) {
        let (node, role) = (&plan.nodes[above], plan.nodes[below].role);
        if role == Role::SubPlan || (node.kind == Kind::NestedLoop && role == Role::Inner) {
            return true;
        }
        // Processes are loops, too.
        if matches!(node.kind, Kind::Gather | Kind::GatherMerge) && plan.nodes[scan].actual.is_some() {
            return node.actual.is_some_and(|actual| actual.loops > 1.0);
        }
        // A sort reads again what depends on the outer row.
        let sorted_once =
            node.kind == Kind::Sort && plan.nodes[scan].actual.is_none() && !names_another(&plan.nodes[scan]);
        if sorted_once || matches!(node.kind, Kind::Materialize | Kind::Hash) || role.is_side() {
            return false;
        }
        below = above;
    }
    false
}

fn is_below_limit(plan: &Plan, scan: NodeId) -> bool {
    let passes = |kind: &Kind| {
        matches!(kind, Kind::Gather | Kind::GatherMerge | Kind::NestedLoop | Kind::Memoize | Kind::LockRows)
    };
    plan.ancestors(scan).map(|id| &plan.nodes[id].kind).find(|kind| !passes(kind)) == Some(&Kind::Limit)
}
