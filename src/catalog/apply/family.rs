//! A table in; its partitions and children, and the tables and views that refer to it, out.

use rustc_hash::FxHashSet;

use super::{Applied, Complaint, Replay};
use crate::catalog::model::{Table, TableName};

/// So many of a family are gone through at once.
const CHAIN: usize = 1000;

impl Replay {
    /// Tables and views of a schema, in the order of their names.
    pub fn in_schema(&self, schema: &str) -> Vec<TableName> {
        let inside = |name: &&TableName| name.schema == *schema && self.catalog.tables.contains_key(name);
        self.seen.in_schema(schema).into_iter().filter(inside).cloned().collect()
    }

    /// All tables, for a statement that may concern any.
    pub fn all_tables(&self) -> impl Iterator<Item = (&TableName, &Table)> + Clone {
        let tables = &self.catalog.tables;
        tables.iter().take(self.seen.part_of(tables.len()))
    }

    /// Direct partitions and inheritance children.
    pub fn children(&self, parent: &TableName) -> Vec<TableName> {
        let is_child = |name: &&TableName| self.catalog.tables.get(name).is_some_and(|table| table.is_below(parent));
        self.seen.below(parent).into_iter().filter(is_child).cloned().collect()
    }

    /// How many there are.
    pub fn child_count(&self, parent: &TableName) -> usize {
        let is_child = |name: &&TableName| self.catalog.tables.get(name).is_some_and(|table| table.is_below(parent));
        let too_many = self.seen.too_many_below(parent);
        too_many.unwrap_or_else(|| self.seen.anywhere_below(parent).filter(is_child).count())
    }

    pub fn has_children(&self, parent: &TableName) -> bool {
        let is_child = |name: &TableName| self.catalog.tables.get(name).is_some_and(|table| table.is_below(parent));
        self.seen.anywhere_below(parent).any(is_child)
    }

    /// The partition for what fits into no other.
    pub fn default_partition(&self, parent: &TableName) -> Option<TableName> {
        let is_default = |name: &&&TableName| {
            let table = self.catalog.tables.get(name).filter(|table| table.is_below(parent));
            table.and_then(|table| table.partition_bound.as_deref()) == Some("DEFAULT")
        };
        self.seen.defaults_of(parent).iter().find(is_default).map(|name| (*name).clone())
    }

    /// Tables with a foreign key that points at this one.
    pub fn referencing(&self, table: &TableName) -> Vec<TableName> {
        let points = |name: &&TableName| {
            let other = self.catalog.tables.get(name);
            other.is_some_and(|other| other.foreign_keys().any(|key| key.references == table))
        };
        self.seen.referencing(table).into_iter().filter(points).cloned().collect()
    }

    /// Views that read the table, each with what it reads of it.
    pub fn reading(&self, table: &TableName) -> impl Iterator<Item = (&TableName, &Table, &[String])> {
        self.seen.reading(table).into_iter().filter_map(|name| {
            let (name, view) = self.catalog.tables.get_key_value(name)?;
            Some((name, view, view.reads.get(table)?.as_slice()))
        })
    }

    /// The table and everything below it.
    pub fn family(&self, root: &TableName) -> Vec<TableName> {
        let mut family = vec![root.clone()];
        let mut met: FxHashSet<TableName> = family.iter().cloned().collect();
        let mut at = 0;
        while let Some(parent) = family.get(at).cloned() {
            family.extend(self.children(&parent).into_iter().filter(|child| met.insert(child.clone())));
            at += 1;
            // A long chain is a large family too.
            if at % CHAIN == 0 && self.seen.part_of(CHAIN) < CHAIN {
                break;
            }
        }
        family
    }

    /// Makes `parent` the parent of `child`, unless it stands below it: families are trees.
    pub(super) fn adopt(&mut self, parent: &TableName, child: &TableName) -> Applied {
        if self.family(child).contains(parent) {
            return Err(Complaint::new(format!("{child} cannot become a part of {parent}, which is a part of it")));
        }
        let child = self.touched_mut(child)?;
        match child.parent {
            None => child.parent = Some(parent.clone()),
            Some(_) => child.other_parents.push(parent.clone()),
        }
        Ok(())
    }
}
