//! An InitPlan and what is left of each node's time and blocks in; the node that ran it, out.
//!
//! EXPLAIN does not say which node that was. It had the time and the blocks (which are exact), its expressions ask for the
//! result, and it is rather one that was busy before its first row.

use super::amount::Amount;
use super::payment::Ledger;
use super::processes::is_gather;
use super::sides::Side;
use super::tree::runs_elsewhere;
use crate::plan::model::{Kind, NodeId};

/// How many nodes below an owner are looked at when no expression tells who asked (target lists are only printed by VERBOSE).
const SEARCHED: usize = 1000;
/// How far above a node that asks: a rescan is on its parent's clock (`execProcnode.c`, `ExecProcNodeInstr`; `execAmi.c`, `ExecReScan`).
const ABOVE: usize = 3;

/// `None` for what never ran.
pub(super) fn payer(ledger: &Ledger, side: &Side) -> Option<NodeId> {
    if ledger.tree.loops(side.root) == 0.0 {
        return None;
    }
    let needs = Needs::new(ledger, side);
    let asked = asking(ledger, side, &needs);
    let among = |all: &[Candidate], fit: Fit| {
        best(ledger, &needs, all.iter().copied().filter(|candidate| needs.fit(ledger, candidate.node) <= fit))
    };
    let asking = |fit| among(&asked, fit);
    asking(Fit::Alone)
        .or_else(|| asking(Fit::WithOwner))
        .or_else(|| {
            let below = below(ledger, side, &needs);
            among(&below, Fit::Alone).or_else(|| among(&below, Fit::WithOwner))
        })
        .or_else(|| asking(Fit::ByTime))
        .or_else(|| asking(Fit::No))
        .or(Some(side.owner))
}

/// A node, and how much speaks for it: the lower the more.
#[derive(Clone, Copy)]
struct Candidate {
    node: NodeId,
    doubt: u8,
}

/// How well what a node has covers what an InitPlan spent; the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Alone,
    /// The end of its workers is on the clock of its owner (`execProcnode.c`, `ExecShutdownNode`).
    WithOwner,
    /// The blocks are too few.
    ByTime,
    No,
}

struct Needs {
    owner: NodeId,
    ms: f64,
    /// Until the first row: certainly on the payer's clock.
    startup_ms: f64,
    blocks: f64,
    rounding: f64,
}

impl Needs {
    fn new(ledger: &Ledger, side: &Side) -> Self {
        let node = ledger.tree.node(side.root);
        Self {
            owner: side.owner,
            ms: ledger.wall(side.root),
            startup_ms: ledger.startup(side.root).unwrap_or(0.0),
            blocks: Amount::of(&node.usage).blocks(),
            rounding: ledger.rounding(side.root),
        }
    }

    fn fit(&self, ledger: &Ledger, node: NodeId) -> Fit {
        let slack = self.rounding + ledger.clock.times[node].tolerance;
        let (own, blocks) = (ledger.clock.times[node].own, ledger.usage[node].blocks());
        let by_time = own >= self.ms - slack;
        let (more, more_blocks) = (ledger.clock.times[self.owner].own, ledger.usage[self.owner].blocks());
        let together = node != self.owner && own >= self.startup_ms - slack && own + more >= self.ms - slack;
        if by_time && blocks >= self.blocks {
            Fit::Alone
        } else if together && blocks + more_blocks >= self.blocks {
            Fit::WithOwner
        } else if by_time || together {
            Fit::ByTime
        } else {
            Fit::No
        }
    }

    /// What is needed to give the first row is in the time until then.
    fn before_first_row(&self, ledger: &Ledger, node: NodeId) -> bool {
        ledger.startup(node).is_none_or(|ms| ms >= self.startup_ms - self.rounding - ledger.rounding(node))
    }
}

fn best(ledger: &Ledger, needs: &Needs, candidates: impl Iterator<Item = Candidate>) -> Option<NodeId> {
    let has_these_blocks = |id: NodeId| needs.blocks > 0.0 && ledger.usage[id].blocks() == needs.blocks;
    let (times, usage) = (&ledger.clock.times, &ledger.usage);
    candidates
        .min_by(|a, b| {
            let exactly = |c: &Candidate| !has_these_blocks(c.node);
            (a.doubt.cmp(&b.doubt))
                .then(exactly(a).cmp(&exactly(b)))
                .then(times[b.node].own.total_cmp(&times[a.node].own))
                .then(usage[b.node].blocks().total_cmp(&usage[a.node].blocks()))
                .then(a.node.cmp(&b.node))
        })
        .map(|candidate| candidate.node)
}

/// Nodes whose expressions ask for the result, and those on whose clock they may have done so.
fn asking(ledger: &Ledger, side: &Side, needs: &Needs) -> Vec<Candidate> {
    let tree = ledger.tree;
    let mut found = Vec::new();
    for &user in side.users.iter().filter(|&&user| tree.loops(user) > 0.0) {
        // A Gather evaluates what its workers need before it starts them (`execParallel.c`, `ExecInitParallelPlan`), if it is
        // evaluated above them (`setrefs.c`, `set_param_references`).
        let gather = ledger.processes[user].gather().filter(|&gather| tree.contains(side.owner, gather));
        found.extend(gather.map(|node| Candidate { node, doubt: 0 }));
        let late = !needs.before_first_row(ledger, user) || gather.is_some();
        found.push(Candidate { node: user, doubt: u8::from(late) });
        let above = std::iter::successors(tree.parent(user), |&id| tree.parent(id));
        let owned = above.take_while(|&id| tree.contains(side.owner, id) && !tree.contains(side.root, id));
        found.extend(owned.take(ABOVE).map(|node| Candidate { node, doubt: 2 }));
    }
    found
}

/// Nodes of the owner's query level.
fn below(ledger: &Ledger, side: &Side, needs: &Needs) -> Vec<Candidate> {
    let tree = ledger.tree;
    let mut found = Vec::new();
    let mut id = side.owner;
    let mut budget = SEARCHED;
    while id < tree.end(side.owner) && budget > 0 {
        budget -= 1;
        if id != side.owner && runs_elsewhere(tree.node(id).role) {
            id = tree.end(id);
            continue;
        }
        let kind = &tree.node(id).kind;
        let doubt = if id == side.owner || is_gather(kind) { 3 } else { 4 };
        let late = !needs.before_first_row(ledger, id) || *kind == Kind::CteScan;
        if tree.loops(id) > 0.0 {
            found.push(Candidate { node: id, doubt: doubt + 2 * u8::from(late) });
        }
        id += 1;
    }
    found
}
