//! Two plans in; pairs of nodes that do the same work, out. Linear in the nodes.
//!
//! What reads a table is known by the table, a join by the set of tables below it, anything else by its kind and that set.
//! What is left is matched by its place below matched parents, but for joins of the same tables in another order.

use rustc_hash::FxHashMap;

use super::keys::{Class, Tag, class, is_apart, relation, tags};
use crate::plan::model::{NodeId, Plan};

/// For each node its partner in the other plan.
pub(super) struct Matching {
    pub of_old: Vec<Option<NodeId>>,
    pub of_new: Vec<Option<NodeId>>,
}

impl Matching {
    fn pair(&mut self, old: NodeId, new: NodeId) {
        self.of_old[old] = Some(new);
        self.of_new[new] = Some(old);
    }

    fn is_free(&self, old: NodeId, new: NodeId) -> bool {
        self.of_old[old].is_none() && self.of_new[new].is_none()
    }
}

pub(super) fn matching(old: &Plan, new: &Plan) -> Matching {
    let (old_tags, new_tags) = (tags(old), tags(new));
    let mut found = Matching { of_old: vec![None; old.nodes.len()], of_new: vec![None; new.nodes.len()] };
    // The same title and index first, so that of many with one key the right ones meet.
    let title = |plan: &Plan, id: NodeId| (plan.nodes[id].title(), plan.nodes[id].index.clone());
    by_key(&mut found, |id| Some((old_tags[id], title(old, id))), |id| Some((new_tags[id], title(new, id))));
    by_key(&mut found, |id| Some(old_tags[id]), |id| Some(new_tags[id]));
    let table = |plan: &Plan, id: NodeId| {
        let node = &plan.nodes[id];
        relation(node).map(|relation| (class(node), relation))
    };
    by_key(&mut found, |id| table(old, id), |id| table(new, id));
    by_place(&mut found, (old, &old_tags), (new, &new_tags));
    found
}

/// Pairs what is free and has the same key, in order.
fn by_key<K: std::hash::Hash + Eq>(
    found: &mut Matching,
    old_key: impl Fn(NodeId) -> Option<K>,
    new_key: impl Fn(NodeId) -> Option<K>,
) {
    let mut waiting: FxHashMap<K, Vec<NodeId>> = FxHashMap::default();
    for old in (0..found.of_old.len()).rev().filter(|&old| found.of_old[old].is_none()) {
        if let Some(key) = old_key(old) {
            waiting.entry(key).or_default().push(old);
        }
    }
    for new in 0..found.of_new.len() {
        if found.of_new[new].is_some() {
            continue;
        }
        if let Some(old) = new_key(new).and_then(|key| waiting.get_mut(&key)?.pop()) {
            found.pair(old, new);
        }
    }
}

/// From the roots down: free children of the same class and role below a pair.
fn by_place(found: &mut Matching, old: (&Plan, &[Tag]), new: (&Plan, &[Tag])) {
    if old.0.nodes.is_empty() || new.0.nodes.is_empty() {
        return;
    }
    let (old_strange, new_strange) = (strange(&found.of_old, old), strange(&found.of_new, new));
    let fits = |found: &Matching, a: NodeId, b: NodeId| {
        let reordered = old.1[a].class == Class::Join && !old_strange[a] && !new_strange[b];
        found.is_free(a, b)
            && old.1[a].class == new.1[b].class
            && is_apart(old.0.nodes[a].role) == is_apart(new.0.nodes[b].role)
            && !reordered
    };
    if fits(found, 0, 0) {
        found.pair(0, 0);
    }
    for id in 0..new.0.nodes.len() {
        let Some(partner) = found.of_new[id] else { continue };
        let mut free = old.0.nodes[partner].children.iter().copied().peekable();
        for &child in
            new.0.nodes[id].children.iter().filter(|&&child| found.of_new[child].is_none()).collect::<Vec<_>>()
        {
            if let Some(a) = free.by_ref().find(|&a| fits(found, a, child)) {
                found.pair(a, child);
            }
        }
    }
}

/// Whether something below reads what the other plan does not: a pruned partition, another query.
fn strange(partners: &[Option<NodeId>], (plan, _): (&Plan, &[Tag])) -> Vec<bool> {
    let mut strange: Vec<bool> =
        plan.nodes.iter().zip(partners).map(|(node, partner)| partner.is_none() && node.relation.is_some()).collect();
    for id in (0..plan.nodes.len()).rev() {
        if let Some(parent) = plan.nodes[id].parent.filter(|&parent| parent < id && strange[id]) {
            strange[parent] = true;
        }
    }
    strange
}
