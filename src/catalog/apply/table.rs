//! CREATE TABLE: columns from the statement, its parents and LIKE; then constraints.

use super::names::choose;
use super::{Applied, Complaint, ComplaintKind, Replay, TEMPORARY, grow};
use crate::catalog::model::{Column, Constraint, ConstraintKind, Index, SourceLine, Table, TableKind, TableName};
use crate::catalog::text::Text;
use crate::sql::ddl::model::{
    Bound, ColumnDef, ConstraintBody, ConstraintDef, CreateTable, GeneratedKind, Like, Persistence,
};
use crate::sql::ddl::quoted_if_needed;

/// `MaxHeapAttributeNumber` (`src/include/access/htup_details.h`): the server takes no more.
pub(super) const MOST_COLUMNS: usize = 1600;

pub(super) fn too_many_columns(table: &TableName) -> Complaint {
    Complaint::new(format!(
        "{table} would have more than {MOST_COLUMNS} columns, which no server takes: the others are left out"
    ))
}

impl Replay {
    pub(super) fn create_table(&mut self, def: &CreateTable, at: &SourceLine) -> Applied {
        let mut name = self.new_name(&def.name);
        if def.persistence == Persistence::Temporary {
            name.schema = TEMPORARY.into();
        }
        if let Some(present) = self.catalog.tables.get(&name) {
            let message = || format!("table {name} exists already: the later definition is left out");
            return match def.if_not_exists {
                true => Ok(()),
                false => Err(Complaint::exists(message(), present.defined_at.as_ref())),
            };
        }
        let partition_of = def.partition_of.as_ref().map(|parent| self.known_table(parent)).transpose()?;
        let mut table = Table {
            kind: kind(def),
            partition_key: def.partition_by.as_ref().map(|key| key.text.as_str().into()),
            parent: partition_of.clone(),
            partition_bound: def.bound.as_ref().map(bound_text).map(Into::into),
            unlogged: def.persistence == Persistence::Unlogged,
            defined_at: Some(at.clone()),
            ..Table::default()
        };
        super::policies::set_parameters(&mut table, &def.parameters);
        if let Some(parent) = &partition_of {
            table.columns = self.columns_of(parent)?;
        }
        for parent in &def.inherits {
            let parent = self.known_table(parent)?;
            for column in self.columns_of(&parent)? {
                merge(&mut table.columns, column);
            }
            table.constraints.extend(self.inheritable_checks(&parent)?);
            match table.parent {
                None => table.parent = Some(parent),
                Some(_) => table.other_parents.push(parent),
            }
        }
        for like in &def.like {
            self.like_columns(like, &mut table)?;
        }
        table.columns.reserve_exact(def.columns.len());
        table.constraints.reserve_exact(def.constraints.len());
        if def.columns.len() > MOST_COLUMNS {
            self.complaints.push(too_many_columns(&name));
        }
        let columns = &def.columns[..def.columns.len().min(MOST_COLUMNS)];
        for column in columns {
            merge(&mut table.columns, new_column(column, &name, self.lines.place(at, column.span)));
        }
        if def.as_query.is_some() {
            self.complaints.push(Complaint {
                kind: ComplaintKind::FromQuery,
                ..Complaint::new(format!(
                    "the columns of {name} come from a query: their types and constraints are not known"
                ))
            });
        }
        self.insert_table(&name, table);
        for column in columns {
            self.own_sequence(column, &name, at);
        }
        for like in &def.like {
            self.like_indexes(like, &name, at)?;
        }
        self.add_constraints(&name, &def.constraints, at);
        if let Some(parent) = &partition_of {
            self.adopt_parent_rules(parent, &name, at)?;
        }
        Ok(())
    }

    /// Keys before foreign keys, which may point at the same table's key (`transformCreateStmt` puts them last).
    pub(super) fn add_constraints(&mut self, name: &TableName, constraints: &[ConstraintDef], at: &SourceLine) {
        let rank = |constraint: &&ConstraintDef| match constraint.body {
            ConstraintBody::PrimaryKey(_) => 0,
            ConstraintBody::ForeignKey(_) => 2,
            _ => 1,
        };
        let mut ordered: Vec<&ConstraintDef> = constraints.iter().collect();
        ordered.sort_by_key(rank);
        for constraint in ordered {
            let at = self.lines.place(at, constraint.span);
            if let Err(complaint) = self.add_constraint(name, constraint, &at) {
                self.complaints.push(complaint);
            }
        }
    }

    fn columns_of(&self, parent: &TableName) -> Result<Vec<Column>, Complaint> {
        let table = self.catalog.tables.get(parent);
        let table = table.ok_or_else(|| Complaint::unknown(parent))?;
        // An identity is not inherited, neither by partitions before Postgres 17 nor by children (documentation, CREATE
        // TABLE, INHERITS); its NOT NULL is.
        Ok(table.columns.iter().map(|column| Column { identity: false, stats: None, ..column.clone() }).collect())
    }

    pub(super) fn inheritable_checks(&self, parent: &TableName) -> Result<Vec<Constraint>, Complaint> {
        let table = self.catalog.tables.get(parent);
        let table = table.ok_or_else(|| Complaint::unknown(parent))?;
        let checks = table.constraints.iter().filter(|one| matches!(one.kind, ConstraintKind::Check { .. }));
        Ok(checks.cloned().collect())
    }

    /// What a partition gets from its parent: checks, foreign keys and the indexes that it does not have yet.
    pub(super) fn adopt_parent_rules(&mut self, parent: &TableName, child: &TableName, at: &SourceLine) -> Applied {
        let Some(parent_table) = self.catalog.tables.get(parent).cloned() else { return Ok(()) };
        for constraint in &parent_table.constraints {
            let inherited = matches!(constraint.kind, ConstraintKind::Check { .. } | ConstraintKind::ForeignKey { .. });
            let own = self.catalog.tables.get(child).ok_or_else(|| Complaint::unknown(child))?.constraints.iter();
            let mut same = own.filter(|own| own.kind == constraint.kind && own.columns == constraint.columns);
            if inherited && same.next().is_none() {
                self.add_to_constraints(child, constraint)?;
            }
        }
        for index in &parent_table.indexes {
            self.index_on_partition(parent, index, child, at)?;
        }
        Ok(())
    }

    fn like_columns(&mut self, like: &Like, table: &mut Table) -> Applied {
        let source = self.known_table(&like.table)?;
        let Some(from) = self.catalog.tables.get(&source) else { return Ok(()) };
        for column in &from.columns {
            let generated = column.generated && included(like, "generated");
            let default = included(like, "defaults") || generated;
            grow(
                &mut table.columns,
                Column {
                    default: column.default.clone().filter(|_| default && (generated || !column.generated)),
                    generated,
                    identity: column.identity && included(like, "identity"),
                    stats: None,
                    defined_at: None,
                    ..column.clone()
                },
            );
        }
        if included(like, "constraints") {
            table.constraints.extend(self.inheritable_checks(&source)?);
        }
        Ok(())
    }

    fn like_indexes(&mut self, like: &Like, name: &TableName, at: &SourceLine) -> Applied {
        if !included(like, "indexes") {
            return Ok(());
        }
        let source = self.known_table(&like.table)?;
        let indexes: Vec<Index> = self.catalog.tables.get(&source).map(|t| t.indexes.clone()).unwrap_or_default();
        for index in indexes {
            self.clone_index(&source, &index, name, at)?;
        }
        Ok(())
    }
}

fn kind(def: &CreateTable) -> TableKind {
    if def.partition_by.is_some() {
        TableKind::Partitioned
    } else if def.partition_of.is_some() {
        TableKind::Partition
    } else if def.foreign {
        TableKind::Foreign
    } else {
        TableKind::Table
    }
}

/// Whether LIKE takes this over; the last word counts.
fn included(like: &Like, what: &str) -> bool {
    let spoken = like.options.iter().rev().find(|(_, option)| option == what || option == "all");
    spoken.is_some_and(|(including, _)| *including)
}

/// Adds a column, or joins it with the one of the same name that a parent gave (as Postgres merges them).
fn merge(columns: &mut Vec<Column>, new: Column) {
    let Some(old) = columns.iter_mut().find(|column| column.name == new.name) else {
        grow(columns, new);
        return;
    };
    old.not_null |= new.not_null;
    old.identity |= new.identity;
    old.generated |= new.generated;
    old.default = new.default.or(old.default.take());
    if !new.type_name.is_empty() {
        old.type_name = new.type_name;
    }
}

pub(super) fn new_column(def: &ColumnDef, table: &TableName, at: SourceLine) -> Column {
    let (type_name, serial) = match &def.type_name {
        Some(type_name) => (Text::from(&type_name.canonical), type_name.serial),
        None => (Text::default(), false),
    };
    let written = def.default.as_ref().or(def.generated.as_ref()).map(|default| Text::from(&default.text));
    let sequence = || {
        let name = choose(&table.name, &def.name.text, "seq", |_| false);
        Text::from(format!("nextval('{}'::regclass)", quoted_if_needed(&name)))
    };
    Column {
        name: def.name.text.as_str().into(),
        type_name,
        not_null: def.not_null.is_some(),
        default: written.or_else(|| serial.then(sequence)),
        generated: def.generated.is_some(),
        virtual_generated: matches!(def.generated_kind, Some(GeneratedKind::Virtual | GeneratedKind::Unsaid)),
        identity: def.identity.is_some(),
        collation: def.collation.as_deref().map(Into::into),
        stats: None,
        defined_at: Some(at),
    }
}

/// As the catalog keeps it.
pub(super) fn bound_text(bound: &Bound) -> String {
    match bound {
        Bound::Default => "DEFAULT".to_owned(),
        Bound::Values(values) => values.text.clone(),
    }
}
