//! A plan in; the first node with a number of plans below it that no planner gives it, out.

use super::super::model::{Format, Key, Kind, NodeId, Plan};

/// Line and what is wrong.
pub(super) fn wrong(plan: &Plan) -> Option<(u32, String)> {
    (0..plan.nodes.len()).find_map(|id| Some((plan.nodes[id].line, wrong_arity(plan, id)?)))
}

/// How many plans feed a node (`plannodes.h`): what is impossible.
fn wrong_arity(plan: &Plan, id: NodeId) -> Option<String> {
    let node = &plan.nodes[id];
    let (least, most) = match node.kind {
        Kind::NestedLoop | Kind::MergeJoin | Kind::HashJoin | Kind::RecursiveUnion => (2, 2),
        Kind::Hash
        | Kind::Sort
        | Kind::IncrementalSort
        | Kind::Limit
        | Kind::Gather
        | Kind::GatherMerge
        | Kind::Aggregate
        | Kind::Group
        | Kind::Unique
        | Kind::WindowAgg
        | Kind::Materialize
        | Kind::Memoize
        | Kind::LockRows
        | Kind::ProjectSet
        | Kind::SubqueryScan
        | Kind::BitmapHeapScan => (1, 1),
        Kind::SeqScan
        | Kind::SampleScan
        | Kind::IndexScan
        | Kind::IndexOnlyScan
        | Kind::BitmapIndexScan
        | Kind::TidScan
        | Kind::TidRangeScan
        | Kind::FunctionScan
        | Kind::TableFunctionScan
        | Kind::ValuesScan
        | Kind::CteScan
        | Kind::NamedTuplestoreScan
        | Kind::WorkTableScan => (0, 0),
        Kind::BitmapAnd | Kind::BitmapOr => (2, usize::MAX),
        // A set operation has two inputs from 18 on, one before.
        Kind::SetOp => (1, 2),
        Kind::ModifyTable => (1, written(plan, id)),
        Kind::Result => (0, 1),
        Kind::ForeignScan => (0, 1),
        // All can have been removed when the plan was executed.
        Kind::Append | Kind::MergeAppend => (usize::from(node.value(&Key::SubplansRemoved).is_none()), usize::MAX),
        Kind::CustomScan | Kind::Other(_) => return None,
    };
    let inputs = plan.inputs(id).count();
    if (least..=most).contains(&inputs) {
        return None;
    }
    let title = node.title();
    Some(if inputs < least {
        format!("{title} has {inputs} of {least} plans below it")
    } else {
        format!("{title} cannot have {inputs} plans below it")
    })
}

/// Up to 13 an Update or a Delete has an input for each partition, and lists those.
fn written(plan: &Plan, id: NodeId) -> usize {
    let node = &plan.nodes[id];
    if !matches!(node.operation.as_deref(), Some("Update" | "Delete")) {
        return 1;
    }
    let targets = node.properties.iter().filter(|property| property.key == Key::TargetTable).count();
    if plan.format == Format::Text { targets.max(1) } else { usize::MAX }
}
