//! Behind pgbouncer in transaction mode. Without pgbouncer there is nothing to ask, and the test says so.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlsift::db::hypopg::Route;
use sqlsift::db::session::{Limits, Param};
use sqlsift::report::model::Report;

use super::{ask, open};
use crate::server::Server;
use crate::server::network::free_port;

struct Pooler(Child);

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// With a single server connection, which every transaction of every client shares.
fn start(server: &Server, port: u16) -> Option<Pooler> {
    let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"];
    let program = program.iter().find(|path| std::path::Path::new(path).exists())?;
    let ini = format!(
        "[databases]\nshop = host={} port={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
         unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 1\n",
        server.socket_dir().display(),
        server.port()
    );
    let ini = server.install("pgbouncer.ini", ini.as_bytes()).expect("written");
    let mut command = server.as_its_account(program);
    let child =
        command.arg(ini).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("runs");
    Some(Pooler(child))
}

#[test]
fn a_transaction_pooler_is_enough() {
    let server = Server::shared();
    let _ = server.psql("postgres", "CREATE DATABASE shop");
    let port = free_port().unwrap();
    let Some(_pooler) = start(server, port) else {
        eprintln!("not tested: pgbouncer is not installed");
        return;
    };
    let dsn = format!("postgres://postgres@127.0.0.1:{port}/shop?sslmode=disable");
    let started = Instant::now();
    let (mut one, mut two) = loop {
        match (open(&dsn), open(&dsn)) {
            (Ok(one), Ok(two)) => break (one, two),
            (Err(error), _) | (_, Err(error)) => assert!(started.elapsed() < Duration::from_secs(20), "{error:?}"),
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    assert_eq!((one.route, two.route), (Route::Pooled, Route::Pooled));
    assert_eq!(open(&server.dsn("shop")).expect("without it").route, Route::Direct);
    let before = ask(&mut one, "SHOW statement_timeout");
    assert_eq!(before, "10s");
    for round in 0..20 {
        for session in [&mut one, &mut two] {
            let rows =
                session.reading(Limits::default(), |reading| reading.rows("SELECT $1::int8 + 1", &[Param::Int(round)]));
            assert_eq!(rows.unwrap()[0].get::<_, i64>(0), round + 1);
        }
    }
    drop((one, two));
    // Whoever gets the server connection next finds it as it was.
    let left = Command::new("psql")
        .args(["-XqAt", &dsn, "-c"])
        .arg("SELECT current_setting('statement_timeout'), current_setting('transaction_read_only'), count(*) FROM pg_prepared_statements")
        .output()
        .expect("psql");
    assert_eq!(String::from_utf8_lossy(&left.stdout).trim(), "0|off|0");
}

/// The whole of it: catalog, health, queries, and indexes tried one transaction at a time.
#[test]
fn indexes_are_tried_through_a_transaction_pooler() {
    let server = Server::start(&[("shared_preload_libraries", "pg_stat_statements")]);
    let _ = server.psql("postgres", "CREATE DATABASE shop");
    let hypopg = server.try_psql("shop", "CREATE EXTENSION hypopg").is_ok();
    let _ = server.psql(
        "shop",
        "CREATE EXTENSION pg_stat_statements; CREATE TABLE orders (id int PRIMARY KEY, customer int, at int, pad text);
         INSERT INTO orders SELECT n, n % 5000, n, repeat('x', 50) FROM generate_series(1, 200000) n; VACUUM ANALYZE;",
    );
    let work =
        "SELECT * FROM orders WHERE customer = 5; SELECT * FROM orders WHERE customer = 7 ORDER BY at DESC LIMIT 10;";
    let _ = server.psql("shop", &work.repeat(50));
    let port = free_port().unwrap();
    let (true, Some(_pooler)) = (hypopg, start(&server, port)) else {
        eprintln!("not tested: pgbouncer or HypoPG is not installed");
        return;
    };
    let dsn = format!("postgres://postgres@127.0.0.1:{port}/shop?sslmode=disable");
    let started = Instant::now();
    while open(&dsn).is_err() && started.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(100));
    }
    let output = Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(["analyze", "--format", "json", "--dsn", &dsn])
        .output()
        .expect("sqlsift runs");
    let report: Report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let set = report.index_set.as_ref().unwrap_or_else(|| panic!("{:?}", report.coverage.notes));
    assert!(set.planner_calls > 2 && set.queries_examined >= 2, "{set:?}");
    assert!(set.indexes.iter().any(|index| index.definition.contains("orders (customer")), "{set:?}");
    assert!(report.server.and_then(|server| server.version).is_some() && !report.workload.queries.is_empty());
    let left = Command::new("psql")
        .args(["-XqAt", &dsn, "-c"])
        .arg("SELECT (SELECT count(*) FROM hypopg_list_indexes), (SELECT count(*) FROM pg_prepared_statements), current_setting('plan_cache_mode')")
        .output()
        .expect("psql");
    assert_eq!(String::from_utf8_lossy(&left.stdout).trim(), "0|0|auto");
}
