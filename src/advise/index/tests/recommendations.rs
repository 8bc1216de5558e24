//! What stands around an index in its recommendation.

use super::SHOP;
use crate::advise::fixture::{Bench, bench};
use crate::advise::recommend;
use crate::catalog::model::{ColumnStats, TableName};
use crate::ingest::event::PlanFormat;
use crate::report::model::{Subject, VerifiedBy};
use crate::rules::draft::{Ask, Draft};
use crate::workload::model::{Origin, PlanSample};

#[test]
fn partitioned_tables_are_indexed_in_parts() {
    let some = bench(SHOP, &["SELECT value FROM events WHERE device_id = $1 AND metric = $2 ORDER BY at DESC LIMIT 1"]);
    let advice = recommend(&mut some.ask_for_all(), &some.cx());
    let [only] = advice.recommendations.as_slice() else { panic!("{advice:?}") };
    assert_eq!(only.sql, "CREATE INDEX events_device_id_metric_at_idx ON ONLY events (device_id, metric, at DESC);");
    assert_eq!(
        only.more_sql[0].sql,
        "CREATE INDEX CONCURRENTLY events_2026_device_id_metric_at_idx ON events_2026 (device_id, metric, at DESC);\n\
         ALTER INDEX events_device_id_metric_at_idx ATTACH PARTITION events_2026_device_id_metric_at_idx;"
    );
}

fn foreign_key(some: &Bench) -> Vec<Draft> {
    let mut drafts = some.ask_for_all();
    let mut draft = Draft::new(Subject::Table("public.orders".into()), "", "");
    let table = TableName { schema: "public".into(), name: "orders".into() };
    draft.asks.push(Ask::IndexOn { table, columns: vec!["tenant_id".into()] });
    drafts.push(draft);
    drafts
}

#[test]
fn a_foreign_key_shares_the_index_of_a_query() {
    let some = bench(
        SHOP,
        &["SELECT sum(total) FROM orders WHERE tenant_id = $1", "UPDATE orders SET total = 1 WHERE id = $1"],
    );
    let advice = recommend(&mut foreign_key(&some), &some.cx());
    let [only] = advice.recommendations.as_slice() else { panic!("{advice:?}") };
    assert_eq!(only.sql, "CREATE INDEX CONCURRENTLY orders_tenant_id_idx ON orders (tenant_id) INCLUDE (total);");
    assert_eq!(advice.links, [vec![only.id.clone()], vec![only.id.clone()]]);
    assert_eq!(only.queries, ["0000000000000001"]);
    assert_eq!(only.cost.as_deref(), Some("100 writes to the table were seen: each writes this index too"));
    assert_eq!(only.lock.as_deref(), Some("ShareUpdateExclusiveLock"));
    assert_eq!(only.verified_by, VerifiedBy::Heuristic);
    // 60 s a day, 90 % assumed to be saved.
    assert_eq!(only.impact_ms_per_day.map(f64::round), Some(54_000.0));
}

#[test]
fn statistics_make_an_estimate_with_a_size() {
    let stats = ColumnStats { n_distinct: 1000.0, average_width: 4, ..ColumnStats::default() };
    let some = bench(SHOP, &["SELECT note FROM orders WHERE tenant_id = $1"]).rows("orders", 1_000_000.0).stats(
        "orders",
        "tenant_id",
        stats,
    );
    let advice = recommend(&mut some.ask_for_all(), &some.cx());
    assert_eq!(advice.recommendations[0].verified_by, VerifiedBy::Estimate);
    // Postgres 15 builds such an index of a million rows in 7.2 MB.
    let size = advice.recommendations[0].size_bytes.expect("rows and widths are known");
    assert!((5_800_000..8_600_000).contains(&size), "{size}");
}

#[test]
fn a_logged_plan_shows_what_was_read_in_vain() {
    let mut some = bench(SHOP, &["SELECT id FROM orders WHERE tenant_id = $1"]);
    let body = "Seq Scan on orders  (cost=0.00..1.00 rows=1 width=8) (actual time=0.1..9.0 rows=50 loops=1)\n  \
                Filter: (tenant_id = 5)\n  Rows Removed by Filter: 950";
    some.workload.queries[0].plans.push(PlanSample {
        shape: 0,
        format: PlanFormat::Text,
        duration_us: 1,
        at: None,
        origin: Origin::default(),
        body: body.to_owned(),
    });
    let advice = recommend(&mut some.ask_for_all(), &some.cx());
    assert_eq!(advice.recommendations[0].verified_by, VerifiedBy::Estimate);
    // 50 of 1000 rows, four times as dear: a fifth of 60 s a day remains.
    assert_eq!(advice.recommendations[0].after.map(f64::round), Some(12_000.0));
}

#[test]
fn names_fit_and_do_not_clash() {
    let ddl = "CREATE TABLE orders (id bigint PRIMARY KEY, status text);
               CREATE INDEX orders_status_idx ON orders (id, status);";
    let some = bench(ddl, &["SELECT id FROM orders WHERE status = $1"]);
    let advice = recommend(&mut some.ask_for_all(), &some.cx());
    assert_eq!(advice.recommendations[0].sql, "CREATE INDEX CONCURRENTLY orders_status_idx1 ON orders (status);");
    let long = "x".repeat(60);
    let some = bench(
        &format!("CREATE TABLE t (id bigint PRIMARY KEY, {long} text);"),
        &[&format!("SELECT id FROM t WHERE {long} = $1")],
    );
    let advice = recommend(&mut some.ask_for_all(), &some.cx());
    let name = advice.recommendations[0].sql.split(' ').nth(3).expect("a name");
    assert_eq!(name.len(), 63);
}

#[test]
fn an_index_is_dropped_with_the_way_back() {
    let ddl = "CREATE TABLE t (id bigint PRIMARY KEY, a text, b text);
               CREATE INDEX t_a ON t (lower(a), b DESC NULLS LAST) WHERE b IS NOT NULL;";
    let some = bench(ddl, &[]);
    let ask = |index: &str| {
        let mut draft = Draft::new(Subject::Index(index.into()), "", "");
        let table = TableName { schema: "public".into(), name: "t".into() };
        draft.asks.push(Ask::DropIndex { table, index: index.into() });
        recommend(&mut [draft], &some.cx())
    };
    let advice = ask("t_a");
    assert_eq!(advice.recommendations[0].sql, "DROP INDEX CONCURRENTLY t_a;");
    assert_eq!(
        advice.recommendations[0].undo.as_deref(),
        Some("CREATE INDEX CONCURRENTLY t_a ON t ((lower(a)), b DESC NULLS LAST) WHERE b IS NOT NULL;")
    );
    assert_eq!(ask("t_pkey").recommendations.len(), 0);
    assert_eq!(ask("t_pkey").refusals[0].len(), 1);
}
