//! Constraints: added, with the index behind a key; dropped; found.

use super::index::{MOST_KEYS, too_many_keys};
use super::names::{Passes, joined};
use super::{Applied, Complaint, GIVE_BEFORE, Part, Replay, shown};
use crate::catalog::expression::columns_in;
use crate::catalog::model::{Constraint, ConstraintKind, Index, IndexKey, SourceLine, TableName};
use crate::catalog::text::Text;
use crate::sql::ddl::model::{ConstraintBody, ConstraintDef, KeyDef, Name, QualifiedName};

impl Replay {
    pub(super) fn add_constraint(&mut self, table: &TableName, def: &ConstraintDef, at: &SourceLine) -> Applied {
        match &def.body {
            ConstraintBody::PrimaryKey(key) => self.add_key(table, def, key, ConstraintKind::PrimaryKey, at),
            ConstraintBody::Unique(key) => self.add_key(table, def, key, ConstraintKind::Unique, at),
            ConstraintBody::NotNull(column) if def.not_valid.is_some() => {
                let name = self.constraint_name(table, def, &column.text, "not_null");
                let made = constraint(name, ConstraintKind::NotNull, at);
                self.push_constraint(table, def, Constraint { columns: vec![column.text.as_str().into()], ..made })
            }
            ConstraintBody::NotNull(column) => self.set_not_null(table, &column.text, true),
            ConstraintBody::Check(expression) => {
                let columns = columns_in(&expression.text, self.columns(table)?);
                // With exactly one column in it, a check is named after the column (`AddRelationNewConstraints`).
                let subject = if let [only] = columns.as_slice() { only.clone() } else { Text::default() };
                let name = self.constraint_name(table, def, &subject, "check");
                let kind = ConstraintKind::Check { expression: expression.text.as_str().into() };
                self.push_constraint(table, def, Constraint { columns, ..constraint(name, kind, at) })
            }
            ConstraintBody::ForeignKey(key) => {
                self.add_foreign_key(table, def, (&key.columns, &key.references, &key.referenced_columns), at)
            }
            ConstraintBody::Exclusion { keys, .. } if keys.len() > MOST_KEYS => {
                Err(too_many_keys("an exclusion constraint", table))
            }
            ConstraintBody::Exclusion { method, keys, predicate } => {
                let keys: Vec<IndexKey> = keys.iter().map(|key| super::index::index_key(key, method)).collect();
                let columns: Vec<Text> = keys.iter().filter(|key| !key.expression).map(|k| k.text.clone()).collect();
                let named = super::names::index_columns(&keys, &[]);
                let name = match &def.name {
                    Some(name) => name.text.clone(),
                    None => self.free_index_name(table, &joined(named.iter().map(String::as_str)), "excl"),
                };
                let index = Index {
                    name: name.as_str().into(),
                    method: method.as_str().into(),
                    keys,
                    predicate: predicate.as_ref().map(|predicate| predicate.text.as_str().into()),
                    valid: true,
                    constraint: true,
                    defined_at: Some(at.clone()),
                    ..Index::default()
                };
                self.add_to_indexes(table, index)?;
                let made = constraint(name, ConstraintKind::Exclusion, at);
                self.push_constraint(table, def, Constraint { columns, ..made })
            }
        }
    }

    fn push_constraint(&mut self, table: &TableName, def: &ConstraintDef, made: Constraint) -> Applied {
        let match_full = matches!(&def.body, ConstraintBody::ForeignKey(key) if key.match_full);
        let enforced = def.not_enforced.is_none();
        let validated = def.not_valid.is_none() && enforced;
        let made = Constraint { deferrable: def.deferrable, match_full, validated, enforced, ..made };
        // A foreign key or check of a parent holds for its partitions and children too.
        let copied = matches!(made.kind, ConstraintKind::Check { .. } | ConstraintKind::NotNull)
            || (matches!(made.kind, ConstraintKind::ForeignKey { .. }) && self.is_partitioned(table));
        let targets = if copied { self.family(table) } else { vec![table.clone()] };
        for target in targets {
            self.add_to_constraints(&target, &made)?;
        }
        Ok(())
    }

    fn add_key(
        &mut self,
        table: &TableName,
        def: &ConstraintDef,
        key: &KeyDef,
        kind: ConstraintKind,
        at: &SourceLine,
    ) -> Applied {
        let primary = kind == ConstraintKind::PrimaryKey;
        if let Some(index) = &key.using_index {
            return self.take_index_over(table, def, index, kind, at);
        }
        if key.columns.len() + key.include.len() > MOST_KEYS {
            return Err(too_many_keys("a key", table));
        }
        let columns = self.known_columns(table, &key.columns)?;
        let include: Vec<Text> = key.include.iter().map(|name| name.text.as_str().into()).collect();
        let name = match &def.name {
            Some(name) => name.text.clone(),
            None if primary => self.free_index_name(table, "", "pkey"),
            None => self.free_index_name(table, &joined(columns.iter().chain(&include).map(Text::as_str)), "key"),
        };
        let index = Index {
            name: name.as_str().into(),
            method: "btree".into(),
            keys: columns.iter().map(|column| IndexKey { text: column.clone(), ..IndexKey::default() }).collect(),
            include,
            unique: true,
            nulls_not_distinct: key.nulls_not_distinct,
            valid: true,
            constraint: true,
            defined_at: Some(at.clone()),
            ..Index::default()
        };
        if primary {
            for column in &columns {
                self.set_not_null(table, column, true)?;
            }
        }
        let made = Constraint { columns, ..constraint(name, kind, at) };
        self.push_constraint(table, def, made)?;
        self.push_index(table, index, at)
    }

    /// `ADD CONSTRAINT name UNIQUE USING INDEX index`: the index takes the constraint's name.
    fn take_index_over(
        &mut self,
        table: &TableName,
        def: &ConstraintDef,
        index: &Name,
        kind: ConstraintKind,
        at: &SourceLine,
    ) -> Applied {
        let name = def.name.as_ref().unwrap_or(index).text.clone();
        self.seen.named(table, &name.as_str().into());
        let lacks = self.full.lacks(table, Part::Index);
        let wanted = Text::from(&index.text);
        let found = self.table_mut(table)?.indexes.iter_mut().find(|one| one.name == wanted);
        let Some(found) = found else {
            if lacks {
                return Ok(());
            }
            return Err(Complaint::stranger(format!("unknown index {} on {table}", index.text)));
        };
        found.name = name.as_str().into();
        found.constraint = true;
        let columns: Vec<Text> = found.keys.iter().map(|key| key.text.clone()).collect();
        if kind == ConstraintKind::PrimaryKey {
            for column in &columns {
                self.set_not_null(table, column, true)?;
            }
        }
        self.push_constraint(table, def, Constraint { columns, ..constraint(name, kind, at) })
    }

    fn add_foreign_key(
        &mut self,
        table: &TableName,
        def: &ConstraintDef,
        (columns, references, referenced): (&[Name], &QualifiedName, &[Name]),
        at: &SourceLine,
    ) -> Applied {
        if columns.len() > MOST_KEYS {
            return Err(too_many_keys("a foreign key", table));
        }
        let columns = self.known_columns(table, columns)?;
        let parent = self.find_table(references);
        if parent.is_none() {
            let message = format!("a foreign key of {table} references the unknown table {}", shown(references));
            self.complaints.push(Complaint { hint: Some(GIVE_BEFORE.into()), ..Complaint::stranger(message) });
        }
        let parent = parent.unwrap_or_else(|| self.new_name(references));
        let referenced_columns = if referenced.is_empty() {
            self.catalog.tables.get(&parent).and_then(primary_key).unwrap_or_default()
        } else {
            referenced.iter().map(|name| name.text.as_str().into()).collect()
        };
        let name = self.constraint_name(table, def, &joined(columns.iter().map(Text::as_str)), "fkey");
        let kind = ConstraintKind::ForeignKey { references: parent, referenced_columns };
        self.push_constraint(table, def, Constraint { columns, ..constraint(name, kind, at) })
    }

    fn known_columns(&self, table: &TableName, names: &[Name]) -> Result<Vec<Text>, Complaint> {
        let known = self.columns(table)?;
        // Without columns (CREATE TABLE … AS) nothing can be said against a name.
        let missing =
            names.iter().find(|name| !known.is_empty() && known.iter().all(|column| column.name != name.text));
        match missing {
            Some(name) => Err(Complaint::new(format!("unknown column {} of {table}", name.text))),
            None => Ok(names.iter().map(|name| name.text.as_str().into()).collect()),
        }
    }

    pub(super) fn constraint_name(
        &mut self,
        table: &TableName,
        def: &ConstraintDef,
        subject: &str,
        label: &str,
    ) -> String {
        if let Some(name) = &def.name {
            return name.text.clone();
        }
        let mut passes = self.passes_of(table);
        let name = passes.choose(&table.name, subject, label, |name| self.constraint_exists(&table.schema, name));
        self.passes = Some((table.schema.clone(), passes));
        name
    }

    fn passes_of(&mut self, table: &TableName) -> Passes {
        let known = self.passes.take().filter(|(schema, _)| *schema == table.schema);
        known.map(|(_, passes)| passes).unwrap_or_default()
    }

    /// Names of indexes must be free among relations, and those of constraints among constraints too.
    pub(super) fn free_index_name(&mut self, table: &TableName, subject: &str, label: &str) -> String {
        let mut passes = self.passes_of(table);
        let name = passes.choose(&table.name, subject, label, |name| {
            self.relation_exists(&table.schema, name) || self.constraint_exists(&table.schema, name)
        });
        self.passes = Some((table.schema.clone(), passes));
        name
    }

    /// A NOT NULL that was validated is one of the column.
    pub(super) fn settle_not_null(&mut self, table: &TableName) -> Applied {
        for member in self.family(table) {
            let found = self.table_mut(&member)?;
            let valid = |one: &&Constraint| one.kind == ConstraintKind::NotNull && one.validated;
            let columns: Vec<Text> =
                found.constraints.iter().filter(valid).flat_map(|one| one.columns.clone()).collect();
            found.constraints.retain(|one| !(one.kind == ConstraintKind::NotNull && one.validated));
            found.columns.iter_mut().filter(|column| columns.contains(&column.name)).for_each(|c| c.not_null = true);
        }
        Ok(())
    }

    pub(super) fn set_not_null(&mut self, table: &TableName, column: &str, not_null: bool) -> Applied {
        let columns = self.columns_mut(table)?;
        if columns.is_empty() {
            // They come from a query: nothing is known of any.
            return Ok(());
        }
        let Some(found) = columns.iter_mut().find(|one| one.name == column) else {
            return Err(Complaint::new(format!("unknown column {column} of {table}")));
        };
        found.not_null = not_null;
        for child in self.family(table) {
            for column in self.columns_mut(&child)?.iter_mut().filter(|one| one.name == column) {
                column.not_null = not_null;
            }
        }
        Ok(())
    }

    pub(super) fn is_partitioned(&self, table: &TableName) -> bool {
        self.catalog.tables.get(table).is_some_and(|table| table.partition_key.is_some())
    }
}

fn primary_key(table: &crate::catalog::model::Table) -> Option<Vec<Text>> {
    let key = table.constraints.iter().find(|one| one.kind == ConstraintKind::PrimaryKey)?;
    Some(key.columns.clone())
}

fn constraint(name: String, kind: ConstraintKind, at: &SourceLine) -> Constraint {
    Constraint {
        name: name.into(),
        kind,
        columns: Vec::new(),
        deferrable: false,
        match_full: false,
        validated: true,
        enforced: true,
        defined_at: Some(at.clone()),
    }
}
