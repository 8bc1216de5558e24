//! ALTER TABLE, action by action.

use super::table::{MOST_COLUMNS, bound_text, new_column, too_many_columns};
use super::{Applied, Complaint, Part, Replay, grow};
use crate::catalog::model::{Column, SourceLine, TableKind, TableName};
use crate::catalog::text::Text;
use crate::sql::ddl::model::{ActionKind, AlterTable, ColumnDef, ConstraintDef, MoveTo, Name, TypeName};

/// Whether a catalog knows of what the action changes.
fn concerns(kind: &ActionKind) -> bool {
    use ActionKind as A;
    !matches!(
        kind,
        A::AlterIdentity { .. }
            | A::SetStatistics { .. }
            | A::SetColumnParameters { .. }
            | A::ResetColumnParameters { .. }
            | A::SetStorage { .. }
            | A::SetCompression { .. }
            | A::SetColumnOptions(_)
            | A::OwnerTo(_)
            | A::SplitPartition { .. }
            | A::MergePartitions { .. }
            | A::OfType(_)
            | A::NotOf
            | A::ForceRowSecurity
            | A::NoForceRowSecurity
            | A::SetTrigger { .. }
            | A::SetRule { .. }
            | A::ReplicaIdentity(_)
            | A::ClusterOn(_)
            | A::SetWithoutCluster
            | A::SetWithoutOids
            | A::SetLogged
            | A::SetUnlogged
            | A::SetAccessMethod(_)
            | A::SetTablespace(_)
            | A::SetParameters(_)
            | A::ResetParameters(_)
            | A::SetOptions
            | A::DependsOnExtension(_)
            | A::Other
    )
}

impl Replay {
    pub(super) fn alter_table(&mut self, alter: &AlterTable, at: &SourceLine) -> Applied {
        let Some(table) = self.find_table(&alter.name) else {
            let lost = alter.actions.iter().any(|action| concerns(&action.kind));
            return if lost { self.alter_other_relation(alter) } else { Ok(()) };
        };
        for action in &alter.actions {
            let at = self.lines.place(at, action.span);
            if let Err(complaint) = self.act(&table, alter, &action.kind, &at)
                && self.complaints.last().is_none_or(|last| last.message != complaint.message)
            {
                self.complaints.push(complaint);
            }
        }
        Ok(())
    }

    /// ALTER TABLE takes indexes and sequences too; of sequences nothing is kept.
    fn alter_other_relation(&mut self, alter: &AlterTable) -> Applied {
        if let Some((table, at)) = self.find_index(&alter.name) {
            if let [action] = alter.actions.as_slice()
                && let ActionKind::Move(MoveTo::Name(to)) = &action.kind
            {
                return self.rename_index(&table, at, &to.text);
            }
            return Ok(());
        }
        let renames_sequence = alter.name.name.ends_with("_seq")
            && alter.actions.iter().all(|action| matches!(action.kind, ActionKind::Move(_)));
        if alter.if_exists || renames_sequence {
            return Ok(());
        }
        Err(Complaint::unknown_table(&alter.name))
    }

    fn act(&mut self, table: &TableName, alter: &AlterTable, kind: &ActionKind, at: &SourceLine) -> Applied {
        match kind {
            ActionKind::AddColumn { column, constraints, if_not_exists } => {
                let wanted = Text::from(&column.name.text);
                let present = self.columns(table)?.iter().find(|one| one.name == wanted);
                match (present, if_not_exists) {
                    (Some(_), true) => Ok(()),
                    (Some(present), false) => {
                        let of_table = || self.catalog.tables.get(table)?.defined_at.as_ref();
                        let message = format!("column {} of {table} exists already", column.name.text);
                        Err(Complaint::exists(message, present.defined_at.as_ref().or_else(of_table)))
                    }
                    (None, _) => self.add_column(table, column, constraints, at),
                }
            }
            ActionKind::DropColumn { column, if_exists, .. } => {
                let wanted = Text::from(&column.text);
                let present = self.columns(table)?.iter().any(|one| one.name == wanted);
                if !present && *if_exists { Ok(()) } else { self.drop_column(table, column) }
            }
            ActionKind::RenameColumn { from, to } => self.rename_column(table, from, to),
            ActionKind::SetType { column, to, collation, .. } => {
                self.set_type(table, column, to, collation.as_ref())?;
                self.change(table, column, |column| column.defined_at = Some(at.clone()))
            }
            ActionKind::SetNotNull(column) => self.set_not_null(table, &column.text, true),
            ActionKind::DropNotNull(column) => self.set_not_null(table, &column.text, false),
            ActionKind::SetDefault { column, to } => {
                self.change(table, column, |column| column.default = Some(to.text.as_str().into()))
            }
            ActionKind::DropDefault(column) => self.change(table, column, |column| column.default = None),
            ActionKind::AddIdentity(column) => self.change(table, column, |column| {
                column.identity = true;
                column.not_null = true;
            }),
            ActionKind::DropIdentity(column) => self.change(table, column, |column| column.identity = false),
            ActionKind::SetExpression { column, to } => {
                self.change(table, column, |column| column.default = Some(to.text.as_str().into()))
            }
            ActionKind::DropExpression(column) => self.change(table, column, |column| {
                column.generated = false;
                column.default = None;
            }),
            ActionKind::AddConstraint(constraint) if alter.only => self.add_constraint_only(table, constraint, at),
            ActionKind::AddConstraint(constraint) => self.add_constraint(table, constraint, at),
            ActionKind::ValidateConstraint(name) => {
                self.change_constraint(table, name, |constraint| constraint.validated = true)?;
                self.settle_not_null(table)
            }
            ActionKind::AlterConstraint { constraint, deferrable, enforced, .. } => {
                self.change_constraint(table, constraint, |one| {
                    one.deferrable = deferrable.unwrap_or(one.deferrable);
                    if let Some(enforced) = *enforced {
                        // What is enforced again is checked for every row.
                        (one.enforced, one.validated) = (enforced, enforced && (one.validated || !one.enforced));
                    }
                })
            }
            ActionKind::DropConstraint { constraint, if_exists, .. } => {
                self.drop_constraint(table, constraint, *if_exists)
            }
            ActionKind::RenameConstraint { from, to } => self.rename_constraint(table, from, to),
            ActionKind::Move(MoveTo::Name(to)) => self.rename_table(table, &to.text),
            ActionKind::Move(MoveTo::Schema(to)) => {
                self.move_table(table, &TableName { schema: to.text.as_str().into(), name: table.name.clone() })
            }
            ActionKind::AttachPartition { partition, bound } => {
                let partition = self.known_table(partition)?;
                self.adopt(table, &partition)?;
                let child = self.touched_mut(&partition)?;
                child.partition_bound = Some(bound_text(bound).into());
                if child.kind == TableKind::Table {
                    child.kind = TableKind::Partition;
                }
                self.adopt_parent_rules(table, &partition, at)
            }
            ActionKind::DetachPartition { partition, .. } => {
                let partition = self.known_table(partition)?;
                let child = self.table_mut(&partition)?;
                child.partition_bound = None;
                child.parent = None;
                if child.kind == TableKind::Partition {
                    child.kind = TableKind::Table;
                }
                Ok(())
            }
            ActionKind::Inherit(parent) => {
                let parent = self.known_table(parent)?;
                let checks = self.inheritable_checks(&parent)?;
                self.adopt(&parent, table)?;
                let child = self.touched_mut(table)?;
                let missing =
                    checks.into_iter().filter(|check| child.constraints.iter().all(|own| own.name != check.name));
                let missing: Vec<_> = missing.collect();
                child.constraints.extend(missing);
                Ok(())
            }
            ActionKind::NoInherit(parent) => {
                let parent = self.known_table(parent)?;
                self.table_mut(table)?.leave(&parent);
                Ok(())
            }
            other => {
                super::policies::set_property(self.table_mut(table)?, other, at);
                Ok(())
            }
        }
    }

    fn add_column(
        &mut self,
        table: &TableName,
        def: &ColumnDef,
        constraints: &[ConstraintDef],
        at: &SourceLine,
    ) -> Applied {
        for member in self.family(table) {
            let column = new_column(def, table, self.lines.place(at, def.span));
            let columns = self.columns_mut(&member)?;
            if columns.len() >= MOST_COLUMNS {
                return Err(too_many_columns(table));
            }
            if columns.iter().all(|one| one.name != column.name) {
                let of = column.type_name.clone();
                grow(columns, column);
                self.seen.has_type(&member, &of);
            }
        }
        self.own_sequence(def, table, at);
        self.add_constraints(table, constraints, at);
        Ok(())
    }

    /// `ALTER TABLE ONLY parent ADD … KEY`, as pg_dump writes it: the partitions' indexes are attached later.
    fn add_constraint_only(&mut self, table: &TableName, constraint: &ConstraintDef, at: &SourceLine) -> Applied {
        if !self.is_partitioned(table) || !self.has_children(table) {
            return self.add_constraint(table, constraint, at);
        }
        let children = self.children(table);
        let parents: Vec<(TableName, Option<TableName>)> = children
            .iter()
            .map(|child| (child.clone(), self.catalog.tables.get(child).and_then(|one| one.parent.clone())))
            .collect();
        for child in &children {
            self.table_mut(child)?.parent = None;
        }
        let before: Vec<Text> = self.table_mut(table)?.indexes.iter().map(|index| index.name.clone()).collect();
        let added = self.add_constraint(table, constraint, at);
        for (child, parent) in parents {
            self.table_mut(&child)?.parent = parent;
        }
        for index in self.table_mut(table)?.indexes.iter_mut().filter(|index| !before.contains(&index.name)) {
            index.valid = false;
        }
        added
    }

    fn drop_column(&mut self, table: &TableName, column: &Name) -> Applied {
        self.change(table, column, |_| {})?;
        for member in self.family(table) {
            self.table_mut(&member)?.columns.retain(|one| one.name != column.text);
            self.drop_column_rules(&member, &column.text)?;
        }
        Ok(())
    }

    fn set_type(&mut self, table: &TableName, column: &Name, to: &TypeName, collation: Option<&String>) -> Applied {
        let of = Text::from(&to.canonical);
        self.change(table, column, |column| {
            column.type_name = of.clone();
            column.collation = collation.cloned().map(Into::into);
            column.stats = None;
        })?;
        for member in self.family(table) {
            self.seen.has_type(&member, &of);
        }
        Ok(())
    }

    pub(super) fn change(&mut self, table: &TableName, name: &Name, edit: impl Fn(&mut Column)) -> Applied {
        let found = self.catalog.tables.get(table).ok_or_else(|| Complaint::unknown(table))?;
        let known = !matches!(found.kind, TableKind::View | TableKind::MaterializedView) && !found.columns.is_empty();
        let wanted = Text::from(&name.text);
        if known && found.columns.iter().all(|column| column.name != wanted) {
            return Err(Complaint::new(format!("unknown column {} of {table}", name.text)));
        }
        for member in self.family(table) {
            self.columns_mut(&member)?.iter_mut().filter(|column| column.name == wanted).for_each(&edit);
        }
        Ok(())
    }

    pub(super) fn change_constraint(
        &mut self,
        table: &TableName,
        name: &Name,
        edit: impl Fn(&mut crate::catalog::model::Constraint),
    ) -> Applied {
        let mut found = false;
        let wanted = Text::from(&name.text);
        for member in self.family(table) {
            for constraint in self.table_mut(&member)?.constraints.iter_mut().filter(|one| one.name == wanted) {
                edit(constraint);
                found = true;
            }
        }
        if found || self.full.lacks(table, Part::Constraint) {
            return Ok(());
        }
        Err(Complaint::new(format!("unknown constraint {} of {table}", name.text)))
    }

    fn drop_constraint(&mut self, table: &TableName, name: &Name, if_exists: bool) -> Applied {
        let mut found = self.full.lacks(table, Part::Constraint);
        let wanted = Text::from(&name.text);
        for member in self.family(table) {
            let member = self.table_mut(&member)?;
            let before = member.constraints.len();
            member.constraints.retain(|one| one.name != wanted);
            found |= member.constraints.len() < before;
            member.indexes.retain(|index| !(index.constraint && index.name == wanted));
        }
        if found || if_exists {
            return Ok(());
        }
        // A NOT NULL has a name from Postgres 18 on; the column it belongs to can be told only by the default name.
        let columns = &mut self.table_mut(table)?.columns;
        let default_name = |column: &&mut Column| format!("{}_{}_not_null", table.name, column.name) == name.text;
        match columns.iter_mut().find(default_name) {
            Some(column) => {
                column.not_null = false;
                Ok(())
            }
            None => Err(Complaint::new(format!("unknown constraint {} of {table}", name.text))),
        }
    }
}
