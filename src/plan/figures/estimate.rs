//! A tree and its processes in; how wrong each estimate of rows was, out.

use super::processes::Processes;
use super::tree::{Tree, sane};
use super::{Direction, EstimateError};
use crate::plan::model::{Key, Kind, Node, NodeId};

/// `early[id]`: something above may have stopped the node before its end.
pub(super) fn estimate(
    tree: &Tree,
    id: NodeId,
    processes: &Processes,
    partial: bool,
    early: bool,
) -> Option<EstimateError> {
    let node = tree.node(id);
    let (expected, actual) = (node.estimate?.rows, node.actual?);
    if sane(actual.loops) == 0.0 || has_no_rows(tree, id) {
        return None;
    }
    let expected = sane(expected) * if partial { spread(tree, processes) } else { 1.0 };
    let (expected, rows) = (expected.max(1.0), sane(actual.rows).max(1.0));
    let error = if rows >= expected {
        EstimateError { factor: rows / expected, direction: Direction::Under }
    } else {
        EstimateError { factor: expected / rows, direction: Direction::Over }
    };
    let excused = match error.direction {
        Direction::Over => early,
        Direction::Under => error.factor > 1.0 && is_reread(tree, id),
    };
    (!excused).then_some(error)
}

/// What these print as rows is not the number of rows that they were asked for.
fn has_no_rows(tree: &Tree, id: NodeId) -> bool {
    let node = tree.node(id);
    match node.kind {
        Kind::BitmapAnd | Kind::BitmapOr => true,
        // Without RETURNING there are none; before 14 the estimate says otherwise.
        Kind::ModifyTable => node.actual.is_none_or(|actual| actual.rows == 0.0),
        Kind::BitmapIndexScan => heap_of(tree, id).is_some_and(is_lossy),
        _ => false,
    }
}

/// The Bitmap Heap Scan that a bitmap is for: BitmapAnd and BitmapOr stand between them, rarely more than two deep.
fn heap_of<'a>(tree: &Tree<'a>, id: NodeId) -> Option<&'a Node> {
    let above = std::iter::successors(tree.parent(id), |&id| tree.parent(id)).take(4);
    above.map(|id| tree.node(id)).find(|node| node.kind == Kind::BitmapHeapScan)
}

fn is_lossy(heap: &Node) -> bool {
    [Key::LossyHeapBlocks, Key::RowsRemovedByIndexRecheck].iter().any(|key| heap.number(key).is_some_and(|n| n > 0.0))
}

/// A merge join goes back over equal keys of its inner side, and the rows are counted again (`nodeMergejoin.c`).
fn is_reread(tree: &Tree, id: NodeId) -> bool {
    let inner = tree.node(id).role == crate::plan::model::Role::Inner;
    inner && tree.parent(id).is_some_and(|parent| tree.node(parent).kind == Kind::MergeJoin)
}

/// Rows are estimated per process as planned (`costsize.c`, `get_parallel_divisor`: the leader helps with what workers leave
/// it), and counted per process that ran.
fn spread(tree: &Tree, processes: &Processes) -> f64 {
    let planned = processes.gather().and_then(|gather| tree.node(gather).number(&Key::WorkersPlanned));
    let Some(workers) = planned.map(sane).filter(|&n| n > 0.0) else { return 1.0 };
    (workers + (1.0 - 0.3 * workers).max(0.0)) / processes.ran.max(1.0)
}

/// Whether the rows of a node are divided among the processes, so that its estimate is for one of them. Empty without a Gather.
pub(super) fn partial(tree: &Tree, processes: &[Processes]) -> Vec<bool> {
    if processes.iter().all(|processes| processes.gather().is_none()) {
        return Vec::new();
    }
    let mut partial = vec![false; tree.len()];
    for id in (0..tree.len()).rev() {
        let node = tree.node(id);
        let passes = !matches!(
            node.kind,
            Kind::Aggregate | Kind::Group | Kind::Unique | Kind::SetOp | Kind::Limit | Kind::Gather | Kind::GatherMerge
        );
        let below = || tree.plan.inputs(id).any(|child| partial[child]);
        partial[id] = processes[id].gather().is_some() && (node.parallel || (passes && below()));
    }
    partial
}
