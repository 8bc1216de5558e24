//! InitPlans and CTEs, and what each node has, in; which nodes' clocks ran while they did, out.
//!
//! A CTE runs as its scans ask for rows (`nodeCtescan.c`), so its time sits in those; what a data-modifying one has left
//! runs after the root (`execMain.c`, `ExecPostprocessPlan`). An InitPlan runs when the first node asks for its result
//! (`nodeSubplan.c`, `ExecSetParamPlan`): [`super::payer`] finds out which.

use std::cmp::Reverse;

use super::amount::Amount;
use super::clock::{Clock, rounding};
use super::payer::payer;
use super::processes::Processes;
use super::sides::Side;
use super::tree::{Tree, sane};
use super::{Payment, SidePlan};
use crate::plan::model::{Kind, NodeId};

/// What no sub-plan has taken from its node yet.
pub(super) struct Ledger<'t, 'p> {
    pub tree: &'t Tree<'p>,
    pub processes: &'t [Processes],
    pub clock: &'t mut Clock,
    pub usage: &'t mut [Amount],
}

impl Ledger<'_, '_> {
    /// Takes from the payers what their sub-plans spent; in the order of the tree.
    pub fn settle(&mut self, sides: &[Side]) -> Vec<SidePlan> {
        let mut order: Vec<&Side> = sides.iter().collect();
        let microseconds = |side: &Side| (self.wall(side.root) * 1000.0) as u64;
        order.sort_by_cached_key(|side| (certainty(side), side.users.len(), Reverse(microseconds(side)), side.root));
        let mut settled: Vec<SidePlan> =
            order.into_iter().map(|side| if side.is_cte { self.share(side) } else { self.charge(side) }).collect();
        settled.sort_by_key(|side| side.root);
        settled
    }

    pub fn wall(&self, id: NodeId) -> f64 {
        self.clock.times[id].wall.unwrap_or(0.0)
    }

    /// Of the wall time of one node.
    pub fn rounding(&self, id: NodeId) -> f64 {
        rounding(self.tree.loops(id) / self.processes[id].divisor)
    }

    /// By the clock, until the first row of each loop.
    pub fn startup(&self, id: NodeId) -> Option<f64> {
        let actual = self.tree.node(id).actual?;
        Some(sane(actual.startup_ms?) * sane(actual.loops) / self.processes[id].divisor)
    }

    /// Each scan pays by the time it took.
    fn share(&mut self, side: &Side) -> SidePlan {
        let wall = self.wall(side.root);
        let spent = Amount::of(&self.tree.node(side.root).usage);
        let time: f64 = side.users.iter().map(|&scan| self.clock.times[scan].own).sum();
        let mut usage = Amount::NONE;
        for &scan in &side.users {
            usage.add(&self.usage[scan]);
        }
        let amount = wall.min(time);
        let mut left = spent;
        let mut payers = Vec::with_capacity(side.users.len());
        for &scan in &side.users {
            let ms = if time > 0.0 { amount * (self.clock.times[scan].own / time) } else { 0.0 };
            let portion = spent.portion(&self.usage[scan], &usage);
            payers.push(self.pay(side.root, scan, ms, &portion));
            left.subtract(&portion);
        }
        self.rest(side, payers, (wall - amount).max(0.0), &left)
    }

    fn charge(&mut self, side: &Side) -> SidePlan {
        let wall = self.wall(side.root);
        let Some(node) = payer(self, side) else { return self.rest(side, Vec::new(), wall, &Amount::NONE) };
        let spent = Amount::of(&self.tree.node(side.root).usage);
        let ms = wall.min(self.clock.times[node].own);
        let mut left = spent;
        left.subtract(&self.usage[node]);
        let payers = vec![self.pay(side.root, node, ms, &spent)];
        self.rest(side, payers, wall - ms, &left)
    }

    /// What those who asked do not account for: a data-modifying CTE is completed after the root, the workers of others end on the
    /// clock of their owner (`execProcnode.c`, `ExecShutdownNode`).
    fn rest(&mut self, side: &Side, mut payers: Vec<Payment>, ms: f64, usage: &Amount) -> SidePlan {
        if side.is_cte && self.tree.node(side.root).kind == Kind::ModifyTable {
            return SidePlan { root: side.root, payers, after_ms: ms, unattributed_ms: 0.0 };
        }
        let owned = ms.min(self.clock.times[side.owner].own);
        if owned > 0.0 || *usage != Amount::NONE {
            payers.push(self.pay(side.root, side.owner, owned, usage));
        }
        SidePlan { root: side.root, payers, after_ms: 0.0, unattributed_ms: ms - owned }
    }

    fn pay(&mut self, root: NodeId, node: NodeId, ms: f64, spent: &Amount) -> Payment {
        self.clock.times[node].own = (self.clock.times[node].own - ms).max(0.0);
        self.clock.times[node].tolerance += self.rounding(root);
        self.usage[node].subtract(spent);
        Payment { node, ms }
    }
}

/// Who pays for a CTE with one scan is certain; shares among many are taken of what InitPlans left.
fn certainty(side: &Side) -> u8 {
    match (side.is_cte, side.users.len()) {
        (true, 0 | 1) => 0,
        (false, _) => 1,
        (true, _) => 2,
    }
}
