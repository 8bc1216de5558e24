//! A tree in; its InitPlans and CTEs with the nodes that may have run them, out.
//!
//! A name holds below the node that owns the sub-plan; the nearest owner wins, and inside a CTE its own name means what it
//! means outside.

use rustc_hash::FxHashMap;

use super::references::{Name, names, references};
use super::tree::{Tree, runs_elsewhere};
use crate::plan::model::{Key, Kind, NodeId, Role, Value};

/// An InitPlan or a CTE.
pub(super) struct Side {
    pub root: NodeId,
    pub owner: NodeId,
    pub is_cte: bool,
    /// Scans of the CTE, or nodes whose expressions ask for the InitPlan: each once, in order, never inside it.
    pub users: Vec<NodeId>,
}

/// In the order in which EXPLAIN lists them.
pub(super) fn sides(tree: &Tree) -> Vec<Side> {
    let mut sides: Vec<Side> = Vec::new();
    let mut by_root: FxHashMap<NodeId, usize> = FxHashMap::default();
    for id in 0..tree.len() {
        if let Some(owner) = tree.parent(id).filter(|_| runs_elsewhere(tree.node(id).role)) {
            by_root.insert(id, sides.len());
            sides.push(Side { root: id, owner, is_cte: tree.node(id).role == Role::Cte, users: Vec::new() });
        }
    }
    if sides.is_empty() {
        return sides;
    }
    let mut scopes = Scopes::default();
    for id in 0..tree.len() {
        scopes.leave(id);
        scopes.enter(tree, id);
        let mut used = |name: Name| {
            let Some(side) = scopes.meaning(name).and_then(|root| by_root.get(&root)) else { return };
            let side = &mut sides[*side];
            if !tree.contains(side.root, id) && side.users.last() != Some(&id) {
                side.users.push(id);
            }
        };
        let node = tree.node(id);
        if let (Kind::CteScan, Some(cte)) = (&node.kind, &node.relation) {
            used(Name::Cte(cte));
        }
        for property in node.properties.iter().filter(|p| p.key != Key::RecheckCond) {
            if let Value::Text(text) = &property.value {
                references(text, &mut used);
            }
        }
    }
    sides
}

/// What each name means at the node that is being looked at.
#[derive(Default)]
struct Scopes<'a> {
    meanings: FxHashMap<Name<'a>, Vec<Option<NodeId>>>,
    /// Where a meaning ends, the latest last.
    open: Vec<(NodeId, Name<'a>)>,
}

impl<'a> Scopes<'a> {
    fn leave(&mut self, at: NodeId) {
        while self.open.last().is_some_and(|&(end, _)| end <= at) {
            if let Some((_, name)) = self.open.pop()
                && let Some(meanings) = self.meanings.get_mut(&name)
            {
                meanings.pop();
            }
        }
    }

    fn enter(&mut self, tree: &Tree<'a>, id: NodeId) {
        let node = tree.node(id);
        if node.role == Role::Cte {
            for name in node.subplan.as_deref().map(names).unwrap_or_default() {
                // The owner's meaning is the last one; the one before it holds in here.
                let outside = self.meanings.get(&name).and_then(|all| all.iter().rev().nth(1).copied().flatten());
                self.push(tree.end(id), name, outside);
            }
        }
        for &child in node.children.iter().filter(|&&child| runs_elsewhere(tree.node(child).role)) {
            for name in tree.node(child).subplan.as_deref().map(names).unwrap_or_default() {
                self.push(tree.end(id), name, Some(child));
            }
        }
    }

    fn push(&mut self, end: NodeId, name: Name<'a>, meaning: Option<NodeId>) {
        self.meanings.entry(name).or_default().push(meaning);
        self.open.push((end, name));
    }

    fn meaning(&self, name: Name) -> Option<NodeId> {
        self.meanings.get(&name).and_then(|all| all.last().copied().flatten())
    }
}
