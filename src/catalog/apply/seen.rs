//! Names that were ever given to indexes and constraints, and tables that ever had children: what is not among them need not be
//! looked for in every table.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::catalog::model::{Catalog, Table, TableName};

/// Never less than what is there. What changed last is only noted, and looked at when the next statement begins.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Of indexes and constraints, with the tables that had them.
    names: FxHashMap<String, BTreeSet<TableName>>,
    /// Parent → tables that were its children.
    children: BTreeMap<TableName, BTreeSet<TableName>>,
    touched: BTreeSet<TableName>,
}

impl Seen {
    /// That table may have changed.
    pub fn touch(&mut self, table: &TableName) {
        if !self.touched.contains(table) {
            self.touched.insert(table.clone());
        }
    }

    /// All may have.
    pub fn touch_all(&mut self, catalog: &Catalog) {
        self.touched.extend(catalog.tables.keys().cloned());
    }

    pub fn catch_up(&mut self, catalog: &Catalog) {
        for name in std::mem::take(&mut self.touched) {
            let Some(table) = catalog.tables.get(&name) else { continue };
            for own in names_of(table) {
                match self.names.get_mut(own) {
                    Some(tables) if tables.contains(&name) => {}
                    Some(tables) => drop(tables.insert(name.clone())),
                    None => drop(self.names.insert(own.to_owned(), BTreeSet::from([name.clone()]))),
                }
            }
            if let Some(parent) = &table.parent {
                self.children.entry(parent.clone()).or_default().insert(name);
            }
        }
    }

    /// Tables that may have an index or a constraint of that name, in their order.
    pub fn tables_with<'s>(&'s self, name: &str) -> BTreeSet<&'s TableName> {
        self.names.get(name).into_iter().flatten().chain(&self.touched).collect()
    }

    /// Tables that may stand below that one, in their order.
    pub fn below<'s>(&'s self, parent: &TableName) -> BTreeSet<&'s TableName> {
        self.children.get(parent).into_iter().flatten().chain(&self.touched).collect()
    }
}

fn names_of(table: &Table) -> impl Iterator<Item = &str> {
    let indexes = table.indexes.iter().map(|index| index.name.as_str());
    indexes.chain(table.constraints.iter().map(|constraint| constraint.name.as_str()))
}
