//! What a server knows of tables beside their structure: extended statistics and publications.

use serde::{Deserialize, Serialize};

use super::{Table, TableName};

/// `pg_statistic_ext`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtendedStatistics {
    /// In whatever schema it stands.
    pub name: TableName,
    pub columns: Vec<String>,
    /// Since 14.
    #[serde(default)]
    pub expressions: Vec<String>,
    /// `ndistinct`, `dependencies`, `mcv`, `expressions`.
    pub kinds: Vec<String>,
}

/// `pg_publication`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Publication {
    pub name: String,
    /// `FOR ALL TABLES`: `tables` and `schemas` are empty.
    pub all_tables: bool,
    pub tables: Vec<TableName>,
    /// `FOR TABLES IN SCHEMA`, since 15.
    pub schemas: Vec<String>,
    /// Whether UPDATE and DELETE are sent, which need a key that tells the rows apart.
    pub updates: bool,
    pub deletes: bool,
}

impl Table {
    /// Those that it inherits from, or the one that it is a part of.
    pub fn parents(&self) -> impl Iterator<Item = &TableName> {
        self.parent.iter().chain(self.other_parents.iter())
    }

    pub fn parents_mut(&mut self) -> impl Iterator<Item = &mut TableName> {
        self.parent.iter_mut().chain(self.other_parents.some_mut().into_iter().flatten())
    }

    /// Inherits from it no longer; the next of the others becomes the first.
    pub fn leave(&mut self, parent: &TableName) {
        let mut others = self.other_parents.some_mut();
        if let Some(others) = &mut others {
            others.retain(|known| known != parent);
        }
        if self.parent.as_ref() == Some(parent) {
            self.parent = others.filter(|others| !others.is_empty()).map(|others| others.remove(0));
        }
    }

    pub fn is_below(&self, parent: &TableName) -> bool {
        self.parents().any(|known| known == parent)
    }
}
