//! Indexes of partitioned tables, each with the indexes of partitions that are attached to it.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::catalog::model::TableName;
use crate::catalog::text::Text;

/// All as schema and name.
#[derive(Debug, Default)]
pub(super) struct Attached {
    below: BTreeMap<TableName, BTreeSet<TableName>>,
    /// How often each is attached.
    all: FxHashMap<TableName, usize>,
    /// How many have that name, in whatever schema.
    named: FxHashMap<Text, usize>,
}

impl Attached {
    /// Gives how many are attached to the parent then.
    pub fn insert(&mut self, parent: TableName, child: TableName) -> usize {
        let children = self.below.entry(parent).or_default();
        if children.insert(child.clone()) {
            *self.named.entry(child.name.clone()).or_default() += 1;
            *self.all.entry(child).or_default() += 1;
        }
        children.len()
    }

    /// The parent is gone; gives what was attached to it.
    pub fn take(&mut self, parent: &TableName) -> BTreeSet<TableName> {
        let children = self.below.remove(parent).unwrap_or_default();
        for child in &children {
            one_less(&mut self.named, &child.name);
            one_less(&mut self.all, child);
        }
        children
    }

    pub fn has(&self, child: &TableName) -> bool {
        self.all.contains_key(child)
    }

    pub fn has_one_called(&self, name: &Text) -> bool {
        self.named.contains_key(name)
    }
}

fn one_less<K: Eq + Hash>(counts: &mut FxHashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}
