//! Tables by name: found by one look, gone through in the order of their names.

use std::fmt;
use std::ops::Index;
use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Table, TableKind, TableName};
use crate::catalog::text::Text;

/// A map of which the order is made only when somebody goes through it.
#[derive(Clone, Default)]
pub struct Tables {
    places: FxHashMap<TableName, u32>,
    /// `None` where one was removed.
    entries: Vec<Option<(TableName, Table)>>,
    /// Places in the order of names, as it was when it was last asked for; those that are empty by now are passed over.
    before: Vec<u32>,
    /// Places that came after that.
    fresh: Vec<u32>,
    order: OnceLock<Vec<u32>>,
    /// Gone with every change.
    related: OnceLock<Related>,
}

/// Tables that others are about.
#[derive(Clone, Debug, Default)]
struct Related {
    /// They have children that are no partitions.
    inherited: FxHashSet<TableName>,
    /// Foreign keys of other tables point at them.
    referenced: FxHashSet<TableName>,
}

impl Tables {
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub fn contains_key(&self, name: &TableName) -> bool {
        self.places.contains_key(name)
    }

    pub fn get(&self, name: &TableName) -> Option<&Table> {
        self.get_key_value(name).map(|(_, table)| table)
    }

    pub fn get_key_value(&self, name: &TableName) -> Option<(&TableName, &Table)> {
        let (name, table) = self.entries[*self.places.get(name)? as usize].as_ref()?;
        Some((name, table))
    }

    pub fn get_mut(&mut self, name: &TableName) -> Option<&mut Table> {
        self.related.take();
        let (_, table) = self.entries[*self.places.get(name)? as usize].as_mut()?;
        Some(table)
    }

    /// Gives the table that had the name before.
    pub fn insert(&mut self, name: TableName, table: Table) -> Option<Table> {
        if let Some(known) = self.get_mut(&name) {
            return Some(std::mem::replace(known, table));
        }
        self.unsettle();
        self.related.take();
        let place = u32::try_from(self.entries.len()).expect("fewer tables than 2^32 fit into memory");
        self.places.insert(name.clone(), place);
        self.entries.push(Some((name, table)));
        self.fresh.push(place);
        None
    }

    pub fn remove(&mut self, name: &TableName) -> Option<Table> {
        self.related.take();
        let place = self.places.remove(name)?;
        let (_, table) = self.entries[place as usize].take()?;
        if self.entries.len() > 2 * self.places.len() + 64 {
            self.close_gaps();
        }
        Some(table)
    }

    pub fn retain(&mut self, mut keep: impl FnMut(&TableName, &mut Table) -> bool) {
        self.related.take();
        for entry in &mut self.entries {
            if let Some((name, table)) = entry
                && !keep(name, table)
            {
                self.places.remove(name);
                *entry = None;
            }
        }
    }

    pub fn iter(&self) -> Iter<'_> {
        Iter { order: self.order().iter(), entries: &self.entries }
    }

    pub fn keys(&self) -> impl Iterator<Item = &TableName> + Clone {
        self.iter().map(|(name, _)| name)
    }

    pub fn values(&self) -> impl Iterator<Item = &Table> + Clone {
        self.iter().map(|(_, table)| table)
    }

    /// In no order.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&TableName, &mut Table)> {
        self.related.take();
        self.entries.iter_mut().flatten().map(|(name, table)| (&*name, table))
    }

    /// In no order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Table> {
        self.iter_mut().map(|(_, table)| table)
    }

    /// The only one of that name, in whatever schema.
    pub fn only(&self, name: &Text) -> Option<(&TableName, &Table)> {
        let mut alike = self.entries.iter().flatten().filter(|(known, _)| known.name == *name);
        let (name, table) = alike.next()?;
        alike.next().is_none().then_some((name, table))
    }

    /// Whether another table, which is no partition, inherits from this one.
    pub fn has_heirs(&self, name: &TableName) -> bool {
        self.related().inherited.contains(name)
    }

    /// Whether a foreign key of another table points at this one.
    pub fn is_referenced(&self, name: &TableName) -> bool {
        self.related().referenced.contains(name)
    }

    fn related(&self) -> &Related {
        self.related.get_or_init(|| {
            let mut related = Related::default();
            for (name, table) in self.entries.iter().flatten() {
                if table.kind != TableKind::Partition {
                    related.inherited.extend(table.parents().cloned());
                }
                let keys = table.foreign_keys().map(|key| key.references);
                related.referenced.extend(keys.filter(|other| *other != name).cloned());
            }
            related
        })
    }

    fn order(&self) -> &[u32] {
        self.order.get_or_init(|| {
            let name = |place: &u32| self.entries[*place as usize].as_ref().map(|(name, _)| name);
            let mut order: Vec<u32> = self.before.iter().chain(&self.fresh).copied().collect();
            order.retain(|place| name(place).is_some());
            // The first part is in order: a stable sort finds that out.
            order.sort_by(|a, b| name(a).cmp(&name(b)));
            order
        })
    }

    /// The order is not known any more.
    fn unsettle(&mut self) {
        if let Some(order) = self.order.take() {
            self.before = order;
            self.fresh.clear();
        }
    }

    fn close_gaps(&mut self) {
        let kept: Vec<(TableName, Table)> = std::mem::take(&mut self.entries).into_iter().flatten().collect();
        *self = kept.into_iter().collect();
    }
}

/// In the order of names.
#[derive(Clone)]
pub struct Iter<'t> {
    order: std::slice::Iter<'t, u32>,
    entries: &'t [Option<(TableName, Table)>],
}

impl<'t> Iterator for Iter<'t> {
    type Item = (&'t TableName, &'t Table);

    fn next(&mut self) -> Option<Self::Item> {
        let entries = self.entries;
        let (name, table) = self.order.find_map(|place| entries[*place as usize].as_ref())?;
        Some((name, table))
    }
}

impl<'t> IntoIterator for &'t Tables {
    type Item = (&'t TableName, &'t Table);
    type IntoIter = Iter<'t>;

    fn into_iter(self) -> Iter<'t> {
        self.iter()
    }
}

/// In no order.
impl IntoIterator for Tables {
    type Item = (TableName, Table);
    type IntoIter = std::iter::Flatten<std::vec::IntoIter<Option<(TableName, Table)>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter().flatten()
    }
}

impl FromIterator<(TableName, Table)> for Tables {
    fn from_iter<I: IntoIterator<Item = (TableName, Table)>>(all: I) -> Self {
        let mut tables = Tables::default();
        for (name, table) in all {
            tables.insert(name, table);
        }
        tables
    }
}

impl Index<&TableName> for Tables {
    type Output = Table;

    fn index(&self, name: &TableName) -> &Table {
        self.get(name).expect("the caller knows of the table")
    }
}

impl PartialEq for Tables {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl Serialize for Tables {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self)
    }
}

impl<'d> Deserialize<'d> for Tables {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let tables = std::collections::BTreeMap::<TableName, Table>::deserialize(from)?;
        Ok(tables.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(schema: &str, name: &str) -> TableName {
        TableName { schema: schema.into(), name: name.into() }
    }

    fn names(tables: &Tables) -> Vec<String> {
        tables.keys().map(TableName::to_string).collect()
    }

    #[test]
    fn tables_come_in_the_order_of_their_names_whatever_was_changed() {
        let mut tables = Tables::default();
        for one in ["m", "z", "a"] {
            assert_eq!(tables.insert(name("s", one), Table::default()), None);
        }
        assert_eq!(names(&tables), ["s.a", "s.m", "s.z"]);
        tables.insert(name("s", "b"), Table::default());
        tables.insert(name("r", "zz"), Table::default());
        assert!(tables.remove(&name("s", "m")).is_some());
        assert_eq!(tables.remove(&name("s", "m")), None);
        assert_eq!(names(&tables), ["r.zz", "s.a", "s.b", "s.z"]);
        tables.insert(name("s", "m"), Table { unlogged: true, ..Table::default() });
        assert!(tables.insert(name("s", "m"), Table::default()).is_some_and(|before| before.unlogged));
        tables.retain(|name, _| name.name != "b");
        assert_eq!(names(&tables), ["r.zz", "s.a", "s.m", "s.z"]);
        assert_eq!(tables.len(), 4);
    }

    #[test]
    fn what_was_removed_takes_no_room() {
        let mut tables = Tables::default();
        for number in 0..10_000 {
            tables.insert(name("s", &format!("t{number}")), Table::default());
            if number >= 10 {
                assert!(tables.remove(&name("s", &format!("t{}", number - 10))).is_some());
            }
        }
        assert_eq!(tables.len(), 10);
        assert!(tables.entries.len() < 100 && tables.fresh.len() < 100, "{}", tables.fresh.len());
        assert_eq!(names(&tables).first().map(String::as_str), Some("s.t9990"));
    }

    #[test]
    fn equal_maps_are_equal_however_they_were_made() {
        let pair = |one: &str| (name("s", one), Table::default());
        let forward: Tables = ["a", "b", "c"].map(pair).into_iter().collect();
        let mut backward: Tables = ["c", "x", "b", "a"].map(pair).into_iter().collect();
        assert_ne!(forward, backward);
        backward.remove(&name("s", "x"));
        assert_eq!(forward, backward);
        let json = serde_json::to_string(&forward).unwrap();
        assert_eq!(serde_json::from_str::<Tables>(&json).unwrap(), forward);
    }

    #[test]
    fn what_others_are_about_is_known_after_every_change() {
        let (parent, child, part) = (name("s", "a"), name("s", "b"), name("s", "c"));
        let of_parent = |kind| Table { kind, parent: Some(parent.clone()), ..Table::default() };
        let mut tables = Tables::default();
        tables.insert(parent.clone(), Table::default());
        tables.insert(part.clone(), of_parent(TableKind::Partition));
        assert!(!tables.has_heirs(&parent));
        tables.insert(child.clone(), of_parent(TableKind::Table));
        assert!(tables.has_heirs(&parent) && !tables.has_heirs(&child));
        tables.get_mut(&child).expect("it is there").parent = None;
        assert!(!tables.has_heirs(&parent));
        let key = |references: &TableName| super::super::Constraint {
            name: "k".into(),
            kind: super::super::ConstraintKind::ForeignKey {
                references: references.clone(),
                referenced_columns: Vec::new(),
            },
            columns: Vec::new(),
            deferrable: false,
            match_full: false,
            validated: true,
            enforced: true,
            defined_at: None,
        };
        tables.get_mut(&parent).expect("it is there").constraints.push(key(&parent));
        assert!(!tables.is_referenced(&parent), "its own key does not count");
        tables.get_mut(&child).expect("it is there").constraints.push(key(&parent));
        assert!(tables.is_referenced(&parent) && !tables.is_referenced(&child));
        tables.remove(&child);
        assert!(!tables.is_referenced(&parent));
    }
}
