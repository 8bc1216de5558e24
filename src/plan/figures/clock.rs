//! A tree and its processes in; wall time, and what is left of it without children, out.

use super::processes::Processes;
use super::tree::Tree;

/// Times in ms, parallel to the nodes.
pub(super) struct Clock {
    /// As measured; `None` where nothing was printed.
    pub wall: Vec<Option<f64>>,
    /// Without children. What InitPlans and CTEs took is still in it.
    pub own: Vec<f64>,
    /// What rounding may have done to `own`.
    pub tolerance: Vec<f64>,
    /// What children showed beyond their parents.
    pub overlap: f64,
}

/// Times are printed in microseconds, as means per loop: each loop may be half a microsecond off; clocks are read one
/// after the other.
pub(super) fn rounding(loops: f64) -> f64 {
    0.002 + 0.0006 * loops
}

impl Clock {
    /// Where children together show more than their parent (workers that end after the parent's clock stopped, one process
    /// that builds what others need not wait for, rounding), they share what the parent has: so the sum over a tree is
    /// exactly the time of its root.
    pub fn new(tree: &Tree, processes: &[Processes]) -> Self {
        if tree.plan.nodes.iter().all(|node| node.actual.is_none()) {
            return Self::unknown(tree.len());
        }
        let wall: Vec<Option<f64>> =
            (0..tree.len()).map(|id| tree.work_ms(id).map(|ms| ms / processes[id].divisor)).collect();
        let known = at_least(tree, &wall);
        let mut own = vec![0.0; tree.len()];
        let mut tolerance = vec![0.0; tree.len()];
        let mut scale = vec![1.0; tree.len()];
        let mut overlap = 0.0;
        let loops = |id: usize| tree.loops(id) / processes[id].divisor;
        for id in 0..tree.len() {
            let below: f64 = tree.inner(id).map(|child| known[child]).sum();
            own[id] = (known[id] - below).max(0.0) * scale[id];
            tolerance[id] = rounding(loops(id) + tree.inner(id).map(loops).sum::<f64>());
            let fits = if below > known[id] { known[id] / below } else { 1.0 };
            overlap += (below - known[id]).max(0.0) * scale[id];
            for child in tree.inner(id) {
                scale[child] = scale[id] * fits;
            }
        }
        Self { wall, own, tolerance, overlap }
    }

    /// Of nodes that were not executed.
    fn unknown(nodes: usize) -> Self {
        Self { wall: vec![None; nodes], own: vec![0.0; nodes], tolerance: vec![rounding(0.0); nodes], overlap: 0.0 }
    }
}

/// Of a node whose time is missing in damaged input, what its children show.
fn at_least(tree: &Tree, wall: &[Option<f64>]) -> Vec<f64> {
    let mut known = vec![0.0; wall.len()];
    for id in (0..wall.len()).rev() {
        known[id] = wall[id].unwrap_or_else(|| tree.inner(id).map(|child| known[child]).sum());
    }
    known
}
