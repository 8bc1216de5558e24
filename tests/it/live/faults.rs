//! What a session says when the server goes away, refuses, or is not waited for any longer.

use std::thread;
use std::time::{Duration, Instant};

use sqlsift::db::DbError;
use sqlsift::db::cancel::Interrupt;
use sqlsift::db::conninfo::{self, Surroundings};
use sqlsift::db::error::DbErrorKind;
use sqlsift::db::session::{Limits, Row, Session};

use crate::server::Server;

fn open(server: &Server, user: &str) -> Session {
    let dsn = server.dsn("postgres").replace("postgres@", &format!("{user}@"));
    let settings = conninfo::settings(&dsn, &Surroundings::default()).unwrap();
    Session::open(&settings, Interrupt::default()).unwrap()
}

fn read(session: &mut Session, sql: &str) -> Result<Vec<Row>, DbError> {
    session.reading(Limits { statement_ms: 300, ..Limits::default() }, |reading| reading.rows(sql, &[]))
}

#[test]
fn a_slow_statement_ends_and_the_session_goes_on() {
    let mut session = open(Server::shared(), "postgres");
    let started = Instant::now();
    let error = read(&mut session, "SELECT pg_catalog.pg_sleep(30)::text").unwrap_err();
    assert_eq!((error.kind, error.sqlstate.as_deref()), (DbErrorKind::Timeout, Some("57014")));
    assert!(started.elapsed() < Duration::from_secs(5));
    read(&mut session, "SELECT 1").unwrap();
    // --statement-timeout takes the place of what a transaction allows itself.
    session.statement_timeout = Some(Duration::from_secs(5));
    read(&mut session, "SELECT pg_catalog.pg_sleep(0.6)::text").unwrap();
}

#[test]
fn what_is_not_allowed_is_told_as_denied() {
    let server = Server::shared();
    let _ = server.psql("postgres", "CREATE ROLE lowly LOGIN; CREATE TABLE held_back (id int)");
    let mut session = open(server, "lowly");
    let error = read(&mut session, "SELECT id FROM public.held_back").unwrap_err();
    assert_eq!((error.kind, error.is_final()), (DbErrorKind::Denied, false));
    assert!(error.message.contains("held_back"), "{error}");
}

#[test]
fn nothing_is_written_even_by_a_superuser() {
    let server = Server::shared();
    let mut session = open(server, "postgres");
    let error = read(&mut session, "CREATE TABLE ours (id int)").unwrap_err();
    assert_eq!(error.sqlstate.as_deref(), Some("25006"), "{error}");
}

#[test]
fn a_connection_that_is_cut_is_told_with_the_servers_words() {
    let server = Server::shared();
    let mut session = open(server, "postgres");
    let pid: i32 = read(&mut session, "SELECT pg_catalog.pg_backend_pid()").unwrap()[0].get(0);
    let cutter = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        let _ = server.psql("postgres", &format!("SELECT pg_terminate_backend({pid})"));
    });
    let error = session
        .reading(Limits::default(), |reading| reading.rows("SELECT pg_catalog.pg_sleep(20)::text", &[]))
        .unwrap_err();
    cutter.join().unwrap();
    assert_eq!((error.kind, error.is_final()), (DbErrorKind::Cut, true));
    assert!(error.message.contains("administrator command"), "{error}");
    let again = read(&mut session, "SELECT 1").unwrap_err();
    assert_eq!(again.kind, DbErrorKind::Cut, "{again}");
}

#[test]
fn a_restarted_server_ends_the_session_between_two_transactions() {
    let server = Server::start(&[]);
    let mut session = open(&server, "postgres");
    read(&mut session, "SELECT 1").unwrap();
    server.restart(&[]).unwrap();
    let error = read(&mut session, "SELECT 1").unwrap_err();
    assert_eq!(error.kind, DbErrorKind::Cut);
    assert!(error.message.contains("closed the connection"), "{error}");
}

/// What Ctrl-C does, without the key.
#[test]
fn a_stop_cancels_the_statement_at_the_server() {
    let server = Server::shared();
    let mut session = open(server, "postgres");
    let pid: i32 = read(&mut session, "SELECT pg_catalog.pg_backend_pid()").unwrap()[0].get(0);
    let interrupt = session.interrupt().clone();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(200));
        interrupt.stop();
    });
    let started = Instant::now();
    let error = session
        .reading(Limits::default(), |reading| reading.rows("SELECT pg_catalog.pg_sleep(9)::text", &[]))
        .unwrap_err();
    assert_eq!((error.kind, error.is_final()), (DbErrorKind::Stopped, true));
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    let state = server.psql("postgres", &format!("SELECT state FROM pg_stat_activity WHERE pid = {pid}"));
    assert_eq!(state.trim(), "idle", "the transaction is rolled back");
    assert_eq!(read(&mut session, "SELECT 1").unwrap_err().kind, DbErrorKind::Stopped);
    drop(session);
    thread::sleep(Duration::from_millis(200));
    let left = server.psql("postgres", &format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}"));
    assert_eq!(left.trim(), "0");
}
