//! An object that goes in; what of the catalog goes with it under CASCADE out, with the statement that takes each away by name.

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::{Catalog, ConstraintKind, Table, TableKind, TableName};
use crate::catalog::text::Text;
use crate::sql::ddl::model::QualifiedName;

#[derive(Clone, Debug, PartialEq, Eq)]
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
fn views(catalog: &Catalog, table: &TableName, column: Option<&str>) -> Vec<Dependent> {
    let reads = |view: &Table, of: &TableName, column: Option<&str>| {
        view.reads.get(of).is_some_and(|columns| column.is_none_or(|column| columns.iter().any(|one| one == column)))
    };
    let mut found: Vec<&TableName> = Vec::new();
    found.extend(catalog.tables.iter().filter(|(_, view)| reads(view, table, column)).map(|(name, _)| name));
    let mut at = 0;
    while let Some(of) = found.get(at).copied() {
        let above = catalog.tables.iter().filter(|(_, view)| reads(view, of, None)).map(|(name, _)| name);
        let above: Vec<&TableName> = above.filter(|name| !found.contains(name)).collect();
        found.extend(above);
        at += 1;
    }
    let kind = |name: &TableName| catalog.tables.get(name).map(|table| table.kind);
    let made = |name: &&TableName| Dependent::View {
        name: (*name).clone(),
        materialized: kind(name) == Some(TableKind::MaterializedView),
    };
    found.iter().rev().map(made).collect()
}

/// Foreign keys of other tables that point at `table`; at those columns, where given.
pub fn foreign_keys(catalog: &Catalog, table: &TableName, columns: Option<&[Text]>) -> Vec<Dependent> {
    let mut found = Vec::new();
    for (name, other) in catalog.tables.iter().filter(|(name, _)| *name != table) {
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
pub fn of_table(catalog: &Catalog, table: &TableName) -> Vec<Dependent> {
    let mut found = views(catalog, table, None);
    found.extend(foreign_keys(catalog, table, None));
    let children = catalog.tables.iter().filter(|(_, child)| child.parent.as_ref() == Some(table));
    found.extend(children.map(|(name, _)| Dependent::Table(name.clone())));
    found
}

pub fn of_column(catalog: &Catalog, table: &TableName, column: &str) -> Vec<Dependent> {
    let mut found = views(catalog, table, Some(column));
    found.extend(foreign_keys(catalog, table, Some(&[column.into()])));
    found
}

/// Foreign keys that need this key of the table.
pub fn of_constraint(catalog: &Catalog, table: &TableName, constraint: &str) -> Vec<Dependent> {
    let known = catalog.tables.get(table).and_then(|table| table.constraints.iter().find(|one| one.name == constraint));
    match known {
        Some(one) if matches!(one.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique) => {
            foreign_keys(catalog, table, Some(&one.columns))
        }
        _ => Vec::new(),
    }
}

/// Columns of a type or domain, or of arrays of it.
pub fn of_type(catalog: &Catalog, name: &QualifiedName) -> Vec<Dependent> {
    let qualified = name.schema.as_ref().map(|schema| format!("{schema}.{}", name.name));
    let is_it = |of: &str| of == name.name || qualified.as_deref() == Some(of);
    let mut found = Vec::new();
    for (table, def) in &catalog.tables {
        for column in def.columns.iter().filter(|column| is_it(column.type_name.trim_end_matches("[]"))) {
            found.push(Dependent::Column { table: table.clone(), name: column.name.to_string() });
        }
    }
    found
}

pub fn of_schema(catalog: &Catalog, schema: &str) -> Vec<Dependent> {
    let inside = |name: &&TableName| name.schema == schema;
    let mut found = Vec::new();
    for (name, table) in catalog.tables.iter().filter(|(name, _)| inside(name)) {
        found.push(match table.kind {
            TableKind::View => Dependent::View { name: name.clone(), materialized: false },
            TableKind::MaterializedView => Dependent::View { name: name.clone(), materialized: true },
            _ => Dependent::Table(name.clone()),
        });
        let outside = foreign_keys(catalog, name, None);
        let outside = outside
            .into_iter()
            .filter(|one| !matches!(one, Dependent::ForeignKey { table, .. } if table.schema == schema));
        found.extend(outside);
    }
    let prefix = format!("{schema}.");
    let others = catalog.sequences.keys().filter(inside).count()
        + catalog.routines.iter().filter(|routine| routine.name.schema == schema).count()
        + catalog.types.keys().filter(|name| name.starts_with(&prefix)).count();
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
