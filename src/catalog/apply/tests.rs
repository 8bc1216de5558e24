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

#[test]
fn a_table_keeps_a_thousand_parts_and_the_rest_is_said_once() {
    let many = 2 * full::MOST_PARTS;
    let checks: Vec<String> = (0..many).map(|n| format!("CHECK (a > {n})")).collect();
    let mut texts = vec![format!("CREATE TABLE t (a int, {})", checks.join(", "))];
    texts.extend((0..many).map(|n| format!("CREATE INDEX i{n} ON t (a)")));
    texts.extend((0..many).map(|n| format!("CREATE POLICY p{n} ON t USING (a > {n})")));
    // What was left out is not called unknown.
    texts.push("ALTER TABLE t DROP CONSTRAINT t_a_check1500".to_owned());
    texts.push("ALTER TABLE t VALIDATE CONSTRAINT t_a_check1501".to_owned());
    texts.push("DROP INDEX i1500".to_owned());
    texts.push("ALTER INDEX i1501 RENAME TO j".to_owned());
    texts.push("DROP POLICY p1500 ON t".to_owned());
    texts.push("ALTER POLICY p1501 ON t USING (true)".to_owned());
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (replay, complaints) = replayed(&texts);
    let said: Vec<&str> = complaints.iter().map(|complaint| complaint.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "public.t has more than 1000 constraints: the others are left out",
            "public.t has more than 1000 indexes: the others are left out",
            "public.t has more than 1000 policies: the others are left out",
        ]
    );
    let table = &replay.catalog().tables[&name("public", "t")];
    assert_eq!((table.constraints.len(), table.indexes.len(), table.policies.len()), (1000, 1000, 1000));
}

#[test]
fn keys_of_more_columns_than_the_server_takes_are_left_out() {
    let keys = ["a"; 33].join(", ");
    let (replay, complaints) = replayed(&[
        &format!("CREATE TABLE t (a int PRIMARY KEY, UNIQUE ({keys}), EXCLUDE ({}))", ["a WITH ="; 33].join(", ")),
        &format!("CREATE INDEX ON t ({keys})"),
        &format!("CREATE INDEX i ON t (a) INCLUDE ({})", ["a"; 32].join(", ")),
        &format!("ALTER TABLE t ADD FOREIGN KEY ({keys}) REFERENCES t ({keys})"),
        &format!("CREATE INDEX j ON t ({})", ["a"; 32].join(", ")),
    ]);
    assert_eq!(complaints.len(), 5, "{complaints:?}");
    assert!(complaints.iter().all(|one| one.message.contains("more than 32 columns")), "{complaints:?}");
    let table = &replay.catalog().tables[&name("public", "t")];
    let indexes: Vec<&str> = table.indexes.iter().map(|index| index.name.as_str()).collect();
    assert_eq!((indexes, table.constraints.len()), (vec!["t_pkey", "j"], 1));
}

#[test]
fn names_of_types_sequences_and_routines_are_known_as_long_as_one_has_them() {
    let (mut replay, complaints) = replayed(&[
        "CREATE TYPE mood AS ENUM ('ok')",
        "CREATE TYPE app.mood AS ENUM ('ok')",
        "CREATE SEQUENCE app.mood",
        "CREATE TABLE t (id serial)",
        "CREATE FUNCTION app.mood() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE EXTENSION citext",
    ]);
    assert_eq!(complaints, []);
    let app = Text::from("app");
    assert_eq!((replay.types_in("app"), replay.sequences_in(&app), replay.routines_in(&app)), (1, 1, 1));
    assert!(replay.has_sequence("t_id_seq") && replay.has_extension("citext"));
    for (gone, types, sequences, routines) in [
        ("DROP TYPE mood", true, true, true),
        ("ALTER TYPE app.mood SET SCHEMA public", true, true, true),
        ("DROP TYPE mood", false, true, true),
        ("ALTER SEQUENCE app.mood RENAME TO other", false, false, true),
        ("ALTER FUNCTION app.mood() RENAME TO other", false, false, false),
    ] {
        assert_eq!(replay.apply(&crate::sql::ddl::ddl(gone).expect(gone), &at()), [], "{gone}");
        let known = (replay.has_type("mood"), replay.has_sequence("mood"), replay.has_routine("mood"));
        assert_eq!(known, (types, sequences, routines), "{gone}");
    }
    let catalog = replay.finish();
    assert_eq!((catalog.extensions.len(), catalog.routines.len()), (1, 1));
}

#[test]
fn a_schema_has_its_tables_wherever_they_were_made() {
    let (mut replay, _) = replayed(&[
        "CREATE TABLE app.b (a int)",
        "CREATE TABLE a (a int)",
        "ALTER TABLE a SET SCHEMA app",
        "CREATE VIEW app.c AS SELECT a FROM app.b",
        "CREATE TABLE d (a int)",
    ]);
    assert_eq!(replay.in_schema("app"), [name("app", "a"), name("app", "b"), name("app", "c")]);
    assert_eq!(replay.in_schema("public"), [name("public", "d")]);
    let _ = replay.apply(&crate::sql::ddl::ddl("ALTER SCHEMA app RENAME TO lib").unwrap(), &at());
    assert_eq!((replay.in_schema("app").len(), replay.in_schema("lib").len()), (0, 3));
}

#[test]
fn a_search_path_of_thousands_is_searched_in_part() {
    let schemas: Vec<String> = (0..5_000).map(|n| format!("s{n}")).collect();
    let (replay, complaints) = replayed(&[
        "CREATE TABLE s99.a (x int)",
        "CREATE TABLE s100.b (x int)",
        &format!("SET search_path = \"$user\", {}", schemas.join(", ")),
        "ALTER TABLE a ADD y int",
        "ALTER TABLE b ADD y int",
    ]);
    let said: Vec<&str> = complaints.iter().map(|complaint| complaint.message.as_str()).collect();
    assert_eq!(said, ["search_path has more than 100 schemas: the others are not searched", "unknown table b"]);
    assert_eq!(replay.catalog().tables[&name("s99", "a")].columns.len(), 2);
}

#[test]
fn columns_follow_the_name_of_their_type_wherever_they_came_from() {
    let (replay, complaints) = replayed(&[
        "CREATE TYPE mood AS ENUM ('ok')",
        "CREATE TABLE a (x mood, y mood[], z mood_swing, n int)",
        "CREATE TABLE b (LIKE a)",
        "CREATE TABLE c () INHERITS (a)",
        "CREATE TABLE d (n int)",
        "ALTER TABLE d ADD x mood",
        "CREATE TABLE e (n int, m text)",
        "ALTER TABLE e ALTER n TYPE mood",
        "ALTER TABLE e RENAME TO f",
        "ALTER TYPE mood RENAME TO temper",
        "ALTER TYPE temper SET SCHEMA app",
    ]);
    assert_eq!(complaints, []);
    let types = |table: &str| -> Vec<String> {
        replay.catalog().tables[&name("public", table)].columns.iter().map(|one| one.type_name.to_string()).collect()
    };
    for table in ["a", "b", "c"] {
        assert_eq!(types(table), ["app.temper", "app.temper[]", "mood_swing", "integer"], "{table}");
    }
    assert_eq!(types("d"), ["integer", "app.temper"]);
    assert_eq!(types("f"), ["app.temper", "text"]);
}
