//! What sqlsift says of types, beside what a server says.

use sqlsift::catalog::model::TableName;
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

#[test]
fn what_stands_beside_the_tables_is_read_and_kept() {
    let server = database("beside");
    let expression = server.psql("beside", "SELECT current_setting('server_version_num')::int >= 140000").trim() == "t";
    let _ = server.psql(
        "beside",
        "CREATE SCHEMA other; CREATE TABLE one (a int, b int); CREATE TABLE two (c int); CREATE TABLE \"od.d\" (d int PRIMARY KEY);
         CREATE TABLE both_of () INHERITS (two, one);
         CREATE STATISTICS other.ab (ndistinct, dependencies) ON a, b FROM one;
         CREATE PUBLICATION few FOR TABLE one, \"od.d\" WITH (publish = 'insert, update');
         CREATE PUBLICATION everything FOR ALL TABLES;",
    );
    if expression {
        let _ = server.psql("beside", "CREATE STATISTICS exp ON (a % 10), b FROM one");
    }
    let mut session = sqlsift::db::Session::connect(&server.dsn("beside")).unwrap();
    let read = sqlsift::db::catalog::read(&mut session).unwrap();
    assert_eq!(read.notes, Vec::<String>::new());
    let catalog = read.catalog;
    let table = |name: &str| &catalog.tables[&TableName { schema: "public".into(), name: name.into() }];
    let parents: Vec<&str> = table("both_of").parents().map(|parent| parent.name.as_str()).collect();
    assert_eq!(parents, ["two", "one"]);
    let statistics = &table("one").statistics;
    let ab = statistics.iter().find(|one| one.name.name == "ab").expect("ab");
    assert_eq!((ab.name.schema.as_str(), ab.columns.as_slice()), ("other", ["a", "b"].map(str::to_owned).as_slice()));
    assert_eq!(ab.kinds, ["ndistinct", "dependencies"]);
    if expression {
        let exp = statistics.iter().find(|one| one.name.name == "exp").expect("exp");
        assert_eq!((exp.columns.len(), exp.expressions.len()), (1, 1), "{exp:?}");
    }
    let [everything, some] = catalog.publications.as_slice() else { panic!("{:?}", catalog.publications) };
    assert!(everything.all_tables && everything.tables.is_empty() && everything.deletes);
    let tables: Vec<&str> = some.tables.iter().map(|table| table.name.as_str()).collect();
    // Without ONLY those below are published too.
    assert_eq!((tables, some.updates, some.deletes), (vec!["both_of", "od.d", "one"], true, false));
    let whole = sqlsift::catalog::snapshot::Snapshot { catalog: catalog.clone(), ..Default::default() };
    let text = sqlsift::catalog::snapshot::write(&whole).unwrap();
    assert_eq!(sqlsift::catalog::snapshot::read(&text).unwrap(), sqlsift::catalog::model::Catalog { ..catalog });
}
