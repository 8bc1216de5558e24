//! A tree in; by how many processes each node's work was shared, out.
//!
//! Below a Gather what EXPLAIN prints is summed over the leader and its workers (`instrument.c`, `InstrAggNode`). By the
//! clock the Gather waits for the slowest of them, which VERBOSE shows, else for their mean. All nodes below are divided
//! alike, so that children fit into their parents, but for what one process does while the others wait: building a bitmap,
//! or reading the rows of a shared hash table.

use super::Skew;
use super::tree::{Tree, sane, work_ms};
use crate::plan::model::{Key, Kind, NodeId, Value};

/// Of one node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Processes {
    /// How many ran it.
    pub ran: f64,
    /// Work over this is time by the clock.
    pub divisor: f64,
    gather: Option<NodeId>,
    /// How many the Gather had.
    limit: f64,
}

impl Processes {
    const ONE: Self = Self { ran: 1.0, divisor: 1.0, gather: None, limit: 1.0 };

    /// The Gather whose processes these are.
    pub fn gather(&self) -> Option<NodeId> {
        self.gather
    }
}

/// For each node of the tree.
pub(super) fn processes(tree: &Tree) -> Vec<Processes> {
    let per_worker = tree.plan.nodes.iter().any(|node| node.workers.iter().any(|w| w.actual.is_some()));
    let mut all: Vec<Processes> = Vec::with_capacity(tree.len());
    for id in 0..tree.len() {
        let Some(parent) = tree.parent(id) else {
            all.push(Processes::ONE);
            continue;
        };
        let mut own = all[parent];
        let is_input = !tree.node(id).role.is_side();
        if is_input && is_gather(&tree.node(parent).kind) {
            own.limit = launched(tree, parent, id);
            own.gather = Some(parent);
            own.divisor = slowest(tree, parent, id, own.divisor).map_or(own.limit, |busy| busy.min(own.limit));
        }
        own.ran = ran(tree, id, &own, per_worker);
        if is_input && others_wait(tree, parent) {
            own.divisor = waited(tree, id, parent, &own, &all[parent]);
        }
        all.push(own);
    }
    all
}

pub(super) fn is_gather(kind: &Kind) -> bool {
    matches!(kind, Kind::Gather | Kind::GatherMerge)
}

/// How many processes a Gather had: each runs its child once.
fn launched(tree: &Tree, gather: NodeId, child: NodeId) -> f64 {
    let (own, below) = (tree.loops(gather), tree.loops(child));
    if own > 0.0 && below > 0.0 {
        (below / own).max(1.0)
    } else if tree.node(gather).value(&Key::SingleCopy) == Some(&Value::Flag(true)) {
        1.0
    } else {
        tree.number(gather, &Key::WorkersLaunched) + 1.0
    }
}

/// The work of all over that of the slowest, where the lines per worker are those of one run. A worker may go on while nobody
/// waits for it.
fn slowest(tree: &Tree, gather: NodeId, child: NodeId, divisor: f64) -> Option<f64> {
    let all = tree.work_ms(child).filter(|&ms| ms > 0.0 && tree.loops(gather) == 1.0)?;
    let workers = || tree.node(child).workers.iter().filter_map(|w| work_ms(&w.actual?));
    workers().next()?;
    let leader = all - workers().sum::<f64>();
    let until = tree.work_ms(gather).map_or(f64::INFINITY, |ms| ms / divisor);
    Some((all / workers().fold(leader, f64::max).min(until)).max(1.0))
}

fn ran(tree: &Tree, id: NodeId, group: &Processes, per_worker: bool) -> f64 {
    let Some(gather) = group.gather else { return 1.0 };
    let (own, above) = (tree.loops(id), tree.loops(gather));
    if own == 0.0 || above == 0.0 {
        return 1.0;
    }
    let by_loops = (own / above).clamp(1.0, group.limit.max(1.0));
    if per_worker { by_loops.min(printed(tree, id).max(1.0)) } else { by_loops }
}

/// Processes that are known to have run the node: its workers, and the leader if loops are left for it.
fn printed(tree: &Tree, id: NodeId) -> f64 {
    let loops = || tree.node(id).workers.iter().filter_map(|w| w.actual).map(|actual| sane(actual.loops));
    let workers = loops().filter(|&n| n > 0.0).count() as f64;
    let leader = if tree.loops(id) - loops().sum::<f64>() > 0.5 { 1.0 } else { 0.0 };
    workers + leader
}

/// At a barrier, for what the children do (`nodeBitmapHeapscan.c`, `BitmapShouldInitializeSharedState`; `nodeHash.c`,
/// `MultiExecParallelHash`).
fn others_wait(tree: &Tree, parent: NodeId) -> bool {
    let node = tree.node(parent);
    node.parallel && matches!(node.kind, Kind::BitmapHeapScan | Kind::Hash)
}

/// The fewer ran the child, the more time it has on the parent's clock; no more than the parent has, for a process that came
/// late had nothing to wait for.
fn waited(tree: &Tree, id: NodeId, parent: NodeId, own: &Processes, above: &Processes) -> f64 {
    let longest = (above.divisor * own.ran / above.ran).clamp(1.0, above.divisor.max(1.0));
    let parent_ms = tree.work_ms(parent).map_or(0.0, |ms| ms / above.divisor);
    let fits = tree.work_ms(id).filter(|_| parent_ms > 0.0).map_or(longest, |ms| ms / parent_ms);
    fits.clamp(longest, above.divisor.max(longest))
}

/// How unevenly the work was spread: needs the lines per worker of VERBOSE, and at least two processes.
pub(super) fn skew(tree: &Tree, id: NodeId, processes: &Processes) -> Option<Skew> {
    let node = tree.node(id);
    let total = node.actual.filter(|_| processes.limit > 1.0 && node.workers.iter().any(|w| w.actual.is_some()))?;
    let workers = || node.workers.iter().filter_map(|w| w.actual);
    let rows = max_over_mean(sane(total.rows) * sane(total.loops), processes.limit, || {
        workers().map(|w| sane(w.rows) * sane(w.loops))
    });
    let time = work_ms(&total).map(|all| max_over_mean(all, processes.limit, || workers().filter_map(|w| work_ms(&w))));
    Some(Skew { time, rows })
}

/// What the workers do not account for is the leader's.
fn max_over_mean<I: Iterator<Item = f64>>(total: f64, processes: f64, workers: impl Fn() -> I) -> f64 {
    let leader = (total - workers().sum::<f64>()).max(0.0);
    let max = workers().fold(leader, f64::max);
    if total > 0.0 { (max * processes / total).clamp(1.0, processes) } else { 1.0 }
}
