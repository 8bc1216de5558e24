//! What sqlsift says of types, beside what a server says.

use sqlsift::catalog::types::{IndexUse, measured};

use crate::server::Server;

/// A new database of the shared server.
fn database(name: &str) -> &'static Server {
    let server = Server::shared();
    let _ = server.psql("postgres", &format!("CREATE DATABASE {name}"));
    server
}

/// The fate of an index on a column of type `col` that is compared with a value of type `val`; the value is the result of
/// a sub-select, which the planner knows only by its type.
const FATE: &str = "
CREATE FUNCTION fate(col text, val text, op text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    plan text := '';
BEGIN
    FOR line IN EXECUTE format('EXPLAIN (COSTS OFF) SELECT c FROM %I WHERE c %s (SELECT NULL::%s)', 't ' || col, op, val) LOOP
        plan := plan || line;
    END LOOP;
    RETURN CASE WHEN plan ~ 'Index Cond' THEN 'UsesIndex' ELSE 'LosesIndex' END;
EXCEPTION WHEN undefined_function OR ambiguous_function THEN
    RETURN 'Error';
END
$$;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
";

#[test]
fn the_server_agrees_on_which_comparisons_lose_an_index() {
    let server = database("types");
    let pairs: Vec<(&str, &str, IndexUse)> = measured().collect();
    let mut script = FATE.to_owned();
    let mut columns: Vec<&str> = pairs.iter().map(|(column, ..)| *column).collect();
    columns.dedup();
    for column in &columns {
        script += &format!("CREATE TABLE \"t {column}\" (c {column}); CREATE INDEX ON \"t {column}\" (c);\n");
    }
    for (column, value, _) in &pairs {
        script += &format!("SELECT fate('{column}', '{value}', '='), fate('{column}', '{value}', '<');\n");
    }
    let answers = server.psql("types", &script);
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), pairs.len());
    for ((column, value, expected), answer) in pairs.iter().zip(answers) {
        assert_eq!(answer, format!("{expected:?}|{expected:?}"), "{column} with {value}");
    }
}
