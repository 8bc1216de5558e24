//! Other names for tables, columns and constraints, wherever they are spoken of.

use super::{Applied, Complaint, Replay};
use crate::catalog::expression::rename_column;
use crate::catalog::model::{ConstraintKind, Table, TableName};
use crate::catalog::text::Text;
use crate::sql::ddl::model::Name;

impl Replay {
    pub(super) fn rename_constraint(&mut self, table: &TableName, from: &Name, to: &Name) -> Applied {
        let new = Text::from(&to.text);
        self.change_constraint(table, from, |constraint| constraint.name = new.clone())?;
        for member in self.family(table) {
            self.seen.named(&member, &new);
        }
        for index in self.table_mut(table)?.indexes.iter_mut() {
            if index.constraint && index.name == from.text {
                index.name = to.text.as_str().into();
            }
        }
        Ok(())
    }

    pub(super) fn rename_column(&mut self, table: &TableName, from: &Name, to: &Name) -> Applied {
        self.change(table, from, |column| column.name = to.text.as_str().into())?;
        let new = Text::from(&to.text);
        let rename = |name: &mut Text| {
            if *name == from.text {
                *name = new.clone();
            }
        };
        for member in self.family(table) {
            rename_in(self.table_mut(&member)?, from, to, rename);
        }
        for other in self.referencing(table) {
            for constraint in &mut self.table_mut(&other)?.constraints {
                if let ConstraintKind::ForeignKey { references, referenced_columns } = &mut constraint.kind
                    && references == table
                {
                    referenced_columns.iter_mut().for_each(rename);
                }
            }
        }
        Ok(())
    }

    pub(super) fn rename_table(&mut self, table: &TableName, to: &str) -> Applied {
        self.move_table(table, &TableName { schema: table.schema.clone(), name: to.into() })
    }

    /// Gives a table another name or schema, wherever it is spoken of.
    pub(super) fn move_table(&mut self, from: &TableName, to: &TableName) -> Applied {
        if let Some(present) = self.catalog.tables.get(to) {
            let message = format!("{from} cannot become {to}, which exists already");
            return Err(Complaint::exists(message, present.defined_at.as_ref()));
        }
        let Some(moved) = self.catalog.tables.remove(from) else { return Ok(()) };
        self.insert_table(to, moved);
        let at_first = self.renamed.remove(from).unwrap_or_else(|| from.clone());
        self.renamed.insert(to.clone(), at_first);
        for child in self.children(from) {
            self.touched_mut(&child)?
                .parents_mut()
                .filter(|parent| *parent == from)
                .for_each(|parent| *parent = to.clone());
        }
        for other in self.referencing(from) {
            for constraint in &mut self.table_mut(&other)?.constraints {
                if let ConstraintKind::ForeignKey { references, .. } = &mut constraint.kind
                    && references == from
                {
                    *references = to.clone();
                }
            }
            self.seen.refers(&other, to);
        }
        Ok(())
    }
}

fn rename_in(table: &mut Table, from: &Name, to: &Name, rename: impl Fn(&mut Text) + Copy) {
    for constraint in &mut table.constraints {
        constraint.columns.iter_mut().for_each(rename);
        if let ConstraintKind::Check { expression } = &mut constraint.kind {
            *expression = rename_column(expression, &from.text, &to.text).into();
        }
    }
    for index in &mut table.indexes {
        index.include.iter_mut().for_each(rename);
        for key in &mut index.keys {
            if key.expression {
                key.text = rename_column(&key.text, &from.text, &to.text).into();
            } else {
                rename(&mut key.text);
            }
        }
        if let Some(predicate) = &mut index.predicate {
            *predicate = rename_column(predicate, &from.text, &to.text).into();
        }
    }
    for column in table.columns.iter_mut().filter(|column| column.generated) {
        if let Some(expression) = &mut column.default {
            *expression = rename_column(expression, &from.text, &to.text).into();
        }
    }
}
