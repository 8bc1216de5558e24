//! The writes that were observed in; what a new index would add to them, in milliseconds, out.
//!
//! An entry of an index costs about 5 µs to write (measured: four new indexes on a table made 40,000 inserts 0.63 s slower, and
//! as many updates of an indexed column 0.86 s). An update that changes no indexed column writes no index at all (heap-only
//! tuples; documentation, "Heap-Only Tuples"): an index on a column that updates change takes that away, and from then on
//! each of them writes every index of the table.

use std::collections::{BTreeMap, BTreeSet};

use crate::advise::index::candidate::Candidate;
use crate::catalog::access::{Key, table_name};
use crate::catalog::model::{Catalog, Table, TableName};
use crate::sql::StatementKind;
use crate::sql::facts::Facts;
use crate::workload::model::Query;

const ENTRY_MS: f64 = 0.005;

/// A statement that ran once and wrote this many rows filled the table: no reason to do without an index ever after.
const LOAD_ROWS: u64 = 1000;

/// Rows written, over the time that the workload was observed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Writes {
    pub inserted: f64,
    /// By the columns that they set.
    pub updates: Vec<(BTreeSet<String>, f64)>,
    /// Share of all updates that writes no index.
    pub hot_share: f64,
}

/// The writes of each table, as far as the workload holds them. The server's counters only tell how many updates were heap-only: they
/// may have counted for years, and a load of the whole table is in them.
pub fn observed<'a>(
    queries: impl Iterator<Item = (&'a Query, &'a Facts)>,
    catalog: &Catalog,
) -> BTreeMap<TableName, Writes> {
    let mut tables: BTreeMap<TableName, Writes> = BTreeMap::new();
    for (query, facts) in queries {
        let Some(write) = &facts.write else { continue };
        if query.calls == 1 && query.rows.unwrap_or(0) >= LOAD_ROWS {
            continue;
        }
        let rows = query.rows.unwrap_or(0).max(query.calls) as f64;
        let writes = tables.entry(table_name(&write.target, Some(catalog))).or_default();
        match query.kind {
            StatementKind::Insert | StatementKind::Merge | StatementKind::Copy => writes.inserted += rows,
            StatementKind::Update => writes.updates.push((write.columns.iter().cloned().collect(), rows)),
            _ => {}
        }
    }
    for (name, writes) in &mut tables {
        let Some(counters) = catalog.tables.get(name).and_then(|table| table.counters.as_ref()) else { continue };
        writes.hot_share = counters.hot_updated as f64 / (counters.updated.max(1)) as f64;
    }
    tables
}

/// What the index would cost its table's writers.
pub fn upkeep_ms(candidate: &Candidate, writes: &Writes, table: &Table) -> f64 {
    let stands_on = |column: &String| {
        candidate.include.contains(column)
            || candidate.predicate.as_ref().is_some_and(|predicate| predicate.contains(column.as_str()))
            || candidate.keys.iter().any(|key| match &key.key {
                Key::Column(name) => name == column,
                Key::Expression(sql) => sql.contains(column.as_str()),
            })
    };
    let indexed = |column: &String| {
        let keyed = |index: &crate::catalog::model::Index| {
            index.keys.iter().any(|key| key.text == *column) || index.include.iter().any(|one| one == column)
        };
        table.indexes.iter().any(keyed)
    };
    let mut entries = writes.inserted;
    for (columns, rows) in &writes.updates {
        let hot_now = !columns.iter().any(indexed);
        entries += match (columns.iter().any(stands_on), hot_now) {
            (true, true) => rows * writes.hot_share.max(0.5) * (table.indexes.len() + 1) as f64,
            (true, false) => *rows,
            (false, true) => 0.0,
            (false, false) => rows * (1.0 - writes.hot_share),
        };
    }
    entries * ENTRY_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::index::candidate::{CandidateKey, Method};
    use crate::catalog::model::{Index, IndexKey};

    #[test]
    fn the_load_that_filled_a_table_is_not_held_against_an_index() {
        let text = "INSERT INTO orders SELECT * FROM staged";
        let facts = crate::sql::facts(text);
        let ran = |calls| Query { kind: StatementKind::Insert, calls, rows: Some(300_000), ..Query::default() };
        assert!(observed([(&ran(1), &facts)].into_iter(), &Catalog::default()).is_empty());
        let daily = observed([(&ran(30), &facts)].into_iter(), &Catalog::default());
        assert_eq!(daily.values().map(|writes| writes.inserted).collect::<Vec<_>>(), [300_000.0]);
    }

    #[test]
    fn an_index_on_what_is_updated_takes_heap_only_updates_away() {
        let key = |name: &str| CandidateKey::plain(Key::Column(name.into()));
        let name = TableName { schema: "public".into(), name: "orders".into() };
        let on = |column: &str| Candidate::new(name.clone(), Method::Btree, vec![key(column)]);
        let index = |column: &str| Index {
            keys: vec![IndexKey { text: column.into(), ..IndexKey::default() }],
            ..Index::default()
        };
        let table = Table { indexes: vec![index("id"), index("user_id")], ..Table::default() };
        let updates = vec![(BTreeSet::from(["status".to_owned()]), 1000.0)];
        let writes = Writes { inserted: 200.0, updates, hot_share: 1.0 };
        // 200 inserts; then 1,000 updates write two indexes that they left alone, and the new one.
        assert!((upkeep_ms(&on("created_at"), &writes, &table) - 200.0 * 0.005).abs() < 1e-9);
        assert!((upkeep_ms(&on("status"), &writes, &table) - (200.0 + 3000.0) * 0.005).abs() < 1e-9);
    }
}
