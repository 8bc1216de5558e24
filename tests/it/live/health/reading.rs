//! What is read with which rights, and what is said of what could not be.

use super::{catalog, database, judge, server};
use crate::server::SUPERUSER;

#[test]
fn each_part_stands_alone() {
    let name = database(
        "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t DEFAULT VALUES;
         REVOKE SELECT ON pg_catalog.pg_replication_slots FROM PUBLIC;
         DO $$ BEGIN CREATE ROLE nobody_else LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    );
    let (read, unread) = catalog(&name, "nobody_else");
    let facts = read.server.as_deref().expect("facts");
    assert_eq!(unread.iter().map(|one| one.part.as_str()).collect::<Vec<_>>(), ["slots"], "{unread:?}");
    assert!(unread[0].reason.contains("permission denied"), "{unread:?}");
    assert!(facts.settings.is_some() && facts.connections.is_some() && facts.databases.is_some());
    let slots = judge(&read, "server/inactive_slot", "");
    assert!(slots.not_examined[0].contains("slots could not be read: permission denied"), "{slots:?}");
    let sequences = judge(&read, "schema/sequence_exhaustion", "");
    assert!(sequences.not_examined[0].contains("no right to read a sequence"), "{sequences:?}");
}

#[test]
fn other_roles_sessions_are_hidden_and_said_to_be() {
    let name =
        database("DO $$ BEGIN CREATE ROLE sees_little LOGIN; CREATE ROLE sees_all LOGIN IN ROLE pg_monitor; END $$");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = runtime.block_on(server().connect(&name)).expect("a connection");
    runtime.block_on(client.batch_execute("BEGIN; SELECT 'a secret' FROM pg_class LIMIT 1")).expect("a transaction");
    let (little, _) = catalog(&name, "sees_little");
    assert!(little.server.as_ref().is_some_and(|facts| facts.hidden_sessions > 0));
    assert!(judge(&little, "server/idle_in_transaction", "").not_examined[0].contains("GRANT pg_monitor"));
    let (all, unread) = catalog(&name, "sees_all");
    assert_eq!(unread, []);
    let facts = all.server.as_deref().expect("facts");
    assert_eq!(facts.hidden_sessions, 0);
    let idle = facts.sessions.iter().flatten().find(|one| one.database.as_deref() == Some(name.as_str()));
    let query = idle.and_then(|idle| idle.query.clone()).expect("its statement");
    assert!(!query.contains("secret"), "{query}");
    drop(client);
}

/// The size of a table under an exclusive lock would be waited for.
#[test]
fn a_lock_does_not_hold_up_the_reading() {
    let name = database("CREATE TABLE t (id bigint PRIMARY KEY); CREATE TABLE u (id bigint PRIMARY KEY)");
    let (mut whole, _) = catalog(&name, SUPERUSER);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = runtime.block_on(server().connect(&name)).expect("a connection");
    runtime.block_on(client.batch_execute("BEGIN; LOCK t IN ACCESS EXCLUSIVE MODE")).expect("a lock");
    let mut session = sqlsift::db::Session::connect(&server().dsn(&name)).expect("a connection");
    let unread = sqlsift::db::health::read(&mut session, Default::default(), &mut whole).expect("readable");
    assert_eq!(unread, []);
    let bytes = |table: &str| {
        let (_, table) = whole.tables.iter().find(|(name, _)| name.name == table).expect("a table");
        table.counters.as_ref().expect("counters").main_bytes
    };
    assert_eq!((bytes("t"), bytes("u")), (None, Some(0)));
    drop(client);
}

#[test]
fn a_snapshot_keeps_it_all() {
    let name = database(
        "CREATE TABLE t (id serial PRIMARY KEY, a int); CREATE INDEX t_a ON t (a); INSERT INTO t SELECT generate_series(1, 100)",
    );
    let (read, _) = catalog(&name, SUPERUSER);
    let whole = sqlsift::catalog::snapshot::Snapshot { catalog: read.clone(), ..Default::default() };
    let text = sqlsift::catalog::snapshot::write(&whole).expect("written");
    assert_eq!(sqlsift::catalog::snapshot::read(&text).expect("read back"), read);
}
