use super::*;

/// One line for each piece: flags (`l` looped, `c` conditional), then its text with blanks folded.
#[track_caller]
fn check(body: &str, expected: &[&str]) {
    let shown: Vec<String> = found(body, Variables::default().and_plpgsql())
        .iter()
        .map(|one| {
            let flags = format!("{}{}", if one.looped { "l" } else { "" }, if one.conditional { "c" } else { "" });
            let text = match &one.sql {
                Sql::Text(text) => {
                    assert_eq!(text.len(), one.span.end - one.span.start, "{text}");
                    text.split_whitespace().collect::<Vec<_>>().join(" ")
                }
                Sql::Dynamic => "dynamic".to_owned(),
            };
            format!("{flags}:{text}")
        })
        .collect();
    assert_eq!(shown, expected, "{body}");
}

#[test]
fn statements_stand_where_the_language_expects_them() {
    check(
        "BEGIN ALTER TABLE a ADD b int; IF x > CASE WHEN y THEN 1 ELSE 2 END THEN DROP TABLE IF EXISTS c; ELSE UPDATE d SET e = 1; END IF; END",
        &[":ALTER TABLE a ADD b int", "c:DROP TABLE IF EXISTS c", "c:UPDATE d SET e = 1"],
    );
    check(
        "<<top>> DECLARE n int; BEGIN LOOP UPDATE t SET a = 1 WHERE id < n; EXIT WHEN NOT FOUND; COMMIT; END LOOP; DELETE FROM t; END top;",
        &["l:UPDATE t SET a = 1 WHERE id < ?", "l:COMMIT", ":DELETE FROM t"],
    );
    check(
        "BEGIN CREATE TYPE a AS ENUM ('b'); EXCEPTION WHEN duplicate_object THEN NULL; WHEN OTHERS THEN DELETE FROM l; END; SELECT 1;",
        &[":CREATE TYPE a AS ENUM ('b')", "c:DELETE FROM l", ":SELECT 1"],
    );
    check(
        "BEGIN CASE x WHEN 1 THEN DELETE FROM a; ELSE DELETE FROM b; END CASE; DELETE FROM c; END",
        &["c:DELETE FROM a", "c:DELETE FROM b", ":DELETE FROM c"],
    );
}

#[test]
fn queries_lose_what_is_not_sql() {
    check(
        "DECLARE v_id bigint; r record; BEGIN SELECT id, name INTO STRICT v_id, r.name FROM t WHERE t.id = v_id; PERFORM f(v_id); END",
        &[":SELECT id, name FROM t WHERE t.id = ?", ":SELECT f(? )"],
    );
    check(
        "BEGIN INSERT INTO t (a) VALUES (new.a) RETURNING id INTO x; RETURN QUERY SELECT * FROM t; RETURN (SELECT max(a) FROM t); END",
        &[":INSERT INTO t (a) VALUES (? ) RETURNING id", ":SELECT * FROM t", ":SELECT max(a) FROM t"],
    );
    check(
        "DECLARE c CURSOR FOR SELECT a FROM t; BEGIN FOR r IN SELECT a FROM u LOOP UPDATE u SET a = r.a; END LOOP; FOR i IN 1..10 LOOP NULL; END LOOP; OPEN c2 FOR SELECT b FROM t; END",
        &[":SELECT a FROM t", ":SELECT a FROM u", "l:UPDATE u SET a = ?", ":SELECT b FROM t"],
    );
    check(
        "#variable_conflict use_column\n<<l>> DECLARE n int; c CURSOR (k int) FOR SELECT n; BEGIN WHILE (SELECT true) LOOP NULL; END LOOP; END",
        &[":SELECT ?", "l:SELECT true"],
    );
    check(
        "BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'a') THEN NULL; END IF; x := (SELECT count(*) FROM t); y = 1; END",
        &[":SELECT 1 FROM pg_type WHERE typname = 'a'", ":SELECT count(*) FROM t"],
    );
}

#[test]
fn literals_are_executed_and_expressions_are_dynamic() {
    check(
        "BEGIN EXECUTE 'CREATE INDEX a ON b (c) WHERE d = ''e'''; EXECUTE $q$DROP TABLE x; DROP TABLE y$q$; EXECUTE 'SELECT $1' INTO n USING m; END",
        &[":CREATE INDEX a ON b (c) WHERE d = 'e'", ":DROP TABLE x", ":DROP TABLE y", ":SELECT $1"],
    );
    check(
        "BEGIN EXECUTE format('DROP TABLE %I', t); EXECUTE 'DROP TABLE ' || t; FOR r IN EXECUTE q LOOP NULL; END LOOP; END",
        &[":dynamic", ":dynamic", ":dynamic"],
    );
}

#[test]
fn what_is_no_body_ends_all_the_same() {
    for text in [
        "",
        ";",
        "if",
        "if if if",
        "for x in",
        "begin end end end",
        "execute",
        "declare",
        "case",
        "<<",
        "open",
        "((((",
        "select into",
    ] {
        let _ = found(text, Variables::default());
    }
    let deep = "if a then ".repeat(20_000);
    assert_eq!(found(&deep, Variables::default()), []);
}

#[test]
fn handlers_are_those_of_the_innermost_block_that_has_none() {
    check(
        "BEGIN LOOP BEGIN DELETE FROM a; EXCEPTION WHEN OTHERS THEN DELETE FROM b; END; DELETE FROM c; END LOOP; \
         EXCEPTION WHEN OTHERS THEN DELETE FROM d; END",
        &["l:DELETE FROM a", "lc:DELETE FROM b", "l:DELETE FROM c", "c:DELETE FROM d"],
    );
    check(
        "BEGIN CASE x; DELETE FROM a; WHEN 1 THEN DELETE FROM b; END CASE; DELETE FROM c; END",
        &["c:DELETE FROM a", "c:DELETE FROM b", ":DELETE FROM c"],
    );
}
