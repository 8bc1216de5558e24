//! Two queries in; how the rows of the one lead to the other, by a foreign key or by a name, out.

use crate::catalog::model::{Catalog, Table, TableName};
use crate::catalog::names::may_reference;
use crate::catalog::text::Text;
use crate::rules::scope;
use crate::sql::facts::{Block, ColumnRef, Facts, Output, RelationName, Source};

/// How sure it is that the child is looked up by a value of the parent's rows, and which way the key points.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// The child's column is like a reference to the parent by its name, or the reverse.
    Named(Way),
    /// A foreign key of the catalog, shown.
    Key(Way, String),
}

/// Which rows the child fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The rows that point at the parent's row.
    Collection,
    /// The row that the parent's row points at.
    BelongsTo,
}

impl Edge {
    pub fn way(&self) -> Way {
        match self {
            Edge::Named(way) | Edge::Key(way, _) => *way,
        }
    }
}

/// What a child looks up: a table by one of its columns.
#[derive(Clone, Debug)]
pub struct Lookup<'a> {
    pub table: &'a RelationName,
    pub column: &'a ColumnRef,
}

/// The columns that a query compares with one fixed value, each with its table. Only for queries that look something up: no OFFSET,
/// no SKIP LOCKED, no set operation.
pub fn lookups<'a>(facts: &'a Facts, catalog: Option<&Catalog>) -> Vec<Lookup<'a>> {
    let Some(block) = facts.blocks.first() else { return Vec::new() };
    if facts.set_operation || block.offset.is_some() || block.locking.is_some_and(|locking| locking.skip_locked) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for column in scope::fixed_columns(block) {
        let source = match column.source {
            Some((0, source)) => block.sources.get(source),
            _ => only_holder(block, column, catalog),
        };
        if let Some(crate::sql::facts::Relation::Table(table)) = source.map(|source| &source.relation) {
            found.push(Lookup { table, column });
        }
    }
    found
}

fn only_holder<'a>(block: &'a Block, column: &ColumnRef, catalog: Option<&Catalog>) -> Option<&'a Source> {
    if let [only] = block.sources.as_slice() {
        return Some(only);
    }
    let holds = |source: &&Source| {
        catalog
            .and_then(|catalog| scope::table_of(catalog, source))
            .is_some_and(|(_, table)| table.column(&column.name).is_some())
    };
    let mut holders = block.sources.iter().filter(holds);
    holders.next().filter(|_| holders.next().is_none())
}

/// The surest edge from any table of the parent to the child's lookup.
pub fn edge(lookup: &Lookup<'_>, parent: &Facts, catalog: Option<&Catalog>) -> Option<Edge> {
    let known = catalog.and_then(|catalog| Some((catalog, catalog.table(lookup.table)?)));
    match known {
        Some((catalog, (name, table))) => by_key(catalog, name, table, lookup, parent),
        None => by_name(lookup, parent),
    }
}

fn by_key(catalog: &Catalog, child: &TableName, table: &Table, lookup: &Lookup<'_>, parent: &Facts) -> Option<Edge> {
    let column = &lookup.column.name;
    let parents = parent.tables.iter().filter_map(|(name, _)| catalog.table(name));
    let mut found: Vec<Edge> = Vec::new();
    for (parent_name, parent_table) in parents {
        for key in table.foreign_keys().filter(|key| key.references == parent_name) {
            if key.constraint.columns.first().is_some_and(|first| first == column) && key.constraint.columns.len() == 1
            {
                found.push(Edge::Key(Way::Collection, shown(&child.name, column, &parent_name.name)));
            }
        }
        for key in parent_table.foreign_keys().filter(|key| key.references == child) {
            if key.referenced_columns.first().is_some_and(|first| first == column) && key.referenced_columns.len() == 1
            {
                let own = key.constraint.columns.first().map(Text::as_str).unwrap_or_default();
                if gives(parent, own) {
                    found.push(Edge::Key(Way::BelongsTo, shown(&parent_name.name, own, &child.name)));
                }
            }
        }
    }
    found.into_iter().max()
}

fn shown(child: &str, column: &str, parent: &str) -> String {
    format!("{child}.{column} refers to {parent}")
}

/// Without a catalog: `author_id` leads to `authors`; `id` of `authors` is led to by an `author_id` that the parent gives.
fn by_name(lookup: &Lookup<'_>, parent: &Facts) -> Option<Edge> {
    let child = &lookup.table.name;
    let column = &lookup.column.name;
    let mut parents = parent.tables.iter().map(|(name, _)| &name.name);
    if parents.any(|name| name != child && may_reference(child, column, name)) {
        return Some(Edge::Named(Way::Collection));
    }
    if column != "id" && column != &format!("{child}_id") {
        return None;
    }
    let given = projected(parent);
    let mut tables = parent.tables.iter().map(|(name, _)| &name.name);
    let points = tables.any(|table| given.iter().any(|column| may_reference(table, &column.name, child)));
    points.then_some(Edge::Named(Way::BelongsTo))
}

/// Whether the parent's rows hold this column.
fn gives(parent: &Facts, column: &str) -> bool {
    let starred =
        parent.blocks.first().is_none_or(|block| block.projection.iter().any(|o| matches!(o, Output::Star { .. })));
    starred || projected(parent).iter().any(|given| given.name == column)
}

fn projected(facts: &Facts) -> Vec<&ColumnRef> {
    let outputs = facts.blocks.first().into_iter().flat_map(|block| &block.projection);
    outputs
        .filter_map(|output| match output {
            Output::Expr { operand, .. } => scope::plain_column(operand),
            Output::Star { .. } => None,
        })
        .collect()
}
