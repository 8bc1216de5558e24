//! A plan in; what each of its nodes is known by, out.

use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

use crate::plan::model::{Kind, Node, NodeId, Partial, Plan, Role};

/// Kinds that may stand for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Class {
    /// Of a table, however it is read.
    Scan,
    Join,
    Bitmap,
    Aggregate,
    PartialAggregate,
    Sort,
    Gather,
    Append,
    /// Any other: by its own kind.
    Same(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Tag {
    pub class: Class,
    /// Of all names read below, in whatever order.
    pub set: u64,
}

/// Of each node.
pub(super) fn tags(plan: &Plan) -> Vec<Tag> {
    let count = plan.nodes.len();
    let mut sets = vec![0u64; count];
    let heaps = heaps(plan);
    for id in (0..count).rev() {
        let node = &plan.nodes[id];
        if let Some(name) = own_name(node) {
            sets[id] = name;
        }
        if let Some(heap) = heaps.get(&id) {
            sets[id] = own_name(&plan.nodes[*heap]).unwrap_or_default();
        }
        let Some(parent) = node.parent.filter(|&parent| parent < id) else { continue };
        // What is asked beside the rows is no part of what they are made of; a bitmap is its heap's.
        if !node.role.is_side() && !heaps.contains_key(&id) {
            sets[parent] = sets[parent].wrapping_add(sets[id]);
        }
    }
    plan.nodes.iter().zip(sets).map(|(node, set)| Tag { class: class(node), set }).collect()
}

/// The Bitmap Heap Scan that each node of a bitmap is for.
fn heaps(plan: &Plan) -> FxHashMap<NodeId, NodeId> {
    let mut heaps: FxHashMap<NodeId, NodeId> = FxHashMap::default();
    for (id, node) in plan.nodes.iter().enumerate() {
        let Some(parent) = node.parent.filter(|_| class(node) == Class::Bitmap) else { continue };
        let heap = if plan.nodes[parent].kind == Kind::BitmapHeapScan {
            parent
        } else {
            heaps.get(&parent).copied().unwrap_or(parent)
        };
        heaps.insert(id, heap);
    }
    heaps
}

/// The name that a query gives to what is read here.
fn own_name(node: &Node) -> Option<u64> {
    let is_target = node.kind == Kind::ModifyTable;
    node.name().filter(|_| !is_target).map(|name| hash(&name))
}

pub(super) fn class(node: &Node) -> Class {
    match &node.kind {
        kind if kind.is_table_scan() || matches!(kind, Kind::ForeignScan) => Class::Scan,
        // An extension's scan of a table stands for the table's.
        Kind::CustomScan if node.relation.is_some() => Class::Scan,
        kind if kind.is_join() => Class::Join,
        Kind::BitmapIndexScan | Kind::BitmapAnd | Kind::BitmapOr => Class::Bitmap,
        Kind::Aggregate | Kind::Group | Kind::Unique => match node.partial {
            Partial::Partial => Class::PartialAggregate,
            Partial::Simple | Partial::Finalize => Class::Aggregate,
        },
        Kind::Sort | Kind::IncrementalSort => Class::Sort,
        Kind::Gather | Kind::GatherMerge => Class::Gather,
        Kind::Append | Kind::MergeAppend => Class::Append,
        kind => Class::Same(hash(&kind.name())),
    }
}

/// A table by its own name, for what goes by another alias in the other plan.
pub(super) fn relation(node: &Node) -> Option<u64> {
    node.relation.as_deref().map(|relation| hash(&relation))
}

/// Whether the node hangs below its parent as a tree of its own.
pub(super) fn is_apart(role: Role) -> bool {
    role.is_side()
}

/// Spread over all 64 bits, for sums to tell sets apart.
fn hash(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    xxhash_rust::xxh3::xxh3_64(&hasher.finish().to_le_bytes())
}
