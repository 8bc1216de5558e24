//! Questions that rules and advice ask of a catalog: tables by the names that statements use, keys, references.

use rustc_hash::FxHashSet;

use crate::catalog::model::{Catalog, Column, Constraint, ConstraintKind, Index, Table, TableName};
use crate::catalog::text::Text;
use crate::sql::facts::RelationName;

/// Columns whose values tell rows apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniqueKey<'c> {
    /// The constraint or index that says so.
    pub name: &'c str,
    pub columns: Vec<&'c str>,
    /// All columns are NOT NULL, or NULLs are not distinct: at most one row for each value. Otherwise rows with a NULL may
    /// be alike.
    pub strict: bool,
}

/// A foreign key of a table.
#[derive(Clone, Copy, Debug)]
pub struct ForeignKey<'c> {
    pub constraint: &'c Constraint,
    pub columns: &'c [Text],
    pub references: &'c TableName,
    /// Empty when the parent was not known.
    pub referenced_columns: &'c [Text],
}

impl Catalog {
    /// The table that a name in a statement means: as qualified; else the first of the search path (`public` at last) that
    /// has it; else the only table of that name, because an application may set a search path of its own.
    pub fn table(&self, name: &RelationName) -> Option<(&TableName, &Table)> {
        let wanted = Text::known(&name.name)?;
        let find =
            |schema: &str| self.tables.get_key_value(&TableName { schema: Text::known(schema)?, name: wanted.clone() });
        if let Some(schema) = &name.schema {
            return find(schema);
        }
        let path = self.search_path.iter().map(String::as_str).chain(["public"]);
        path.into_iter().find_map(find).or_else(|| self.tables.only(&wanted))
    }
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        let name = Text::known(name)?;
        self.columns.iter().find(|column| column.name == name)
    }

    pub fn primary_key(&self) -> Option<&[Text]> {
        let key = self.constraints.iter().find(|constraint| constraint.kind == ConstraintKind::PrimaryKey)?;
        Some(&key.columns)
    }

    /// Keys that hold at every moment: immediate constraints, and valid unique indexes over plain columns of all rows.
    /// Each set of columns once, the primary key first.
    pub fn unique_keys(&self) -> Vec<UniqueKey<'_>> {
        self.unique_keys_of(&|_| true)
    }

    /// Those of which all columns are wanted.
    fn unique_keys_of(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<UniqueKey<'_>> {
        let mut keys: Vec<UniqueKey<'_>> = Vec::new();
        let mut met: FxHashSet<Vec<&str>> = FxHashSet::default();
        let constraints = self.constraints.iter().filter(|constraint| !constraint.deferrable);
        let primary = constraints.clone().filter(|constraint| constraint.kind == ConstraintKind::PrimaryKey);
        let unique = constraints.filter(|constraint| constraint.kind == ConstraintKind::Unique);
        for constraint in primary.chain(unique).filter(|one| one.columns.iter().all(|column| wanted(column))) {
            let columns: Vec<&str> = constraint.columns.iter().map(Text::as_str).collect();
            if !columns.is_empty() && met.insert(columns.clone()) {
                let own = |index: &Index| index.name == constraint.name && index.nulls_not_distinct;
                keys.push(self.unique_key(&constraint.name, columns, self.indexes.iter().any(own)));
            }
        }
        for index in self.indexes.iter().filter(|index| index.unique && index.keys.iter().all(|key| wanted(&key.text)))
        {
            let columns: Vec<&str> = index.keys.iter().map(|key| key.text.as_str()).collect();
            if !columns.is_empty() && !met.contains(&columns) && self.tells_rows_apart(index) {
                met.insert(columns.clone());
                keys.push(self.unique_key(&index.name, columns, index.nulls_not_distinct));
            }
        }
        keys
    }

    fn unique_key<'c>(&'c self, name: &'c str, columns: Vec<&'c str>, one_null: bool) -> UniqueKey<'c> {
        let all_not_null = columns.iter().all(|column| self.column(column).is_some_and(|column| column.not_null));
        UniqueKey { name, columns, strict: all_not_null || one_null }
    }

    fn tells_rows_apart(&self, index: &Index) -> bool {
        let deferrable = |one: &Constraint| one.deferrable && one.name == index.name;
        index.unique
            && index.valid
            && index.predicate.is_none()
            && index.keys.iter().all(|key| !key.expression)
            && !self.constraints.iter().any(deferrable)
    }

    /// The key, if there is one, that makes rows with given values of these columns unique (its columns are among them).
    /// A key that is strict is preferred.
    pub fn key_within(&self, columns: &[&str]) -> Option<UniqueKey<'_>> {
        let keys = self.unique_keys_of(&|column| columns.contains(&column));
        let (strict, loose): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| key.strict);
        strict.into_iter().chain(loose).next()
    }

    pub fn foreign_keys(&self) -> impl Iterator<Item = ForeignKey<'_>> {
        self.constraints.iter().filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { references, referenced_columns } => {
                Some(ForeignKey { constraint, columns: &constraint.columns, references, referenced_columns })
            }
            _ => None,
        })
    }
}
