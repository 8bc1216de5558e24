//! Sequences: of which type they are.

use super::names::choose;
use super::{Applied, Replay};
use crate::catalog::model::{Sequence, SourceLine, TableName};
use crate::sql::ddl::model::{AlterSequence, ColumnDef, CreateSequence, MoveTo, QualifiedName, SequenceAction};

impl Replay {
    /// The sequence that a serial column brings with it has the column's type (`generateSerialExtraStmts`).
    pub(super) fn own_sequence(&mut self, column: &ColumnDef, table: &TableName, at: &SourceLine) {
        let Some(of) = column.type_name.as_ref().filter(|of| of.serial) else { return };
        let name = choose(&table.name, &column.name.text, "seq", |_| false);
        let made =
            Sequence { type_name: of.canonical.as_str().into(), defined_at: Some(at.clone()), ..Sequence::default() };
        self.catalog.sequences.insert(TableName { schema: table.schema.clone(), name: name.into() }, made);
    }

    pub(super) fn create_sequence(&mut self, def: &CreateSequence, at: &SourceLine) -> Applied {
        let type_name = def.options.as_type.as_ref().map_or("bigint", |of| of.canonical.as_str()).to_owned();
        let made = Sequence {
            type_name: type_name.into(),
            max_value: def.options.max_value,
            defined_at: Some(at.clone()),
            ..Sequence::default()
        };
        self.catalog.sequences.entry(self.new_name(&def.name)).or_insert(made);
        Ok(())
    }

    /// A sequence that is not known is left alone: much comes into being without a CREATE.
    pub(super) fn alter_sequence(&mut self, alter: &AlterSequence) -> Applied {
        let Some(name) = self.find_sequence(&alter.name) else { return Ok(()) };
        match &alter.action {
            SequenceAction::Options(options) => {
                if let Some(sequence) = self.catalog.sequences.get_mut(&name) {
                    if let Some(of) = &options.as_type {
                        sequence.type_name = (&of.canonical).into();
                    }
                    sequence.max_value = options.max_value.or(sequence.max_value);
                }
            }
            SequenceAction::Move(to) => {
                if let Some(sequence) = self.catalog.sequences.remove(&name) {
                    let to = match to {
                        MoveTo::Name(to) => TableName { name: to.text.as_str().into(), ..name },
                        MoveTo::Schema(to) => TableName { schema: to.text.as_str().into(), ..name },
                    };
                    self.catalog.sequences.insert(to, sequence);
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn drop_sequence(&mut self, name: &QualifiedName) {
        if let Some(name) = self.find_sequence(name) {
            self.catalog.sequences.remove(&name);
        }
    }

    fn find_sequence(&self, name: &QualifiedName) -> Option<TableName> {
        self.schemas(name)
            .map(|schema| TableName { schema: schema.into(), name: name.name.as_str().into() })
            .find(|found| self.catalog.sequences.contains_key(found))
    }
}
