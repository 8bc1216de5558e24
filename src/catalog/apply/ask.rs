//! What a statement would find: questions to the catalog in the making, asked before it is applied.

use super::Replay;
use super::full::Part;
use super::index::{index_key, same_shape};
use crate::catalog::model::{Index, SourceLine, TableName};
use crate::catalog::text::Text;
use crate::sql::ddl::model::CreateIndex;

impl Replay {
    /// Whether an index that is not known may be one that was left out, because its table has too many.
    pub fn lacks_indexes(&self) -> bool {
        self.full.lacks_any(Part::Index)
    }

    /// Where that table or index of the schema was made.
    pub(super) fn relation_made_at<'s>(&'s self, schema: &'s Text, name: &str) -> Option<&'s SourceLine> {
        let text = Text::known(name)?;
        if let Some(table) = self.catalog.tables.get(&TableName { schema: schema.clone(), name: text.clone() }) {
            return table.defined_at.as_ref();
        }
        self.having(schema, name).find_map(move |table| {
            let index = table.indexes.iter().find(|index| index.name == text)?;
            index.defined_at.as_ref().or(table.defined_at.as_ref())
        })
    }

    /// The indexes of that name, whatever their schema.
    pub fn indexes_called<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r Index> {
        let tables = self.seen.tables_with(name).into_iter().filter_map(|table| self.catalog.tables.get(table));
        tables.flat_map(|table| &table.indexes).filter(move |index| index.name == name)
    }

    /// Whether the partition has an index that would be attached to `index` of its parent, so that none is built.
    pub fn fits_partition(&self, partition: &TableName, index: &Index) -> bool {
        let own = self.catalog.tables.get(partition).into_iter().flat_map(|table| &table.indexes);
        let attached = |own: &Index| self.attached.has(&self.index_key(partition, own));
        own.into_iter().any(|own| own.valid && same_shape(own, index) && !attached(own))
    }

    /// The same for an index of the parent that does not exist yet.
    pub fn fits_new_index(&self, partition: &TableName, def: &CreateIndex) -> bool {
        let index = Index {
            method: def.method.as_str().into(),
            keys: def.keys.iter().map(|key| index_key(key, &def.method)).collect(),
            include: def.include.iter().map(|name| name.text.as_str().into()).collect(),
            unique: def.unique,
            predicate: def.predicate.as_ref().map(|predicate| predicate.text.as_str().into()),
            ..Index::default()
        };
        self.fits_partition(partition, &index)
    }

    /// Whether the index belongs to one of a partitioned table.
    pub fn is_attached(&self, table: &TableName, index: &str) -> bool {
        let key = Text::known(index).map(|name| TableName { schema: table.schema.clone(), name });
        key.is_some_and(|key| self.attached.has(&key))
    }
}
