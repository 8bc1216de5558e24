use super::pages;
use crate::advise::fixture::catalog;
use crate::sql::facts::facts;

const DDL: &str = "
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, segment text, seen timestamptz);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers (id), status text NOT NULL,
                     total numeric NOT NULL, note text, created_at timestamptz NOT NULL);
CREATE TABLE items (order_id bigint NOT NULL, line integer NOT NULL, sku text, PRIMARY KEY (order_id, line));
CREATE TABLE loose (a integer, b integer UNIQUE);
CREATE TABLE partly (a integer NOT NULL, gone boolean);
CREATE TABLE parent (id bigint PRIMARY KEY);
CREATE TABLE child () INHERITS (parent);
CREATE UNIQUE INDEX ON partly (a) WHERE NOT gone;
";

/// First, next (all cases) and previous (first case).
fn all(text: &str) -> (String, Vec<String>, String) {
    let pages = pages(text, &facts(text), Some(&catalog(DDL))).unwrap_or_else(|e| panic!("{text}: {e}"));
    (pages.first.sql, pages.next.into_iter().map(|p| p.sql).collect(), pages.previous[0].sql.clone())
}

fn next(text: &str) -> String {
    all(text).1.remove(0)
}

fn refusal(text: &str) -> String {
    pages(text, &facts(text), Some(&catalog(DDL))).expect_err(text)
}

#[test]
fn one_direction_without_nulls_is_a_row_comparison() {
    let (first, next, previous) =
        all("SELECT id, total FROM orders WHERE status = $1 ORDER BY created_at DESC, id DESC LIMIT 20 OFFSET $2");
    assert_eq!(
        first,
        "SELECT id, total, created_at AS cursor_1 FROM orders WHERE status = $1 ORDER BY created_at DESC, id DESC LIMIT 20"
    );
    assert_eq!(
        next,
        [
            "SELECT id, total, created_at AS cursor_1 FROM orders WHERE status = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 20"
        ]
    );
    assert_eq!(
        previous,
        "SELECT id, total, created_at AS cursor_1 FROM orders WHERE status = $1 AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT 20"
    );
}

#[test]
fn a_missing_tie_breaker_is_added_in_the_direction_of_the_last_key() {
    assert_eq!(
        next("SELECT * FROM orders ORDER BY created_at DESC LIMIT 10 OFFSET 500"),
        "SELECT * FROM orders WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT 10"
    );
    assert_eq!(
        next("SELECT * FROM items LIMIT 10 OFFSET 5"),
        "SELECT * FROM items WHERE (order_id, line) > ($1, $2) ORDER BY order_id, line LIMIT 10"
    );
    // A unique key of the query's own is enough, and what follows it says nothing.
    assert_eq!(
        next("SELECT * FROM customers ORDER BY email, seen LIMIT 10 OFFSET 5"),
        "SELECT * FROM customers WHERE email > $1 ORDER BY email LIMIT 10"
    );
}

#[test]
fn mixed_directions_keep_a_leading_bound() {
    assert_eq!(
        next("SELECT * FROM orders ORDER BY total DESC, id LIMIT 10 OFFSET 5"),
        "SELECT * FROM orders WHERE total <= $1 AND (total < $1 OR (total = $1 AND id > $2)) ORDER BY total DESC, id LIMIT 10"
    );
}

#[test]
fn a_key_that_can_be_null_has_a_statement_for_each_case() {
    // Written out by hand from research/workload.md §4.2: after a value come the later values and the NULLs, after NULL only NULLs.
    let (_, next, previous) = all("SELECT * FROM orders ORDER BY note, id LIMIT 10 OFFSET 5");
    assert_eq!(
        next,
        [
            "SELECT * FROM orders WHERE (note > $1 OR note IS NULL) OR (note = $1 AND id > $2) ORDER BY note, id LIMIT 10",
            "SELECT * FROM orders WHERE note IS NULL AND id > $1 ORDER BY note, id LIMIT 10",
        ]
    );
    assert_eq!(
        previous,
        "SELECT * FROM orders WHERE note <= $1 AND (note < $1 OR (note = $1 AND id < $2)) ORDER BY note DESC, id DESC LIMIT 10"
    );
    let (_, next, _) = all("SELECT * FROM orders ORDER BY note DESC, id LIMIT 10 OFFSET 5");
    assert_eq!(
        next[1],
        "SELECT * FROM orders WHERE note IS NOT NULL OR (note IS NULL AND id > $1) ORDER BY note DESC, id LIMIT 10"
    );
    // A condition that no NULL passes makes the key NOT NULL.
    assert_eq!(
        all("SELECT * FROM orders WHERE note > 'a' ORDER BY note, id LIMIT 10 OFFSET 5").1,
        ["SELECT * FROM orders WHERE note > 'a' AND (note, id) > ($1, $2) ORDER BY note, id LIMIT 10"]
    );
}

#[test]
fn parameters_are_numbered_without_a_gap() {
    assert_eq!(
        next("SELECT id FROM orders WHERE total > $2 AND status = $4 ORDER BY id LIMIT $3 OFFSET $1"),
        "SELECT id FROM orders WHERE total > $1 AND status = $3 AND id > $4 ORDER BY id LIMIT $2"
    );
}

#[test]
fn an_or_in_where_is_kept_together() {
    assert_eq!(
        next("SELECT id FROM orders WHERE status = 'a' OR total > 5 ORDER BY id LIMIT 5 OFFSET 10"),
        "SELECT id FROM orders WHERE (status = 'a' OR total > 5) AND id > $1 ORDER BY id LIMIT 5"
    );
}

#[test]
fn text_around_is_left_as_it_is() {
    assert_eq!(
        next(
            "/* shop:page */ SELECT o.id, -- number\n o.total FROM orders AS o -- all\n ORDER BY o.id ASC OFFSET 40 ROWS FETCH NEXT 20 ROWS ONLY;"
        ),
        "/* shop:page */ SELECT o.id, -- number\n o.total FROM orders AS o -- all\n WHERE o.id > $1 ORDER BY o.id FETCH NEXT 20 ROWS ONLY"
    );
    assert_eq!(
        next("SELECT o.id, o.created_at AS at FROM orders o ORDER BY at, 1 LIMIT 5 OFFSET 7"),
        "SELECT o.id, o.created_at AS at FROM orders o WHERE (o.created_at, o.id) > ($1, $2) ORDER BY o.created_at, o.id LIMIT 5"
    );
    assert_eq!(
        next("SELECT id FROM orders ORDER BY id LIMIT 5 OFFSET 7 FOR UPDATE SKIP LOCKED"),
        "SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT 5 FOR UPDATE SKIP LOCKED"
    );
}

#[test]
fn joins_are_unique_by_all_that_can_multiply_rows() {
    // One customer for each order.
    assert_eq!(
        next(
            "SELECT o.id, c.email FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.created_at LIMIT 5 OFFSET 7"
        ),
        "SELECT o.id, c.email, o.created_at AS cursor_1 FROM orders o JOIN customers c ON c.id = o.customer_id \
         WHERE (o.created_at, o.id) > ($1, $2) ORDER BY o.created_at, o.id LIMIT 5"
    );
    // The order's table is not the one that makes rows unique.
    assert!(
        next("SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY c.email LIMIT 5 OFFSET 7")
            .ends_with("WHERE (c.email, o.id) > ($1, $2) ORDER BY c.email, o.id LIMIT 5")
    );
    // Many orders for each customer.
    let (_, next, _) = all(
        "SELECT c.id, o.id AS order_id FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY c.id LIMIT 5 OFFSET 7",
    );
    assert_eq!(
        next,
        ["SELECT c.id, o.id AS order_id FROM customers c JOIN orders o ON o.customer_id = c.id \
          WHERE (c.id, o.id) > ($1, $2) ORDER BY c.id, o.id LIMIT 5"]
    );
    // On the far side of a LEFT JOIN even a primary key is NULL at times.
    let (_, next, _) = all(
        "SELECT c.id, o.id AS order_id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id ORDER BY c.id LIMIT 5 OFFSET 7",
    );
    assert_eq!(next.len(), 2);
    assert!(
        next[0].contains("c.id >= $1 AND (c.id > $1 OR (c.id = $1 AND (o.id > $2 OR o.id IS NULL)))"),
        "{}",
        next[0]
    );
}

#[test]
fn an_output_that_borrows_a_columns_name_is_not_mistaken_for_it() {
    assert_eq!(
        next("SELECT o.total AS id FROM orders o ORDER BY created_at LIMIT 5 OFFSET 7"),
        "SELECT o.total AS id, created_at AS cursor_1, o.id AS cursor_2 FROM orders o WHERE (created_at, o.id) > ($1, $2) \
         ORDER BY created_at, o.id LIMIT 5"
    );
    assert_eq!(
        next("SELECT id AS total, total AS id FROM orders ORDER BY total LIMIT 5 OFFSET 7"),
        "SELECT id AS total, total AS id FROM orders WHERE orders.id > $1 ORDER BY orders.id LIMIT 5"
    );
}

#[test]
fn groups_are_paged_by_their_keys() {
    assert_eq!(
        next(
            "SELECT status, customer_id, count(*) FROM orders GROUP BY status, customer_id ORDER BY status LIMIT 5 OFFSET 7"
        ),
        "SELECT status, customer_id, count(*) FROM orders WHERE (status, customer_id) > ($1, $2) GROUP BY status, customer_id \
         ORDER BY status, customer_id LIMIT 5"
    );
    assert!(
        refusal("SELECT status, count(*) FROM orders GROUP BY status ORDER BY count(*) LIMIT 5 OFFSET 7")
            .contains("group")
    );
}

#[test]
fn numbered_pages_visit_the_table_for_one_page() {
    let text = "SELECT * FROM orders WHERE status = 'a' ORDER BY created_at LIMIT 5 OFFSET 700";
    let found = pages(text, &facts(text), Some(&catalog(DDL))).expect("pages");
    assert_eq!(
        found.deferred.as_deref(),
        Some(
            "SELECT orders.* FROM orders JOIN (SELECT id FROM orders WHERE status = 'a' ORDER BY created_at, id LIMIT 5 OFFSET 700) \
             AS page USING (id) ORDER BY created_at, id"
        )
    );
}

#[test]
fn what_would_be_wrong_is_refused() {
    for (text, reason) in [
        ("SELECT DISTINCT ON (status) id FROM orders ORDER BY status LIMIT 5 OFFSET 7", "DISTINCT ON"),
        ("SELECT DISTINCT status FROM orders ORDER BY status LIMIT 5 OFFSET 7", "DISTINCT"),
        ("SELECT id FROM orders UNION SELECT id FROM customers ORDER BY 1 LIMIT 5 OFFSET 7", "UNION"),
        ("SELECT id FROM orders ORDER BY random() LIMIT 5 OFFSET 7", "not the same"),
        ("SELECT id, row_number() OVER (ORDER BY id) FROM orders ORDER BY id LIMIT 5 OFFSET 7", "window"),
        ("SELECT max(id) FROM orders LIMIT 5 OFFSET 7", "aggregate"),
        ("SELECT id FROM orders ORDER BY id OFFSET 7", "LIMIT"),
        ("SELECT id FROM elsewhere ORDER BY id LIMIT 5 OFFSET 7", "not in the schema"),
        ("SELECT a FROM loose ORDER BY a LIMIT 5 OFFSET 7", "unique key"),
        ("SELECT id FROM parent ORDER BY id LIMIT 5 OFFSET 7", "unique key"),
        ("SELECT a FROM partly ORDER BY a LIMIT 5 OFFSET 7", "unique key"),
        (
            "SELECT o.id FROM orders o FULL JOIN items i ON i.order_id = o.id ORDER BY o.id LIMIT 5 OFFSET 7",
            "outer join",
        ),
        ("SELECT id FROM (SELECT id FROM orders) q ORDER BY id LIMIT 5 OFFSET 7", "no table"),
        ("SELECT id, unnest(ARRAY[1, 2]) FROM orders ORDER BY id LIMIT 5 OFFSET 7", "several rows"),
        ("SELECT id FROM orders ORDER BY id LIMIT ? OFFSET ?", "placeholders"),
        ("SELECT id FROM orders ORDER BY id FETCH FIRST 5 ROWS WITH TIES", "WITH TIES"),
    ] {
        assert!(refusal(text).contains(reason), "{text}: {}", refusal(text));
    }
    let text = "SELECT id FROM orders ORDER BY id LIMIT 5 OFFSET 7";
    assert!(pages(text, &facts(text), None).expect_err("no catalog").contains("--schema"));
}
