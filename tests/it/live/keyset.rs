//! Every keyset rewrite returns exactly the rows of the OFFSET version with the same tie-breaker.

mod random;

use sqlsift::advise::keyset::pages;
use sqlsift::catalog::model::Catalog;
use sqlsift::catalog::{SchemaFile, from_files};
use sqlsift::report::model::RecommendationKind;
use sqlsift::sql::facts::facts;

use super::shop;
use super::walk::{Own, rows, walk};

pub fn catalog(ddl: &str) -> Catalog {
    let read = from_files(&[SchemaFile { path: "schema.sql", text: ddl }]);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    read.catalog
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

struct Case {
    sql: &'static str,
    /// The whole result in the order that the pages must have, written by hand.
    whole: &'static str,
    own: &'static [(u16, &'static str)],
    size: usize,
}

/// The shop's own pages (tests/it/labels/shop.toml) with larger pages, and others over its NULLs, ties and joins.
const CASES: &[Case] = &[
    Case {
        sql: "SELECT id, customer_id, total, created_at FROM orders ORDER BY created_at DESC, id DESC LIMIT 4999 OFFSET $1",
        whole: "SELECT id, customer_id, total, created_at FROM orders ORDER BY created_at DESC, id DESC",
        own: &[],
        size: 4999,
    },
    Case {
        sql: "SELECT id, product_id, rating, title FROM reviews ORDER BY id LIMIT 500 OFFSET $1",
        whole: "SELECT id, product_id, rating, title FROM reviews ORDER BY id",
        own: &[],
        size: 500,
    },
    Case {
        sql: r#"SELECT "customers"."id", "customers"."email", "customers"."full_name" FROM "customers" WHERE "customers"."country" = $1 ORDER BY "customers"."id" ASC LIMIT 250 OFFSET $2"#,
        whole: "SELECT id, email, full_name FROM customers WHERE country = 'DE' ORDER BY id",
        own: &[(1, "DE")],
        size: 250,
    },
    Case {
        sql: "SELECT id, name, price FROM products WHERE category_id = $1 ORDER BY price LIMIT 24 OFFSET $2",
        whole: "SELECT id, name, price FROM products WHERE category_id = 7 ORDER BY price, id",
        own: &[(1, "7")],
        size: 24,
    },
    Case {
        sql: "SELECT id, title FROM reviews WHERE rating = $1 LIMIT 200 OFFSET $2",
        whole: "SELECT id, title FROM reviews WHERE rating = 3 ORDER BY id",
        own: &[(1, "3")],
        size: 200,
    },
    Case {
        sql: "SELECT id, segment, last_seen_at FROM customers WHERE id <= $2 ORDER BY segment DESC NULLS LAST, last_seen_at LIMIT 333 OFFSET $1",
        whole: "SELECT id, segment, last_seen_at FROM customers WHERE id <= 5000 ORDER BY segment DESC NULLS LAST, last_seen_at, id",
        own: &[(2, "5000")],
        size: 333,
    },
    Case {
        sql: "SELECT * FROM orders WHERE customer_id < 200 ORDER BY note, coupon_id DESC, status LIMIT 97 OFFSET 194",
        whole: "SELECT * FROM orders WHERE customer_id < 200 ORDER BY note, coupon_id DESC, status, id",
        own: &[],
        size: 97,
    },
    Case {
        sql: "SELECT o.id, k.code FROM orders o LEFT JOIN coupons k ON k.id = o.coupon_id WHERE o.id < 4000 ORDER BY k.code DESC LIMIT 251 OFFSET 3",
        whole: "SELECT o.id, k.code FROM orders o LEFT JOIN coupons k ON k.id = o.coupon_id WHERE o.id < 4000 ORDER BY k.code DESC, o.id DESC",
        own: &[],
        size: 251,
    },
    Case {
        sql: "SELECT c.id, o.id AS order_id, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE c.id BETWEEN 49000 AND 50000 ORDER BY c.country, c.id LIMIT 60 OFFSET 3",
        whole: "SELECT c.id, o.id AS order_id, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE c.id BETWEEN 49000 AND 50000 ORDER BY c.country, c.id, o.id",
        own: &[],
        size: 60,
    },
    Case {
        sql: "SELECT status, customer_id, count(*) FROM orders WHERE customer_id < 300 GROUP BY customer_id, status ORDER BY status DESC LIMIT 50 OFFSET 3",
        whole: "SELECT status, customer_id, count(*) FROM orders WHERE customer_id < 300 GROUP BY customer_id, status ORDER BY status DESC, customer_id DESC",
        own: &[],
        size: 50,
    },
];

#[test]
fn pages_of_the_shop_are_the_same_by_key() {
    let server = shop::server();
    let catalog = catalog(&shop::read("schemas/shop.sql"));
    runtime().block_on(async {
        let client = server.connect("shop").await.expect("a connection");
        for case in CASES {
            let found =
                pages(case.sql, &facts(case.sql), Some(&catalog)).unwrap_or_else(|e| panic!("{}: {e}", case.sql));
            let expected = rows(&client, case.whole).await;
            assert!(expected.len() > 2 * case.size, "{} rows are too few: {}", expected.len(), case.sql);
            let count = walk(&client, &found, &Own(case.own), case.size, &expected, case.sql).await;
            println!("{count} pages: {}", found.next[0].sql);
            if let Some(deferred) = &found.deferred {
                let prepared = format!("PREPARE numbered AS {deferred}");
                rows(&client, &prepared).await;
                rows(&client, "DEALLOCATE numbered").await;
            }
        }
    });
}

/// The pages that the report advises for the fixture's log, with the tie-breakers that it names.
#[test]
fn pages_advised_for_the_fixture_are_the_same_by_key() {
    let report = super::index::report();
    let advised = report.recommendations.iter().filter(|r| r.kind == RecommendationKind::KeysetPage);
    let server = shop::server();
    let catalog = catalog(&shop::read("schemas/shop.sql"));
    let mut walked = 0;
    for fingerprint in advised.flat_map(|r| &r.queries) {
        let query = report.workload.queries.iter().find(|q| q.fingerprint == *fingerprint).expect("a listed query");
        let text = &query.samples.first().expect("a sample").text;
        let found = pages(text, &facts(text), Some(&catalog)).unwrap_or_else(|e| panic!("{text}: {e}"));
        let ties: String = found.keys.iter().filter(|k| k.tie_breaker).map(|k| format!(", {}", k.sql)).collect();
        let bounds = text.find(" LIMIT ").expect("a page");
        runtime().block_on(async {
            let client = server.connect("shop").await.expect("a connection");
            let expected = rows(&client, &format!("{}{ties}", &text[..bounds])).await;
            // Fewer pages than the log's, which would take minutes for a large table: the SQL is the same but for it.
            let size = expected.len() / 40;
            let larger = |sql: &str| limited(sql, size);
            let mut found = found;
            found.first.sql = larger(&found.first.sql);
            found.next.iter_mut().chain(&mut found.previous).for_each(|page| page.sql = larger(&page.sql));
            walked += walk(&client, &found, &Own(&[]), size, &expected, text).await;
        });
    }
    assert!(walked > 80, "{walked} pages: the fixture has at least three pagers");
}

/// Another number behind LIMIT.
fn limited(sql: &str, rows: usize) -> String {
    let (head, tail) = sql.split_once(" LIMIT ").expect("a LIMIT");
    let rest = tail.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{head} LIMIT {rows}{rest}")
}

#[test]
fn pages_of_random_schemas_are_the_same_by_key() {
    let number = |name: &str| std::env::var(name).ok().map(|n| n.parse::<u64>().expect("a number"));
    let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let start = number("SQLSIFT_SEED").unwrap_or_else(now);
    let schemas = number("SQLSIFT_SCHEMAS").unwrap_or(12);
    let server = crate::server::Server::start(&[]);
    let mut pages = 0;
    for seed in start..start + schemas {
        println!("SQLSIFT_SEED={seed}");
        pages += random::check(&server, seed);
    }
    println!("{schemas} schemas, {pages} pages");
    // Mostly small pages of about a hundred rows: fewer would mean that hardly anything was walked.
    assert!(pages as u64 > 20 * schemas, "{pages} pages");
}
