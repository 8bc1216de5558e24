//! Several hosts, and which of them is wanted.

use sqlsift::db::connect::Cause;

use super::{ask, open};
use crate::server::Server;
use crate::server::network::free_port;

#[test]
fn the_first_host_that_fits_is_taken() {
    let primary = Server::on_tcp(&[("wal_level", "replica")], "host all all 127.0.0.1/32 trust", &[]);
    let standby = Server::standby_of(&primary);
    let dead = free_port().unwrap();
    let (one, two) = (primary.port(), standby.port());
    let dsn = |ports: &[u16], target: &str| {
        let hosts: Vec<String> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        format!("postgres://postgres@{}/postgres?target_session_attrs={target}", hosts.join(","))
    };
    let all = [dead, two, one];
    for (target, expected) in [
        ("any", two),
        ("read-write", one),
        ("primary", one),
        ("read-only", two),
        ("standby", two),
        ("prefer-standby", two),
    ] {
        let mut session = open(&dsn(&all, target)).expect(target);
        assert_eq!(ask(&mut session, "SELECT pg_catalog.inet_server_port()::text"), expected.to_string(), "{target}");
    }
    open(&dsn(&[dead, one], "prefer-standby")).expect("a primary will do");
    let error = open(&dsn(&[dead, one], "standby")).expect_err("there is none");
    assert_eq!(error.telling().cause, Cause::Target);
    assert_eq!(error.tries.len(), 2);
}

#[test]
fn nobody_there_is_told_by_its_kind() {
    let dead = free_port().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (dsn, cause) in [
        (format!("postgres://u@127.0.0.1:{dead}/d"), Cause::Refused),
        (format!("host={} user=u", folder.path().display()), Cause::NoSocket),
        ("postgres://u@nowhere.invalid/d?connect_timeout=5".to_owned(), Cause::UnknownHost),
    ] {
        let error = open(&dsn).expect_err(&dsn);
        assert_eq!(error.telling().cause, cause, "{error:?}");
    }
}

/// Somebody who takes the connection and says nothing.
#[test]
fn a_silent_server_is_not_waited_for() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let started = std::time::Instant::now();
    let error = open(&format!("postgres://u@127.0.0.1:{port}/d?connect_timeout=1")).expect_err("it is silent");
    assert_eq!(error.telling().cause, Cause::Timeout);
    assert!(started.elapsed().as_secs() < 5);
}
