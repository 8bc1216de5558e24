//! Measures the planner's what-if: how long a plan takes through the connection, beside the planning itself, and what a clone
//! says of a whole set.
//!
//!     cargo run --release --example bench_whatif -- plans DSN [QUERIES]
//!     cargo run --release --example bench_whatif -- verify DSN CLONE QUERIES DDL [LEFT,OUT]
//!
//! DSN names a database with HypoPG and `orders` of TPC-H, QUERIES a folder of one query a file, DDL a file with one CREATE
//! INDEX a line.

#![expect(clippy::print_stdout, reason = "what it measures is its result")]

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use sqlsift::advise::verify::{Asked, Effort};
use sqlsift::advise::whatif::{Sample, Values, WhatIf};
use sqlsift::db::hypopg::{HypoPg, Route};
use sqlsift::db::planner::Planner;
use sqlsift::db::session::{Limits, Session};
use sqlsift::db::verify::verify;
use sqlsift::sql::guard::Names;

const CALLS: u32 = 2000;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["plans", dsn] => plans(dsn, None),
        ["plans", dsn, queries] => plans(dsn, Some(queries)),
        ["verify", dsn, clone, queries, ddl] => verified(dsn, clone, queries, ddl, ""),
        ["verify", dsn, clone, queries, ddl, left_out] => verified(dsn, clone, queries, ddl, left_out),
        _ => bail!("plans DSN [QUERIES], or verify DSN CLONE QUERIES DDL [LEFT,OUT]"),
    }
}

fn sample(sql: &str) -> Sample {
    Sample { sql: sql.to_owned(), share: 1.0, values: Values::Logged }
}

/// Names and texts of a folder.
fn queries(folder: &str) -> Result<Vec<(String, String)>> {
    let entries = fs::read_dir(folder).with_context(|| folder.to_owned())?;
    let mut files: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    let name = |file: &PathBuf| file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    files.iter().map(|file| Ok((name(file), fs::read_to_string(file)?))).collect()
}

fn plans(dsn: &str, folder: Option<&str>) -> Result<()> {
    let mut all = vec![sample("SELECT 1"), sample("SELECT o_orderkey FROM orders WHERE o_custkey = 5")];
    if let Some(folder) = folder {
        all.extend(queries(folder)?.iter().map(|(_, text)| sample(text)));
    }
    for route in [Route::Direct, Route::Pooled] {
        let mut session = Session::connect(dsn)?;
        let mut hypopg = HypoPg::open(&mut session, route, Limits::default(), Names::default())?;
        let id = hypopg.offer("CREATE INDEX ON orders (o_custkey)")?.id;
        for query in &all {
            let text: String = query.sql.chars().take(60).collect::<String>().replace('\n', " ");
            let started = Instant::now();
            let planned = (0..CALLS).try_for_each(|call| {
                let set: &[usize] = if call % 2 == 0 { &[id] } else { &[] };
                hypopg.plan(query, set).map(drop)
            });
            let each = started.elapsed() / CALLS;
            match planned {
                Ok(()) => println!("{route:?} {:>8.3} ms  {text}", each.as_secs_f64() * 1e3),
                Err(error) => println!("{route:?} {error}  {text}"),
            }
        }
    }
    Ok(())
}

/// Statements of a folder in a set of indexes, tried on a clone.
fn verified(dsn: &str, clone: &str, folder: &str, ddl: &str, left_out: &str) -> Result<()> {
    let wanted = queries(folder)?.into_iter().filter(|(name, _)| !left_out.split(',').any(|out| out == name));
    let asked: Vec<Asked> = wanted.map(|(name, text)| Asked { name, samples: vec![sample(&text)] }).collect();
    let ddls: Vec<String> =
        fs::read_to_string(ddl)?.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let mut advised = Session::connect(dsn)?;
    let started = Instant::now();
    let verified = verify(
        &mut advised,
        &|_| Session::connect(clone),
        &ddls,
        &asked,
        Planner::new(Limits { statement_ms: 120_000, lock_ms: 10_000 }),
        &Effort::default(),
        &mut |message| println!("{:>6.0} s  {message}", started.elapsed().as_secs_f64()),
    )?;
    for built in &verified.built {
        println!("{:>8.1} MB {:>7} ms  {}", built.bytes as f64 / 1e6, built.build_ms, ddls[built.id]);
    }
    for timed in &verified.verdict.timed {
        println!("{} {:>9.1} -> {:>9.1} ms {:?}", timed.query, timed.before_ms, timed.after_ms, timed.used);
    }
    for refuted in &verified.verdict.refuted {
        println!(
            "refuted {}: {} {:.0} -> {:.0} ms, without it {:.0}",
            ddls[refuted.index], refuted.query, refuted.before_ms, refuted.with_ms, refuted.without_ms
        );
    }
    let verdict = &verified.verdict;
    println!("{:?} {:?} {:?} {:?}", verdict.totals(), verdict.not_run, verified.failed, verdict.ended);
    Ok(())
}
