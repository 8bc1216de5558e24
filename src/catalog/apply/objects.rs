//! DROP, views, types, extensions and schemas.

use super::{Applied, Complaint, Replay, TEMPORARY, shown};
use crate::catalog::model::{Column, ConstraintKind, SourceLine, Table, TableKind, TableName};
use crate::sql::ddl::model::{CreateSchema, CreateType, CreateView, Drop, MoveTo, ObjectKind, QualifiedName, TypeBody};

impl Replay {
    pub(super) fn drop(&mut self, drop: &Drop) -> Applied {
        for name in &drop.names {
            let found = match drop.kind {
                ObjectKind::Table | ObjectKind::ForeignTable | ObjectKind::View | ObjectKind::MaterializedView => {
                    self.drop_table(name)
                }
                ObjectKind::Index => self.drop_index(name),
                ObjectKind::Schema => self.drop_schema(&name.name),
                ObjectKind::Type | ObjectKind::Domain => self.catalog.types.remove(&type_key(name)).is_some(),
                ObjectKind::Extension => {
                    self.catalog.extensions.retain(|extension| *extension != name.name);
                    true
                }
                _ => true,
            };
            if !found && !drop.if_exists {
                self.complaints.push(Complaint::new(format!("DROP of the unknown {}", shown(name))));
            }
        }
        Ok(())
    }

    fn drop_table(&mut self, name: &QualifiedName) -> bool {
        let Some(table) = self.find_table(name) else { return false };
        self.remove_tables(&self.family(&table));
        true
    }

    /// Takes tables away, with the foreign keys that point at them.
    fn remove_tables(&mut self, gone: &[TableName]) {
        for name in gone {
            self.catalog.tables.remove(name);
        }
        for table in self.catalog.tables.values_mut() {
            table.constraints.retain(|constraint| match &constraint.kind {
                ConstraintKind::ForeignKey { references, .. } => !gone.contains(references),
                _ => true,
            });
        }
    }

    fn drop_index(&mut self, name: &QualifiedName) -> bool {
        let Some((table, at)) = self.find_index(name) else { return false };
        let Ok(found) = self.table_mut(&table) else { return false };
        let dropped = found.indexes.remove(at);
        let key = self.index_key(&table, &dropped);
        // An index of a partitioned table takes those of its partitions with it.
        for child in self.attached.remove(&key).unwrap_or_default() {
            self.drop_index(&QualifiedName {
                schema: Some(child.schema.clone()),
                name: child.name.clone(),
                ..QualifiedName::default()
            });
        }
        true
    }

    fn drop_schema(&mut self, schema: &str) -> bool {
        let gone: Vec<TableName> = self.in_schema(schema).map(|(name, _)| name.clone()).collect();
        self.remove_tables(&gone);
        let prefix = format!("{schema}.");
        self.catalog.types.retain(|name, _| !name.starts_with(&prefix));
        true
    }

    /// Of a view the columns are known only where a column list names them, and their types never.
    pub(super) fn create_view(&mut self, def: &CreateView, at: &SourceLine) -> Applied {
        let mut name = self.new_name(&def.name);
        if def.temporary {
            name.schema = TEMPORARY.into();
        }
        let present = self.catalog.tables.contains_key(&name);
        if present && def.if_not_exists {
            return Ok(());
        }
        if present && !def.or_replace {
            return Err(Complaint::new(format!("{name} exists already: the later definition is left out")));
        }
        let kind = if def.materialized { TableKind::MaterializedView } else { TableKind::View };
        let columns = def.columns.iter().map(|column| Column { name: column.text.clone(), ..Column::default() });
        let view = Table { kind, columns: columns.collect(), defined_at: Some(at.clone()), ..Table::default() };
        self.catalog.tables.insert(name, view);
        Ok(())
    }

    pub(super) fn create_type(&mut self, def: &CreateType) -> Applied {
        let base = match &def.body {
            TypeBody::Enum { .. } => "enum".to_owned(),
            TypeBody::Domain { base, .. } => base.canonical.clone(),
            TypeBody::Composite { .. } | TypeBody::Range | TypeBody::Other => return Ok(()),
        };
        let name = self.new_type_name(&def.name);
        self.catalog.types.insert(name, base);
        Ok(())
    }

    fn new_type_name(&self, name: &QualifiedName) -> String {
        let placed = self.new_name(name);
        type_key(&QualifiedName { schema: Some(placed.schema), name: placed.name, ..QualifiedName::default() })
    }

    pub(super) fn move_type(&mut self, name: &QualifiedName, to: &MoveTo) -> Applied {
        let old = type_key(name);
        let Some(base) = self.catalog.types.remove(&old) else { return Ok(()) };
        let new = match to {
            MoveTo::Name(to) => type_key(&QualifiedName { name: to.text.clone(), ..name.clone() }),
            MoveTo::Schema(to) => type_key(&QualifiedName { schema: Some(to.text.clone()), ..name.clone() }),
        };
        for column in self.catalog.tables.values_mut().flat_map(|table| table.columns.iter_mut()) {
            if let Some(suffix @ ("" | "[]")) = column.type_name.strip_prefix(&old) {
                column.type_name = format!("{new}{suffix}");
            }
        }
        self.catalog.types.insert(new, base);
        Ok(())
    }

    /// Elements without a schema go into the new one (documentation, CREATE SCHEMA).
    pub(super) fn create_schema(&mut self, def: &CreateSchema, at: &SourceLine) -> Applied {
        if def.elements.is_empty() {
            return Ok(());
        }
        let before = self.search_path.clone();
        self.search_path.insert(0, def.name.text.clone());
        for element in &def.elements {
            let complaints = self.apply(element, at);
            self.complaints.extend(complaints);
        }
        self.search_path = before;
        Ok(())
    }

    pub(super) fn create_extension(&mut self, name: &str) -> Applied {
        if !self.catalog.extensions.iter().any(|extension| extension == name) {
            self.catalog.extensions.push(name.to_owned());
        }
        Ok(())
    }

    pub(super) fn rename_schema(&mut self, from: &str, to: &str) -> Applied {
        let moved: Vec<TableName> = self.in_schema(from).map(|(name, _)| name.clone()).collect();
        for name in moved {
            let target = TableName { schema: to.to_owned(), name: name.name.clone() };
            self.move_table(&name, &target)?;
        }
        Ok(())
    }
}

/// How column types spell this type: without schema `public`.
fn type_key(name: &QualifiedName) -> String {
    match name.schema.as_deref() {
        None | Some("public") => crate::sql::ddl::quoted_if_needed(&name.name),
        Some(schema) => {
            format!("{}.{}", crate::sql::ddl::quoted_if_needed(schema), crate::sql::ddl::quoted_if_needed(&name.name))
        }
    }
}
