//! A workload made of texts, for the tests of this folder.

use crate::catalog::model::{Catalog, ColumnStats, TableName};
use crate::catalog::{SchemaFile, from_files};
use crate::report::model::Subject;
use crate::rules::context::{WorkloadCx, Worth};
use crate::rules::draft::{Ask, Draft};
use crate::sql::facts::{Facts, facts};
use crate::sql::{Fingerprint, StatementKind};
use crate::workload::model::{Query, Sample, Workload};

pub struct Bench {
    pub workload: Workload,
    pub facts: Vec<Option<Facts>>,
    pub catalog: Catalog,
}

pub fn catalog(ddl: &str) -> Catalog {
    let read = from_files(&[SchemaFile { path: "schema.sql", text: ddl }]);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    read.catalog
}

/// A day's log in which each statement ran 100 times and took a minute in all.
pub fn bench(ddl: &str, statements: &[&str]) -> Bench {
    let queries = statements.iter().enumerate().map(|(i, text)| Query {
        fingerprint: Fingerprint(i as u64 + 1),
        text: (*text).to_owned(),
        calls: 100,
        timed_calls: 100,
        total_us: 60_000_000,
        samples: vec![sample(text), sample(text)],
        kind: facts(text).kind,
        ..Query::default()
    });
    let queries: Vec<Query> = queries.collect();
    let facts = statements.iter().map(|text| Some(facts(text))).collect();
    let workload = Workload { queries, window: Some((0, 86_400_000_000)), ..Workload::default() };
    Bench { workload, facts, catalog: catalog(ddl) }
}

fn sample(text: &str) -> Sample {
    Sample { text: text.to_owned(), ..Sample::default() }
}

impl Bench {
    pub fn cx(&self) -> WorkloadCx<'_> {
        WorkloadCx {
            workload: &self.workload,
            facts: &self.facts,
            catalog: Some(&self.catalog),
            plans: &[],
            worth: Worth::default(),
        }
    }

    pub fn rows(mut self, table: &str, rows: f64) -> Self {
        self.table(table).rows = Some(rows);
        self
    }

    pub fn stats(mut self, table: &str, column: &str, stats: ColumnStats) -> Self {
        let found = self.table(table).columns.iter_mut().find(|c| c.name == column).expect("a column");
        found.stats = Some(Box::new(stats));
        self
    }

    fn table(&mut self, name: &str) -> &mut crate::catalog::model::Table {
        let name = TableName { schema: "public".into(), name: name.into() };
        self.catalog.tables.get_mut(&name).expect("a table")
    }

    /// One draft for each query that asks for its index.
    pub fn ask_for_all(&self) -> Vec<Draft> {
        let selects = self.workload.queries.iter().enumerate().filter(|(_, q)| q.kind == StatementKind::Select);
        selects
            .map(|(query, _)| {
                let mut draft = Draft::new(Subject::Query(query.to_string()), "", "");
                draft.asks.push(Ask::IndexFor { query });
                draft
            })
            .collect()
    }

    /// What is created for all queries together: the definitions behind `ON table`, sorted by table.
    pub fn created(&self) -> Vec<String> {
        let advice = super::recommend(&mut self.ask_for_all(), &self.cx());
        let mut created: Vec<String> = advice
            .recommendations
            .iter()
            .map(|r| r.sql.split_once(" ON ").map_or(r.sql.clone(), |(_, rest)| rest.trim_end_matches(';').to_owned()))
            .collect();
        created.sort();
        created
    }
}
