//! One query shape each: the index that a hand-made set has for it.

mod recommendations;
mod scans;

use crate::advise::fixture::bench;
use crate::advise::recommend;
use crate::catalog::model::ColumnStats;
use crate::report::model::RecommendationKind;
use crate::rules::draft::Ask;

pub const SHOP: &str = "
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, last_login timestamptz, country text NOT NULL, meta jsonb,
                    settings json);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id), tenant_id integer NOT NULL,
                     status text NOT NULL, total numeric(12,2) NOT NULL, sku varchar(40), note text,
                     created_at timestamptz NOT NULL, placed timestamp NOT NULL, deleted_at timestamptz,
                     paid boolean NOT NULL, tags text[]);
CREATE INDEX orders_user_id_idx ON orders (user_id);
CREATE TABLE docs (id bigint PRIMARY KEY, body text NOT NULL, vector tsvector, during tstzrange);
CREATE TABLE events (id bigint, device_id integer NOT NULL, metric text NOT NULL, at timestamptz NOT NULL, value float8)
    PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
";

fn created(statements: &[&str]) -> Vec<String> {
    bench(SHOP, statements).created()
}

#[track_caller]
fn one(statement: &str, expected: &str) {
    assert_eq!(created(&[statement]), [expected], "{statement}");
}

#[track_caller]
fn none(statement: &str) {
    assert_eq!(created(&[statement]), Vec::<String>::new(), "{statement}");
}

#[test]
fn equality_comes_before_the_order() {
    one(
        "SELECT id FROM orders WHERE tenant_id = $1 AND status = $2 ORDER BY created_at DESC, id DESC LIMIT 20",
        "orders (tenant_id, status, created_at DESC, id DESC)",
    );
    one("SELECT id FROM orders WHERE total > 5 AND tenant_id = 3", "orders (tenant_id, total)");
    one(
        "SELECT o.id FROM orders AS o WHERE o.status = 'paid' AND o.created_at > $1 ORDER BY o.created_at LIMIT 5",
        "orders (status, created_at)",
    );
    // No LIMIT: the range bounds what is read, the sort is of what is left.
    one(
        "SELECT * FROM orders WHERE tenant_id = $1 AND created_at >= $2 ORDER BY total",
        "orders (tenant_id, created_at)",
    );
}

#[test]
fn lists_come_behind_the_order() {
    one(
        "SELECT id FROM orders WHERE tenant_id = 4 AND status IN ('a', 'b') ORDER BY created_at LIMIT 9",
        "orders (tenant_id, created_at, status)",
    );
    one("SELECT id FROM orders WHERE status = ANY($1) AND tenant_id = $2", "orders (tenant_id, status)");
    one("SELECT id FROM orders WHERE status = 'a' OR status = 'b'", "orders (status)");
}

#[test]
fn nulls_stand_where_the_query_wants_them() {
    one("SELECT id FROM users ORDER BY last_login DESC NULLS LAST LIMIT 10", "users (last_login DESC NULLS LAST)");
    one("SELECT id FROM users ORDER BY last_login DESC LIMIT 10", "users (last_login DESC)");
    one("SELECT id FROM users ORDER BY last_login NULLS FIRST LIMIT 10", "users (last_login NULLS FIRST)");
}

#[test]
fn what_is_the_same_in_every_run_becomes_the_predicate() {
    one(
        "SELECT id FROM orders WHERE deleted_at IS NULL AND tenant_id = $1",
        "orders (tenant_id) WHERE deleted_at IS NULL",
    );
    one(
        "SELECT id FROM orders WHERE paid AND tenant_id = $1 ORDER BY created_at LIMIT 5",
        "orders (tenant_id, created_at) WHERE paid",
    );
    let rare = ColumnStats { n_distinct: 12.0, most_common_frequencies: vec![0.9, 0.05], ..ColumnStats::default() };
    let some = bench(SHOP, &["SELECT id FROM orders WHERE status = 'pending' ORDER BY created_at LIMIT 5"])
        .rows("orders", 100_000.0)
        .stats("orders", "status", rare.clone());
    assert_eq!(some.created(), ["orders (created_at) WHERE status = 'pending'"]);
    let other = bench(SHOP, &["SELECT id FROM orders WHERE status <> 'done'"])
        .rows("orders", 1e5)
        .stats("orders", "status", rare);
    assert_eq!(other.created(), ["orders (id) WHERE status <> 'done'"]);
}

#[test]
fn a_literal_that_changes_is_no_predicate() {
    let rare = ColumnStats { n_distinct: 12.0, ..ColumnStats::default() };
    let mut some = bench(SHOP, &["SELECT id FROM orders WHERE status = 'pending' ORDER BY created_at LIMIT 5"])
        .rows("orders", 100_000.0)
        .stats("orders", "status", rare);
    some.workload.queries[0].samples[1].text =
        "SELECT id FROM orders WHERE status = 'paid' ORDER BY created_at LIMIT 5".into();
    assert_eq!(some.created(), ["orders (status, created_at)"]);
}

#[test]
fn a_few_narrow_columns_ride_along_for_an_aggregate() {
    one(
        "SELECT sum(total) FROM orders WHERE tenant_id = $1 AND created_at >= $2",
        "orders (tenant_id, created_at) INCLUDE (total)",
    );
    // Text may be long: without statistics nobody knows.
    one("SELECT max(note) FROM orders WHERE tenant_id = $1", "orders (tenant_id)");
    // One row: nothing to save.
    one("SELECT total FROM orders WHERE tenant_id = $1", "orders (tenant_id)");
}

#[test]
fn expressions_are_keys_if_they_are_immutable() {
    one("SELECT id FROM users WHERE lower(email) = lower($1)", "users (lower(email))");
    one("SELECT u.id FROM users u WHERE u.meta->>'coupon' = 'X'", "users ((meta->>'coupon'))");
    one(
        "SELECT id FROM orders WHERE (created_at AT TIME ZONE 'UTC')::date = $1",
        "orders (((created_at AT TIME ZONE 'UTC')::date))",
    );
    one("SELECT id FROM orders WHERE date_trunc('day', placed) = $1", "orders (date_trunc('day', placed))");
    // These depend on the session's time zone: CREATE INDEX would refuse them.
    none("SELECT id FROM orders WHERE created_at::date = $1");
    none("SELECT id FROM orders WHERE date_trunc('day', created_at) = $1");
}

#[test]
fn patterns_and_containers_get_their_operator_class() {
    one("SELECT id FROM orders WHERE sku LIKE 'A3F-%'", "orders (sku varchar_pattern_ops)");
    one("SELECT id FROM orders WHERE note LIKE 'A3F-%'", "orders (note text_pattern_ops)");
    one("SELECT id FROM orders WHERE note ILIKE '%gift%'", "orders USING gin (note gin_trgm_ops)");
    one("SELECT id FROM users WHERE meta @> '{\"a\": 1}'", "users USING gin (meta jsonb_path_ops)");
    one("SELECT id FROM users WHERE meta ? 'a'", "users USING gin (meta)");
    one("SELECT id FROM orders WHERE tags @> ARRAY['x']", "orders USING gin (tags)");
    one(
        "SELECT id FROM docs WHERE to_tsvector('english', body) @@ to_tsquery('a')",
        "docs USING gin (to_tsvector('english', body))",
    );
    one("SELECT id FROM docs WHERE vector @@ to_tsquery('a')", "docs USING gin (vector)");
    one("SELECT id FROM docs WHERE during && $1", "docs USING gist (during)");
    // Two letters make no trigram.
    none("SELECT id FROM orders WHERE note LIKE '%ab%'");
}

#[test]
fn a_pattern_in_a_parameter_is_judged_by_its_samples() {
    let text = "SELECT id FROM orders WHERE note LIKE $1";
    let with = |parameters: &str| {
        let mut some = bench(SHOP, &[text]);
        some.workload.queries[0].samples[0].parameters = parameters.to_owned();
        some.created()
    };
    assert_eq!(with("$1 = '%it''s%'"), ["orders USING gin (note gin_trgm_ops)"]);
    assert_eq!(with("$1 = 'gift%'"), ["orders (note text_pattern_ops)"]);
    assert_eq!(with("$1 = 'gift'"), Vec::<String>::new());
}

#[test]
fn ranges_on_rows_stored_in_order_get_block_ranges() {
    let stats = ColumnStats { n_distinct: -1.0, correlation: Some(0.999), ..ColumnStats::default() };
    let text = "SELECT count(*) FROM orders WHERE created_at >= $1 AND created_at < $2";
    let big = bench(SHOP, &[text]).rows("orders", 5e6).stats("orders", "created_at", stats.clone());
    assert_eq!(big.created(), ["orders USING brin (created_at)"]);
    let small = bench(SHOP, &[text]).rows("orders", 5e5).stats("orders", "created_at", stats);
    assert_eq!(small.created(), ["orders (created_at)"]);
}

#[test]
fn nothing_that_exists_is_offered() {
    none("SELECT * FROM orders WHERE user_id = $1");
    none("SELECT * FROM orders WHERE id = $1 AND status = 'x'");
    none("SELECT * FROM orders ORDER BY id DESC LIMIT 3");
    none("SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id = $1");
    // Extends what exists, and says that the old one can go.
    let some = bench(SHOP, &["SELECT * FROM orders WHERE user_id = $1 AND status = $2"]);
    let advice = recommend(&mut some.ask_for_all(), &some.cx());
    assert_eq!(
        advice.recommendations[0].sql,
        "CREATE INDEX CONCURRENTLY orders_user_id_status_idx ON orders (user_id, status);"
    );
    assert_eq!(advice.recommendations[0].more_sql[0].sql, "DROP INDEX CONCURRENTLY orders_user_id_idx;");
    // What was dropped comes back before the new one goes.
    assert_eq!(
        advice.recommendations[0].undo.as_deref(),
        Some(
            "CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id); \
             DROP INDEX CONCURRENTLY orders_user_id_status_idx;"
        )
    );
}

#[test]
fn what_is_quick_or_cured_otherwise_gets_no_index() {
    let mut some = bench(
        SHOP,
        &["SELECT id FROM orders WHERE tenant_id = $1", "SELECT id FROM users WHERE country = $1 ORDER BY id LIMIT 9"],
    );
    some.workload.queries[0].total_us = 100 * 400;
    some.workload.queries[1].total_us = 100 * 1500;
    assert_eq!(some.created(), Vec::<String>::new());
    // OFFSET is the trouble, and the primary key gives the order.
    none("SELECT id FROM users WHERE country = $1 ORDER BY id LIMIT 25 OFFSET $2");
    // A flag alone splits the table in two.
    none("SELECT id FROM orders WHERE paid ORDER BY id");
    one("SELECT id FROM orders WHERE paid AND tenant_id = 4", "orders (tenant_id)");
    // The unique key finds one row: the OR is a filter.
    none("SELECT id FROM orders WHERE id = $1 AND (note = 'a' OR status = 'b')");
}

#[test]
fn an_index_in_nearly_the_right_order_is_enough() {
    let ddl = "CREATE TABLE e (id bigint PRIMARY KEY, kind text NOT NULL, at timestamptz NOT NULL);
               CREATE INDEX e_at ON e (at); CREATE INDEX e_kind ON e (kind);";
    let some = bench(ddl, &["SELECT id FROM e WHERE at > $1 ORDER BY at, id LIMIT 100"]);
    assert_eq!(some.created(), Vec::<String>::new());
    // Half of the table may have one kind: sorting within it is sorting half of the table.
    let some = bench(ddl, &["SELECT id FROM e ORDER BY kind, id LIMIT 100"]);
    assert_eq!(some.created(), ["e (kind, id)"]);
}

#[test]
fn an_index_that_exists_becomes_the_prefix_of_the_new_one() {
    let some = bench(SHOP, &["SELECT * FROM orders WHERE status = $1 AND user_id = $2"]);
    assert_eq!(some.created(), ["orders (user_id, status)"]);
}

#[test]
fn one_index_serves_a_count_and_its_pages() {
    let texts = [
        "SELECT count(*) FROM users WHERE country = $1",
        "SELECT id FROM users WHERE country = $1 ORDER BY id LIMIT 25 OFFSET $2",
    ];
    let some = bench(SHOP, &texts);
    let mut drafts = some.ask_for_all();
    drafts[1].asks.push(Ask::Keyset { query: 1 });
    let advice = recommend(&mut drafts, &some.cx());
    let kinds: Vec<&str> = advice.recommendations.iter().map(|r| r.sql.as_str()).collect();
    assert!(kinds.contains(&"CREATE INDEX CONCURRENTLY users_country_id_idx ON users (country, id);"), "{kinds:?}");
    let page = advice.recommendations.iter().find(|r| r.kind == RecommendationKind::KeysetPage).expect("pages");
    assert!(page.detail.contains("users_country_id_idx"), "{}", page.detail);
    assert_eq!(page.more_sql[0].sql, "SELECT id FROM users WHERE country = $1 ORDER BY id LIMIT 25");
    assert!(page.more_sql.iter().all(|p| p.label != "index"));
}

#[test]
fn a_count_beside_pages_can_stop() {
    let some = bench(
        SHOP,
        &[
            "SELECT count(*) AS n FROM users WHERE country = $1 -- all of them",
            "SELECT count(DISTINCT country) FROM users",
        ],
    );
    let mut drafts = some.ask_for_all();
    drafts.iter_mut().enumerate().for_each(|(query, d)| d.asks = vec![Ask::CappedCount { query }]);
    let advice = recommend(&mut drafts, &some.cx());
    assert_eq!(
        advice.recommendations[0].sql,
        "SELECT count(*) AS n FROM (SELECT 1 FROM users WHERE country = $1 -- all of them\nLIMIT 10001) AS capped"
    );
    assert_eq!(advice.refusals[1], ["only a plain SELECT count(*) can be capped"]);
}

#[test]
fn one_index_serves_several_queries() {
    let found = created(&[
        "SELECT id FROM orders WHERE status = $1",
        "SELECT id FROM orders WHERE tenant_id = $1 AND status = $2",
        "SELECT count(*) FROM orders WHERE status = $1 AND tenant_id = $2",
    ]);
    assert_eq!(found, ["orders (status, tenant_id)"]);
    // An order fixes its place: the plain lookup must not push itself between.
    let found = created(&[
        "SELECT id FROM orders WHERE tenant_id = $1 ORDER BY created_at LIMIT 5",
        "SELECT id FROM orders WHERE tenant_id = $1",
        "SELECT id FROM orders WHERE tenant_id = $1 AND created_at > $2",
    ]);
    assert_eq!(found, ["orders (tenant_id, created_at)"]);
}

#[test]
fn joins_from_few_rows_get_the_inner_side() {
    const DDL: &str = "
        CREATE TABLE a (id bigint PRIMARY KEY, name text NOT NULL);
        CREATE TABLE b (id bigint PRIMARY KEY, a_id bigint NOT NULL, kind text);";
    let inner = bench(DDL, &["SELECT b.id FROM a JOIN b ON b.a_id = a.id WHERE a.id = $1"]);
    assert_eq!(inner.created(), ["b (a_id)"]);
    let exists = bench(DDL, &["SELECT id FROM a WHERE a.id = $1 AND EXISTS (SELECT 1 FROM b WHERE b.a_id = a.id)"]);
    assert_eq!(exists.created(), ["b (a_id)"]);
    // Nothing restricts either side: a hash join reads both anyway.
    let all = bench(DDL, &["SELECT a.name, count(*) FROM a JOIN b ON b.a_id = a.id GROUP BY a.name"]);
    assert_eq!(all.created(), Vec::<String>::new());
    // IS NULL after a LEFT JOIN asks for rows without a partner.
    let anti = bench(DDL, &["SELECT a.id FROM a LEFT JOIN b ON b.a_id = a.id WHERE b.id IS NULL AND a.id = $1"]);
    assert_eq!(anti.created(), ["b (a_id)"]);
}

#[test]
fn each_branch_of_or_gets_its_own() {
    assert_eq!(created(&["SELECT id FROM orders WHERE sku = $1 OR note = $2"]), ["orders (note)", "orders (sku)"]);
    assert_eq!(created(&["SELECT id FROM orders WHERE user_id = $1 OR note = $2"]), ["orders (note)"]);
    // A branch that no index can answer makes the whole OR a scan.
    none("SELECT id FROM orders WHERE user_id = $1 OR length(note) > random() OR 1 = 1");
}
