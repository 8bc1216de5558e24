//! Rows of the queries in; tables with their columns, constraints, indexes and figures out.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use super::paths::schemas;
use super::spelling::without_public;
use crate::catalog::model::{
    Catalog, Column, ColumnStats, Constraint, ConstraintKind, ExtendedStatistics, Index, Policy, Routine, Sequence,
    Table, TableName,
};
use crate::catalog::snapshot::as_ddl_spells_it;
use crate::catalog::text::Text;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::rights::HiddenTables;
use crate::db::session::Row;

type Taken = Result<(), DbError>;

/// The catalog while it is being put together: tables by their oid.
pub struct Builder {
    catalog: Catalog,
    tables: BTreeMap<i64, (TableName, Table)>,
    pub hidden: Option<HiddenTables>,
}

/// A value of a row that the server built as JSON.
fn json<T: DeserializeOwned>(text: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|error| DbError {
        kind: DbErrorKind::Refused,
        message: format!("the server's answer is not what was asked for: {error}"),
        sqlstate: None,
    })
}

impl Builder {
    pub fn new(facts: Option<&Row>) -> Result<Self, DbError> {
        let catalog = match facts {
            Some(row) => json(&row.try_get::<_, String>(0)?)?,
            None => Catalog::default(),
        };
        Ok(Builder { catalog, tables: BTreeMap::new(), hidden: None })
    }

    pub fn relations(&mut self, rows: &[Row]) -> Taken {
        for row in rows {
            let name = table_name(row, 1)?;
            let mut table: Table = json(&row.try_get::<_, String>(3)?)?;
            table.partition_key.as_mut().map(spell_text);
            table.partition_bound.as_mut().map(spell_text);
            table.query.as_mut().map(spell_text);
            self.tables.insert(row.try_get(0)?, (name, table));
        }
        Ok(())
    }

    /// Oid and name of each, in the order of their oids.
    pub fn names(&self) -> Vec<(i64, String)> {
        self.tables.iter().map(|(oid, (name, _))| (*oid, name.name.to_string())).collect()
    }

    pub fn columns(&mut self, rows: &[Row]) -> Taken {
        self.each(rows, |table, mut columns: Vec<Column>| {
            for column in &mut columns {
                spell_text(&mut column.type_name);
                column.default.as_mut().map(spell_text);
            }
            table.columns = columns;
        })
    }

    pub fn constraints(&mut self, rows: &[Row]) -> Taken {
        self.each(rows, |table, mut constraints: Vec<Constraint>| {
            for constraint in &mut constraints {
                if let ConstraintKind::Check { expression } = &mut constraint.kind {
                    spell_text(expression);
                }
            }
            table.constraints = constraints;
        })
    }

    pub fn indexes(&mut self, rows: &[Row]) -> Taken {
        for row in rows {
            let Some((_, table)) = self.tables.get_mut(&row.try_get(0)?) else { continue };
            let mut indexes: Vec<Index> = json(&row.try_get::<_, String>(1)?)?;
            for index in &mut indexes {
                index.keys.iter_mut().filter(|key| key.expression).for_each(|key| spell_text(&mut key.text));
                index.predicate.as_mut().map(spell_text);
            }
            table.indexes = indexes;
            table.replica_identity = row.try_get::<_, Option<&str>>(2)?.map(Text::new);
        }
        Ok(())
    }

    pub fn parents(&mut self, rows: &[Row]) -> Taken {
        for row in rows {
            let Some(parent) = self.tables.get(&row.try_get(1)?).map(|(name, _)| name.clone()) else { continue };
            let Some((_, table)) = self.tables.get_mut(&row.try_get(0)?) else { continue };
            match table.parent {
                None => table.parent = Some(parent),
                Some(_) => table.other_parents.push(parent),
            }
        }
        Ok(())
    }

    pub fn reads(&mut self, rows: &[Row]) -> Taken {
        for row in rows {
            let Some(read) = self.tables.get(&row.try_get(1)?).map(|(name, _)| name.clone()) else { continue };
            if let Some((_, view)) = self.tables.get_mut(&row.try_get(0)?) {
                view.reads.insert(read, row.try_get(2)?);
            }
        }
        Ok(())
    }

    pub fn policies(&mut self, rows: &[Row]) -> Taken {
        self.each(rows, |table, mut policies: Vec<Policy>| {
            for policy in &mut policies {
                policy.using.as_mut().map(spell);
                policy.check.as_mut().map(spell);
            }
            table.policies = policies.into();
        })
    }

    pub fn extended(&mut self, rows: &[Row]) -> Taken {
        self.each(rows, |table, mut statistics: Vec<ExtendedStatistics>| {
            statistics.iter_mut().flat_map(|one| &mut one.expressions).for_each(spell);
            table.statistics = statistics.into();
        })
    }

    pub fn publications(&mut self, rows: &[Row]) -> Taken {
        for row in rows {
            self.catalog.publications.push(json(row.try_get(0)?)?);
        }
        Ok(())
    }

    pub fn types(&mut self, rows: &[Row]) -> Taken {
        for row in rows {
            let (mut name, mut base): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            spell(&mut name);
            spell(&mut base);
            if let Some(constraints) = row.try_get::<_, Option<String>>(2)? {
                self.catalog.domain_constraints.insert(name.clone(), json(&constraints)?);
            }
            self.catalog.types.insert(name, base);
        }
        Ok(())
    }

    pub fn routines(&mut self, rows: &[Row]) -> Taken {
        for row in rows {
            let mut arguments: String = row.try_get(2)?;
            spell(&mut arguments);
            self.catalog.routines.push(Routine {
                name: table_name(row, 0)?,
                arguments,
                language: row.try_get(3)?,
                security_definer: row.try_get(4)?,
                sets_search_path: row.try_get(5)?,
                volatile: row.try_get(6)?,
                defined_at: None,
            });
        }
        Ok(())
    }

    pub fn sequences(&mut self, rows: &[Row]) -> Taken {
        for row in rows {
            let name = table_name(row, 0)?;
            let type_name = row.try_get::<_, &str>(2)?.into();
            let sequence = Sequence { type_name, max_value: row.try_get(3)?, ..Sequence::default() };
            self.catalog.sequences.insert(name, sequence);
        }
        Ok(())
    }

    pub fn sizes(&mut self, rows: &[Row]) -> Taken {
        for row in rows {
            if let Some((_, table)) = self.tables.get_mut(&row.try_get(0)?) {
                table.heap_bytes = bytes(row.try_get(1)?);
                table.total_bytes = bytes(row.try_get(2)?);
            }
        }
        Ok(())
    }

    pub fn index_sizes(&mut self, rows: &[Row]) -> Taken {
        for row in rows {
            let Some((_, table)) = self.tables.get_mut(&row.try_get(0)?) else { continue };
            let name: &str = row.try_get(1)?;
            if let Some(index) = table.indexes.iter_mut().find(|index| index.name == name) {
                index.figures_mut().bytes = bytes(row.try_get(2)?);
            }
        }
        Ok(())
    }

    pub fn statistics(&mut self, rows: &[Row]) -> Taken {
        self.each(rows, |table, mut statistics: BTreeMap<String, ColumnStats>| {
            for column in &mut table.columns {
                column.stats = statistics.remove(column.name.as_str()).map(Box::new);
            }
        })
    }

    /// Of all roles; which of them differ is known when it is known whose the workload is.
    pub fn search_paths(&mut self, rows: &[Row]) -> Taken {
        let known: BTreeSet<&str> = self.tables.values().map(|(name, _)| name.schema.as_str()).collect();
        for row in rows {
            let (role, setting): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
            let path = schemas(setting.as_deref().unwrap_or_default(), &role, &known);
            self.catalog.role_search_paths.insert(role, path);
        }
        Ok(())
    }

    pub fn hidden(&mut self, rows: &[Row]) -> Taken {
        for row in rows {
            let one: Option<String> = row.try_get(1)?;
            let count = row.try_get::<_, i64>(0)?.unsigned_abs();
            self.hidden = one.map(|one| HiddenTables { count, one });
        }
        Ok(())
    }

    /// In what is asked for the names are those of `public` without their schema, and expressions without the parentheses
    /// around them.
    pub fn finish(mut self) -> Catalog {
        self.catalog.tables = self.tables.into_values().collect();
        as_ddl_spells_it(self.catalog)
    }

    /// Rows of (oid, JSON), each given to its table. Those of tables that were not asked for are passed over.
    fn each<T: DeserializeOwned>(&mut self, rows: &[Row], take: impl Fn(&mut Table, T)) -> Taken {
        for row in rows {
            if let Some((_, table)) = self.tables.get_mut(&row.try_get(0)?) {
                take(table, json(row.try_get(1)?)?);
            }
        }
        Ok(())
    }
}

/// A relation that went away meanwhile has no size.
fn bytes(told: Option<i64>) -> Option<u64> {
    told.and_then(|bytes| u64::try_from(bytes).ok())
}

fn spell_text(text: &mut Text) {
    if let Some(short) = without_public(text) {
        *text = short.into();
    }
}

/// Schema and name, in this column of the answer and the next.
fn table_name(row: &Row, at: usize) -> Result<TableName, DbError> {
    Ok(TableName { schema: row.try_get::<_, &str>(at)?.into(), name: row.try_get::<_, &str>(at + 1)?.into() })
}

fn spell(text: &mut String) {
    if let Some(short) = without_public(text) {
        *text = short;
    }
}
