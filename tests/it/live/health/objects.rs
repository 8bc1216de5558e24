//! Tables, indexes and sequences.

use sqlsift::catalog::bloat::{index_bytes, table_bytes};

use super::{catalog, cured, database, judge, look, server};
use crate::server::SUPERUSER;

#[test]
fn an_unused_index_is_dropped_and_comes_back() {
    let name = database(
        "CREATE TABLE t (id bigint PRIMARY KEY, note text, code text);
         CREATE INDEX t_note ON t (lower(note) text_pattern_ops, code DESC NULLS LAST) WHERE code IS NOT NULL;
         CREATE UNIQUE INDEX t_code ON t (code);
         INSERT INTO t SELECT n, 'note ' || n, n FROM generate_series(1, 20000) n; ANALYZE t;",
    );
    let options = "min_days = 0.0\nmin_bytes = 0";
    let definition = || server().psql(&name, "SELECT pg_get_indexdef('t_note'::regclass)");
    let before = definition();
    let said = cured(&name, "schema/unused_index", options, "t_note was not scanned once");
    let _ = server().psql(&name, &said.undo[0]);
    assert_eq!(definition(), before);
    let used = "SET enable_seqscan = off; SELECT count(*) FROM t WHERE lower(note) = 'note 7' AND code IS NOT NULL;";
    let _ = server().psql(&name, used);
    assert!(look(&name, "schema/unused_index", options).titles.is_empty());
    let young = look(&name, "schema/unused_index", "");
    assert!(young.titles.is_empty() && young.not_examined.iter().any(|why| why.contains("old")), "{young:?}");
}

#[test]
fn a_duplicate_leaves() {
    let name = database(
        "CREATE TABLE t (id bigint PRIMARY KEY, a int); CREATE INDEX t_a ON t (a); CREATE INDEX t_a2 ON t (a);",
    );
    let _ = cured(&name, "schema/duplicate_index", "", "is the same index as");
}

#[test]
fn an_invalid_index_is_built_again() {
    let name = database("CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 7), (2, 7);");
    let failed = server().try_psql(&name, "CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)");
    assert!(failed.is_err(), "the values are there twice");
    let _ = server().psql(&name, "DELETE FROM t WHERE id = 2");
    let _ = cured(&name, "schema/invalid_index", "", "t_a on t is invalid");
}

#[test]
fn indexes_of_partitioned_tables_are_not_invalid() {
    let name = database(
        "CREATE TABLE t (id bigint, a int) PARTITION BY RANGE (id);
         CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (10);
         CREATE INDEX t_a ON ONLY t (a);",
    );
    assert_eq!(server().psql(&name, "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass").trim(), "f");
    assert!(look(&name, "schema/invalid_index", "").titles.is_empty());
}

#[test]
fn a_bloated_index_is_rebuilt_and_a_bloated_table_rewritten() {
    let name = database(
        "CREATE TABLE t (id bigint PRIMARY KEY, note text);
         INSERT INTO t SELECT n, repeat('x', 50) FROM generate_series(1, 200000) n;
         DELETE FROM t WHERE id % 10 <> 0; VACUUM ANALYZE t;",
    );
    let options = "min_bytes = 1000000";
    let _ = cured(&name, "schema/index_bloat", options, "t_pkey takes");
    let _ = cured(&name, "schema/table_bloat", options, "t takes");
}

/// Fresh tables of many kinds of columns: what is estimated is what is there.
#[test]
fn sizes_are_estimated_as_they_are() {
    let name = database(
        "CREATE TABLE a (id bigint PRIMARY KEY, k int NOT NULL, flag boolean NOT NULL, at timestamptz NOT NULL, name text NOT NULL);
         INSERT INTO a SELECT n, n % 1000, n % 2 = 0, now(), 'name number ' || n FROM generate_series(1, 100000) n;
         CREATE TABLE b (id uuid PRIMARY KEY, amount numeric(10,2), note text, due date);
         INSERT INTO b SELECT gen_random_uuid(), n * 1.1, CASE WHEN n % 3 = 0 THEN repeat('y', n % 90) END, '2026-01-01' FROM generate_series(1, 100000) n;
         CREATE TABLE c (a smallint, b smallint, c bigint, d real) WITH (fillfactor = 70);
         INSERT INTO c SELECT n % 7, n % 5, n, n FROM generate_series(1, 100000) n;
         CREATE INDEX a_k ON a (k); CREATE INDEX a_name ON a (name); CREATE INDEX a_k_at ON a (k, id); CREATE INDEX c_a ON c (a);
         REINDEX TABLE b; VACUUM ANALYZE;",
    );
    let (catalog, _) = catalog(&name, SUPERUSER);
    let mut wrong = Vec::new();
    for (name, table) in &catalog.tables {
        let real = table.counters.as_ref().and_then(|counters| counters.main_bytes).expect("a size") as f64;
        let ratio = table_bytes(table).expect("statistics").bytes / real;
        println!("{name}: {ratio:.3} of {real}");
        if !(0.9..1.1).contains(&ratio) {
            wrong.push(format!("{name}: {ratio:.3}"));
        }
        for index in &table.indexes {
            let real = index.bytes().expect("a size") as f64;
            let ratio = index_bytes(table, index).expect("statistics").bytes / real;
            println!("{}: {ratio:.3} of {real}", index.name);
            if !(0.85..1.15).contains(&ratio) {
                wrong.push(format!("{}: {ratio:.3}", index.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join(", "));
}

#[test]
fn a_table_that_was_never_analysed_is() {
    let name = database("CREATE TABLE t (id bigint PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 5000);");
    let _ = cured(&name, "schema/never_analyzed", "", "t was never analysed");
    let _ = server().psql(&name, "SELECT pg_stat_reset()");
    assert!(look(&name, "schema/never_analyzed", "").titles.is_empty(), "the statistics outlive the counters");
}

#[test]
fn a_partitioned_table_is_analysed_by_hand() {
    let name = database(
        "CREATE TABLE t (id bigint) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (10000);
         INSERT INTO t SELECT generate_series(1, 5000); ANALYZE t1;",
    );
    let _ = cured(&name, "schema/never_analyzed", "", "t was never analysed");
}

#[test]
fn dead_rows_go_and_statistics_become_new() {
    let name = database(
        "CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t SELECT n, 0 FROM generate_series(1, 30000) n;
         ANALYZE t; UPDATE t SET a = 1;",
    );
    assert_eq!(look(&name, "schema/outdated_statistics", "").titles.len(), 1);
    let _ = cured(&name, "schema/dead_rows", "", "t has 30,000 dead rows");
    assert!(look(&name, "schema/outdated_statistics", "").titles.is_empty());
    let _ = server().psql(&name, "UPDATE t SET a = 2");
    let _ = cured(&name, "schema/outdated_statistics", "", "30,000 rows of t changed");
    let _ = server().psql(&name, "ALTER TABLE t SET (autovacuum_vacuum_scale_factor = 2)");
    assert!(look(&name, "schema/dead_rows", "").titles.is_empty(), "the table's own parameter holds");
}

#[test]
fn a_sequence_near_its_end_goes_on() {
    let name = database(
        "CREATE TABLE t (id serial PRIMARY KEY); ALTER TABLE t ALTER COLUMN id TYPE bigint; SELECT setval('t_id_seq', 2000000000);",
    );
    let _ = cured(&name, "schema/sequence_exhaustion", "", "t_id_seq has used 93 %");
    assert_eq!(
        server().psql(&name, "SELECT setval('t_id_seq', 2147483647); SELECT nextval('t_id_seq')").trim(),
        "2147483647\n2147483648"
    );
    let _ = server().psql(&name, "CREATE SEQUENCE down AS integer INCREMENT -1; SELECT setval('down', -2000000000);");
    let _ = cured(&name, "schema/sequence_exhaustion", "", "down has used 93 %");
    let column = database("CREATE TABLE t (id smallserial PRIMARY KEY); SELECT setval('t_id_seq', 32000);");
    let (catalog, _) = catalog(&column, SUPERUSER);
    assert_eq!(judge(&catalog, "schema/sequence_exhaustion", "").titles.len(), 1);
}

#[test]
fn what_was_switched_off_or_never_validated() {
    let name = database(
        "CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE t (id bigint PRIMARY KEY, p bigint) WITH (autovacuum_enabled = off);
         ALTER TABLE t ADD CONSTRAINT t_p FOREIGN KEY (p) REFERENCES p NOT VALID;",
    );
    let _ = cured(&name, "schema/autovacuum_disabled", "", "autovacuum is switched off for t");
    let _ = cured(&name, "schema/not_valid_constraint", "", "t_p on t was never validated");
}

#[test]
fn an_index_of_nulls_and_a_full_default_partition() {
    let name = database(
        "CREATE TABLE t (id bigint PRIMARY KEY, gone timestamptz); INSERT INTO t SELECT n, CASE WHEN n % 100 = 0 THEN now() END FROM generate_series(1, 20000) n;
         CREATE INDEX t_gone ON t (gone); ANALYZE t;
         CREATE TABLE e (id bigint) PARTITION BY RANGE (id); CREATE TABLE e_rest PARTITION OF e DEFAULT; INSERT INTO e SELECT generate_series(1, 2000);",
    );
    let said = look(&name, "schema/mostly_null_index", "min_bytes = 0");
    assert_eq!(said.titles, ["99 % of the entries of t_gone are NULL"]);
    let _ = server().psql(&name, &said.remedies[0]);
    let plan =
        server().psql(&name, "DROP INDEX t_gone; SET enable_seqscan = off; EXPLAIN SELECT FROM t WHERE gone = now()");
    assert!(plan.contains("t_gone_not_null"), "{plan}");
}
