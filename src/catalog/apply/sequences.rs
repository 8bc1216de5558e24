//! Sequences: of which type they are.

use super::names::choose;
use super::{Applied, Replay};
use crate::catalog::model::{Sequence, SourceLine, TableName};
use crate::catalog::text::Text;
use crate::sql::ddl::model::{AlterSequence, ColumnDef, CreateSequence, MoveTo, QualifiedName, SequenceAction};

impl Replay {
    /// The sequence that a serial column brings with it has the column's type (`generateSerialExtraStmts`).
    pub(super) fn own_sequence(&mut self, column: &ColumnDef, table: &TableName, at: &SourceLine) {
        let Some(of) = column.type_name.as_ref().filter(|of| of.serial) else { return };
        let name = choose(&table.name, &column.name.text, "seq", |_| false);
        let made =
            Sequence { type_name: of.canonical.as_str().into(), defined_at: Some(at.clone()), ..Sequence::default() };
        self.put_sequence(TableName { schema: table.schema.clone(), name: name.into() }, made);
    }

    pub(super) fn create_sequence(&mut self, def: &CreateSequence, at: &SourceLine) -> Applied {
        let type_name = def.options.as_type.as_ref().map_or("bigint", |of| of.canonical.as_str()).to_owned();
        let made = Sequence {
            type_name: type_name.into(),
            max_value: def.options.max_value,
            defined_at: Some(at.clone()),
            ..Sequence::default()
        };
        let name = self.new_name(&def.name);
        if !self.catalog.sequences.contains_key(&name) {
            self.put_sequence(name, made);
        }
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
                if let Some(sequence) = self.take_sequence(&name) {
                    let to = match to {
                        MoveTo::Name(to) => TableName { name: to.text.as_str().into(), ..name },
                        MoveTo::Schema(to) => TableName { schema: to.text.as_str().into(), ..name },
                    };
                    self.put_sequence(to, sequence);
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn drop_sequence(&mut self, name: &QualifiedName) {
        if let Some(name) = self.find_sequence(name) {
            self.take_sequence(&name);
        }
    }

    fn put_sequence(&mut self, name: TableName, sequence: Sequence) {
        self.sequence_names.add(&name.name);
        if self.catalog.sequences.insert(name.clone(), sequence).is_some() {
            self.sequence_names.remove(&name.name);
        }
    }

    fn take_sequence(&mut self, name: &TableName) -> Option<Sequence> {
        let sequence = self.catalog.sequences.remove(name)?;
        self.sequence_names.remove(&name.name);
        Some(sequence)
    }

    /// Whether a sequence is called so, in whatever schema.
    pub fn has_sequence(&self, name: &str) -> bool {
        Text::known(name).is_some_and(|name| self.sequence_names.has(&name))
    }

    /// How many sequences a schema has.
    pub fn sequences_in(&self, schema: &Text) -> usize {
        let first = TableName { schema: schema.clone(), name: Text::default() };
        self.catalog.sequences.range(first..).take_while(|(name, _)| name.schema == *schema).count()
    }

    fn find_sequence(&self, name: &QualifiedName) -> Option<TableName> {
        self.schemas(name)
            .map(|schema| TableName { schema: schema.into(), name: name.name.as_str().into() })
            .find(|found| self.catalog.sequences.contains_key(found))
    }
}
