//! A tree and its processes in; wall time, and what is left of it without children, out.

use super::processes::Processes;
use super::tree::Tree;

/// Times in ms.
pub(super) struct Clock {
    /// Parallel to the nodes.
    pub times: Vec<Time>,
    /// What children showed beyond their parents.
    pub overlap: f64,
}

#[derive(Clone, Copy)]
pub(super) struct Time {
    /// As measured; `None` where nothing was printed.
    pub wall: Option<f64>,
    /// Without children. What InitPlans and CTEs took is still in it.
    pub own: f64,
    /// What rounding may have done to `own`.
    pub tolerance: f64,
}

/// Of one node, while the times are worked out.
#[derive(Clone, Copy)]
struct Draft {
    /// The wall time, or what children show instead.
    known: f64,
    /// The part of it that its parent has room for.
    scale: f64,
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
        let unknown = Time { wall: None, own: 0.0, tolerance: rounding(0.0) };
        let mut times = vec![unknown; tree.len()];
        let mut overlap = 0.0;
        if tree.plan.nodes.iter().all(|node| node.actual.is_none()) {
            return Self { times, overlap };
        }
        for (id, time) in times.iter_mut().enumerate() {
            time.wall = tree.work_ms(id).map(|ms| ms / processes[id].divisor);
        }
        let mut drafts = at_least(tree, &times);
        let loops = |id: usize| tree.loops(id) / processes[id].divisor;
        for (id, time) in times.iter_mut().enumerate() {
            let Draft { known, scale } = drafts[id];
            let below: f64 = tree.inner(id).map(|child| drafts[child].known).sum();
            time.own = (known - below).max(0.0) * scale;
            time.tolerance = rounding(loops(id) + tree.inner(id).map(loops).sum::<f64>());
            let fits = if below > known { known / below } else { 1.0 };
            overlap += (below - known).max(0.0) * scale;
            for child in tree.inner(id) {
                drafts[child].scale = scale * fits;
            }
        }
        Self { times, overlap }
    }
}

/// Of a node whose time is missing in damaged input, what its children show.
fn at_least(tree: &Tree, times: &[Time]) -> Vec<Draft> {
    let mut drafts = vec![Draft { known: 0.0, scale: 1.0 }; times.len()];
    for id in (0..times.len()).rev() {
        drafts[id].known = times[id].wall.unwrap_or_else(|| tree.inner(id).map(|child| drafts[child].known).sum());
    }
    drafts
}
