//! Names that were ever given to indexes and constraints, and tables that ever had children, foreign keys or views on them: what
//! is not among them need not be looked for in every table.

use std::hash::Hash;

use rustc_hash::{FxHashMap, FxHashSet};

use super::effort::Effort;
use crate::catalog::model::{Catalog, ConstraintKind, Table, TableName};
use crate::catalog::text::Text;

/// Never less than what is there. What changed last is only noted, and looked at when the next statement begins.
#[derive(Debug, Default)]
pub(super) struct Seen {
    tables: Vec<TableName>,
    numbers: FxHashMap<TableName, Number>,
    /// Name of an index or a constraint → tables that had one of that name.
    names: Links<Text>,
    /// Table → tables that were its children.
    children: Links<Number>,
    /// Table → tables whose foreign keys pointed at it.
    referencing: Links<Number>,
    /// Table → views that read it.
    reading: Links<Number>,
    /// Table → tables that were its default partition.
    defaults: Links<Number>,
    /// Type, without its `[]` → tables that had a column of it; without the types that most columns have.
    types: Links<Text>,
    /// Schema → tables that were in it.
    schemas: Links<Text>,
    touched: FxHashSet<TableName>,
    effort: Effort,
}

/// Into [`Seen::tables`].
type Number = u32;

/// From each key to few tables; most keys have one.
#[derive(Debug)]
struct Links<K> {
    /// The only table; from [`MANY`] on, less it, an index into `many`.
    first: FxHashMap<K, Number>,
    many: Vec<FxHashSet<Number>>,
}

const MANY: Number = 1 << 31;

impl<K> Default for Links<K> {
    fn default() -> Self {
        Links { first: FxHashMap::default(), many: Vec::new() }
    }
}

impl<K: Eq + Hash> Links<K> {
    fn link(&mut self, from: K, to: Number) {
        let place = self.first.entry(from).or_insert(to);
        let known = *place;
        if known >= MANY {
            self.many[(known - MANY) as usize].insert(to);
        } else if known != to {
            *place = MANY + Number::try_from(self.many.len()).expect("fewer tables than 2^31 fit into memory");
            self.many.push([known, to].into_iter().collect());
        }
    }

    /// How many there are.
    fn count(&self, from: &K) -> usize {
        let place = self.first.get(from).copied();
        let many = place.and_then(|place| self.many.get(place.checked_sub(MANY)? as usize));
        many.map_or(usize::from(place.is_some()), FxHashSet::len)
    }

    fn of(&self, from: &K) -> impl Iterator<Item = Number> {
        let place = self.first.get(from).copied();
        let many = place.and_then(|place| self.many.get(place.checked_sub(MANY)? as usize));
        place.filter(|place| *place < MANY).into_iter().chain(many.into_iter().flatten().copied())
    }
}

impl Seen {
    /// That table may have changed.
    pub fn touch(&mut self, table: &TableName) {
        self.touched.insert(table.clone());
    }

    /// That table has got a constraint or an index of that name, and has not changed otherwise.
    pub fn named(&mut self, table: &TableName, name: &Text) {
        let own = self.number(table);
        self.names.link(name.clone(), own);
    }

    /// A column of that table has got that type, and the table has not changed otherwise.
    pub fn has_type(&mut self, table: &TableName, type_name: &Text) {
        let own = self.number(table);
        self.typed(own, type_name);
    }

    fn typed(&mut self, table: Number, type_name: &Text) {
        let name = type_name.as_str();
        if !is_usual(name) {
            let element = name.strip_suffix("[]").map_or_else(|| type_name.clone(), Text::from);
            self.types.link(element, table);
        }
    }

    /// That table has got a foreign key, and has not changed otherwise.
    pub fn refers(&mut self, table: &TableName, referenced: &TableName) {
        let (own, referenced) = (self.number(table), self.number(referenced));
        self.referencing.link(referenced, own);
    }

    /// All of a catalog, at the start.
    pub fn read(&mut self, catalog: &Catalog) {
        for (name, table) in &catalog.tables {
            self.note(name, table);
        }
    }

    pub fn catch_up(&mut self, catalog: &Catalog) {
        let touched = std::mem::take(&mut self.touched);
        touched
            .iter()
            .filter_map(|name| catalog.tables.get_key_value(name))
            .for_each(|(name, table)| self.note(name, table));
    }

    pub fn note(&mut self, name: &TableName, table: &Table) {
        let own = self.number(name);
        self.schemas.link(name.schema.clone(), own);
        for column in &table.columns {
            self.typed(own, &column.type_name);
        }
        for given in names_of(table) {
            self.names.link(given.clone(), own);
        }
        for constraint in &table.constraints {
            if let ConstraintKind::ForeignKey { references, .. } = &constraint.kind {
                let referenced = self.number(references);
                self.referencing.link(referenced, own);
            }
        }
        for read in table.reads.keys() {
            let read = self.number(read);
            self.reading.link(read, own);
        }
        for parent in table.parents() {
            let parent = self.number(parent);
            self.children.link(parent, own);
            if table.partition_bound.as_ref().is_some_and(|bound| *bound == "DEFAULT") {
                self.defaults.link(parent, own);
            }
        }
    }

    fn number(&mut self, name: &TableName) -> Number {
        if let Some(known) = self.numbers.get(name) {
            return *known;
        }
        let number = Number::try_from(self.tables.len()).expect("fewer tables than 2^32 fit into memory");
        self.tables.push(name.clone());
        self.numbers.insert(name.clone(), number);
        number
    }

    /// Tables that may have an index or a constraint of that name, in their order.
    pub fn tables_with<'s>(&'s self, name: &str) -> Vec<&'s TableName> {
        self.with_touched(Text::known(name).iter().flat_map(|name| self.names.of(name)))
    }

    /// Tables that may stand below that one, in their order.
    pub fn below<'s>(&'s self, parent: &TableName) -> Vec<&'s TableName> {
        self.linked(&self.children, parent)
    }

    /// As [`Self::below`], in no order.
    pub fn anywhere_below<'s>(&'s self, parent: &TableName) -> impl Iterator<Item = &'s TableName> {
        let numbers = self.numbers.get(parent).into_iter().flat_map(|number| self.children.of(number));
        let linked = numbers.map(|number| &self.tables[number as usize]);
        linked.filter(|table| !self.touched.contains(*table)).chain(&self.touched)
    }

    /// How many tables may stand below that one, if they are too many to go through all of them.
    pub fn too_many_below(&self, parent: &TableName) -> Option<usize> {
        let count = self.children.count(self.numbers.get(parent)?);
        (self.effort.part_of(count) < count).then_some(count)
    }

    /// Tables that may have a column of that type or of arrays of it, in their order.
    pub fn with_type<'s>(&'s self, type_name: &str) -> Vec<&'s TableName> {
        self.with_touched(Text::known(type_name).iter().flat_map(|name| self.types.of(name)))
    }

    /// Tables that may be in that schema, in their order.
    pub fn in_schema<'s>(&'s self, schema: &str) -> Vec<&'s TableName> {
        self.with_touched(Text::known(schema).iter().flat_map(|schema| self.schemas.of(schema)))
    }

    /// How many of so many parts are gone through.
    pub fn part_of(&self, all: usize) -> usize {
        self.effort.part_of(all)
    }

    /// What is to be said of parts that were not gone through.
    pub fn complaint(&self) -> Option<String> {
        self.effort.complaint()
    }

    /// Tables that may be the default partition of that one, in their order.
    pub fn defaults_of<'s>(&'s self, parent: &TableName) -> Vec<&'s TableName> {
        self.linked(&self.defaults, parent)
    }

    /// Whether that table may have an index or a constraint of that name.
    pub fn may_have(&self, table: &TableName, name: &Text) -> bool {
        let number = self.numbers.get(table);
        self.touched.contains(table) || number.is_some_and(|number| self.names.of(name).any(|one| one == *number))
    }

    /// Tables that may have foreign keys to that one, in their order.
    pub fn referencing<'s>(&'s self, table: &TableName) -> Vec<&'s TableName> {
        self.linked(&self.referencing, table)
    }

    /// Views that may read that table, in their order.
    pub fn reading<'s>(&'s self, table: &TableName) -> Vec<&'s TableName> {
        self.linked(&self.reading, table)
    }

    fn linked<'s>(&'s self, links: &'s Links<Number>, table: &TableName) -> Vec<&'s TableName> {
        self.with_touched(self.numbers.get(table).into_iter().flat_map(|number| links.of(number)))
    }

    fn with_touched(&self, numbers: impl Iterator<Item = Number>) -> Vec<&TableName> {
        let mut numbers: Vec<Number> = numbers.collect();
        let part = self.effort.part_of(numbers.len());
        if part < numbers.len() {
            numbers.sort_unstable();
            numbers.truncate(part);
        }
        let linked = numbers.into_iter().map(|number| &self.tables[number as usize]);
        let mut all: Vec<&TableName> = linked.chain(&self.touched).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Types of the server that no statement renames.
fn is_usual(type_name: &str) -> bool {
    let simple = [
        "bigint",
        "integer",
        "smallint",
        "text",
        "boolean",
        "uuid",
        "jsonb",
        "json",
        "date",
        "numeric",
        "bytea",
        "real",
        "double precision",
        "timestamp with time zone",
        "timestamp without time zone",
        "character varying",
        "",
    ];
    type_name.ends_with(')') || simple.contains(&type_name)
}

fn names_of(table: &Table) -> impl Iterator<Item = &Text> {
    let indexes = table.indexes.iter().map(|index| &index.name);
    indexes.chain(table.constraints.iter().map(|constraint| &constraint.name))
}
