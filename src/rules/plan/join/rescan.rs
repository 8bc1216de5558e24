//! A nested loop in; the sequential scans on its inner side that start again for each outer row, out.

use crate::plan::model::{Key, Kind, Node, NodeId, Plan, Role};

/// A handful of passes is no pattern.
const PASSES: f64 = 10.0;
/// Tables of fewer rows are read whole for good reason.
const SMALL: f64 = 100.0;

/// The largest first. Scans below another nested loop's inner side belong to that loop, what is kept (Materialize, Hash, …) is read
/// once. Only scans that a condition ties to the outer side: without one no index could help.
pub fn rescanned(plan: &Plan, loop_: NodeId) -> Vec<NodeId> {
    let Some(inner) = plan.inputs(loop_).find(|child| plan.nodes[*child].role == Role::Inner) else {
        return Vec::new();
    };
    let filtered = plan.nodes[loop_].value(&Key::JoinFilter).is_some();
    let (mut found, mut queue) = (Vec::new(), vec![inner]);
    while let Some(id) = queue.pop() {
        let node = &plan.nodes[id];
        match node.kind {
            Kind::SeqScan if is_rescanned(plan, loop_, id) && (filtered || names_another(node)) => found.push(id),
            Kind::NestedLoop => queue.extend(plan.inputs(id).next()),
            // Without ANALYZE nothing tells how often they read their input again.
            Kind::Materialize | Kind::Memoize | Kind::Hash => {}
            _ => queue.extend(plan.inputs(id)),
        }
    }
    found.sort_by(|a, b| read(&plan.nodes[*b]).total_cmp(&read(&plan.nodes[*a])).then(a.cmp(b)));
    found
}

fn is_rescanned(plan: &Plan, loop_: NodeId, scan: NodeId) -> bool {
    passes(plan, loop_, scan) >= PASSES && read(&plan.nodes[scan]) >= SMALL
}

/// How often the scan starts for one run of the loop; estimated without ANALYZE.
pub fn passes(plan: &Plan, loop_: NodeId, scan: NodeId) -> f64 {
    match (plan.nodes[scan].actual, plan.nodes[loop_].actual) {
        (Some(scan), Some(above)) => scan.loops / above.loops.max(1.0),
        _ => plan.inputs(loop_).next().and_then(|outer| plan.nodes[outer].estimate).map_or(0.0, |e| e.rows),
    }
}

/// Rows that one pass reads. Without ANALYZE: its estimated rows, or what its cost says at the default `cpu_tuple_cost` of 0.01 and with
/// pages of at most about 100 rows.
pub fn read(node: &Node) -> f64 {
    match (node.actual, node.estimate) {
        (Some(actual), _) => actual.rows + node.number(&Key::RowsRemovedByFilter).unwrap_or(0.0),
        (None, Some(estimate)) => estimate.rows.max(estimate.total_cost / 0.025),
        (None, None) => 0.0,
    }
}

/// The filter compares with another relation's column, or with a parameter that changes with each pass.
pub fn names_another(node: &Node) -> bool {
    let own = node.name().unwrap_or_default();
    let filter = node.text(&Key::Filter).unwrap_or_default();
    super::link::qualifiers(filter).iter().any(|name| name != own)
}
