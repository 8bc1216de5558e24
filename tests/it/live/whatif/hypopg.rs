use sqlsift::advise::whatif::{WhatIf, WhatIfError};
use sqlsift::db::hypopg::{HypoPg, OpenError, Route};
use sqlsift::db::session::{Limits, Session};
use sqlsift::sql::guard::Names;

use super::{database, sample};
use crate::server::Server;

const TABLE: &str = "CREATE TABLE t (a int, b int, c text); \
    INSERT INTO t SELECT i, i % 100, 'x' || i FROM generate_series(1, 100000) i; \
    CREATE TABLE p (a int, b int) PARTITION BY RANGE (a); \
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (50000); \
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (50000) TO (200000); \
    INSERT INTO p SELECT i, i FROM generate_series(1, 100000) i; ANALYZE";

fn indexes_used_and_left(route: Route, name: &str) {
    let mut session = Session::connect(&database(name, TABLE)).expect("connects");
    let mut hypopg = HypoPg::open(&mut session, route, Limits::default(), Names::default()).expect("HypoPG");
    let a = hypopg.offer("CREATE INDEX ON t (a)").expect("a").id;
    let b = hypopg.offer("CREATE INDEX ON public.t (b, c) WHERE c <> 'it''s \\ \"x\"'").expect("b").id;
    let parent = hypopg.offer("CREATE INDEX ON p (b)").expect("of a partitioned table").id;
    let refused = hypopg.offer("CREATE INDEX ON t USING gin (c)");
    assert!(matches!(&refused, Err(WhatIfError::Index(why)) if why.contains("gin")), "{refused:?}");
    let refused = hypopg.offer("CREATE INDEX ON nowhere (c)");
    assert!(matches!(&refused, Err(WhatIfError::Index(_))), "{refused:?}");

    let query = sample("SELECT c FROM t WHERE a = 5;");
    let without = hypopg.plan(&query, &[]).expect("a plan");
    assert!(without.used.is_empty() && without.total_cost > 1000.0, "{without:?}");
    let with = hypopg.plan(&query, &[a, b, parent]).expect("a plan");
    assert_eq!(with.used, [a]);
    assert!(with.total_cost < 20.0, "{with:?}");
    assert_eq!(with.plan().expect("parsed").nodes.len(), 1);
    assert!(hypopg.plan(&query, &[b, parent]).expect("a plan").used.is_empty(), "a was taken away");
    let partitioned = hypopg.plan(&sample("SELECT * FROM p WHERE b = 5"), &[parent]).expect("a plan");
    assert_eq!(partitioned.used, [parent]);
    let change = hypopg.plan(&sample("UPDATE t SET c = 'y' WHERE a = 7"), &[a]).expect("a plan of a change");
    assert_eq!(change.used, [a]);

    let wrong = hypopg.plan(&sample("SELECT nowhere FROM t"), &[a]);
    assert!(matches!(&wrong, Err(WhatIfError::Statement(why)) if why.contains("nowhere")), "{wrong:?}");
    assert_eq!(hypopg.plan(&query, &[a]).expect("a plan after a failure").used, [a]);
    let hostile = hypopg.plan(&sample("SELECT 1; DROP TABLE t"), &[]);
    assert!(matches!(hostile, Err(WhatIfError::Statement(_))), "{hostile:?}");
    drop(hypopg);

    let left = session
        .reading(Limits::default(), |reading| {
            reading.rows(
                "SELECT (SELECT count(*) FROM ext.hypopg_list_indexes) + (SELECT count(*) FROM pg_prepared_statements), \
                 current_setting('plan_cache_mode')",
                &[],
            )
        })
        .expect("still connected");
    assert_eq!((left[0].get::<_, i64>(0), left[0].get::<_, String>(1).as_str()), (0, "auto"));
}

#[test]
fn plans_use_exactly_the_indexes_that_are_asked_for() {
    indexes_used_and_left(Route::Direct, "whatif_direct");
}

#[test]
fn behind_a_pooler_every_call_stands_alone() {
    indexes_used_and_left(Route::Pooled, "whatif_pooled");
}

#[test]
fn without_the_extension_the_next_step_is_said() {
    let server = Server::shared();
    let _ = server.psql("postgres", "CREATE DATABASE whatif_none");
    let mut session = Session::connect(&server.dsn("whatif_none")).expect("connects");
    let opened = HypoPg::open(&mut session, Route::Direct, Limits::default(), Names::default());
    assert!(matches!(&opened, Err(OpenError::NotCreated)), "{opened:?}");
}

#[test]
fn thousands_of_indexes_come_and_go() {
    let mut session = Session::connect(&database("whatif_many", TABLE)).expect("connects");
    let mut hypopg = HypoPg::open(&mut session, Route::Direct, Limits::default(), Names::default()).expect("HypoPG");
    let all: Vec<usize> =
        (0..3000).map(|i| hypopg.offer(&format!("CREATE INDEX ON t (a) WHERE b > {i}")).unwrap().id).collect();
    let query = sample("SELECT c FROM t WHERE a = 5");
    assert!(hypopg.plan(&query, &all).is_ok(), "more than HypoPG's own range of ids");
    assert!(hypopg.plan(&query, &all[..10]).is_ok());
}

/// Nobody has packed HypoPG 1.4 for this server: what hides stands in for it by switching index scans off.
#[test]
fn an_index_is_hidden_from_1_4_on() {
    let dsn = database(
        "whatif_hidden",
        "CREATE TABLE t (a int PRIMARY KEY, b int); INSERT INTO t SELECT i, i FROM generate_series(1, 50000) i; ANALYZE t;
         CREATE FUNCTION ext.hypopg_hide_index(oid) RETURNS bool LANGUAGE sql AS
             $$ SELECT set_config('enable_indexscan', 'off', true) = set_config('enable_bitmapscan', 'off', true) $$;
         CREATE FUNCTION ext.hypopg_unhide_all_indexes() RETURNS void LANGUAGE sql AS
             $$ SELECT set_config('enable_indexscan', 'on', true), set_config('enable_bitmapscan', 'on', true); SELECT $$;",
    );
    let query = sample("SELECT * FROM t WHERE a = 5");
    let ask = |wanted: &str| {
        let mut session = Session::connect(&dsn).expect("connects");
        let mut hypopg =
            HypoPg::open(&mut session, Route::Direct, Limits::default(), Names::default()).expect("HypoPG");
        let hidden = hypopg.without(&query, wanted).map(|planned| planned.total_cost);
        (hypopg.hides(), hidden, hypopg.plan(&query, &[]).expect("a plan").total_cost)
    };
    let (hides, hidden, usual) = ask("public.t_pkey");
    assert!(!hides && hidden.is_err(), "{hidden:?}");
    let _ =
        Server::shared().psql("whatif_hidden", "UPDATE pg_extension SET extversion = '1.4.1' WHERE extname = 'hypopg'");
    let (hides, hidden, again) = ask("public.t_pkey");
    assert!(hides && hidden.expect("a plan") > usual * 10.0);
    assert_eq!(again, usual, "it is there again");
    assert!(ask("public.nothing").1.is_err());
}
