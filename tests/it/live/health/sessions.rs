//! Sessions, slots and prepared transactions.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::{cured, database, look, server};

/// Queues are looked for on the whole server: one test at a time makes one.
static QUEUE: Mutex<()> = Mutex::new(());

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

#[test]
fn an_idle_transaction_is_ended() {
    let name = database("CREATE TABLE t (id bigint PRIMARY KEY)");
    let runtime = runtime();
    let client = runtime.block_on(server().connect(&name)).expect("a connection");
    runtime.block_on(client.batch_execute("BEGIN; INSERT INTO t VALUES (4711)")).expect("an open transaction");
    // Other tests have sessions of their own on this server.
    let mine = |title: &str| title.starts_with("A session has stood idle");
    let said = look(&name, "server/idle_in_transaction", "min_s = 0");
    assert!(said.titles.iter().any(|title| mine(title)), "{said:?}");
    let pid = server().psql(
        "postgres",
        &format!("SELECT pid FROM pg_stat_activity WHERE datname = '{name}' AND state = 'idle in transaction'"),
    );
    let remedy = said.remedies.iter().find(|sql| sql.contains(&format!("({})", pid.trim())));
    let remedy = remedy.unwrap_or_else(|| panic!("nothing ends {pid}: {said:?}"));
    let _ = server().psql("postgres", remedy);
    std::thread::sleep(Duration::from_millis(300));
    let after = look(&name, "server/idle_in_transaction", "min_s = 0");
    assert!(!after.remedies.contains(remedy), "{after:?}");
}

#[test]
fn a_blocked_session_goes_on() {
    let _queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    let name = database("CREATE TABLE t (id bigint PRIMARY KEY); INSERT INTO t VALUES (1)");
    let runtime = runtime();
    let (head, waiting) = runtime.block_on(async {
        let head = server().connect(&name).await.expect("a connection");
        head.batch_execute("BEGIN; UPDATE t SET id = 1").await.expect("a lock");
        let second = server().connect(&name).await.expect("a connection");
        let waiting = tokio::spawn(async move { second.batch_execute("UPDATE t SET id = 1 WHERE id = 1").await });
        tokio::time::sleep(Duration::from_millis(500)).await;
        (head, waiting)
    });
    let said = cured(&name, "server/blocked_sessions", "min_s = 0", "1 session waits for a lock of process");
    assert!(said.titles[0].contains("idle in transaction"), "{said:?}");
    assert!(!look(&name, "server/idle_in_transaction", "min_s = 0").remedies.contains(&said.remedies[0]));
    runtime.block_on(waiting).expect("it ran").expect("its lock came free");
    drop(head);
}

#[test]
fn an_index_that_is_being_built_is_not_invalid() {
    let _queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    let name = database("CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1)");
    let runtime = runtime();
    let (writer, building) = runtime.block_on(async {
        let writer = server().connect(&name).await.expect("a connection");
        writer.batch_execute("BEGIN; UPDATE t SET a = 2").await.expect("a transaction that it waits for");
        let builder = server().connect(&name).await.expect("a connection");
        let building =
            tokio::spawn(async move { builder.batch_execute("CREATE INDEX CONCURRENTLY t_a ON t (a)").await });
        tokio::time::sleep(Duration::from_millis(500)).await;
        (writer, building)
    });
    assert_eq!(server().psql(&name, "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass").trim(), "f");
    assert!(look(&name, "schema/invalid_index", "").titles.is_empty());
    runtime.block_on(async {
        writer.batch_execute("COMMIT").await.expect("committed");
        building.await.expect("it ran").expect("built");
    });
}

#[test]
fn a_forgotten_slot_is_dropped() {
    let name = database("SELECT pg_create_physical_replication_slot('forgotten', true)");
    let said = look(&name, "server/unbounded_slot", "");
    assert_eq!(said.titles, ["Replication slots may keep WAL without a limit"]);
    let _ = cured(&name, "server/inactive_slot", "min_bytes = 0", "Nobody reads the slot forgotten");
}

#[test]
fn a_prepared_transaction_is_rolled_back() {
    let name = database(
        "CREATE TABLE t (id bigint PRIMARY KEY); BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'it''s'; ",
    );
    assert!(look(&name, "server/prepared_transaction", "").titles.is_empty(), "it is young");
    let _ = cured(&name, "server/prepared_transaction", "min_s = 0", "A prepared transaction has waited");
    assert_eq!(server().psql(&name, "SELECT count(*) FROM pg_prepared_xacts").trim(), "0");
}

#[test]
fn the_servers_own_settings() {
    let name = database("");
    // The harness runs without fsync.
    assert_eq!(look(&name, "server/unsafe_setting", "").titles, ["fsync is off", "full_page_writes is off"]);
    let _ = cured(&name, "server/statements_not_tracked", "", "not created in this database");
    let _ = server().psql(&name, &format!("ALTER DATABASE {name} SET enable_nestloop = off"));
    let said = look(&name, "server/planner_method_off", "");
    assert!(said.titles.iter().any(|title| title.starts_with("enable_nestloop is off for")), "{said:?}");
    assert!(!look(&name, "server/logging_settings", "").titles.is_empty());
}
