//! Rewrites that would change the answer: each was run on a server beside the original, and differed. The pages hold
//! what is rewritten; here stands what must not be.

use super::super::context::QueryCx;
use super::super::draft::{Ask, Sink};
use super::super::registry::{Check, Registry};
use crate::catalog::{SchemaFile, from_files};
use crate::sql::facts::facts;

const SCHEMA: &str = "
    CREATE TABLE customers (id bigint PRIMARY KEY, region integer, country character(2), code varchar(9) UNIQUE,
        created_at timestamptz NOT NULL, local_at timestamp, amount numeric, v time);
    CREATE INDEX ON customers (created_at); CREATE INDEX ON customers (local_at); CREATE INDEX ON customers (country);
    CREATE INDEX ON customers (v); CREATE INDEX ON customers (region);
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, status text NOT NULL);
    CREATE INDEX ON orders (customer_id);
    CREATE TABLE old_orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers);
    CREATE TABLE older_orders (extra text) INHERITS (old_orders);
    CREATE TABLE events (id bigint PRIMARY KEY, a integer, b integer, payload json);
    CREATE INDEX ON events (a);
    CREATE TABLE views (a integer, b integer);
    CREATE INDEX ON views (a);
    CREATE TABLE kept (id bigint PRIMARY KEY, secret text);
    ALTER TABLE kept ENABLE ROW LEVEL SECURITY;
    CREATE TABLE parent (id bigint PRIMARY KEY, a integer, b integer);
    CREATE INDEX ON parent (a);
    CREATE TABLE heir (extra text) INHERITS (parent);
";

/// The SQL that a rule advises for a statement.
fn advised(rule: &str, text: &str) -> Vec<String> {
    let read = from_files(&[SchemaFile { path: "schema.sql", text: SCHEMA }]);
    let facts = facts(text);
    let cx = QueryCx { text, facts: &facts, catalog: Some(&read.catalog), query: None, index: None };
    let registry = Registry::defaults();
    let Some(Check::Query(check)) = registry.get(rule).map(|rule| &rule.check) else { panic!("{rule}") };
    let mut out = Sink::default();
    check.check(&cx, &mut out);
    let asks = out.drafts.into_iter().flat_map(|draft| draft.asks);
    asks.filter_map(|ask| match ask {
        Ask::Ready(advice) => Some(advice.sql),
        _ => None,
    })
    .collect()
}

#[test]
fn what_is_not_rewritten() {
    for (rule, text) in [
        // A date is compared with a moment as its midnight.
        ("query/function_on_column", "SELECT id FROM customers WHERE created_at::date >= now() - interval '7 days'"),
        (
            "query/function_on_column",
            "SELECT id FROM customers WHERE created_at::date = '2026-05-19 10:00+00'::timestamptz",
        ),
        // The bound stands inside a bucket, or may.
        (
            "query/function_on_column",
            "SELECT id FROM customers WHERE date_trunc('day', created_at) = '2026-05-19 10:00'",
        ),
        (
            "query/function_on_column",
            "SELECT id FROM customers WHERE date_trunc('day', local_at) >= '2026-05-19 10:00'",
        ),
        ("query/function_on_column", "SELECT id FROM customers WHERE date_trunc('hour', created_at) < $1"),
        ("query/function_on_column", "SELECT id FROM customers WHERE date_trunc('week', created_at) < '2026-05-19'"),
        (
            "query/function_on_column",
            "SELECT id FROM customers WHERE created_at::date BETWEEN SYMMETRIC '2026-05-20' AND '2026-05-18'",
        ),
        ("query/function_on_column", "SELECT id FROM customers WHERE NOT created_at::date = '2026-05-19'"),
        // What is counted, and what else the statement takes from the rows.
        (
            "query/count_for_existence",
            "SELECT c.id FROM customers c WHERE (SELECT count(*) FILTER (WHERE o.status = 'paid') FROM orders o WHERE o.customer_id = c.id) > 0",
        ),
        (
            "query/count_for_existence",
            "SELECT c.id FROM customers c WHERE (SELECT count(*) FROM orders o WHERE o.customer_id = c.id ORDER BY count(*)) > 0",
        ),
        ("query/count_for_existence", "SELECT CASE WHEN count(*) > 0 THEN max(amount) ELSE 0 END FROM customers"),
        (
            "query/count_for_existence",
            "SELECT CASE WHEN count(*) > 0 THEN 'y' WHEN count(*) > 10 THEN 'z' END FROM customers",
        ),
        // UNION removes duplicates, and needs an equality for every type.
        ("query/or_across_columns", "SELECT * FROM views WHERE a = 1 OR b = 2"),
        ("query/or_across_columns", "SELECT * FROM events WHERE a = 1 OR b = 2"),
        ("query/or_across_columns", "SELECT id, random() FROM events WHERE a = 1 OR b = 2"),
        ("query/or_across_columns", "SELECT id FROM parent WHERE a = 1 OR b = 2"),
        (
            "query/or_across_columns",
            "SELECT o.id, c.region FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE c.region = 3 OR o.status = 'paid'",
        ),
        // Rounding, blanks, another length.
        ("query/implicit_cast", "SELECT id FROM customers WHERE id > $1::numeric"),
        ("query/implicit_cast", "SELECT id FROM customers WHERE v = $1::interval"),
        ("query/implicit_cast", "SELECT id FROM customers WHERE code = $1::char(5)"),
        // A list with one value that stays what it is.
        ("query/implicit_cast", "SELECT id FROM customers WHERE id IN (1.0, 2.5)"),
        // Heirs are not covered by the foreign key, whole rows and functions look at all columns.
        ("query/redundant_join", "SELECT o.id FROM old_orders o JOIN customers c ON c.id = o.customer_id"),
        (
            "query/redundant_join",
            "SELECT o.id, count(c.*) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id GROUP BY o.id",
        ),
        (
            "query/redundant_join",
            "SELECT o.id, row_to_json(c.*) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id",
        ),
        ("query/redundant_join", "SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = (random() * 9)::bigint"),
        (
            "query/redundant_join",
            "SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = (SELECT max(e.a) FROM events e WHERE e.b = c.region)",
        ),
        // `(orders o)` alone is a syntax error.
        (
            "query/redundant_join",
            "SELECT e.id FROM events e JOIN (orders o LEFT JOIN customers c ON c.id = o.customer_id) ON o.id = e.a",
        ),
        // TRUNCATE asks no policy, and takes the heirs' rows.
        ("query/missing_where", "DELETE FROM kept"),
        ("query/missing_where", "DELETE FROM ONLY parent"),
    ] {
        assert_eq!(advised(rule, text), [""; 0], "{rule}: {text}");
    }
}

#[test]
fn what_is_rewritten_another_way() {
    for (rule, text, expected) in [
        // Nothing is equal to a NULL, and NOT EXISTS would bring back the rows without a region.
        (
            "query/not_in_nullable",
            "SELECT id FROM customers WHERE region NOT IN (SELECT a FROM events WHERE b = 3 -- three\nORDER BY a)",
            "SELECT id FROM customers WHERE region NOT IN (SELECT a FROM events WHERE b = 3 -- three\n AND events.a IS NOT NULL)",
        ),
        (
            "query/implicit_cast",
            "SELECT id FROM customers WHERE country = $1::text",
            "SELECT id FROM customers WHERE country = $1::bpchar",
        ),
        (
            "query/function_on_column",
            "SELECT id FROM customers WHERE date_trunc('month', created_at) > '2026-04-19'::date",
            "SELECT id FROM customers WHERE created_at >= date_trunc('month', ('2026-04-19'::date)::timestamptz + interval '1 month')",
        ),
        (
            "query/function_on_column",
            "SELECT id FROM customers WHERE date_trunc('week', local_at) >= '2026-05-18'",
            "SELECT id FROM customers WHERE local_at >= '2026-05-18'::timestamp",
        ),
        (
            "query/function_on_column",
            "SELECT id FROM customers WHERE created_at::date >= CURRENT_DATE - 7",
            "SELECT id FROM customers WHERE created_at >= CURRENT_DATE - 7",
        ),
    ] {
        assert_eq!(advised(rule, text), [expected], "{rule}: {text}");
    }
}
