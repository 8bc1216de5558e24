//! Queries that ran on a server in; of each table, how many of them a lock would hold up, out.

use std::collections::BTreeMap;

use crate::catalog::model::{Catalog, TableName};
use crate::catalog::snapshot::ObservedQuery;
use crate::effect::LockMode;
use crate::report::units::counted;
use crate::sql::facts::{Facts, Relation, RelationName};
use crate::sql::fingerprint::fingerprint;
use crate::sql::{StatementKind, facts_of_many};

/// By table, and by query: the strongest mode in which it locks the table, and its calls. Waiting behind rows is not in here,
/// nor are the checks of foreign keys, which lock tables that a statement does not name.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    tables: BTreeMap<TableName, BTreeMap<String, Use>>,
    /// Over how long the calls were counted.
    seconds: Option<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Use {
    mode: LockMode,
    calls: u64,
}

impl Traffic {
    /// `seconds`: over how long the calls were counted. Tables that the catalog does not have are left out.
    pub fn of(queries: &[ObservedQuery], seconds: Option<f64>, catalog: &Catalog) -> Self {
        let texts: Vec<&str> = queries.iter().map(|query| query.text.as_str()).collect();
        let mut traffic = Traffic { tables: BTreeMap::new(), seconds: seconds.filter(|seconds| *seconds > 0.0) };
        for (query, facts) in queries.iter().zip(facts_of_many(&texts)) {
            let id = fingerprint(query.text.as_bytes()).to_string();
            for (table, mode) in locks(&facts, catalog) {
                let uses = traffic.tables.entry(table).or_default();
                let one = uses.entry(id.clone()).or_insert(Use { mode, calls: 0 });
                one.mode = one.mode.max(mode);
                one.calls += query.calls;
            }
        }
        traffic
    }

    /// `3 queries, 410 calls a minute` that cannot go on while the table is locked so; `None` where none is known.
    pub fn waiting(&self, table: &TableName, mode: LockMode) -> Option<String> {
        let stopped =
            || self.tables.get(table).into_iter().flat_map(BTreeMap::values).filter(|one| mode.conflicts(one.mode));
        let queries = stopped().count();
        if queries == 0 {
            return None;
        }
        let calls: u64 = stopped().map(|one| one.calls).sum();
        let writes: u64 = stopped().filter(|one| one.mode >= LockMode::RowExclusive).map(|one| one.calls).sum();
        let said = format!("{}, {}", counted(queries as u64, "query", "queries"), self.rate(calls));
        Some(match writes {
            0 => format!("{said}, all of them reads"),
            _ if writes == calls => format!("{said}, all of them writes"),
            _ => format!("{said}, {} % of them writes", share(writes, calls)),
        })
    }

    fn rate(&self, calls: u64) -> String {
        let Some(seconds) = self.seconds else { return counted(calls, "call so far", "calls so far") };
        let minutely = calls as f64 * 60.0 / seconds;
        match minutely {
            m if m >= 1.0 => counted(m.round() as u64, "call a minute", "calls a minute"),
            m if m * 60.0 >= 1.0 => counted((m * 60.0).round() as u64, "call an hour", "calls an hour"),
            m => counted((m * 1440.0).ceil() as u64, "call a day", "calls a day"),
        }
    }
}

/// In percent; never 0 or 100 for what is neither.
fn share(part: u64, whole: u64) -> u64 {
    ((part as f64 / whole as f64 * 100.0).round() as u64).clamp(1, 99)
}

/// Each table that the statement locks, in the modes that it takes on it (documentation, "Table-Level Locks"): reading,
/// FOR UPDATE and the like, writing. What changes the schema is no client's query.
fn locks(facts: &Facts, catalog: &Catalog) -> Vec<(TableName, LockMode)> {
    let writes = match facts.kind {
        StatementKind::Insert | StatementKind::Update | StatementKind::Delete | StatementKind::Merge => true,
        StatementKind::Select | StatementKind::Copy | StatementKind::Cursor => facts.write.is_some(),
        _ => return Vec::new(),
    };
    let target = facts.write.as_ref().map(|write| &write.target);
    // What the parser refused has its target first.
    let target = target.or_else(|| facts.tables.first().map(|(name, _)| name)).filter(|_| writes);
    let held = facts.blocks.iter().filter(|block| block.locking.is_some()).flat_map(|block| &block.sources);
    let held = held.filter_map(|source| if let Relation::Table(name) = &source.relation { Some(name) } else { None });
    let read = facts.tables.iter().map(|(name, _)| (name, LockMode::AccessShare));
    let named = read
        .chain(held.map(|name| (name, LockMode::RowShare)))
        .chain(target.map(|name| (name, LockMode::RowExclusive)));
    let mut modes: BTreeMap<TableName, LockMode> = BTreeMap::new();
    for (table, mode) in named.flat_map(|(name, mode)| with_views(name, mode, catalog)) {
        let known = modes.entry(table).or_insert(mode);
        *known = mode.max(*known);
    }
    modes.into_iter().collect()
}

/// The relation that a name means, and what it reads if it is a view.
fn with_views(name: &RelationName, mode: LockMode, catalog: &Catalog) -> Vec<(TableName, LockMode)> {
    let Some((table, _)) = catalog.table(name) else { return Vec::new() };
    let mut all = vec![table.clone()];
    let mut at = 0;
    while let Some(view) = all.get(at).and_then(|name| catalog.tables.get(name)) {
        let below: Vec<TableName> = view.reads.keys().filter(|name| !all.contains(name)).cloned().collect();
        all.extend(below.into_iter().filter(|name| catalog.tables.contains_key(name)));
        at += 1;
    }
    all.into_iter().map(|table| (table, mode)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> TableName {
        TableName { schema: "public".into(), name: name.into() }
    }

    fn traffic(seconds: Option<f64>) -> Traffic {
        let mut catalog = Catalog::default();
        for table in ["orders", "customers", "archive"] {
            catalog.tables.insert(name(table), Default::default());
        }
        let query =
            |text: &str, calls| ObservedQuery { text: text.into(), calls, total_ms: 1.0, ..ObservedQuery::default() };
        let queries = [
            query("SELECT * FROM orders WHERE id = $1", 3000),
            query("SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.email = $1", 600),
            query("SELECT id FROM orders WHERE status = $1 FOR UPDATE SKIP LOCKED LIMIT $2", 60),
            query("UPDATE orders SET status = $1 WHERE id = $2", 400),
            query("INSERT INTO archive SELECT * FROM orders WHERE id = $1", 40),
            query("ALTER TABLE orders ADD COLUMN a int", 1),
            query("SELECT * FROM elsewhere.orders", 9),
        ];
        Traffic::of(&queries, seconds, &catalog)
    }

    #[test]
    fn a_lock_holds_up_what_conflicts_with_it() {
        let traffic = traffic(Some(600.0));
        let waiting = |table, mode| traffic.waiting(&name(table), mode);
        for (table, mode, said) in [
            ("orders", LockMode::AccessExclusive, "5 queries, 410 calls a minute, 10 % of them writes"),
            ("orders", LockMode::Exclusive, "2 queries, 46 calls a minute, 87 % of them writes"),
            ("orders", LockMode::Share, "1 query, 40 calls a minute, all of them writes"),
            ("customers", LockMode::AccessExclusive, "1 query, 60 calls a minute, all of them reads"),
            ("archive", LockMode::ShareRowExclusive, "1 query, 4 calls a minute, all of them writes"),
        ] {
            assert_eq!(waiting(table, mode).as_deref(), Some(said), "{table} {mode:?}");
        }
        assert_eq!(waiting("orders", LockMode::ShareUpdateExclusive), None);
        assert_eq!(waiting("customers", LockMode::Share), None);
        assert_eq!(waiting("payments", LockMode::AccessExclusive), None);
    }

    #[test]
    fn rates_take_the_span_that_fits() {
        let said = |seconds| traffic(seconds).waiting(&name("archive"), LockMode::Share).expect("an INSERT");
        assert_eq!(said(None), "1 query, 40 calls so far, all of them writes");
        assert_eq!(said(Some(86_400.0)), "1 query, 2 calls an hour, all of them writes");
        assert_eq!(said(Some(8_640_000.0)), "1 query, 1 call a day, all of them writes");
    }
}
