//! Every form of utility statement, each checked against the grammar of live servers when the data was written.

use std::fmt::Debug;

use crate::sql::ddl::{Ddl, parse};

/// The first word of `{:?}`: the variant.
fn variant(of: &dyn Debug) -> String {
    let text = format!("{of:?}");
    text.split(|one: char| !one.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

fn shape(ddl: &Ddl) -> String {
    match ddl {
        Ddl::AlterTable(alter) => {
            let actions: Vec<String> = alter.actions.iter().map(|action| variant(&action.kind)).collect();
            format!("AlterTable {}", actions.join(", "))
        }
        Ddl::Transaction(transaction) => format!("Transaction {}", variant(transaction)),
        other => variant(other),
    }
}

fn forms() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("forms.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        let (shape, text) = line.split_once(" | ").unwrap_or_else(|| panic!("no | in {line}"));
        (shape.trim_end_matches(|one: char| one.is_ascii_digit() || one == ' '), text)
    })
}

#[test]
fn every_form_is_told_for_what_it_is() {
    let mut wrong = Vec::new();
    for (expected, text) in forms() {
        for text in [text.to_owned(), format!("{text};"), format!("/* x */ {text} -- y")] {
            match parse(&text) {
                Ok(Some(ddl)) if shape(&ddl) == expected => {}
                other => wrong.push(format!("{text}\n  expected {expected}, got {other:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(forms().count() >= 365);
}

#[test]
fn case_and_line_breaks_make_no_difference() {
    for (expected, text) in forms() {
        // Strings would change with their case.
        if text.contains(['\'', '"', '$']) {
            continue;
        }
        let text = text.to_lowercase().replace(' ', "\n\t");
        assert_eq!(parse(&text).map(|ddl| ddl.map(|ddl| shape(&ddl))), Ok(Some(expected.to_owned())), "{text}");
    }
}

#[test]
fn syntax_errors_are_refused_at_their_place() {
    let mut wrong = Vec::new();
    for line in include_str!("refused.txt").lines().filter(|line| !line.starts_with('#')) {
        let (at, text) = (line.find('¦').unwrap_or_default(), line.replace('¦', ""));
        match parse(&text) {
            Err(refused) if refused.at == at => {}
            other => wrong.push(format!("{line}\n  {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Statements cut off anywhere, and with a token left out, must not make it panic; most are refused.
#[test]
fn damaged_forms_are_survived() {
    for (_, text) in forms() {
        for (at, _) in text.char_indices() {
            let _ = parse(&text[..at]);
            let _ = parse(&text[at..]);
        }
    }
}

#[test]
fn placeholders_of_tools_stand_for_names_and_values() {
    for text in [
        "ALTER TABLE :schema.t ADD COLUMN a int DEFAULT :value",
        "ALTER TABLE :\"schema\".t OWNER TO :'owner'",
        "CREATE TABLE ${schema}.${prefix}_orders (id ${id_type} NOT NULL)",
        "GRANT SELECT ON {{ schema }}.t TO {{role}}",
        "CREATE INDEX {% if x %}CONCURRENTLY{% endif %} i ON t (a)",
        "SET lock_timeout = :timeout",
        "SET search_path TO ${schema}",
        "COMMENT ON TABLE t IS :'text'",
        "CREATE ROLE joe PASSWORD :'password'",
        "ALTER SEQUENCE q RESTART WITH :start",
        "CREATE DATABASE :db",
        "COPY t FROM :'file' CSV",
        "ALTER TABLE t ALTER a SET DEFAULT b[1:n]",
        "ALTER TABLE t ALTER a SET STATISTICS ${n}",
        "ALTER LANGUAGE plpgsql OWNER TO @extowner@",
        "CREATE FUNCTION f() RETURNS @extschema:hstore@.hstore LANGUAGE c AS 'x'",
        "ALTER TABLE %(table)s ADD a int DEFAULT %(value)s",
        "ALTER TABLE %s ADD a int",
        "GRANT SELECT ON t TO @role",
    ] {
        assert!(matches!(parse(text), Ok(Some(_))), "{text}: {:?}", parse(text));
    }
}

#[test]
fn time_is_linear_in_length_and_depth() {
    let deep = "(".repeat(10_000);
    let closed = format!("{deep}1{}", ")".repeat(10_000));
    for text in [
        format!("CREATE TABLE t (a int CHECK {closed})"),
        format!("CREATE TABLE t (a int DEFAULT {closed})"),
        format!("ALTER TABLE t ALTER a TYPE int USING {closed}"),
        format!("CREATE INDEX ON t ({closed})"),
        format!("CREATE SCHEMA s {}", "CREATE TABLE t (a int) ".repeat(10_000)),
        format!("DO $$ {} $$", "BEGIN ".repeat(10_000)),
        format!("ALTER TABLE t {}", ["ADD a int"; 10_000].join(", ")),
        format!("GRANT SELECT ON {} TO joe", ["t"; 10_000].join(", ")),
        format!("CREATE TABLE t (a int) {}", "WITH (x = 1) ".repeat(10_000)),
        format!("ALTER TABLE {}", "{{ ".repeat(10_000)),
        format!("ALTER TABLE {}", ":a.".repeat(10_000)),
        format!("EXPLAIN {}", "EXPLAIN ".repeat(10_000)),
        format!("CREATE INDEX ON t ({deep}"),
        format!("SET x = {}", ["1"; 10_000].join(",")),
    ] {
        let started = std::time::Instant::now();
        let _ = parse(&text);
        // Quadratic work over these lengths takes seconds.
        assert!(started.elapsed().as_millis() < 1500, "{}: {:?}", &text[..40], started.elapsed());
    }
    let ten_megabytes =
        format!("CREATE TABLE t ({})", ["some_column_name integer NOT NULL DEFAULT 0"; 220_000].join(", "));
    assert!(parse(&ten_megabytes).is_ok());
    let insert = format!("INSERT INTO t VALUES {}", ["(1, 'x')"; 1_000_000].join(","));
    assert_eq!(parse(&insert), Ok(None));
}
