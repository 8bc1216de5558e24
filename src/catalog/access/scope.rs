//! Which table a name means.

use crate::catalog::model::{Catalog, Column, Table, TableName};
use crate::catalog::resolve::Resolver;
use crate::sql::facts::{ColumnRef, Facts, Operand, RelationName, Value};

/// The table a relation's name means; one that the catalog does not know is taken to stand in `public`.
pub fn table_name(relation: &RelationName, catalog: Option<&Catalog>) -> TableName {
    match catalog.and_then(|catalog| catalog.table(relation)) {
        Some((name, _)) => name.clone(),
        None => TableName {
            schema: relation.schema.clone().unwrap_or_else(|| "public".to_owned()).into(),
            name: relation.name.as_str().into(),
        },
    }
}

/// A statement with what resolves its names.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub text: &'a str,
    pub facts: &'a Facts,
    pub catalog: Option<&'a Catalog>,
}

impl<'a> Scope<'a> {
    pub fn new(text: &'a str, facts: &'a Facts, catalog: Option<&'a Catalog>) -> Self {
        Scope { text, facts, catalog }
    }

    /// The catalog's table behind a source; `None` when it is no table or not known.
    pub fn table(&self, block: usize, source: usize) -> Option<&'a Table> {
        self.resolver().table(block, source).map(|(_, table)| table)
    }

    /// (block, source) that a column of `block` belongs to.
    pub fn home(&self, column: &ColumnRef, block: usize) -> Option<(usize, usize)> {
        self.resolver().home(block, column)
    }

    fn resolver(&self) -> Resolver<'a> {
        Resolver::new(self.facts, self.catalog)
    }

    pub fn column(&self, block: usize, source: usize, name: &str) -> Option<&'a Column> {
        self.table(block, source)?.column(name)
    }
}

/// Columns inside an operand, in order of appearance.
pub fn columns_of(operand: &Operand) -> Vec<&ColumnRef> {
    let mut found = Vec::new();
    collect(operand, &mut found);
    found
}

fn collect<'o>(operand: &'o Operand, out: &mut Vec<&'o ColumnRef>) {
    match &operand.value {
        Value::Column(column) => out.push(column),
        Value::Cast { operand, .. } => collect(operand, out),
        Value::Function { args, .. } => args.iter().for_each(|arg| collect(arg, out)),
        Value::Row(items) => items.iter().for_each(|item| collect(item, out)),
        Value::Expression { columns } => out.extend(columns),
        Value::Constant(_) | Value::Parameter(_) | Value::Subquery(_) | Value::Star => {}
    }
}
