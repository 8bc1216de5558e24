//! DROP, views, types, extensions and schemas.

use rustc_hash::FxHashSet;

use super::{Applied, Complaint, Part, Replay, TEMPORARY, shown};
use crate::catalog::expression::names_in;
use crate::catalog::model::{Column, ConstraintKind, SourceLine, Table, TableKind, TableName};
use crate::sql::facts::{Output, Relation, facts};
use std::collections::{BTreeMap, BTreeSet};

use crate::sql::ddl::model::{
    AlterDomain, ConstraintBody, ConstraintDef, CreateSchema, CreateType, CreateView, DomainAction, Drop, MoveTo,
    ObjectKind, QualifiedName, Refresh, TypeBody,
};

impl Replay {
    pub(super) fn drop(&mut self, drop: &Drop) -> Applied {
        for (at, name) in drop.names.iter().enumerate() {
            let found = match drop.kind {
                ObjectKind::Table | ObjectKind::ForeignTable | ObjectKind::View | ObjectKind::MaterializedView => {
                    self.drop_table(name)
                }
                ObjectKind::Index => self.drop_index(name) || self.full.lacks_any(Part::Index),
                ObjectKind::Schema => self.drop_schema(&name.name),
                ObjectKind::Type | ObjectKind::Domain => self.take_type(&type_key(name)).is_some(),
                ObjectKind::Policy => drop.on.as_ref().is_some_and(|table| self.drop_policy(table, &name.name)),
                ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine => {
                    self.drop_routine(name, drop.arguments.get(at).and_then(Option::as_ref));
                    true
                }
                ObjectKind::Sequence => {
                    self.drop_sequence(name);
                    true
                }
                ObjectKind::Extension => {
                    self.extensions.remove(&name.name);
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
    pub(super) fn remove_tables(&mut self, gone: &[TableName]) {
        for name in gone {
            self.catalog.tables.remove(name);
            self.renamed.remove(name);
        }
        let others: BTreeSet<TableName> = gone.iter().flat_map(|name| self.referencing(name)).collect();
        let gone: FxHashSet<&TableName> = gone.iter().collect();
        for table in others {
            let Ok(table) = self.table_mut(&table) else { continue };
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
        for child in self.attached.take(&key) {
            self.drop_index(&QualifiedName {
                schema: Some(child.schema.to_string()),
                name: child.name.to_string(),
                ..QualifiedName::default()
            });
        }
        true
    }

    fn drop_schema(&mut self, schema: &str) -> bool {
        self.remove_tables(&self.in_schema(schema));
        let prefix = format!("{schema}.");
        let below = self.catalog.types.range(prefix.clone()..).map(|(name, _)| name.clone());
        for name in below.take_while(|name| name.starts_with(&prefix)).collect::<Vec<_>>() {
            self.take_type(&name);
        }
        true
    }

    /// Of a view the columns are known only where a column list names them, and their types never.
    pub(super) fn create_view(&mut self, def: &CreateView, at: &SourceLine) -> Applied {
        let mut name = self.new_name(&def.name);
        if def.temporary {
            name.schema = TEMPORARY.into();
        }
        match self.catalog.tables.get(&name) {
            Some(_) if def.if_not_exists => return Ok(()),
            Some(present) if !def.or_replace => {
                let message = format!("{name} exists already: the later definition is left out");
                return Err(Complaint::exists(message, present.defined_at.as_ref()));
            }
            _ => {}
        }
        let kind = if def.materialized { TableKind::MaterializedView } else { TableKind::View };
        let columns =
            def.columns.iter().map(|column| Column { name: column.text.as_str().into(), ..Column::default() });
        let mut view = Table { kind, columns: columns.collect(), defined_at: Some(at.clone()), ..Table::default() };
        view.unfilled = def.materialized && !def.with_data;
        super::policies::set_parameters(&mut view, &def.parameters);
        self.insert_table(&name, view);
        Ok(())
    }

    pub(super) fn refresh(&mut self, refresh: &Refresh) -> Applied {
        // One that is not known is no hole in what is: nothing but its rows change.
        let Some(view) = self.find_table(&refresh.name) else { return Ok(()) };
        self.table_mut(&view)?.unfilled = !refresh.with_data;
        Ok(())
    }

    /// What a view reads, and which columns it names.
    pub(super) fn note_reads(&mut self, def: &CreateView, text: &str) {
        let query = def.query.of(text);
        let facts = facts(query);
        let star =
            facts.blocks.iter().flat_map(|block| &block.projection).any(|out| matches!(out, Output::Star { .. }));
        let named: FxHashSet<String> = if star { FxHashSet::default() } else { names_in(query).collect() };
        let mut reads = BTreeMap::new();
        for source in facts.blocks.iter().flat_map(|block| &block.sources) {
            let Relation::Table(name) = &source.relation else { continue };
            let name = QualifiedName { schema: name.schema.clone(), name: name.name.clone(), span: def.query };
            let Some(table) = self.find_table(&name) else { continue };
            let columns = self.catalog.tables.get(&table).map(|table| table.columns.as_slice()).unwrap_or_default();
            let used = columns.iter().filter(|column| star || named.contains(column.name.as_str()));
            reads.insert(table, used.map(|column| column.name.to_string()).collect());
        }
        if let Some(view) = self.find_table(&def.name)
            && let Ok(view) = self.touched_mut(&view)
        {
            view.reads = reads.into();
        }
    }

    pub(super) fn create_type(&mut self, def: &CreateType) -> Applied {
        let base = match &def.body {
            TypeBody::Enum { .. } => "enum".to_owned(),
            TypeBody::Domain { base, .. } => base.canonical.clone(),
            TypeBody::Composite { .. } | TypeBody::Range | TypeBody::Other => return Ok(()),
        };
        let name = self.new_type_name(&def.name);
        if let TypeBody::Domain { not_null, constraints, .. } = &def.body {
            // NOT NULL has no name before 18, and is kept under one of ours.
            let checks = constraints.iter().filter(|one| !matches!(one.body, ConstraintBody::NotNull(_)));
            let named = checks.enumerate().map(|(at, one)| (domain_constraint_name(&name, one, at), true));
            let mut all: BTreeMap<String, bool> = named.collect();
            if *not_null {
                all.insert(NOT_NULL.to_owned(), true);
            }
            self.catalog.domain_constraints.insert(name.clone(), all);
        }
        self.put_type(name, base);
        Ok(())
    }

    fn put_type(&mut self, name: String, base: String) {
        self.type_names.add(&last_part(&name).to_owned());
        if self.catalog.types.insert(name.clone(), base).is_some() {
            self.type_names.remove(&last_part(&name).to_owned());
        }
    }

    fn take_type(&mut self, name: &str) -> Option<String> {
        let base = self.catalog.types.remove(name)?;
        self.type_names.remove(&last_part(name).to_owned());
        Some(base)
    }

    /// Whether a type or domain is called so, in whatever schema.
    pub fn has_type(&self, name: &str) -> bool {
        self.catalog.types.contains_key(name) || self.type_names.has(&name.to_owned())
    }

    /// How many types and domains a schema has.
    pub fn types_in(&self, schema: &str) -> usize {
        let prefix = format!("{schema}.");
        let below = self.catalog.types.range(prefix.clone()..).map(|(name, _)| name);
        below.take_while(|name| name.starts_with(&prefix)).count()
    }

    pub fn has_extension(&self, name: &str) -> bool {
        self.extensions.contains(name)
    }

    /// Of domains the constraints are kept; what else ALTER DOMAIN changes is nothing to a table.
    pub(super) fn alter_domain(&mut self, alter: &AlterDomain) -> Applied {
        let name = type_key(&alter.name);
        let Some(all) = self.catalog.domain_constraints.get_mut(&name) else { return Ok(()) };
        match &alter.action {
            DomainAction::AddConstraint(def) => {
                let made = domain_constraint_name(&name, def, all.len());
                all.insert(made, def.not_valid.is_none());
            }
            DomainAction::ValidateConstraint(one) => {
                all.insert(one.text.clone(), true);
            }
            DomainAction::DropConstraint { constraint, .. } => {
                all.remove(&constraint.text);
            }
            DomainAction::RenameConstraint { from, to } => {
                if let Some(validated) = all.remove(&from.text) {
                    all.insert(to.text.clone(), validated);
                }
            }
            DomainAction::SetNotNull => {
                all.insert(NOT_NULL.to_owned(), true);
            }
            DomainAction::DropNotNull => {
                all.remove(NOT_NULL);
            }
            DomainAction::SetDefault(_) | DomainAction::DropDefault | DomainAction::OwnerTo(_) => {}
        }
        Ok(())
    }

    fn new_type_name(&self, name: &QualifiedName) -> String {
        let placed = self.new_name(name);
        type_key(&QualifiedName {
            schema: Some(placed.schema.to_string()),
            name: placed.name.to_string(),
            ..QualifiedName::default()
        })
    }

    pub(super) fn move_type(&mut self, name: &QualifiedName, to: &MoveTo) -> Applied {
        let old = type_key(name);
        let Some(base) = self.take_type(&old) else { return Ok(()) };
        let constraints = self.catalog.domain_constraints.remove(&old);
        let new = match to {
            MoveTo::Name(to) => type_key(&QualifiedName { name: to.text.clone(), ..name.clone() }),
            MoveTo::Schema(to) => type_key(&QualifiedName { schema: Some(to.text.clone()), ..name.clone() }),
        };
        let tables: Vec<TableName> = self.seen.with_type(&old).into_iter().cloned().collect();
        for table in tables {
            self.seen.has_type(&table, &new.as_str().into());
            for column in self.columns_mut(&table).into_iter().flatten() {
                if let Some(suffix @ ("" | "[]")) = column.type_name.strip_prefix(&old) {
                    column.type_name = format!("{new}{suffix}").into();
                }
            }
        }
        if let Some(constraints) = constraints {
            self.catalog.domain_constraints.insert(new.clone(), constraints);
        }
        self.put_type(new, base);
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
        self.extensions.insert(name.to_owned());
        Ok(())
    }

    pub(super) fn rename_schema(&mut self, from: &str, to: &str) -> Applied {
        for name in self.in_schema(from) {
            let target = TableName { schema: to.into(), name: name.name.clone() };
            self.move_table(&name, &target)?;
        }
        Ok(())
    }
}

/// The NOT NULL of a domain among its constraints, where no name can be meant.
const NOT_NULL: &str = "NOT NULL";

/// `ChooseConstraintName`: `positive_check`, `positive_check1`, …
fn domain_constraint_name(domain: &str, def: &ConstraintDef, at: usize) -> String {
    match (&def.name, at) {
        (Some(name), _) => name.text.clone(),
        (None, 0) => format!("{domain}_check"),
        (None, at) => format!("{domain}_check{at}"),
    }
}

/// Of a qualified name.
pub(super) fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
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
