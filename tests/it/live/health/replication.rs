//! Replicas, slots, archiving and the age of identifiers, as real servers count them.

use std::time::{Duration, Instant};

use super::{Said, catalog_of, judge};
use crate::server::{SUPERUSER, Server};

fn look_at(server: &Server, rule: &str, options: &str) -> Said {
    judge(&catalog_of(server, "postgres", SUPERUSER).0, rule, options)
}

/// Asks until the rule speaks, or is silent.
fn wait_for(server: &Server, rule: &str, options: &str, findings: usize) -> Said {
    let started = Instant::now();
    loop {
        let said = look_at(server, rule, options);
        if said.titles.len() == findings || started.elapsed() > Duration::from_secs(60) {
            assert_eq!(said.titles.len(), findings, "{rule}: {said:?}");
            return said;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

const WRITE: &str = "INSERT INTO t SELECT n, repeat('x', 200) FROM generate_series(1, 20000) n;";

#[test]
fn a_replica_that_does_not_replay_is_behind_on_both_sides() {
    let primary = Server::on_tcp(&[("wal_level", "replica")], "host all all 127.0.0.1/32 trust", &[]);
    let _ = primary.psql("postgres", "CREATE TABLE t (a int, b text)");
    let standby = Server::standby_of(&primary);
    let options = "min_bytes = 1000000";
    wait_for(&primary, "server/replication_lag", options, 0);
    let _ = standby.psql("postgres", "SELECT pg_wal_replay_pause()");
    let _ = primary.psql("postgres", WRITE);
    let said = wait_for(&primary, "server/replication_lag", options, 1);
    assert!(said.titles[0].contains("behind"), "{said:?}");
    let said = wait_for(&standby, "server/replication_lag", options, 1);
    assert!(said.titles[0].contains("behind") || said.titles[0].contains("replay"), "{said:?}");
    let _ = standby.psql("postgres", "SELECT pg_wal_replay_resume()");
    wait_for(&primary, "server/replication_lag", options, 0);
    wait_for(&standby, "server/replication_lag", options, 0);
}

#[test]
fn a_slot_that_nobody_reads_is_told_before_and_after_it_is_lost() {
    let server = Server::start(&[("min_wal_size", "32MB"), ("max_wal_size", "32MB"), ("wal_level", "replica")]);
    let _ = server
        .psql("postgres", "CREATE TABLE t (a int, b text); SELECT pg_create_physical_replication_slot('gone', true)");
    let _ = server.psql("postgres", WRITE);
    let options = "min_bytes = 1000000\nmin_s = 0";
    let said = wait_for(&server, "server/inactive_slot", options, 1);
    assert!(said.titles[0].contains("the slot gone"), "{said:?}");
    assert!(look_at(&server, "server/lost_slot", "").titles.is_empty());
    assert!(!look_at(&server, "server/unbounded_slot", "").titles.is_empty(), "nothing limits it");

    let _ = server.psql("postgres", "ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
    let _ = server.psql("postgres", "SELECT pg_reload_conf()");
    let lose = format!("{} SELECT pg_switch_wal();", WRITE.repeat(5));
    let _ = server.psql("postgres", &lose.repeat(3));
    let _ = server.psql("postgres", "CHECKPOINT");
    let said = wait_for(&server, "server/lost_slot", "", 1);
    assert_eq!(said.titles[0], "The slot gone has lost what its reader needs");
    assert!(look_at(&server, "server/inactive_slot", options).titles.is_empty(), "the other rule speaks of it");
    let _ = server.psql("postgres", &said.remedies[0]);
    assert!(look_at(&server, "server/lost_slot", "").titles.is_empty());
}

#[test]
fn archiving_that_fails_is_told_until_it_works_again() {
    let server = Server::start(&[("archive_mode", "on"), ("archive_command", "false"), ("wal_level", "replica")]);
    assert!(look_at(&server, "server/archiver_failing", "").titles.is_empty(), "nothing was archived yet");
    let _ = server.psql("postgres", "CREATE TABLE t (a int); SELECT pg_switch_wal()");
    let said = wait_for(&server, "server/archiver_failing", "", 1);
    assert!(said.titles[0].starts_with("Archiving fails: the last attempt was"), "{said:?}");
    let _ = server.psql("postgres", "ALTER SYSTEM SET archive_command = 'true'");
    let _ = server.psql("postgres", "SELECT pg_reload_conf()");
    let _ = server.psql("postgres", "INSERT INTO t VALUES (1); SELECT pg_switch_wal()");
    wait_for(&server, "server/archiver_failing", "", 0);
}

/// Two billion transactions take days: the counters are real, and the thresholds low.
#[test]
fn the_age_of_identifiers_is_that_of_the_server() {
    let server = Server::start(&[
        ("autovacuum", "off"),
        ("autovacuum_freeze_max_age", "100000"),
        ("autovacuum_multixact_freeze_max_age", "10000"),
        ("autovacuum_naptime", "1d"),
    ]);
    let _ = server.psql("postgres", "CREATE TABLE t (a int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 10)");
    let before = look_at(&server, "server/transaction_id_age", "times = 0.005");
    // One transaction a statement, in a procedure that commits each.
    let _ = server
        .psql("postgres", "DO $$ BEGIN FOR i IN 1..3000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$");
    let age: u64 = server
        .psql("postgres", "SELECT age(datfrozenxid) FROM pg_database WHERE datname = 'postgres'")
        .trim()
        .parse()
        .unwrap();
    assert!(age >= 3000, "{age}");
    let said = look_at(&server, "server/transaction_id_age", "times = 0.02");
    let mine: Vec<&String> = said.titles.iter().filter(|title| title.starts_with("postgres is ")).collect();
    assert_eq!(mine.len(), 1, "{before:?} {said:?}");
    assert!(look_at(&server, "server/transaction_id_age", "").titles.is_empty(), "far from the real limit");
    // In percent of the limit, whatever the setting.
    let percent = format!("min_percent = {:.8}", age as f64 / 2_147_483_648.0 * 100.0 / 2.0);
    assert!(
        look_at(&server, "server/transaction_id_age", &percent)
            .titles
            .iter()
            .any(|title| title.starts_with("postgres is "))
    );
    assert!(look_at(&server, "server/multixact_age", "").titles.is_empty());
    let freeze = "VACUUM (FREEZE)";
    let _ = server.psql("postgres", freeze);
    let after = look_at(&server, "server/transaction_id_age", "times = 0.02");
    assert!(!after.titles.iter().any(|title| title.starts_with("postgres is ")), "{after:?}");
}
