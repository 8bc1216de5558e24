//! Statements as pg_stat_statements keeps them are planned on this major.

use sqlsift::db::planner::{Depth, Planner};
use sqlsift::db::session::{Limits, Session};

use super::plain;
use crate::server::Server;

#[test]
fn statements_without_their_constants_are_planned() {
    let server = Server::shared();
    let dsn = plain(
        "whatif_generic",
        "CREATE TABLE t (a int, b text, c timestamptz, d date, e numeric, f jsonb, g int[]); \
         INSERT INTO t SELECT i, i::text, now(), now(), i, '{}', '{1}' FROM generate_series(1, 1000) i; ANALYZE t",
    );
    let mut session = Session::connect(&dsn).expect("connects");
    let mut planner = Planner::new(Limits::default());
    for text in [
        "SELECT * FROM t WHERE a = $1 AND b LIKE $2 LIMIT $3 OFFSET $4",
        "SELECT * FROM t WHERE c > timestamptz $1 AND d < date $2 - interval $3",
        "SELECT * FROM t WHERE c > timestamp with time zone $1 + interval $2 day",
        "SELECT extract($1 from c), date_trunc($2, c) FROM t",
        "SELECT sum(CASE WHEN a > $1 THEN $2 ELSE $3 END) FROM t",
        "SELECT $1 + $2",
        "SELECT a FROM t WHERE $1 IS NULL OR a = $2",
        "SELECT a FROM t WHERE a = $3 AND b = $7",
        "SELECT coalesce(b, $1) || $2, $3 FROM t WHERE a IN ($4, $5, $6) OR a = ANY ($7)",
        "SELECT * FROM t WHERE f @> $1 AND f ->> $2 = $3 AND g && $4",
        "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING",
        "UPDATE t SET a = a + $1, b = $2 WHERE e BETWEEN $3 AND $4",
        "DELETE FROM t WHERE (a, b) = ($1, $2)",
        "SELECT a, count(*) FILTER (WHERE b = $1) FROM t GROUP BY a HAVING count(*) > $2 ORDER BY $3 LIMIT $4",
    ] {
        let json = planner.explain(&mut session, text, Depth::Shown).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(json.contains("Total Cost"), "{json}");
    }
    let wrong = planner.explain(&mut session, "SELECT nowhere FROM t WHERE a = $1", Depth::Plan);
    assert_eq!(wrong.expect_err("no such column").sqlstate.as_deref(), Some("42703"));
    assert_eq!(server.psql("whatif_generic", "SELECT count(*) FROM t").trim(), "1000");
}
