use super::*;
use crate::catalog::{SchemaFile, from_files};
use crate::sql::facts::facts;

const SCHEMA: &str = "
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, total numeric);
CREATE SCHEMA app; CREATE TABLE app.sessions (token uuid PRIMARY KEY, customer_id bigint);
CREATE VIEW totals AS SELECT 1;";

/// `block.column -> table.column @block` for every column use of a block.
fn resolved(sql: &str) -> Vec<String> {
    let catalog = from_files(&[SchemaFile { path: "s.sql", text: SCHEMA }]).catalog;
    let facts = facts(sql);
    let resolver = Resolver::new(&facts, Some(&catalog));
    let mut out = Vec::new();
    for (index, block) in facts.blocks.iter().enumerate() {
        for used in block.uses.iter().filter(|used| used.place != crate::sql::facts::Place::Nested) {
            let name = &used.column.name;
            out.push(match resolver.resolve(index, &used.column) {
                Some(found) => format!("{name} -> {}.{}", found.table_name.name, found.column.name),
                None => format!("{name} -> ?"),
            });
        }
    }
    out.sort();
    out.dedup();
    out
}

#[test]
fn columns_are_found_with_and_without_a_qualifier() {
    for (sql, expected) in [
        (
            "SELECT o.total, name FROM orders o JOIN customers c ON c.id = customer_id",
            &[
                "customer_id -> orders.customer_id",
                "id -> customers.id",
                "name -> customers.name",
                "total -> orders.total",
            ] as &[&str],
        ),
        // Both tables have it: ambiguous, which Postgres refuses.
        ("SELECT id FROM orders, customers", &["id -> ?"]),
        (
            "SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders WHERE customer_id = c.id AND name = 'x')",
            &["customer_id -> orders.customer_id", "id -> customers.id", "name -> customers.name"],
        ),
        // The view could have it; a known table that has it settles it.
        ("SELECT amount FROM totals", &["amount -> ?"]),
        ("SELECT total FROM totals, orders", &["total -> orders.total"]),
        // The only table of that name, in a schema that is not in the path.
        ("SELECT token FROM sessions", &["token -> sessions.token"]),
        ("SELECT nothing FROM orders", &["nothing -> ?"]),
    ] {
        assert_eq!(resolved(sql), expected, "{sql}");
    }
}

#[test]
fn columns_are_followed_through_ctes_and_sub_selects() {
    for (sql, expected) in [
        (
            "WITH big AS (SELECT o.customer_id AS who, total * 2 AS twice FROM orders o) SELECT who, twice FROM big",
            &["customer_id -> orders.customer_id", "total -> orders.total", "twice -> ?", "who -> orders.customer_id"]
                as &[&str],
        ),
        ("SELECT d.total FROM (SELECT * FROM orders) d", &["total -> orders.total"]),
        ("SELECT name FROM (SELECT c.* FROM customers c JOIN orders ON true) d", &["name -> customers.name"]),
        (
            "SELECT id FROM (SELECT id FROM orders UNION ALL SELECT id FROM customers) u",
            &["id -> ?", "id -> customers.id", "id -> orders.id"],
        ),
    ] {
        assert_eq!(resolved(sql), expected, "{sql}");
    }
}
