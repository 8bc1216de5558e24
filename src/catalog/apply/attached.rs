//! Indexes of partitioned tables, each with the indexes of partitions that are attached to it.

use std::collections::{BTreeMap, BTreeSet};

use super::counts::Counts;
use crate::catalog::model::TableName;
use crate::catalog::text::Text;

/// All as schema and name.
#[derive(Debug, Default)]
pub(super) struct Attached {
    below: BTreeMap<TableName, BTreeSet<TableName>>,
    /// How often each is attached.
    all: Counts<TableName>,
    /// How many have that name, in whatever schema.
    named: Counts<Text>,
}

impl Attached {
    /// Gives how many are attached to the parent then.
    pub fn insert(&mut self, parent: TableName, child: TableName) -> usize {
        let children = self.below.entry(parent).or_default();
        if children.insert(child.clone()) {
            self.named.add(&child.name);
            self.all.add(&child);
        }
        children.len()
    }

    /// The parent is gone; gives what was attached to it.
    pub fn take(&mut self, parent: &TableName) -> BTreeSet<TableName> {
        let children = self.below.remove(parent).unwrap_or_default();
        for child in &children {
            self.named.remove(&child.name);
            self.all.remove(child);
        }
        children
    }

    pub fn has(&self, child: &TableName) -> bool {
        self.all.has(child)
    }

    pub fn has_one_called(&self, name: &Text) -> bool {
        self.named.has(name)
    }
}
