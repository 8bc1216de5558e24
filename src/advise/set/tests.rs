//! The search under a planner that is arithmetic: a scan of a table costs its pages, an index that begins with a condition's column
//! the share of the rows that it finds.

use std::borrow::Cow;
use std::cell::Cell;

use super::*;
use crate::advise::whatif::{IndexId, Offered, Planned, Values, WhatIfError};
use crate::catalog::model::{Column, ColumnStats, Table, TableName};
use crate::sql;

/// Rows of every table, and what a row costs to read in a scan and through an index.
const ROWS: f64 = 100_000.0;
const FETCH: f64 = 4.0;

/// Columns with the share of rows that one value has.
const COLUMNS: &[(&str, f64)] = &[("a", 0.001), ("b", 0.01), ("c", 0.1), ("d", 0.5)];

#[derive(Default)]
struct Arithmetic {
    offered: Vec<(String, Vec<String>)>,
    calls: usize,
}

fn keys_of(ddl: &str) -> (String, Vec<String>) {
    let table = ddl.split(' ').nth(3).expect("CREATE INDEX ON table").to_owned();
    let open = ddl.find('(').expect("keys");
    let keys = ddl[open + 1..].split(')').next().expect("closed").split(", ").map(str::to_owned).collect();
    (table, keys)
}

/// `SELECT … FROM t WHERE a = 1 AND b = 2`: the table and the columns that are compared.
fn asked(sql: &str) -> (String, Vec<String>) {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let table = words[words.iter().position(|w| *w == "FROM").expect("FROM") + 1].to_owned();
    let columns = words.windows(2).filter(|pair| pair[1] == "=").map(|pair| pair[0].to_owned()).collect();
    (table, columns)
}

fn share(column: &str) -> f64 {
    COLUMNS.iter().find(|(name, _)| *name == column).map_or(1.0, |(_, share)| *share)
}

impl WhatIf for Arithmetic {
    fn offer(&mut self, ddl: &str) -> Result<Offered, WhatIfError> {
        if ddl.contains("USING gin") {
            return Err(WhatIfError::Index("gin is not supported".into()));
        }
        self.offered.push(keys_of(ddl));
        let columns = ddl.matches(", ").count() + ddl.matches('(').count();
        let bytes = (ROWS * 20.0) as u64 * columns as u64;
        Ok(Offered { id: self.offered.len() - 1, bytes })
    }

    fn plan(&mut self, sample: &Sample, indexes: &[IndexId]) -> Result<Planned, WhatIfError> {
        self.calls += 1;
        let (table, columns) = asked(&sample.sql);
        let mut best = (ROWS, Vec::new());
        if sample.sql.contains(" OR ") {
            let leads =
                |column: &String| indexes.iter().copied().find(|&id| self.offered[id].1.first() == Some(column));
            if let Some(mut used) = columns.iter().map(leads).collect::<Option<Vec<IndexId>>>() {
                used.sort_unstable();
                best = (columns.iter().map(|column| share(column) * ROWS * FETCH).sum(), used);
            }
            return Ok(Planned { total_cost: best.0, used: best.1, json: String::new() });
        }
        for &id in indexes {
            let (on, keys) = &self.offered[id];
            let found: f64 = keys.iter().take_while(|key| columns.contains(key)).map(|key| share(key)).product();
            let cost = (found * ROWS * FETCH).max(4.0);
            if *on == table && found < 1.0 && cost < best.0 {
                best = (cost, vec![id]);
            }
        }
        Ok(Planned { total_cost: best.0, used: best.1, json: String::new() })
    }
}

/// A clock that moves with every look at it.
struct Steps(Cell<f64>, f64);

impl Watch for Steps {
    fn spent(&self) -> f64 {
        self.0.set(self.0.get() + self.1);
        self.0.get()
    }

    fn step(&self, step: Step) {
        assert!(step.bound <= step.cost && step.cost <= step.base, "{step:?}");
    }
}

fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    for name in ["t", "u"] {
        let column = |&(name, share): &(&str, f64)| Column {
            name: name.into(),
            type_name: "integer".into(),
            stats: Some(Box::new(ColumnStats { average_width: 4, n_distinct: 1.0 / share, ..ColumnStats::default() })),
            ..Column::default()
        };
        let columns = COLUMNS.iter().map(column).collect();
        let table = Table { columns, rows: Some(ROWS), heap_bytes: Some(8 << 20), ..Table::default() };
        catalog.tables.insert(TableName { schema: "public".into(), name: name.into() }, table);
    }
    catalog
}

struct Asked {
    queries: Vec<(Query, Facts)>,
}

fn workload(texts: &[(&str, u64)]) -> Asked {
    let query = |&(text, calls): &(&str, u64)| {
        let facts = sql::facts(text);
        let mut query = Query::new("", Default::default(), facts.kind, text);
        query.calls = calls;
        (query, facts)
    };
    Asked { queries: texts.iter().map(query).collect() }
}

impl Asked {
    fn search(&self, limits: Limits, pace: f64) -> (Outcome, usize) {
        let statement = |(at, (known, facts)): (usize, &'_ (Query, Facts))| {
            let sample = Sample { sql: known.text.clone(), share: 1.0, values: Values::Logged };
            (at, sample, known.clone(), facts.clone())
        };
        let parts: Vec<_> = self.queries.iter().enumerate().map(statement).collect();
        let statements: Vec<Statement<'_>> = parts
            .iter()
            .map(|(query, sample, known, facts)| Statement {
                query: *query,
                known: Cow::Borrowed(known),
                facts: Cow::Borrowed(facts),
                samples: vec![sample.clone()],
                put: Vec::new(),
                missing: Vec::new(),
            })
            .collect();
        let mut planner = Arithmetic::default();
        let outcome = search(&statements, &catalog(), &mut planner, &limits, &Steps(Cell::new(0.0), pace));
        (outcome, planner.calls)
    }
}

fn definitions(outcome: &Outcome) -> Vec<&str> {
    outcome.chosen.iter().map(|chosen| chosen.ddl.strip_prefix("CREATE INDEX ON ").expect("as offered")).collect()
}

#[test]
fn one_index_serves_two_queries() {
    let some = workload(&[("SELECT d FROM t WHERE a = 1 AND b = 2", 10), ("SELECT d FROM t WHERE b = 2", 1000)]);
    let (outcome, calls) = some.search(Limits { most_indexes: Some(1), ..Limits::default() }, 1e-5);
    // With b in front the index serves both; with a in front it would serve the rarer query alone.
    assert_eq!(outcome.chosen.len(), 1, "{:?}", definitions(&outcome));
    assert!(definitions(&outcome)[0].starts_with("t (b"), "{:?}", definitions(&outcome));
    assert_eq!(outcome.calls, calls);
    assert!(outcome.bound_ms <= outcome.cost_ms && outcome.cost_ms < outcome.base_ms, "{outcome:?}");
}

#[test]
fn the_budget_holds_and_goes_to_what_saves_most() {
    let some = workload(&[("SELECT d FROM t WHERE a = 1", 1), ("SELECT d FROM u WHERE b = 2", 100)]);
    // HypoPG's size of one index on one column here: 2,000,000 bytes.
    let limits = Limits { budget: Some(2_500_000), sizes: SizeModel::Hypopg, ..Limits::default() };
    let (outcome, _) = some.search(limits.clone(), 1e-5);
    assert_eq!(definitions(&outcome), ["u (b)"]);
    assert!(outcome.chosen.iter().map(|chosen| chosen.bytes).sum::<u64>() <= 2_500_000);
    let (nothing, _) = some.search(Limits { budget: Some(1000), sizes: SizeModel::Hypopg, ..limits }, 1e-5);
    assert!(nothing.chosen.is_empty());
}

#[test]
fn what_saves_nothing_is_not_chosen() {
    let some = workload(&[("SELECT a FROM t WHERE d = 1 AND a = 2", 10), ("SELECT c FROM u WHERE d = 1", 10)]);
    let (outcome, _) = some.search(Limits::default(), 1e-5);
    let on_u: Vec<&str> = definitions(&outcome).into_iter().filter(|ddl| ddl.starts_with("u ")).collect();
    // Half of the rows through an index cost twice the scan.
    assert_eq!(on_u, Vec::<&str>::new());
    assert!(!outcome.chosen.is_empty());
}

#[test]
fn the_best_so_far_is_given_when_the_time_is_over() {
    let some = workload(&[("SELECT d FROM t WHERE a = 1", 1), ("SELECT d FROM u WHERE b = 2", 100)]);
    for pace in [1.0, 0.1, 0.02] {
        let (outcome, _) = some.search(Limits::default(), pace);
        assert!(outcome.cost_ms <= outcome.base_ms, "{pace}: {outcome:?}");
        assert!(outcome.cut_short, "{pace}");
    }
}

#[test]
fn the_same_question_is_not_asked_twice() {
    let some = workload(&[("SELECT d FROM t WHERE a = 1", 5), ("SELECT d FROM t WHERE b = 1", 7)]);
    let (first, calls) = some.search(Limits::default(), 1e-5);
    let (second, again) = some.search(Limits::default(), 1e-5);
    assert_eq!((definitions(&first), calls), (definitions(&second), again));
    assert!(calls < 60, "{calls}");
}

#[test]
fn both_sides_of_an_or_get_their_index() {
    let some = workload(&[("SELECT d FROM t WHERE a = 1 OR b = 2", 10)]);
    let (outcome, _) = some.search(Limits { most_indexes: Some(2), ..Limits::default() }, 1e-5);
    let mut leads: Vec<&str> = definitions(&outcome).iter().map(|ddl| &ddl[..4]).collect();
    leads.sort_unstable();
    assert_eq!(leads, ["t (a", "t (b"]);
    let (one, _) = some.search(Limits { most_indexes: Some(1), ..Limits::default() }, 1e-5);
    assert!(one.chosen.is_empty(), "one of them alone is of no use: {:?}", definitions(&one));
}

#[test]
fn what_was_refuted_twice_is_not_tried_in_other_words() {
    let some = workload(&[("SELECT d FROM t WHERE a = 1", 5), ("SELECT d FROM t WHERE a = 1 AND b = 2", 7)]);
    let without = |ddls: &[&str]| {
        let without = ddls.iter().map(|ddl| format!("CREATE INDEX ON {ddl}")).collect();
        some.search(Limits { without, ..Limits::default() }, 1e-5).0
    };
    let leads = |outcome: &Outcome| -> Vec<String> {
        definitions(outcome).iter().map(|ddl| ddl.chars().take(4).collect()).collect()
    };
    assert_eq!(leads(&without(&["t (a)"])), ["t (a"]);
    assert_eq!(leads(&without(&["t (a)", "t (a, b)"])), ["t (b"]);
}
