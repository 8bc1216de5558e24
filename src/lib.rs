//! # sqlsift
//!
//! Reads what a Postgres database already writes down (logs, plans, pg_stat_statements, the catalog, migrations) and
//! says what to do about what makes it slow. This page is the architecture.
//!
//! Data flows one way, through the folders of `src/` in this order; no module reaches back:
//!
//! | folder | in | out |
//! |---|---|---|
//! | [`ingest`] | bytes of files, folders, stdin, compressed or not | [`ingest::event::Event`] |
//! | [`sql`] | the text of a statement | tokens, [`sql::Fingerprint`], [`sql::facts::Facts`], DDL |
//! | [`workload`] | events | [`workload::model::Workload`], digests |
//! | [`plan`] | EXPLAIN output of any format and presentation | trees with their figures, compared |
//! | [`script`] | files of SQL: migrations, dumps, queries | statements with their transaction, section and nesting |
//! | [`catalog`] | DDL or a snapshot | [`catalog::model::Catalog`] |
//! | [`effect`] | a DDL statement and the catalog before it | its locks, rewrites and scans |
//! | [`db`] | a connection string | catalog, workload and plans of a live server |
//! | [`rules`] | workload, facts, plans, catalog, scripts | drafts of findings |
//! | [`advise`] | drafts, workload, catalog | recommendations |
//! | [`report`] | findings and recommendations | [`report::model::Report`], rendered |
//! | [`config`] | `sqlsift.toml` | effective options of rules, allows |
//! | [`cli`] | the command line | the only place that prints, reads the environment and exits |
//!
//! Invariants, each a test in `tests/it/tidy.rs`: the edges between modules; `sqlparser` only in `src/sql`; printing,
//! environment and exit only in `src/cli`; no unsafe code; every rule page has a detector and the reverse; every path
//! named in a document exists.
//!
//! Parsers return what they understood plus a list of problems; they fail only when there is nothing to read.

pub mod advise;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod db;
pub mod effect;
pub mod ingest;
pub mod plan;
pub mod report;
pub mod rules;
pub mod script;
pub mod sql;
pub mod workload;
