//! Scans of plans: the index comes from the statement that stands for the scan, not from the query's text.

use super::SHOP;
use crate::advise::fixture::{Bench, bench};
use crate::advise::{Advice, recommend};
use crate::plan::figures::figures;
use crate::plan::model::{Actual, Format, Key, Kind, Node, Plan, Property, Value};
use crate::report::model::{Location, Subject, VerifiedBy};
use crate::rules::context::{KnownPlan, WorkloadCx};
use crate::rules::draft::{Accounts, Ask, Draft};

fn asking(statements: &[&str]) -> Vec<Draft> {
    let draft = |statement: &&str| {
        let mut draft = Draft::new(Subject::PlanNode((*statement).to_owned()), "", "");
        draft.accounts = Some(Accounts { ms: None, share: 0.5 });
        draft.ask(Ask::IndexForScan { query: 0, statement: (*statement).to_owned() })
    };
    statements.iter().map(draft).collect()
}

fn created(advice: &Advice) -> Vec<&str> {
    let mut all: Vec<&str> = advice.recommendations.iter().map(|r| r.sql.split_once(" ON ").unwrap().1).collect();
    all.sort_unstable();
    all
}

fn shop() -> Bench {
    bench(SHOP, &["SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id WHERE o.note LIKE 'x%'"])
}

#[test]
fn the_statement_decides() {
    let some = shop();
    let advice = recommend(&mut asking(&["SELECT * FROM orders WHERE tenant_id = $1 AND status = 'open'"]), &some.cx());
    assert_eq!(created(&advice), ["orders (tenant_id, status);"]);
    assert_eq!(advice.links[0].len(), 1);
}

#[test]
fn a_value_of_one_run_makes_no_partial_index() {
    let mut some = shop();
    some.workload.queries[0].calls = 1;
    some.workload.queries[0].samples.clear();
    let some = some.rows("orders", 1e6).stats(
        "orders",
        "status",
        crate::catalog::model::ColumnStats { n_distinct: 900.0, ..Default::default() },
    );
    let statement = "SELECT * FROM orders WHERE tenant_id = $1 AND status = 'open' AND deleted_at IS NULL";
    let advice = recommend(&mut asking(&[statement]), &some.cx());
    assert_eq!(created(&advice), ["orders (status, tenant_id) WHERE deleted_at IS NULL;"]);
}

#[test]
fn scans_share_an_index_with_each_other_and_with_queries() {
    let some = bench(SHOP, &["SELECT id FROM orders WHERE tenant_id = $1 ORDER BY created_at LIMIT 5"]);
    let mut drafts = asking(&["SELECT * FROM orders WHERE tenant_id = $1"]);
    drafts.extend(some.ask_for_all());
    let advice = recommend(&mut drafts, &some.cx());
    assert_eq!(created(&advice), ["orders (tenant_id, created_at);"]);
    assert_eq!(advice.links[0], advice.links[1]);
}

#[test]
fn without_a_catalog_the_plan_is_enough() {
    let some = shop();
    let cx = WorkloadCx { catalog: None, ..some.cx() };
    let of = |statement: &str| {
        let advice = recommend(&mut asking(&[statement]), &cx);
        created(&advice).join(" ")
    };
    assert_eq!(of("SELECT * FROM users WHERE lower(email) = 'x'"), "users (lower(email));");
    assert_eq!(of("SELECT * FROM shop.users WHERE (meta ->> 'coupon') = 'X'"), "shop.users ((meta ->> 'coupon'));");
    assert_eq!(of("SELECT * FROM orders WHERE $1 = id AND total > 5"), "orders (id, total);");
    assert_eq!(of("SELECT * FROM users WHERE meta @> '{\"a\": 1}'::jsonb"), "users USING gin (meta jsonb_path_ops);");
    assert_eq!(of("SELECT * FROM orders WHERE tags @> '{x}'::text[]"), "orders USING gin (tags);");
    assert_eq!(of("SELECT * FROM orders WHERE note ~ 'gift.*box'"), "orders USING gin (note gin_trgm_ops);");
    // Whether a cast is immutable depends on the column's type.
    assert_eq!(of("SELECT * FROM orders WHERE (created_at)::date = '2026-01-01'"), "");
    assert_eq!(of("SELECT * FROM orders WHERE date_trunc('day', created_at) = '2026-01-01'"), "");
}

#[test]
fn an_index_that_serves_is_named() {
    let some = shop();
    let advice = recommend(&mut asking(&["SELECT * FROM orders WHERE user_id = $1"]), &some.cx());
    assert_eq!(created(&advice), Vec::<&str>::new());
    let said = &advice.refusals[0][0];
    assert!(said.starts_with("an index for it exists: orders_user_id_idx (user_id)."), "{said}");
    let advice = recommend(&mut asking(&["SELECT * FROM orders WHERE random() < 0.5"]), &some.cx());
    assert!(advice.refusals[0][0].contains("nothing in the scan's conditions"), "{:?}", advice.refusals);
}

/// A scan that has half of a minute a day and keeps 1,000 of 100,000 rows: each of those is fetched at random and counts four
/// times, so that four hundredths of the half minute stay.
#[test]
fn what_is_saved_is_the_scans_own_share() {
    let some = shop();
    let property = |key, value| Property { key, value };
    let node = Node {
        relation: Some("orders".into()),
        actual: Some(Actual { startup_ms: Some(0.0), total_ms: Some(10.0), rows: 1_000.0, loops: 1.0 }),
        properties: vec![
            property(Key::Filter, Value::Text("(tenant_id = 4)".into())),
            property(Key::RowsRemovedByFilter, Value::Number(99_000.0)),
        ],
        ..Node::new(Kind::SeqScan, 1)
    };
    let plan = Plan { nodes: vec![node], ..Plan::new(Format::Text, 1) };
    let known = KnownPlan { id: String::new(), figures: figures(&plan), plan, query: 0, place: Location::default() };
    let cx = WorkloadCx { plans: std::slice::from_ref(&known), ..some.cx() };
    let advice = recommend(&mut asking(&["SELECT * FROM orders WHERE tenant_id = 4"]), &cx);
    let index = &advice.recommendations[0];
    assert_eq!(index.verified_by, VerifiedBy::Estimate);
    assert!((index.impact_ms_per_day.unwrap() - 60_000.0 * 0.5 * 0.96).abs() < 1.0, "{:?}", index.impact_ms_per_day);
}

#[test]
fn a_plan_that_was_not_executed_is_not_quick() {
    let mut some = shop();
    (some.workload.queries[0].calls, some.workload.queries[0].timed_calls) = (1, 1);
    let statement = "SELECT * FROM orders WHERE tenant_id = 4";
    some.workload.queries[0].total_us = 400;
    assert_eq!(created(&recommend(&mut asking(&[statement]), &some.cx())), Vec::<&str>::new());
    some.workload.queries[0].total_us = 0;
    assert_eq!(created(&recommend(&mut asking(&[statement]), &some.cx())), ["orders (tenant_id);"]);
}
