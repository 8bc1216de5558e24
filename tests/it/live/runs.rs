//! Whole runs beside trouble: whatever happens to the server, what was learnt is reported; and nothing happens to it.

use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::server::Server;

const COUNTED: [(&str, &str); 1] = [("shared_preload_libraries", "pg_stat_statements")];

const SHOP: &str = "
CREATE EXTENSION pg_stat_statements;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, note text);
INSERT INTO orders SELECT n, n % 1000, 'x' FROM generate_series(1, 50000) n;
ANALYZE;
";

const LOOK: &str = "SELECT * FROM orders WHERE customer_id = 5;";

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_sqlsift"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sqlsift runs")
}

fn said(output: &Output) -> String {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let output = start(arguments).wait_with_output().expect("it ends");
    (output.status.code(), said(&output))
}

fn dsn(server: &Server, user: &str) -> String {
    server.dsn("postgres").replace("postgres@", &format!("{user}@"))
}

#[test]
fn who_may_see_little_is_told_what_to_grant() {
    let server = Server::start(&COUNTED);
    let _ = server.psql(
        "postgres",
        &format!("{SHOP} CREATE ROLE lowly LOGIN; CREATE ROLE monitor LOGIN; GRANT pg_monitor TO monitor"),
    );
    let _ = server.psql("postgres", &LOOK.repeat(20));
    let (code, text) = run(&["analyze", "--dsn", &dsn(&server, "lowly")]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("GRANT pg_read_all_stats") || text.contains("GRANT pg_monitor"), "{text}");
    let (code, text) = run(&["analyze", "--dsn", &dsn(&server, "monitor")]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("pg_read_all_data") && text.contains("select * from orders where customer_id"), "{text}");
}

#[test]
fn without_the_extension_there_is_still_the_catalog() {
    let server = Server::start(&[]);
    let _ = server.psql("postgres", "CREATE TABLE t (id int); CREATE TABLE u (id bigint PRIMARY KEY, t_id int)");
    let (code, text) = run(&["analyze", "--dsn", &server.dsn("postgres")]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("shared_preload_libraries") && text.contains("CREATE EXTENSION pg_stat_statements"),
        "{text}"
    );
    assert!(text.contains("schema/no_primary_key"), "{text}");
}

#[test]
fn too_slow_a_server_is_given_up_with_what_to_do() {
    let server = Server::shared();
    let (code, text) = run(&["analyze", "--dsn", &server.dsn("postgres"), "--statement-timeout", "0.001"]);
    assert!(code == Some(0) || code == Some(2) && text.contains("--statement-timeout"), "{code:?} {text}");
}

#[test]
fn a_server_that_stops_in_the_middle_leaves_what_was_read() {
    let server = Server::start(&COUNTED);
    let _ = server.psql("postgres", SHOP);
    let child = start(&["analyze", "--dsn", &server.dsn("postgres"), "--interval", "8s"]);
    thread::sleep(Duration::from_secs(3));
    server.stop().unwrap();
    let output = child.wait_with_output().unwrap();
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("connection") && text.contains("pg_stat_statements"), "{text}");
    assert!(text.contains("1 table"), "the catalog was read: {text}");
    let (code, text) = run(&["analyze", "--dsn", &server.dsn("postgres")]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("is the server running?"), "{text}");
}

#[test]
fn ctrl_c_ends_the_waiting_and_leaves_what_was_read() {
    let server = Server::start(&COUNTED);
    let _ = server.psql("postgres", SHOP);
    let child = start(&["analyze", "--dsn", &server.dsn("postgres"), "--interval", "60s"]);
    thread::sleep(Duration::from_secs(3));
    let started = Instant::now();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let text = said(&output);
    assert!(started.elapsed() < Duration::from_secs(20), "{text}");
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("stopped") && text.contains("1 table"), "{text}");
    thread::sleep(Duration::from_millis(300));
    let left = server.psql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sqlsift'");
    assert_eq!(left.trim(), "0");
}

#[test]
fn a_standby_is_read_as_well() {
    let conf = [COUNTED[0], ("wal_level", "replica")];
    let primary = Server::on_tcp(&conf, "host all all 127.0.0.1/32 trust", &[]);
    let _ = primary.psql("postgres", SHOP);
    let standby = Server::standby_of(&primary);
    let _ = standby.psql("postgres", &LOOK.repeat(20));
    let (code, text) = run(&["analyze", "--dsn", &standby.dsn("postgres")]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("select * from orders where customer_id"), "{text}");
}

/// Everything that a run might change: rows, sequences, objects, advisory locks, hypothetical indexes, counted writes.
const STATE: &str = "
SELECT pg_stat_force_next_flush();
SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM orders t;
SELECT count(*) FROM traces;
SELECT last_value, is_called FROM spent;
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory';
SELECT count(*), md5(string_agg(c.relname || c.relfilenode::text, '' ORDER BY c.oid)) FROM pg_class c;
SELECT count(*) FROM pg_proc;
SELECT sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) FROM pg_stat_user_tables;
SELECT sum(analyze_count), sum(vacuum_count) FROM pg_stat_user_tables;
";

const TRAPS: &str = "
CREATE TABLE traces (a int);
CREATE SEQUENCE spent;
CREATE FUNCTION spend(int) RETURNS int LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_lock(4711); PERFORM nextval('spent'); INSERT INTO traces VALUES ($1); RETURN $1; END $$;
CREATE FUNCTION grab(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT pg_advisory_lock(4712); SELECT $1';
CREATE VIEW trap AS SELECT spend(1) AS a, o.* FROM orders o WHERE spend(2) = 2;
";

/// Run for real, so that they stand in pg_stat_statements, each often enough to be looked at.
const HOSTILE: &str = "
SELECT spend(3);
SELECT * FROM orders WHERE customer_id = spend(4);
SELECT * FROM orders WHERE id = grab(1);
SELECT count(*) FROM trap;
EXPLAIN ANALYZE DELETE FROM orders WHERE id = 1 AND customer_id = -1;
ANALYZE orders;
SELECT pg_advisory_lock(4713);
SELECT nextval('spent');
SELECT set_config('work_mem', '64MB', false);
DELETE FROM orders WHERE customer_id = -5;
UPDATE orders SET note = 'x' WHERE customer_id = -5;
WITH gone AS (DELETE FROM orders WHERE customer_id = -7 RETURNING *) SELECT count(*) FROM gone;
SELECT /* ; DROP TABLE orders; -- */ * FROM orders WHERE note = '; DROP TABLE orders; --' AND customer_id = 5;
SELECT pg_terminate_backend(0);
COPY (SELECT spend(5)) TO STDOUT;
";

#[test]
fn hostile_texts_change_nothing() {
    let server = Server::start(&COUNTED);
    let _ = server.try_psql("postgres", "CREATE EXTENSION hypopg");
    let _ = server.psql("postgres", &format!("{SHOP}{TRAPS}"));
    let _ = server.psql("postgres", &HOSTILE.repeat(5));
    let _ = server.psql("postgres", &LOOK.repeat(30));
    // From now on the planner may call it, whatever it does.
    let _ = server.psql("postgres", "ALTER FUNCTION spend(int) IMMUTABLE");
    let before = server.psql("postgres", STATE);
    for arguments in [vec!["analyze"], vec!["snapshot"], vec!["analyze", "--format", "json"]] {
        let arguments: Vec<&str> = arguments.into_iter().chain(["--dsn"]).collect();
        let dsn = server.dsn("postgres");
        let (code, text) = run(&[arguments.as_slice(), &[&dsn]].concat());
        assert_eq!(code, Some(0), "{text}");
    }
    assert_eq!(server.psql("postgres", STATE), before);
}
