//! Behind pgbouncer in transaction mode. Without pgbouncer there is nothing to ask, and the test says so.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlsift::db::hypopg::Route;
use sqlsift::db::session::{Limits, Param};

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
