//! How many plans a second there are, what a plan costs beside the planning itself, and what a clone says of a whole set.

use std::time::Instant;

use sqlsift::advise::verify::{Asked, Effort};
use sqlsift::advise::whatif::WhatIf;
use sqlsift::db::hypopg::{HypoPg, Route};
use sqlsift::db::session::{Limits, Session};
use sqlsift::db::verify::verify;
use sqlsift::sql::guard::Names;

use super::{database, sample};

const CALLS: u32 = 2000;

#[test]
#[ignore = "a measurement: cargo test --release --test it whatif::speed -- --ignored --nocapture"]
fn speed() {
    // SQLSIFT_BENCH_DSN names a database with HypoPG and `orders` of TPC-H; SQLSIFT_BENCH_QUERIES its queries.
    let given = std::env::var("SQLSIFT_BENCH_DSN").ok();
    let made = given.is_none().then(|| database("whatif_speed", "CREATE TABLE orders (o_orderkey int, o_custkey int)"));
    let dsn = given.or(made).expect("a server");
    let mut queries = vec![sample("SELECT 1"), sample("SELECT o_orderkey FROM orders WHERE o_custkey = 5")];
    if let Ok(folder) = std::env::var("SQLSIFT_BENCH_QUERIES") {
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        queries.extend(files.iter().map(|file| sample(&std::fs::read_to_string(file).unwrap())));
    }
    for route in [Route::Direct, Route::Pooled] {
        let mut session = Session::connect(&dsn).expect("connects");
        let mut hypopg = HypoPg::open(&mut session, route, Limits::default(), Names::default()).expect("HypoPG");
        let id = hypopg.offer("CREATE INDEX ON orders (o_custkey)").expect("an index").id;
        for query in &queries {
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
}

/// Statements of a folder in a set of indexes, tried on a clone.
#[test]
#[ignore = "a measurement: SQLSIFT_BENCH_DSN, _CLONE, _QUERIES (a folder) and _DDL (a file with one CREATE INDEX a line)"]
fn verified_set() {
    let given =
        |name: &str| std::env::var(format!("SQLSIFT_BENCH_{name}")).unwrap_or_else(|_| panic!("SQLSIFT_BENCH_{name}"));
    let mut files: Vec<_> = std::fs::read_dir(given("QUERIES")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let left_out = std::env::var("SQLSIFT_BENCH_EXCLUDE").unwrap_or_default();
    let asked: Vec<Asked> = files
        .iter()
        .map(|file| (file.file_stem().unwrap().to_string_lossy().into_owned(), file))
        .filter(|(name, _)| !left_out.split(',').any(|out| out == name))
        .map(|(name, file)| Asked { name, samples: vec![sample(&std::fs::read_to_string(file).unwrap())] })
        .collect();
    let ddls: Vec<String> = std::fs::read_to_string(given("DDL"))
        .unwrap()
        .lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let clone = given("CLONE");
    let mut advised = Session::connect(&given("DSN")).expect("connects");
    let started = Instant::now();
    let verified = verify(
        &mut advised,
        &|_| Session::connect(&clone),
        &ddls,
        &asked,
        Limits { statement_ms: 120_000, lock_ms: 10_000 },
        &Effort::default(),
        &mut |message| println!("{:>6.0} s  {message}", started.elapsed().as_secs_f64()),
    )
    .expect("verified");
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
    println!(
        "{:?} {:?} {:?} {:?}",
        verified.verdict.totals(),
        verified.verdict.not_run,
        verified.failed,
        verified.verdict.ended
    );
}
