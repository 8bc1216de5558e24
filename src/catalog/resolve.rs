//! The facts of a statement and a catalog in; which column of which table a reference means out.
//!
//! References are followed through CTEs and sub-selects in FROM as long as the column is passed on as it is.

use crate::catalog::model::{Catalog, Column, Table, TableName};
use crate::sql::facts::{Block, ColumnRef, Facts, Output, Relation, Role, Source, Value};

/// A reference with the column behind it.
#[derive(Clone, Copy, Debug)]
pub struct Resolved<'a> {
    /// (block, source) that the reference itself names.
    pub at: (usize, usize),
    /// (block, source) where the table stands: another one when the reference went through a CTE or sub-select. An outer
    /// join on the way may add NULLs that the column's own NOT NULL rules out.
    pub table_at: (usize, usize),
    pub table_name: &'a TableName,
    pub table: &'a Table,
    pub column: &'a Column,
}

/// What is known of a source having a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Has {
    Yes,
    No,
    Unknown,
}

#[derive(Clone, Copy, Debug)]
pub struct Resolver<'a> {
    facts: &'a Facts,
    catalog: Option<&'a Catalog>,
}

/// A CTE can name itself; no honest statement passes a column on more often.
const DEEPEST: usize = 24;

impl<'a> Resolver<'a> {
    /// Without a catalog a reference finds its home by its qualifier only.
    pub fn new(facts: &'a Facts, catalog: Option<&'a Catalog>) -> Self {
        Resolver { facts, catalog }
    }

    /// The table column that `column`, standing in block `block`, means. `None`: it is computed, ambiguous to us, or of a
    /// relation that the catalog does not know.
    pub fn resolve(&self, block: usize, column: &ColumnRef) -> Option<Resolved<'a>> {
        self.resolve_within(block, column, DEEPEST)
    }

    /// The catalog's table behind a source.
    pub fn table(&self, block: usize, source: usize) -> Option<(&'a TableName, &'a Table)> {
        match &self.source((block, source))?.relation {
            Relation::Table(name) => self.catalog?.table(name),
            _ => None,
        }
    }

    /// (block, source) whose column it is, whether or not the table behind it is known.
    pub fn home(&self, block: usize, column: &ColumnRef) -> Option<(usize, usize)> {
        self.home_within(block, column, DEEPEST)
    }

    fn resolve_within(&self, block: usize, column: &ColumnRef, depth: usize) -> Option<Resolved<'a>> {
        let at = self.home_within(block, column, depth.checked_sub(1)?)?;
        let found = self.behind(at, &column.name, depth - 1)?;
        Some(Resolved { at, ..found })
    }

    fn home_within(&self, block: usize, column: &ColumnRef, depth: usize) -> Option<(usize, usize)> {
        // The facts give an unqualified column to the only source of its block; the catalog may know better.
        let settled = |at: (usize, usize)| column.qualifier.is_some() || self.has(at, &column.name, depth) != Has::No;
        if column.source.is_some_and(settled) {
            return column.source;
        }
        let mut current = Some(block);
        while let Some(index) = current {
            let here = self.facts.blocks.get(index)?;
            if let Some(qualifier) = &column.qualifier {
                if let Some(source) = here.sources.iter().position(|source| source.alias == *qualifier) {
                    return Some((index, source));
                }
            } else {
                match self.holder(index, here, &column.name, depth) {
                    Holder::Source(source) => return Some((index, source)),
                    // A function that gives one column is named like it: `generate_series(1, 3) g`.
                    Holder::Unclear => {
                        let called = |source: &Source| {
                            matches!(source.relation, Relation::Function(_)) && source.alias == column.name
                        };
                        return here.sources.iter().position(called).map(|source| (index, source));
                    }
                    Holder::None => {}
                }
            }
            current = here.parent;
        }
        None
    }

    /// The source of one block that has an unqualified column. The statement is taken to be valid: when a known table has
    /// the column, no other source has, or the name would be ambiguous.
    fn holder(&self, index: usize, block: &Block, name: &str, depth: usize) -> Holder {
        let has: Vec<Has> = (0..block.sources.len()).map(|source| self.has((index, source), name, depth)).collect();
        let mut holders = (0..has.len()).filter(|source| has[*source] == Has::Yes);
        match (holders.next(), holders.next()) {
            (Some(first), None) => Holder::Source(first),
            // USING and NATURAL merge the columns of both sides into one.
            (Some(first), Some(_)) if block.sources.iter().any(|source| merges(source, name)) => Holder::Source(first),
            (Some(_), Some(_)) => Holder::Unclear,
            (None, _) if has.contains(&Has::Unknown) => Holder::Unclear,
            (None, _) => Holder::None,
        }
    }

    fn source(&self, (block, source): (usize, usize)) -> Option<&'a Source> {
        self.facts.blocks.get(block)?.sources.get(source)
    }

    fn has(&self, at: (usize, usize), name: &str, depth: usize) -> Has {
        let (Some(source), Some(depth)) = (self.source(at), depth.checked_sub(1)) else { return Has::Unknown };
        let inner = match &source.relation {
            Relation::Table(relation) => {
                return table_has(self.catalog.and_then(|c| c.table(relation)).map(|(_, table)| table), name);
            }
            Relation::Cte(cte) => self.cte(cte),
            Relation::Derived(block) => Some(*block),
            Relation::Function(_) | Relation::Other => None,
        };
        match inner.and_then(|block| Some((block, self.facts.blocks.get(block)?))) {
            Some((index, block)) => self.projects(index, block, name, depth),
            None => Has::Unknown,
        }
    }

    fn projects(&self, index: usize, block: &Block, name: &str, depth: usize) -> Has {
        let mut unknown = false;
        for output in &block.projection {
            match output {
                Output::Expr { .. } if output_name(output) == Some(name) => return Has::Yes,
                // An expression without an alias has a name that Postgres derives.
                Output::Expr { .. } => unknown |= output_name(output).is_none(),
                Output::Star { qualifier, .. } => {
                    for source in starred(block, qualifier.as_deref()) {
                        match self.has((index, source), name, depth) {
                            Has::Yes => return Has::Yes,
                            Has::Unknown => unknown = true,
                            Has::No => {}
                        }
                    }
                }
            }
        }
        if unknown { Has::Unknown } else { Has::No }
    }

    /// The table column behind column `name` of a source.
    fn behind(&self, at: (usize, usize), name: &str, depth: usize) -> Option<Resolved<'a>> {
        let depth = depth.checked_sub(1)?;
        let inner = match &self.source(at)?.relation {
            Relation::Table(relation) => {
                let (table_name, table) = self.catalog?.table(relation)?;
                return Some(Resolved { at, table_at: at, table_name, table, column: table.column(name)? });
            }
            Relation::Cte(cte) => self.cte(cte)?,
            Relation::Derived(block) => *block,
            Relation::Function(_) | Relation::Other => return None,
        };
        let block = self.facts.blocks.get(inner)?;
        // A row of a set operation may come from any member.
        if block.in_set_operation {
            return None;
        }
        for output in &block.projection {
            match output {
                Output::Expr { operand, .. } if output_name(output) == Some(name) => {
                    let Value::Column(column) = &operand.value else { return None };
                    return self.resolve_within(inner, column, depth);
                }
                Output::Expr { .. } => {}
                Output::Star { qualifier, .. } => {
                    let mut sources = starred(block, qualifier.as_deref());
                    if let Some(source) = sources.find(|source| self.has((inner, *source), name, depth) == Has::Yes) {
                        return self.behind((inner, source), name, depth);
                    }
                }
            }
        }
        None
    }

    /// The block of a CTE, if the statement has one of that name.
    fn cte(&self, name: &str) -> Option<usize> {
        let is_it = |block: &Block| matches!(&block.role, Role::Cte(cte) if cte == name);
        let mut found = (0..self.facts.blocks.len()).filter(|index| is_it(&self.facts.blocks[*index]));
        let first = found.next();
        first.filter(|_| found.next().is_none())
    }
}

enum Holder {
    Source(usize),
    None,
    /// A source whose columns are not known could have it.
    Unclear,
}

fn table_has(table: Option<&Table>, name: &str) -> Has {
    match table {
        Some(table) if table.column(name).is_some() => Has::Yes,
        // A view, or CREATE TABLE … AS: its columns are not known.
        Some(table) if table.columns.is_empty() => Has::Unknown,
        Some(_) => Has::No,
        None => Has::Unknown,
    }
}

fn merges(source: &Source, name: &str) -> bool {
    source.natural || source.using.iter().any(|column| column == name)
}

fn output_name(output: &Output) -> Option<&str> {
    match output {
        Output::Expr { alias: Some(alias), .. } => Some(alias),
        Output::Expr { operand, alias: None } => match &operand.value {
            Value::Column(column) => Some(&column.name),
            _ => None,
        },
        Output::Star { .. } => None,
    }
}

fn starred<'b>(block: &'b Block, qualifier: Option<&'b str>) -> impl Iterator<Item = usize> + 'b {
    let all = block.sources.iter().enumerate();
    all.filter(move |(_, source)| qualifier.is_none_or(|qualifier| source.alias == qualifier)).map(|(at, _)| at)
}

#[cfg(test)]
mod tests;
