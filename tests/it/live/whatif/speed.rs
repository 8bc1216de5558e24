//! How many plans a second there are, and what a plan costs beside the planning itself.

use std::time::Instant;

use sqlsift::advise::whatif::WhatIf;
use sqlsift::db::hypopg::{HypoPg, Route};
use sqlsift::db::session::{Limits, Session};
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
            let started = Instant::now();
            for call in 0..CALLS {
                let set: &[usize] = if call % 2 == 0 { &[id] } else { &[] };
                if let Err(error) = hypopg.plan(query, set) {
                    panic!("{}: {error}", query.sql);
                }
            }
            let each = started.elapsed() / CALLS;
            let text: String = query.sql.chars().take(60).collect();
            println!("{route:?} {:>8.3} ms  {}", each.as_secs_f64() * 1e3, text.replace('\n', " "));
        }
    }
}
