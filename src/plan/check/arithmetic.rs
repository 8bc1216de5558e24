//! A plan in; figures that contradict each other, out. Printed figures are rounded and some nodes hand on more than they
//! read: every bound has room for that, for a plan that is not damaged must never be called so.

use super::super::model::{Actual, Kind, Node, NodeId, Plan};

/// Lines and what is wrong there: the first place of each contradiction.
pub(super) fn wrong(plan: &Plan) -> Vec<(u32, String)> {
    // Greenplum prints figures of the segment that had the most to do, another one for each node.
    let segments = plan.nodes.iter().any(|node| matches!(&node.kind, Kind::Other(name) if name.contains(" Motion ")));
    // One pass over the nodes: a large plan does not fit into the cache.
    let mut first: [First; 5] = Default::default();
    for (id, node) in plan.nodes.iter().enumerate() {
        let [costly, backwards, run, many, long] = &mut first;
        costly.note(node, || costs(node));
        let Some(actual) = node.actual else { continue };
        backwards.note(node, || times(plan, id, actual));
        if !segments {
            run.note(node, || executed(plan, id, actual));
            many.note(node, || rows(plan, id, actual));
            long.note(node, || longer(plan, id, actual));
        }
    }
    first.into_iter().filter_map(|first| first.0).chain(whole(plan).map(|message| (0, message))).collect()
}

/// The first place of a contradiction, with its line.
#[derive(Default)]
struct First(Option<(u32, String)>);

impl First {
    #[inline]
    fn note(&mut self, node: &Node, check: impl FnOnce() -> Option<String>) {
        if self.0.is_none() {
            self.0 = check().map(|message| (node.line, message));
        }
    }
}

fn costs(node: &Node) -> Option<String> {
    let estimate = node.estimate?;
    let wrong = estimate.startup_cost > estimate.total_cost + 0.01 || estimate.rows < 0.0;
    wrong.then(|| format!("the estimate of {} is impossible", node.title()))
}

fn times(plan: &Plan, id: NodeId, actual: Actual) -> Option<String> {
    let backwards = actual.startup_ms.zip(actual.total_ms).is_some_and(|(startup, total)| startup > total + 0.002);
    let negative = actual.rows < 0.0 || actual.loops < 0.0;
    (backwards || negative).then(|| format!("the actual figures of {} are impossible", plan.nodes[id].title()))
}

/// What was never executed has not executed what feeds it.
fn executed(plan: &Plan, id: NodeId, actual: Actual) -> Option<String> {
    if actual.loops > 0.0 {
        return None;
    }
    let ran = |child: NodeId| plan.nodes[child].actual.is_some_and(|actual| actual.loops > 0.0);
    plan.inputs(id).any(ran).then(|| format!("{} was never executed, but a plan below it was", plan.nodes[id].title()))
}

/// Rows that a node can only have from below it.
fn rows(plan: &Plan, id: NodeId, actual: Actual) -> Option<String> {
    let node = &plan.nodes[id];
    let most = match node.kind {
        _ if actual.loops <= 0.0 => return None,
        Kind::Append | Kind::MergeAppend => usize::MAX,
        Kind::Limit
        | Kind::Unique
        | Kind::LockRows
        | Kind::SubqueryScan
        | Kind::Hash
        | Kind::Gather
        | Kind::GatherMerge
        | Kind::Group => 1,
        _ => return None,
    };
    let (mut total, mut loops, mut foreign, mut given) = (0.0, 0.0, false, 0);
    for child in plan.inputs(id).take(most).map(|child| &plan.nodes[child]) {
        let actual = child.actual?;
        total += actual.rows * actual.loops;
        loops += actual.loops;
        foreign |= child.kind == Kind::ForeignScan;
        given += 1;
    }
    if given == 0 && !matches!(node.kind, Kind::Append | Kind::MergeAppend) {
        return None;
    }
    let half = if plan.has.fractional_rows { 0.005 } else { 0.5 };
    let error = half * (loops + actual.loops) * 1.01 + 0.5;
    let here = actual.rows * actual.loops;
    if here > total + error {
        return Some(format!("{} gave {here} rows, but what is below it only {total}", node.title()));
    }
    // An Append hands on what it gets. Foreign Scans are read ahead of it, or count the rows that they modify on the other side.
    let exact = node.kind == Kind::Append && !foreign;
    (exact && here < total - error).then(|| format!("{} gave {here} rows, but what is below it {total}", node.title()))
}

/// A node's time has that of its inputs in it. Not between a Gather and its neighbours: workers' times add up, and the end of
/// workers counts for the Gather alone (`execProcnode.c`, `ExecShutdownNode`).
fn longer(plan: &Plan, id: NodeId, actual: Actual) -> Option<String> {
    let parent = &plan.nodes[id];
    let is_gather = |kind: &Kind| matches!(kind, Kind::Gather | Kind::GatherMerge | Kind::Other(_) | Kind::CustomScan);
    let work = |actual: Actual| actual.total_ms.map(|ms| ms * actual.loops);
    if is_gather(&parent.kind) {
        return None;
    }
    let here = work(actual)?;
    let child = plan.inputs(id).find(|&child| {
        let child = &plan.nodes[child];
        let Some(below) = child.actual.filter(|_| !is_gather(&child.kind)) else { return false };
        let rounding = 0.001 * (below.loops + actual.loops);
        work(below).is_some_and(|work| work > 1.5 * here + rounding + 1.0)
    })?;
    Some(format!("{} took longer than {} above it", plan.nodes[child].title(), parent.title()))
}

fn whole(plan: &Plan) -> Option<String> {
    let actual = plan.nodes.first()?.actual?;
    let root = actual.total_ms? * actual.loops;
    let execution = plan.execution_ms?;
    (root > 1.02 * execution + 0.01 + 0.001 * actual.loops)
        .then(|| format!("the root took {root} ms, but the whole execution {execution} ms"))
}
