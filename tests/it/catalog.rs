//! The shop's catalog from its dump equals the one that the server itself tells.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sqlsift::catalog::expression::normalise;
use sqlsift::catalog::model::{Catalog, ConstraintKind, IndexKey, Table};
use sqlsift::catalog::{SchemaFile, from_files, snapshot};

pub fn fixture(path: &str) -> String {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path);
    fs::read_to_string(&full).unwrap_or_else(|error| panic!("{}: {error}", full.display()))
}

pub fn from_text(path: &str) -> Catalog {
    let text = fixture(path);
    let out = from_files(&[SchemaFile { path, text: &text }]);
    assert_eq!(out.problems, [], "{path}");
    out.catalog
}

/// Everything of a catalog that does not depend on data, on when it was read, or on how an expression is spelt.
fn structure(catalog: &Catalog) -> BTreeMap<String, Vec<String>> {
    catalog.tables.iter().map(|(name, table)| (name.to_string(), facts(table))).collect()
}

/// A dump qualifies every name in a default; in a session with the usual search path the server does not.
fn default(text: &str) -> String {
    normalise(text).replace("'public.", "'")
}

/// As [`default`], of other expressions.
fn expression(text: &str) -> String {
    normalise(text).replace("public . ", "")
}

fn facts(table: &Table) -> Vec<String> {
    let mut facts = vec![format!(
        "{:?} parent {:?} key {:?} row security {}",
        table.kind,
        table.parent,
        table.partition_key.as_deref().map(normalise),
        table.row_security
    )];
    facts.extend(table.columns.iter().map(|column| {
        format!(
            "column {} {} not null {} default {:?} generated {} identity {} collation {:?}",
            column.name,
            column.type_name,
            column.not_null,
            column.default.as_deref().map(default),
            column.generated,
            column.identity,
            column.collation
        )
    }));
    let mut constraints: Vec<String> = table
        .constraints
        .iter()
        .map(|constraint| {
            let kind = match &constraint.kind {
                ConstraintKind::Check { expression } => format!("check {}", self::expression(expression)),
                other => format!("{other:?}"),
            };
            format!(
                "constraint {} {kind} {:?} deferrable {} validated {}",
                constraint.name, constraint.columns, constraint.deferrable, constraint.validated
            )
        })
        .collect();
    constraints.sort();
    let mut indexes: Vec<String> = table
        .indexes
        .iter()
        .map(|index| {
            let keys: Vec<_> = index
                .keys
                .iter()
                .map(|key| format!("{:?}", IndexKey { text: expression(&key.text).into(), ..key.clone() }))
                .collect();
            let predicate = index.predicate.as_deref().map(expression);
            format!(
                "index {} {} {keys:?} include {:?} unique {} {} where {predicate:?} valid {} constraint {}",
                index.name,
                index.method,
                index.include,
                index.unique,
                index.nulls_not_distinct,
                index.valid,
                index.constraint
            )
        })
        .collect();
    indexes.sort();
    facts.extend(constraints);
    facts.extend(indexes);
    facts
}

#[track_caller]
pub fn assert_same(left: &Catalog, right: &Catalog) {
    let (left, right) = (structure(left), structure(right));
    let names = |tables: &BTreeMap<String, Vec<String>>| tables.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&left), names(&right));
    for (name, facts) in &left {
        assert_eq!(facts, &right[name], "{name}");
    }
}

#[test]
fn a_dump_says_what_the_server_says() {
    let dumped = from_text("schemas/shop.sql");
    let server = snapshot::read(&fixture("snapshots/shop-15.json")).expect("the fixture is a snapshot");
    assert_eq!(dumped.tables.len(), 19);
    assert_same(&dumped, &server);
    assert_eq!(dumped.search_path, server.search_path);
    assert_eq!(dumped.types, server.types);
    assert_eq!(dumped.extensions, server.extensions);
}

#[test]
fn the_written_schema_says_what_its_dump_says() {
    let mut written = from_text("capture/shop_schema.sql");
    let dumped = from_text("schemas/shop.sql");
    // The server prints these in its own words.
    for table in written.tables.values_mut() {
        for constraint in &mut table.constraints {
            if let ConstraintKind::Check { expression } = &mut constraint.kind {
                match constraint.name.as_str() {
                    "products_price_check" => *expression = "(price >= (0)::numeric)".into(),
                    "reviews_rating_check" => *expression = "((rating >= 1) AND (rating <= 5))".into(),
                    _ => {}
                }
            }
        }
    }
    assert_same(&written, &dumped);
}

#[test]
fn the_snapshot_holds_sizes_counters_and_frequencies_but_no_values() {
    let catalog = snapshot::read(&fixture("snapshots/shop-15.json")).expect("the fixture is a snapshot");
    let orders = &catalog.tables[&sqlsift::catalog::model::TableName::from("public.orders".to_owned())];
    // shop_data.sql inserts 120,000 orders.
    assert!(orders.rows.is_some_and(|rows| (119_000.0..135_000.0).contains(&rows)), "{:?}", orders.rows);
    assert!(orders.heap_bytes.is_some_and(|bytes| bytes > 8_000_000));
    assert!(orders.counters.as_ref().is_some_and(|counters| counters.inserted >= 120_000));
    let status = orders.column("status").and_then(|column| column.stats.as_ref()).expect("analysed");
    assert_eq!(status.n_distinct, 5.0);
    assert!(!status.most_common_frequencies.is_empty());
    assert!(orders.indexes.iter().all(|index| index.bytes().is_some()));
    // Values of columns: names of people, statuses, addresses.
    for value in ["shipped", "Lovelace", "@example.", "SKU-0"] {
        assert!(!fixture("snapshots/shop-15.json").contains(value), "{value}");
    }
}
