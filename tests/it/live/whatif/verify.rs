//! A clone proves the good index and refutes the one that the planner falls for.

use sqlsift::advise::verify::{Asked, Effort};
use sqlsift::db::cancel::Interrupt;
use sqlsift::db::conninfo::{self, Surroundings};
use sqlsift::db::error::DbError;
use sqlsift::db::planner::Planner;
use sqlsift::db::session::{Limits, Session};
use sqlsift::db::verify::{VerifyError, verify};

use super::{plain, sample};
use crate::server::Server;

/// All rows with `a = 5` stand at the end of the order by `b`, which the planner cannot know: an index on `b` seems to give
/// the first of them at once, and reads nearly the whole table in random order.
const SCHEMA: &str = "CREATE TABLE t (a int, b int, c int, pad text); \
    INSERT INTO t SELECT CASE WHEN b > 297000 THEN 5 ELSE 10 + b % 100 END, b, i, repeat('x', 100) \
        FROM (SELECT i, (i::bigint * 7919 % 300007)::int AS b FROM generate_series(1, 300000) i) s; \
    CREATE TABLE p (a int, b int) PARTITION BY RANGE (a); \
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100000); \
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100000) TO (400000); \
    INSERT INTO p SELECT i, i % 50000 FROM generate_series(1, 300000) i";

fn asked(sqls: &[&str]) -> Vec<Asked> {
    sqls.iter().enumerate().map(|(i, sql)| Asked { name: format!("q{i}"), samples: vec![sample(sql)] }).collect()
}

fn indexes_of(server: &Server, name: &str) -> String {
    server.psql(name, "SELECT indexrelid::regclass FROM pg_index WHERE indrelid IN ('t'::regclass, 'p'::regclass)")
}

#[test]
fn a_clone_proves_and_refutes() {
    let server = Server::shared();
    let dsn = plain("whatif_advised", SCHEMA);
    let _ = server.psql("postgres", "CREATE DATABASE whatif_clone TEMPLATE whatif_advised");
    // Left by a run that was killed.
    let _ = server.psql("whatif_clone", "CREATE INDEX sqlsift_verify_9 ON t (a)");
    let clone = server.dsn("whatif_clone");
    let connect = |_| Session::connect(&clone);
    let mut advised = Session::connect(&dsn).expect("connects");

    let indexes: Vec<String> = [
        "CREATE INDEX ON t (c)",
        "CREATE INDEX ON t (b)",
        "CREATE INDEX ON nowhere (a)",
        "CREATE INDEX ON public.p (b)",
    ]
    .map(str::to_owned)
    .to_vec();
    let asked = asked(&[
        "SELECT * FROM t WHERE c = 4711",
        "SELECT * FROM t WHERE a = 5 ORDER BY b LIMIT 1",
        "SELECT * FROM p WHERE b = 7",
        "DELETE FROM t",
        "SELECT random() FROM t",
        "SELECT count(*) FROM t WHERE a = $1",
    ]);
    let mut said = Vec::new();
    let verified = verify(
        &mut advised,
        &connect,
        &indexes,
        &asked,
        Planner::new(Limits { statement_ms: 60_000, lock_ms: 5_000 }),
        &Effort::default(),
        &mut |message| said.push(message.to_owned()),
    )
    .expect("verified");

    let verdict = &verified.verdict;
    assert_eq!(verdict.kept, [0, 3], "{verdict:#?}");
    let refuted = &verdict.refuted[0];
    assert_eq!((verdict.refuted.len(), refuted.index, refuted.query.as_str()), (1, 1, "q1"), "{verdict:#?}");
    assert!(refuted.with_ms > refuted.before_ms + 20.0 && refuted.without_ms < refuted.with_ms, "{refuted:?}");
    assert_eq!(verdict.timed.len(), 3, "{verdict:#?}");
    assert_eq!((verdict.timed[0].used.as_slice(), verdict.timed[2].used.as_slice()), (&[0][..], &[3][..]));
    assert!(verdict.timed[0].after_ms < verdict.timed[0].before_ms);
    let (before, after) = verdict.totals();
    assert!(after < before);
    let not_run: Vec<&str> = verdict.not_run.iter().map(|(query, _)| query.as_str()).collect();
    assert_eq!(not_run, ["q3", "q4", "q5"]);
    assert_eq!(verified.failed.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [2]);
    assert!(verified.failed[0].1.contains("nowhere"));
    let built = verified.built.iter().find(|built| built.id == 3).expect("built");
    assert!(built.bytes > 300_000 * 12, "the sum of the partitions: {built:?}");
    assert!(said.iter().any(|message| message.contains("building index")));

    assert_eq!((indexes_of(server, "whatif_clone"), verified.left), (String::new(), Vec::new()));
    assert_eq!(indexes_of(server, "whatif_advised"), "");
    assert_eq!(server.psql("whatif_clone", "SELECT count(*) FROM t").trim(), "300000");

    let advised_again = |_| Session::connect(&dsn);
    let same =
        verify(&mut advised, &advised_again, &indexes, &asked, Planner::default(), &Effort::default(), &mut |_| {});
    assert!(matches!(same, Err(VerifyError::Same)), "{same:?}");
    assert_eq!(indexes_of(server, "whatif_advised"), "");
}

#[test]
fn a_stopped_run_leaves_the_clone_as_it_was() {
    let server = Server::shared();
    let table = "CREATE TABLE t (a int, b int); INSERT INTO t SELECT i, i FROM generate_series(1, 100000) i; \
        CREATE TABLE p (a int)";
    let dsn = plain("whatif_stopped", table);
    let _ = server.psql("postgres", "CREATE DATABASE whatif_stopped_clone TEMPLATE whatif_stopped");
    let open = |dsn: &str, interrupt: Interrupt| -> Result<Session, DbError> {
        let around = Surroundings { user: Some("postgres".into()), ..Surroundings::default() };
        Ok(Session::open(&conninfo::settings(dsn, &around)?, interrupt)?)
    };
    let clone = server.dsn("whatif_stopped_clone");
    for moment in ["building", "running"] {
        let interrupt = Interrupt::default();
        let mut advised = open(&dsn, interrupt.clone()).expect("connects");
        let verified = verify(
            &mut advised,
            &|interrupt| open(&clone, interrupt),
            &["CREATE INDEX ON t (a)".to_owned(), "CREATE INDEX ON t (b)".to_owned()],
            &asked(&["SELECT * FROM t WHERE a = 1", "SELECT * FROM t WHERE b = 1"]),
            Planner::default(),
            &Effort::default(),
            &mut |message| {
                if message.contains(moment) && message.contains("2 of 2") {
                    interrupt.stop();
                }
            },
        );
        let verified = verified.expect("what was learnt");
        let ran = if moment == "running" { 1 } else { 0 };
        assert_eq!((verified.verdict.timed.len(), verified.verdict.ended.is_some()), (ran, true), "{verified:?}");
        assert_eq!(indexes_of(server, "whatif_stopped_clone"), "", "{moment}");
    }
}
