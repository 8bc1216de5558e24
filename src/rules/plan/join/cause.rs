//! A join in; the one thing that it is to blame for, out. Special before general: a condition that nothing can look up, a table
//! that is read again for each row, pairs that are made to be thrown away, no condition at all. What is left may be a wrong estimate
//! (`plan::estimate`).

use crate::plan::model::{Key, Kind, NodeId, Plan};
use crate::rules::plan::scan::condition::printed;
use crate::sql::facts::{CompareOp, Predicate, Test, Value, facts};

use super::link::is_unlinked;
use super::rescan::rescanned;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// `plan/or_join_filter`
    OrFilter,
    /// `plan/nested_loop_seq_scan`
    SeqScan,
    /// `plan/join_filter_removed`
    FilterRemoved,
    /// `plan/cartesian_join`
    Cartesian,
}

/// So many pairs are made for one that is kept.
const WASTE: f64 = 10.0;
/// The same by estimates: for a range the planner keeps one pair of nine (`DEFAULT_INEQ_SEL` twice).
const WASTE_ESTIMATED: f64 = 5.0;
/// Fewer pairs than this are nothing to look at.
const MANY: f64 = 10_000.0;

pub fn cause(plan: &Plan, id: NodeId) -> Option<Cause> {
    let node = plan.nodes.get(id).filter(|node| node.kind.is_join() && node.ran())?;
    let nested = node.kind == Kind::NestedLoop;
    if nested && branches(node.text(&Key::JoinFilter).unwrap_or_default()).is_some() {
        return Some(Cause::OrFilter);
    }
    if nested && !rescanned(plan, id).is_empty() {
        return Some(Cause::SeqScan);
    }
    let waste = if node.actual.is_some() { WASTE } else { WASTE_ESTIMATED };
    if pairs_removed(plan, id).is_some_and(|(removed, kept)| removed >= MANY && removed >= waste * kept.max(1.0)) {
        return Some(Cause::FilterRemoved);
    }
    (nested && is_unlinked(plan, id) && pairs(plan, id) >= MANY).then_some(Cause::Cartesian)
}

/// Pairs that the join filter dropped and that it kept, over all loops. Without ANALYZE: what the estimates say of a nested loop
/// with nothing but a filter.
pub fn pairs_removed(plan: &Plan, id: NodeId) -> Option<(f64, f64)> {
    let node = &plan.nodes[id];
    node.value(&Key::JoinFilter)?;
    match node.actual {
        Some(actual) => {
            let removed = node.number(&Key::RowsRemovedByJoinFilter)? * actual.loops;
            Some((removed, actual.rows * actual.loops))
        }
        None if node.kind == Kind::NestedLoop => {
            let kept = node.estimate?.rows;
            Some((pairs(plan, id) - kept, kept))
        }
        None => None,
    }
}

/// Rows of the outer side times rows of the inner side, over all loops; estimated without ANALYZE.
pub fn pairs(plan: &Plan, id: NodeId) -> f64 {
    let mut sides = plan.inputs(id).map(|child| &plan.nodes[child]);
    let (Some(outer), Some(inner)) = (sides.next(), sides.next()) else { return 0.0 };
    match (inner.actual, outer.estimate, inner.estimate) {
        (Some(inner), ..) => inner.rows * inner.loops,
        (None, Some(outer), Some(inner)) => outer.rows * inner.rows,
        _ => 0.0,
    }
}

/// The alternatives of a join condition `a.x = b.x OR a.y = b.y`, as printed, when each compares columns of two relations.
pub fn branches(condition: &str) -> Option<Vec<String>> {
    if !condition.contains(" OR ") {
        return None;
    }
    printed(condition).into_iter().find_map(|conjunct| {
        let text = format!("SELECT 1 FROM t WHERE {conjunct}");
        let facts = facts(&text);
        let [Predicate { test: Test::Or(branches), .. }] = facts.blocks.first()?.filters.as_slice() else {
            return None;
        };
        let joins = branches.iter().all(|branch| branch.iter().any(compares_two_relations));
        let write = |branch: &Vec<Predicate>| {
            let parts: Vec<&str> = branch.iter().map(|predicate| predicate.span.of(&text)).collect();
            parts.join(" AND ")
        };
        (joins && branches.len() > 1).then(|| branches.iter().map(write).collect())
    })
}

fn compares_two_relations(predicate: &Predicate) -> bool {
    let Test::Compare { left, op: CompareOp::Eq, right } = &predicate.test else { return false };
    match (qualifier(&left.value), qualifier(&right.value)) {
        (Some(left), Some(right)) => left != right,
        _ => false,
    }
}

fn qualifier(value: &Value) -> Option<&str> {
    match value {
        Value::Column(column) => column.qualifier.as_deref(),
        Value::Cast { operand, .. } => qualifier(&operand.value),
        Value::Function { args, .. } => args.iter().find_map(|arg| qualifier(&arg.value)),
        Value::Expression { columns } => columns.iter().find_map(|column| column.qualifier.as_deref()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_of_a_join() {
        let two = branches("((l.email = c.email) OR (l.phone = c.phone))").unwrap();
        assert_eq!(two.len(), 2);
        assert!(two[0].contains("l.email = c.email") && two[1].contains("l.phone = c.phone"), "{two:?}");
        let cast = branches("((a.id = b.a_id) OR ((a.code)::text = (b.code)::text))");
        assert_eq!(cast.map(|b| b.len()), Some(2));
        assert_eq!(branches("((l.phone = c.phone) OR (l.id < 100))"), None, "one branch is about one side");
        assert_eq!(branches("((r.at >= s.starts) AND (r.at < s.ends))"), None);
        assert_eq!(branches("(a.id <> b.id)"), None);
    }
}
