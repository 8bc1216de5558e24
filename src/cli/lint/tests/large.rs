//! What is large or deep: statements of 10 MB, 10,000 levels of nesting, and many of everything.

use super::passes;

/// Levels of nesting.
const DEEP: usize = 10_000;

/// Bytes of a statement; without optimisation far less than what a release build is asked.
const LARGE: usize = if cfg!(debug_assertions) { 300_000 } else { 10_000_000 };

fn nested(open: &str, close: &str) -> String {
    format!("{}1{}", open.repeat(DEEP), close.repeat(DEEP))
}

fn holds(name: &str, text: &str) {
    if let Err(message) = passes(&[("1_a.sql", text.as_bytes())], None) {
        panic!("{name}: {message}");
    }
}

#[test]
fn nesting() {
    let dollars: String = (0..DEEP).map(|level| format!("$a{level}$ ")).collect();
    let back: String = (0..DEEP).rev().map(|level| format!(" $a{level}$")).collect();
    let cases = [
        ("parentheses", format!("SELECT {}", nested("(", ")"))),
        ("subqueries", format!("SELECT * FROM {} a", nested("(SELECT * FROM ", ") a"))),
        ("in a check", format!("CREATE TABLE a (b integer CHECK ({}))", nested("(", " > 0)"))),
        ("open parentheses", format!("ALTER TABLE a ADD CHECK {}", "(".repeat(DEEP))),
        ("close parentheses", format!("CREATE TABLE a (b integer {}", ")".repeat(DEEP))),
        ("brackets", format!("SELECT a{}", nested("[", "]"))),
        ("calls", format!("CREATE INDEX ON a ({})", nested("lower(", ")"))),
        ("cases", format!("SELECT {}", nested("CASE WHEN a THEN ", " END"))),
        ("not", format!("SELECT * FROM a WHERE {} b = NULL", "NOT ".repeat(DEEP))),
        ("minus", format!("SELECT {}1", "- ".repeat(DEEP))),
        ("and", format!("SELECT * FROM a WHERE b{}", " = 1 AND c".repeat(DEEP))),
        ("comments", format!("{} CREATE INDEX ON a (b) {}", "/* ".repeat(DEEP), "*/ ".repeat(DEEP))),
        ("open comments", "/*".repeat(DEEP)),
        ("transactions", "BEGIN;\n".repeat(DEEP)),
        ("savepoints", format!("BEGIN;{}{}", "SAVEPOINT a;\n".repeat(DEEP), "RELEASE a;\n".repeat(DEEP))),
        ("blocks", format!("DO $$ {} NULL; {} $$;", "BEGIN ".repeat(DEEP), "END; ".repeat(DEEP))),
        ("loops", format!("DO $$ BEGIN {} NULL; {} END $$;", "LOOP ".repeat(DEEP), "END LOOP; ".repeat(DEEP))),
        ("ifs", format!("DO $$ BEGIN {} NULL; {} END $$;", "IF a THEN ".repeat(DEEP), "END IF; ".repeat(DEEP))),
        ("dollar quotes", format!("DO {dollars} SELECT 1; {back};")),
        ("dollar quotes that never end", format!("DO {dollars}")),
        (
            "DO in DO",
            format!(
                "{} NULL {}",
                (0..200).map(|l| format!("DO $a{l}$ BEGIN EXECUTE ")).collect::<String>(),
                (0..200).rev().map(|l| format!("; END $a{l}$")).collect::<String>()
            ),
        ),
        ("common tables", format!("{} SELECT 1 {}", "WITH a AS (".repeat(DEEP), ") SELECT * FROM a".repeat(DEEP))),
        ("unions", format!("SELECT 1{}", " UNION SELECT 1".repeat(DEEP))),
        ("arrays of arrays", format!("CREATE TABLE a (b integer{})", "[]".repeat(DEEP))),
        (
            "atomic bodies",
            format!(
                "CREATE FUNCTION f() RETURNS int {} SELECT 1; {}",
                "BEGIN ATOMIC ".repeat(DEEP),
                "END; ".repeat(DEEP)
            ),
        ),
    ];
    for (name, text) in cases {
        holds(name, &text);
    }
}

#[test]
fn statements_of_ten_megabytes() {
    let times = |piece: &str| piece.repeat(LARGE / piece.len());
    let cases = [
        ("a string", format!("INSERT INTO a VALUES ('{}')", "x".repeat(LARGE))),
        ("a string that never ends", format!("SELECT '{}", times("x\n"))),
        ("values", format!("INSERT INTO a (b, c) VALUES {} (1, 2)", times("(1, 'two'),\n"))),
        ("a list", format!("DELETE FROM a WHERE b IN ({} 1)", times("1, "))),
        ("a chain of ORs", format!("SELECT * FROM a WHERE {} b = 0", times("b = 1 OR "))),
        ("columns", format!("CREATE TABLE a ({} z integer)", times("b integer NOT NULL, "))),
        ("actions", format!("ALTER TABLE a {} DROP z", times("ADD COLUMN b integer, "))),
        ("a name", format!("CREATE INDEX ON a (\"{}\")", "é".repeat(LARGE / 2))),
        ("semicolons", ";".repeat(LARGE / 10)),
        ("lines", times("\n")),
        ("a comment", format!("CREATE INDEX ON a (b) /* {} */", times("x * / "))),
        ("line comments", times("-- sqlsift: allow migration/drop_table because\n")),
        ("dollars", times("$ ")),
        ("quotes", times("''")),
        (
            "a body",
            format!("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {} END $$", times("PERFORM 1; ")),
        ),
        ("copied rows", format!("COPY a FROM stdin;\n{}\\.\n", times("1\ttwo\t\\N\n"))),
        ("a drop of many", format!("DROP TABLE {} z", times("a, "))),
        ("joins", format!("SELECT * FROM a {}", times("JOIN b ON b.c = a.d "))),
        ("select list", format!("SELECT {} 1 FROM a", times("a.b, "))),
    ];
    for (name, text) in cases {
        holds(name, &text);
    }
}

#[test]
fn many_statements() {
    let many = LARGE / 1_000;
    let numbered = |piece: &dyn Fn(usize) -> String| (0..many).map(piece).collect::<String>();
    let cases = [
        ("tables", numbered(&|n| format!("CREATE TABLE t{n} (id bigint PRIMARY KEY, b text);\n"))),
        (
            "indexes of one table",
            format!("CREATE TABLE t (a int);{}", numbered(&|n| format!("CREATE INDEX i{n} ON t (a);\n"))),
        ),
        (
            "columns of one table",
            format!("CREATE TABLE t (a int);{}", numbered(&|n| format!("ALTER TABLE t ADD c{n} int;\n"))),
        ),
        (
            "references",
            format!(
                "CREATE TABLE t (id bigint PRIMARY KEY);{}",
                numbered(&|n| format!("CREATE TABLE r{n} (t bigint REFERENCES t);\n"))
            ),
        ),
        (
            "partitions",
            format!(
                "CREATE TABLE p (a int) PARTITION BY LIST (a);{}",
                (0..many / 5)
                    .map(|n| format!("CREATE TABLE p{n} PARTITION OF p FOR VALUES IN ({n});\n"))
                    .collect::<String>()
            ),
        ),
        ("unknown tables", numbered(&|n| format!("DROP TABLE u{n};\n"))),
        ("updates in one transaction", format!("BEGIN;{}COMMIT;", numbered(&|n| format!("UPDATE u SET a = {n};\n")))),
        (
            "locks in one transaction",
            format!("BEGIN;{}COMMIT;", numbered(&|n| format!("ALTER TABLE u{n} ADD a int;\n"))),
        ),
        ("refused", numbered(&|n| format!("CREATE TABEL t{n} (;\n"))),
    ];
    for (name, text) in cases {
        holds(name, &text);
    }
}
