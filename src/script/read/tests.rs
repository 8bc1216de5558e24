use proptest::prelude::*;

use super::super::decode;
use super::super::model::{Content, Direction, Kind, OpenedBy, ProblemKind};
use super::*;

fn source(path: &str, text: &str) -> Source {
    Source { path: path.into(), text: text.into() }
}

fn one(path: &str, text: &str) -> Script {
    scripts(vec![source(path, text)], &[], Options::default()).remove(0)
}

/// `up T0 ddl create table a`: direction, transaction, what it is, its first words.
fn shown(script: &Script) -> Vec<String> {
    let line = |statement: &super::super::model::Statement| {
        let transaction = statement.transaction.map_or("-".to_owned(), |transaction| {
            let by = match transaction.by {
                OpenedBy::Tool => 'T',
                OpenedBy::Script => 'S',
                OpenedBy::Message => 'M',
            };
            format!("{by}{}", transaction.number)
        });
        let direction = if statement.direction == Direction::Up { "up" } else { "down" };
        let what = match &statement.content {
            Content::Ddl(_) => "ddl",
            Content::Query(_) => "query",
            Content::Refused(_) => "refused",
            Content::Dynamic => "dynamic",
            Content::Other => "other",
        };
        let words = statement.span.of(&script.text).split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        format!("{} {direction} {transaction} {what} {words}", statement.line)
    };
    script.statements.iter().map(line).collect()
}

#[test]
fn statements_stand_in_their_sections_and_transactions() {
    assert_eq!(
        shown(&one(
            "m/1_a.sql",
            "-- +goose Up\nCREATE TABLE a ();\nUPDATE a SET b = 1;\n-- +goose Down\nDROP TABLE a;\n"
        )),
        ["2 up T0 ddl CREATE TABLE", "3 up T0 query UPDATE a", "5 down T1 ddl DROP TABLE"]
    );
    assert_eq!(
        shown(&one("m/1_a.up.sql", "CREATE TABLE a ();\nBEGIN;\nDROP TABLE b;\nCOMMIT;\nVACUUM a;")),
        [
            "1 up M0 ddl CREATE TABLE",
            "2 up S0 ddl BEGIN",
            "3 up S0 ddl DROP TABLE",
            "4 up S0 ddl COMMIT",
            "5 up M1 ddl VACUUM a"
        ]
    );
    assert_eq!(
        shown(&one(
            "c.sql",
            "--liquibase formatted sql\n--changeset a:1\nCREATE TABLE a ();\n--rollback DROP TABLE a;\n--changeset a:2 runInTransaction:false\nVACUUM a;\n"
        )),
        ["3 up T0 ddl CREATE TABLE", "4 down T1 ddl DROP TABLE", "6 up - ddl VACUUM a"]
    );
    assert_eq!(shown(&one("V1__a.sql", "CREATE INDEX CONCURRENTLY a ON b (c);")), ["1 up - ddl CREATE INDEX"]);
    assert_eq!(
        shown(&one("m/1_x/migration.sql", "CREATE INDEX CONCURRENTLY a ON b (c);")),
        ["1 up - ddl CREATE INDEX"]
    );
    assert_eq!(
        shown(&one("m/0000_a.sql", "CREATE TABLE a ()\n--> statement-breakpoint\nCREATE TABLE b ()")),
        ["1 up T0 ddl CREATE TABLE", "3 up T0 ddl CREATE TABLE"]
    );
}

#[test]
fn bodies_are_looked_into() {
    let script = one(
        "m/1_a.sql",
        "SELECT 1;\nDO $$\nBEGIN\n  EXECUTE 'DROP TABLE a';\n  UPDATE b SET c = 1;\n  EXECUTE x;\nEND $$;",
    );
    let inner: Vec<(usize, &str, bool, bool)> = script.statements[1]
        .inner
        .iter()
        .map(|one| (one.line, one.span.of(&script.text), one.content.ddl().is_some(), one.content.facts().is_some()))
        .collect();
    assert_eq!(
        inner,
        [(4, "DROP TABLE a", true, false), (5, "UPDATE b SET c = 1", false, true), (6, "EXECUTE x", false, false)]
    );
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    for (path, text, expected) in [
        ("1.sql", "select 1;\nalter table a add b int\nalter table c;", vec![(ProblemKind::Syntax, Some(3))]),
        ("1.sql", "selec 1;", vec![(ProblemKind::Syntax, Some(1))]),
        ("1.sql", "drop table a;\n\nselect 'a", vec![(ProblemKind::Syntax, Some(3))]),
        ("1.sql", "drop table ${a};\n${what} b;", vec![]),
        (
            "1.sql",
            "select a from t\nselect b from t;\nselec 1;",
            vec![(ProblemKind::Syntax, Some(2)), (ProblemKind::Syntax, Some(3))],
        ),
        ("1.sql", "{% if x %}\nselect a from t\n{% else %}\nselect b from t\n{% endif %};", vec![]),
        ("q.sql", "-- name: A :one\nselect a from t\n-- name: B :one\nselect b from t", vec![]),
        ("1.sql", "\n\\i other.sql\ndrop table a;", vec![(ProblemKind::NotRead, Some(2))]),
        ("1.sql", "CREATE TABLE `a` (\n`b` int\n) ENGINE=InnoDB;", vec![(ProblemKind::OtherProduct, None)]),
        ("1.mysql.up.sql", "CREATE TABLE a ()", vec![(ProblemKind::OtherProduct, None)]),
        ("1.sql", "-- +goose Down\ndrop table a;", vec![(ProblemKind::Layout, Some(1))]),
        ("1.sql", "create table x ();\n-- +goose Up\ndrop table a;", vec![(ProblemKind::Layout, Some(1))]),
        ("V1__a.sql", "vacuum a;\ndrop table b;", vec![(ProblemKind::Layout, Some(2))]),
    ] {
        let script = one(path, text);
        let found: Vec<_> = script.problems.iter().map(|problem| (problem.kind, problem.line)).collect();
        assert_eq!(found, expected, "{text}: {:?}", script.problems);
    }
}

#[test]
fn versions_that_come_twice_and_ways_back_alone_are_problems() {
    let all = scripts(
        vec![
            source("m/1_a.up.sql", ""),
            source("m/01_b.up.sql", ""),
            source("m/3_c.down.sql", ""),
            source("n/1_a.up.sql", ""),
        ],
        &[],
        Options::default(),
    );
    let wrong: Vec<&str> =
        all.iter().filter(|script| !script.problems.is_empty()).map(|script| script.path.as_str()).collect();
    assert_eq!(wrong, ["m/01_b.up.sql", "m/3_c.down.sql"]);
}

#[test]
fn files_of_queries_are_told_from_migrations() {
    for (path, text, queries) in [
        ("a.sql", "SELECT * FROM t WHERE id = $1;", true),
        ("a.sql", "UPDATE t SET a = :a;\nDELETE FROM t WHERE b = :b;", true),
        ("a.sql", "UPDATE t SET a = 1;", false),
        ("a.sql", "SELECT setval('a', 1);", false),
        ("0001_a.sql", "SELECT * FROM t WHERE id = $1;", false),
        ("a.sql", "SELECT * FROM t; DROP TABLE t;", false),
        ("a.sql", "-- name: Get :one\nSELECT * FROM t WHERE id = @id;", true),
    ] {
        assert_eq!(one(path, text).kind == Kind::Queries, queries, "{path} {text}");
    }
}

/// Every framework of the labelled migrations, told without being told; no file has a problem.
#[test]
fn labelled_migrations_are_read_without_a_problem() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/migrations");
    if !root.is_dir() {
        return;
    }
    let (mut sources, mut markers, mut open) = (Vec::new(), Vec::new(), vec![root.clone()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(&root).unwrap().display().to_string();
            if path.is_dir() {
                open.push(path);
            } else if super::super::is_sql(&name) {
                sources.push(source(&name, &decode(&std::fs::read(&path).unwrap()).0));
            } else if super::super::is_marker(&name) {
                markers.push(source(&name, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(sources.len() > 100, "{}", sources.len());
    for script in scripts(sources, &markers, Options::default()) {
        let set = script.path.split('/').next().unwrap();
        match script.kind {
            Kind::Migration(framework) => assert_eq!(framework.name(), set, "{}: {}", script.path, script.told),
            kind => assert_eq!((set, kind), ("rails", Kind::Dump), "{}", script.path),
        }
        assert_eq!(script.problems, [], "{}", script.path);
        for statement in &script.statements {
            let parsed = !matches!(statement.content, Content::Refused(_));
            assert!(parsed, "{}:{} {:?}", script.path, statement.line, statement.content);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Pieces of everything that something here looks for.
    #[test]
    fn any_text_is_read_and_spans_fit(parts in proptest::collection::vec(prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..8),
        proptest::sample::select(&[
            "-- +goose Up\n", "-- +goose Down\n", "-- +goose NO TRANSACTION\n", "-- +goose StatementBegin\n", "--rollback x;\n",
            "--liquibase formatted sql\n", "--changeset a:1 endDelimiter:/ dbms:x\n", "--> statement-breakpoint\n", "-- atlas:delimiter é\n",
            "DO $$ BEGIN ", " END $$;", "IF a THEN ", "FOR x IN SELECT 1 LOOP ", "EXECUTE 'drop table ''é'''; ", "SELECT a INTO STRICT b.c[1], d FROM e;",
            "CREATE FUNCTION f(a int) RETURNS int LANGUAGE plpgsql AS $$ DECLARE é int; BEGIN ", "RETURN (SELECT é);", "${é}", "{{ é }}", "{% é %}",
            "%(é)s", "-- name: A :one\n", "@é ", "sqlc.arg(é)", ":é!", "\\i é\n", ";", "'", "\"", "(", ")", "/*", "é", "\n", "BEGIN;", "COMMIT;",
            "-- no-transaction\n", "-- Up Migration\n", "-- Down Migration\n", "perform é(", "open c for execute ", "declare c cursor for select é;",
        ][..]).prop_map(|text| text.as_bytes().to_vec()),
    ], 0..30), name in proptest::sample::select(&["1_a.sql", "V1__a.sql", "a/up.sql", "a.up.sql", "q/queries/é.sql", "-"][..])) {
        let bytes = parts.concat();
        let (text, _) = decode(&bytes);
        for script in scripts(vec![source(name, &text)], &[], Options::default()) {
            for statement in &script.statements {
                prop_assert!(script.text.get(statement.span.start..statement.span.end).is_some());
                prop_assert!(script.text.get(statement.leading.start..statement.leading.end).is_some());
                for inner in &statement.inner {
                    prop_assert!(script.text.get(inner.span.start..inner.span.end).is_some());
                    prop_assert!(statement.span.start <= inner.span.start && inner.span.end <= statement.span.end);
                    prop_assert!(inner.line >= statement.line);
                }
            }
        }
    }
}
