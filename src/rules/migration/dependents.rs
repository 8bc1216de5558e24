//! An object that goes in; what of the catalog goes with it under CASCADE out, with the statement that takes each away by name.

use rustc_hash::FxHashSet;

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::apply::Replay;
use crate::catalog::model::{ConstraintKind, TableKind, TableName};
use crate::catalog::text::Text;
use crate::sql::ddl::model::QualifiedName;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Dependent {
    View {
        name: TableName,
        materialized: bool,
    },
    Table(TableName),
    ForeignKey {
        table: TableName,
        name: String,
    },
    Column {
        table: TableName,
        name: String,
    },
    /// So many sequences, types and routines of a schema.
    Others(usize),
}

impl Dependent {
    pub fn said(&self) -> String {
        match self {
            Self::View { name, materialized: false } => format!("view {name}"),
            Self::View { name, materialized: true } => format!("materialized view {name}"),
            Self::Table(name) => format!("table {name}"),
            Self::ForeignKey { table, name } => format!("foreign key {name} of {table}"),
            Self::Column { table, name } => format!("column {name} of {table}"),
            Self::Others(count) => format!("{count} sequences, types and routines"),
        }
    }

    /// Without its semicolon.
    pub fn sql(&self) -> Option<String> {
        Some(match self {
            Self::View { name, materialized: false } => format!("DROP VIEW {}", quote_table(name)),
            Self::View { name, materialized: true } => format!("DROP MATERIALIZED VIEW {}", quote_table(name)),
            Self::Table(name) => format!("DROP TABLE {}", quote_table(name)),
            Self::ForeignKey { table, name } => {
                format!("ALTER TABLE {} DROP CONSTRAINT {}", quote_table(table), quote_ident(name))
            }
            Self::Column { table, name } => {
                format!("ALTER TABLE {} DROP COLUMN {}", quote_table(table), quote_ident(name))
            }
            Self::Others(_) => return None,
        })
    }
}

/// Views that read `table` (that column of it), and views that read those; the last ones first.
fn views(replay: &Replay, table: &TableName, column: Option<&str>) -> Vec<Dependent> {
    let named = |columns: &[String]| column.is_none_or(|column| columns.iter().any(|one| one == column));
    let direct = replay.reading(table).filter(|(.., columns)| named(columns));
    let mut found: Vec<(&TableName, TableKind)> = direct.map(|(name, view, _)| (name, view.kind)).collect();
    let mut met: FxHashSet<&TableName> = found.iter().map(|(name, _)| *name).collect();
    let mut at = 0;
    while let Some((of, _)) = found.get(at).copied() {
        found.extend(replay.reading(of).filter(|(name, ..)| met.insert(name)).map(|(name, view, _)| (name, view.kind)));
        at += 1;
    }
    let made = |(name, kind): &(&TableName, TableKind)| Dependent::View {
        name: (*name).clone(),
        materialized: *kind == TableKind::MaterializedView,
    };
    found.iter().rev().map(made).collect()
}

/// Foreign keys of other tables that point at `table`; at those columns, where given.
pub fn foreign_keys(replay: &Replay, table: &TableName, columns: Option<&[Text]>) -> Vec<Dependent> {
    let mut found = Vec::new();
    for name in replay.referencing(table).into_iter().filter(|name| name != table) {
        let Some(other) = replay.catalog().tables.get(&name) else { continue };
        for key in other.foreign_keys().filter(|key| key.references == table) {
            let concerned =
                columns.is_none_or(|columns| columns.iter().any(|one| key.referenced_columns.contains(one)));
            if concerned {
                found.push(Dependent::ForeignKey { table: name.clone(), name: key.constraint.name.to_string() });
            }
        }
    }
    found
}

/// Of a table or view. Partitions go with their parent in any case.
pub fn of_table(replay: &Replay, table: &TableName) -> Vec<Dependent> {
    let mut found = views(replay, table, None);
    found.extend(foreign_keys(replay, table, None));
    found.extend(first_children(replay, table).map(Dependent::Table));
    found
}

/// Partitions, and tables of which it is the first parent.
pub fn first_children(replay: &Replay, table: &TableName) -> impl Iterator<Item = TableName> {
    let parent = |child: &TableName| replay.catalog().tables.get(child).and_then(|child| child.parent.as_ref());
    replay.children(table).into_iter().filter(move |child| parent(child) == Some(table))
}

pub fn of_column(replay: &Replay, table: &TableName, column: &str) -> Vec<Dependent> {
    let mut found = views(replay, table, Some(column));
    found.extend(foreign_keys(replay, table, Some(&[column.into()])));
    found
}

/// Foreign keys that need this key of the table.
pub fn of_constraint(replay: &Replay, table: &TableName, constraint: &str) -> Vec<Dependent> {
    let known = replay.catalog().tables.get(table);
    let known = known.and_then(|table| table.constraints.iter().find(|one| one.name == constraint));
    match known {
        Some(one) if matches!(one.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique) => {
            foreign_keys(replay, table, Some(&one.columns))
        }
        _ => Vec::new(),
    }
}

/// Columns of a type or domain, or of arrays of it.
pub fn of_type(replay: &Replay, name: &QualifiedName) -> Vec<Dependent> {
    let qualified = name.schema.as_ref().map(|schema| format!("{schema}.{}", name.name));
    let is_it = |of: &str| of == name.name || qualified.as_deref() == Some(of);
    let mut found = Vec::new();
    for (table, def) in replay.all_tables() {
        for column in def.columns.iter().filter(|column| is_it(column.type_name.trim_end_matches("[]"))) {
            found.push(Dependent::Column { table: table.clone(), name: column.name.to_string() });
        }
    }
    found
}

pub fn of_schema(replay: &Replay, schema: &str) -> Vec<Dependent> {
    let mut found = Vec::new();
    for name in replay.in_schema(schema) {
        found.push(match replay.catalog().tables.get(&name).map(|table| table.kind) {
            Some(TableKind::View) => Dependent::View { name: name.clone(), materialized: false },
            Some(TableKind::MaterializedView) => Dependent::View { name: name.clone(), materialized: true },
            _ => Dependent::Table(name.clone()),
        });
        let outside = foreign_keys(replay, &name, None)
            .into_iter()
            .filter(|one| !matches!(one, Dependent::ForeignKey { table, .. } if table.schema == schema));
        found.extend(outside);
    }
    let named = Text::from(schema);
    let others = replay.sequences_in(&named) + replay.routines_in(&named) + replay.types_in(schema);
    if others > 0 {
        found.push(Dependent::Others(others));
    }
    found
}

/// `view a.b, table c.d and 4 more`.
pub fn listed(found: &[Dependent]) -> String {
    let shown: Vec<String> = found.iter().take(6).map(Dependent::said).collect();
    match found.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
