//! Statements in, one after the other; what they leave behind, and what was said against them.

use super::*;

fn at() -> SourceLine {
    SourceLine { path: "1.sql".into(), line: 1 }
}

fn replayed(texts: &[&str]) -> (Replay, Vec<Complaint>) {
    let mut replay = Replay::default();
    let mut complaints = Vec::new();
    for text in texts {
        let ddl = crate::sql::ddl::parse(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
        complaints.extend(replay.apply_text(&ddl.unwrap_or_else(|| panic!("{text}")), text, &at()));
    }
    (replay, complaints)
}

fn name(schema: &str, name: &str) -> TableName {
    TableName { schema: schema.into(), name: name.into() }
}

#[test]
fn set_local_ends_with_its_transaction() {
    let (replay, complaints) = replayed(&[
        "CREATE SCHEMA app",
        "CREATE TABLE t (a int)",
        "BEGIN",
        "SET LOCAL search_path TO app",
        "CREATE TABLE t (b int)",
        "SELECT set_config('search_path', 'elsewhere', true)",
        "COMMIT",
        "ALTER TABLE t ADD COLUMN c int",
        "SET search_path TO app",
        "BEGIN",
        "SET LOCAL search_path TO public",
        "ROLLBACK",
        "ALTER TABLE t ADD COLUMN d int",
        "BEGIN",
        "SET LOCAL search_path TO app",
        "SET search_path TO public",
        "COMMIT",
        "ALTER TABLE t ADD COLUMN e int",
    ]);
    assert_eq!(complaints, []);
    let columns = |table: &TableName| -> Vec<String> {
        replay.catalog().tables[table].columns.iter().map(|column| column.name.to_string()).collect()
    };
    assert_eq!(columns(&name("public", "t")), ["a", "c", "e"]);
    assert_eq!(columns(&name("app", "t")), ["b", "d"]);
    assert_eq!(replay.catalog().search_path, ["public"]);
}

#[test]
fn a_new_session_has_the_path_of_the_start() {
    let start = Catalog { search_path: vec!["app".into()], ..Catalog::default() };
    let mut replay = Replay::from(start);
    let one = |replay: &mut Replay, text: &str| {
        let _ = replay.apply(&crate::sql::ddl::ddl(text).expect(text), &at());
    };
    one(&mut replay, "SET search_path TO public");
    replay.new_session();
    one(&mut replay, "CREATE TABLE t (a int)");
    assert!(replay.catalog().tables.contains_key(&name("app", "t")));
}

/// Of a view the columns come from its query, which is not resolved.
#[test]
fn columns_of_views_can_be_renamed() {
    let (_, complaints) = replayed(&[
        "CREATE TABLE t (a int, b int)",
        "CREATE VIEW v (x) AS SELECT a, b FROM t",
        "ALTER VIEW v RENAME COLUMN b TO y",
        "ALTER TABLE v RENAME COLUMN x TO z",
        "CREATE MATERIALIZED VIEW m AS SELECT a FROM t",
        "ALTER MATERIALIZED VIEW m RENAME COLUMN a TO c",
    ]);
    assert_eq!(complaints, []);
    let (_, complaints) = replayed(&["CREATE TABLE t (a int)", "ALTER TABLE t RENAME COLUMN b TO c"]);
    assert_eq!(complaints.len(), 1);
}

#[test]
fn a_parent_that_nothing_makes_is_a_stranger() {
    let (replay, complaints) = replayed(&["CREATE TABLE t (a int REFERENCES elsewhere (id))"]);
    let kinds: Vec<ComplaintKind> = complaints.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [ComplaintKind::Stranger]);
    assert_eq!(replay.catalog().tables[&name("public", "t")].foreign_keys().count(), 1);
}

#[test]
fn what_a_table_was_called_is_known_through_all_its_names() {
    let (replay, _) = replayed(&[
        "CREATE SCHEMA s",
        "CREATE TABLE a (a int)",
        "CREATE TABLE b (a int)",
        "ALTER TABLE a RENAME TO a_old",
        "ALTER TABLE b RENAME TO a",
        "ALTER TABLE a_old SET SCHEMA s",
        "CREATE TABLE c (a int)",
        "ALTER TABLE c RENAME TO d",
        "DROP TABLE d",
    ]);
    assert_eq!(*replay.called_at_first(&name("s", "a_old")), name("public", "a"));
    assert_eq!(*replay.called_at_first(&name("public", "a")), name("public", "b"));
    assert_eq!(*replay.called_at_first(&name("public", "d")), name("public", "d"));
}

/// `orders` is made by no migration: what the dump says of it stays.
#[test]
fn a_table_that_gives_way_to_a_migration_keeps_the_foreign_keys_to_it() {
    let (mut replay, complaints) = replayed(&[
        "CREATE TABLE users (id bigint PRIMARY KEY)",
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users)",
    ]);
    assert_eq!(complaints, []);
    let text = "CREATE TABLE users (id bigint PRIMARY KEY, name text)";
    let ddl = crate::sql::ddl::parse(text).expect("it is understood").expect("it is DDL");
    replay.give_way(&ddl, &["1.sql".to_owned()].into());
    assert!(!replay.catalog().tables.contains_key(&name("public", "users")));
    assert_eq!(replay.apply_text(&ddl, text, &SourceLine { path: "2.sql".into(), line: 1 }), []);
    assert_eq!(replay.referencing(&name("public", "users")), [name("public", "orders")]);
    let key = replay.catalog().tables[&name("public", "orders")].foreign_keys().next().expect("it has one");
    assert_eq!(key.referenced_columns, ["id"]);
}
