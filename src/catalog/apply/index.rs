//! CREATE INDEX and ALTER INDEX, and the indexes of partitions.

use super::names::{index_columns, joined};
use super::{Applied, Complaint, GIVE_BEFORE, Part, Replay, shown};
use crate::catalog::expression::{mentions, normalise, only_column, strip_parens};
use crate::catalog::model::{Constraint, ConstraintKind, Index, IndexKey, SourceLine, TableName};
use crate::catalog::opclass::non_default;
use crate::catalog::text::Text;
use crate::sql::ddl::model::{AlterIndex, CreateIndex, IndexAction, KeyPart, QualifiedName};

/// `INDEX_MAX_KEYS` (`src/include/pg_config_manual.h`): the server takes no more, included columns among them.
pub(super) const MOST_KEYS: usize = 32;

pub(super) fn too_many_keys(what: &str, table: &TableName) -> Complaint {
    Complaint::new(format!(
        "{what} of {table} would have more than {MOST_KEYS} columns, which no server takes: it is left out"
    ))
}

impl Replay {
    pub(super) fn create_index(&mut self, def: &CreateIndex, at: &SourceLine) -> Applied {
        let table = self.known_table(&def.table)?;
        let keys: Vec<IndexKey> = def.keys.iter().map(|key| index_key(key, &def.method)).collect();
        let include: Vec<Text> = def.include.iter().map(|name| name.text.as_str().into()).collect();
        if keys.len() + include.len() > MOST_KEYS {
            return Err(too_many_keys("an index", &table));
        }
        self.check_columns(&table, &keys, &include)?;
        let name = match &def.name {
            Some(name) if self.relation_exists(&table.schema, &name.text) => {
                let message = || format!("index {} exists already: the later one is left out", name.text);
                return match def.if_not_exists {
                    true => Ok(()),
                    false => Err(Complaint::exists(message(), self.relation_made_at(&table.schema, &name.text))),
                };
            }
            Some(name) => name.text.clone(),
            None => {
                let columns = index_columns(&keys, &include);
                self.free_index_name(&table, &joined(columns.iter().map(String::as_str)), "idx")
            }
        };
        let index = Index {
            name: name.into(),
            method: def.method.as_str().into(),
            keys,
            include,
            unique: def.unique,
            nulls_not_distinct: def.nulls_not_distinct,
            predicate: def.predicate.as_ref().map(|predicate| predicate.text.as_str().into()),
            // ON ONLY a table that has partitions: not valid until each has its own (`DefineIndex`).
            valid: !def.only || !self.has_children(&table),
            defined_at: Some(at.clone()),
            ..Index::default()
        };
        if def.only {
            return self.add_to_indexes(&table, index);
        }
        self.push_index(&table, index, at)
    }

    fn check_columns(&self, table: &TableName, keys: &[IndexKey], include: &[Text]) -> Applied {
        let known = self.columns(table)?;
        let plain = keys.iter().filter(|key| !key.expression).map(|key| &key.text).chain(include);
        for column in plain {
            if !known.is_empty() && known.iter().all(|one| one.name != *column) {
                return Err(Complaint::new(format!("unknown column {column} of {table}")));
            }
        }
        Ok(())
    }

    /// Adds an index to a table and, when it is partitioned, to its partitions.
    pub(super) fn push_index(&mut self, table: &TableName, index: Index, at: &SourceLine) -> Applied {
        if !self.is_partitioned(table) {
            return self.add_to_indexes(table, index);
        }
        self.add_to_indexes(table, index.clone())?;
        for child in self.children(table) {
            self.index_on_partition(table, &index, &child, at)?;
        }
        Ok(())
    }

    /// A partition's index for `index` of its parent: one that it has already, else a new one.
    pub(super) fn index_on_partition(
        &mut self,
        parent: &TableName,
        index: &Index,
        child: &TableName,
        at: &SourceLine,
    ) -> Applied {
        let own = self.catalog.tables.get(child).ok_or_else(|| Complaint::unknown(child))?.indexes.iter();
        let mut fitting = own.filter(|own| same_shape(own, index) && !self.attached.has_one_called(&own.name));
        let name = match fitting.next() {
            Some(own) => own.name.clone(),
            None => self.clone_index(parent, index, child, at)?.into(),
        };
        let parent_key = self.index_key(parent, index);
        self.attached.insert(parent_key, TableName { schema: child.schema.clone(), name });
        Ok(())
    }

    /// Makes an index like `index` of `source` on `target`, with its constraint; gives its name.
    pub(super) fn clone_index(
        &mut self,
        source: &TableName,
        index: &Index,
        target: &TableName,
        at: &SourceLine,
    ) -> Result<String, Complaint> {
        let behind =
            self.catalog.tables.get(source).and_then(|table| {
                table.constraints.iter().find(|one| index.constraint && one.name == index.name).cloned()
            });
        let columns = index_columns(&index.keys, &index.include);
        let (subject, label) = match behind.as_ref().map(|constraint| &constraint.kind) {
            Some(ConstraintKind::PrimaryKey) => (String::new(), "pkey"),
            Some(ConstraintKind::Unique) => (joined(columns.iter().map(String::as_str)), "key"),
            Some(ConstraintKind::Exclusion) => (joined(columns.iter().map(String::as_str)), "excl"),
            _ => (joined(columns.iter().map(String::as_str)), "idx"),
        };
        let name = self.free_index_name(target, &subject, label);
        let made = Index {
            name: name.as_str().into(),
            figures: None,
            defined_at: Some(at.clone()),
            valid: true,
            ..index.clone()
        };
        if let Some(behind) = behind {
            let constraint = Constraint { name: name.as_str().into(), defined_at: Some(at.clone()), ..behind };
            if constraint.kind == ConstraintKind::PrimaryKey {
                for column in &constraint.columns {
                    self.set_not_null(target, column, true)?;
                }
            }
            self.add_to_constraints(target, &constraint)?;
        }
        self.push_index(target, made, at)?;
        Ok(name)
    }

    pub(super) fn alter_index(&mut self, alter: &AlterIndex) -> Applied {
        match &alter.action {
            IndexAction::Rename(to) => match self.find_index(&alter.name) {
                Some((table, at)) => self.rename_index(&table, at, &to.text),
                // ALTER INDEX … RENAME takes any relation.
                None => match self.find_table(&alter.name) {
                    Some(table) => self.rename_table(&table, &to.text),
                    None if alter.if_exists || self.full.lacks_any(Part::Index) => Ok(()),
                    None => Err(unknown_index(&alter.name)),
                },
            },
            IndexAction::AttachPartition(child) => self.attach_index(&alter.name, child),
            _ => Ok(()),
        }
    }

    pub(super) fn rename_index(&mut self, table: &TableName, at: usize, to: &str) -> Applied {
        self.seen.named(table, &to.into());
        let table = self.table_mut(table)?;
        let index = &mut table.indexes[at];
        for constraint in table.constraints.iter_mut().filter(|one| index.constraint && one.name == index.name) {
            constraint.name = to.into();
        }
        if table.replica_identity.as_ref() == Some(&index.name) {
            table.replica_identity = Some(to.into());
        }
        index.name = to.into();
        Ok(())
    }

    fn attach_index(&mut self, parent: &QualifiedName, child: &QualifiedName) -> Applied {
        let (parent_table, at) = self.find_index(parent).ok_or_else(|| unknown_index(parent))?;
        let (child_table, child_at) = self.find_index(child).ok_or_else(|| unknown_index(child))?;
        let key = TableName {
            schema: child_table.schema.clone(),
            name: self.table_mut(&child_table)?.indexes[child_at].name.clone(),
        };
        let parent_key = {
            let name = self.table_mut(&parent_table)?.indexes[at].name.clone();
            TableName { schema: parent_table.schema.clone(), name }
        };
        let complete = self.attached.insert(parent_key, key) >= self.child_count(&parent_table);
        self.table_mut(&parent_table)?.indexes[at].valid |= complete;
        Ok(())
    }

    /// Drops the indexes and constraints that use the column, as DROP COLUMN does.
    pub(super) fn drop_column_rules(&mut self, table: &TableName, column: &str) -> Applied {
        let found = self.table_mut(table)?;
        // A key with the column among its INCLUDE goes with its index.
        let gone: Vec<Text> =
            found.indexes.iter().filter(|index| uses(index, column)).map(|index| index.name.clone()).collect();
        found.indexes.retain(|index| !gone.contains(&index.name));
        found.constraints.retain(|constraint| {
            !constraint.columns.iter().any(|one| one == column) && !gone.contains(&constraint.name)
        });
        // Foreign keys of others to this column (CASCADE).
        for other in self.referencing(table) {
            self.table_mut(&other)?.constraints.retain(|constraint| match &constraint.kind {
                ConstraintKind::ForeignKey { references, referenced_columns } => {
                    references != table || !referenced_columns.iter().any(|one| one == column)
                }
                _ => true,
            });
        }
        Ok(())
    }
}

fn uses(index: &Index, column: &str) -> bool {
    index.include.iter().any(|one| one == column)
        || index.keys.iter().any(|key| if key.expression { mentions(&key.text, column) } else { key.text == column })
        || index.predicate.as_ref().is_some_and(|predicate| mentions(predicate, column))
}

pub(super) fn same_shape(own: &Index, parent: &Index) -> bool {
    own.method == parent.method
        && own.keys == parent.keys
        && own.include == parent.include
        && own.unique == parent.unique
        && own.constraint == parent.constraint
        && own.predicate.as_deref().map(normalise) == parent.predicate.as_deref().map(normalise)
}

pub(super) fn unknown_index(name: &QualifiedName) -> Complaint {
    Complaint { hint: Some(GIVE_BEFORE.into()), ..Complaint::stranger(format!("unknown index {}", shown(name))) }
}

pub(super) fn index_key(key: &KeyPart, method: &str) -> IndexKey {
    let stripped = strip_parens(&key.text);
    let (text, expression): (Text, bool) = match key.expression.then(|| only_column(stripped)) {
        Some(Some(column)) => (column.into(), false),
        Some(None) => (stripped.into(), true),
        None => (key.text.as_str().into(), false),
    };
    IndexKey {
        text,
        expression,
        descending: key.descending,
        nulls_first: key.nulls_first.unwrap_or(key.descending),
        opclass: key.opclass.clone().filter(|opclass| non_default(method, opclass)).map(Into::into),
        collation: key.collation.as_deref().map(Into::into),
    }
}
