//! A connection in; the names that no text from outside may use on this server, out.

use super::error::DbError;
use super::session::{Limits, Param, Session};
use crate::sql::guard::{Names, view_body};

/// Extensions that are in wide use and whose functions only compute: what they add is as good as the server's own.
const COMPUTING: [&str; 19] = [
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "earthdistance",
    "fuzzystrmatch",
    "h3",
    "hstore",
    "intarray",
    "isn",
    "ltree",
    "pg_trgm",
    "pgcrypto",
    "postgis",
    "seg",
    "timescaledb",
    "unaccent",
    "uuid-ossp",
    "vector",
];

pub(super) const SQL: &str = include_str!("names.sql");

pub(super) const EXTENSIONS: &str = "SELECT DISTINCT n.nspname::text FROM pg_catalog.pg_extension e \
    JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE n.nspname <> 'pg_catalog' ORDER BY 1";

/// Schemas in which extensions stand: an application finds their types and operators by its search_path.
pub fn extension_schemas(session: &mut Session, limits: Limits) -> Result<Vec<String>, DbError> {
    let rows = session.reading(limits, |reading| reading.rows(EXTENSIONS, &[]))?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Reads functions, operators, casts, views and policies of the connected database.
pub fn read(session: &mut Session, limits: Limits) -> Result<Names, DbError> {
    let trusted = Param::Texts(COMPUTING.iter().map(|name| (*name).to_owned()).collect());
    let rows = session.reading(limits, |reading| reading.rows(SQL, &[trusted]))?;
    let mut names = Names::default();
    let mut views: Vec<(String, String)> = Vec::new();
    let mut policies: Vec<(String, String)> = Vec::new();
    for row in &rows {
        let (kind, name, more): (String, String, Option<String>) = (row.get(0), row.get(1), row.get(2));
        let more = more.unwrap_or_default();
        match kind.as_str() {
            "function" => drop(names.functions.insert(name)),
            "attribute" => drop(names.attributes.insert(name)),
            "operator" => drop(names.operators.insert(name)),
            "type" => drop(names.types.insert(name)),
            "volatile" => drop(names.volatile.insert(name)),
            "relation" => drop(names.relations.insert(name, more)),
            "view" => views.push((name, more)),
            _ => policies.push((name, more)),
        }
    }
    views.sort();
    policies.sort();
    examine(&mut names, &views, &policies);
    Ok(names)
}

/// Names the views and tables that bring along what a statement itself must not have. A view may stand on another, so this
/// goes on until nothing is found any more.
fn examine(names: &mut Names, views: &[(String, String)], policies: &[(String, String)]) {
    loop {
        let before = names.relations.len() + names.unexecutable.len();
        for (name, definition) in views {
            let body = view_body(definition, names);
            if let Some(why) = body.planning {
                names.relations.entry(name.clone()).or_insert_with(|| format!("is a view: {why}"));
            }
            if let Some(why) = body.executing {
                names.unexecutable.entry(name.clone()).or_insert_with(|| format!("is a view: {why}"));
            }
        }
        // Policies are in every plan of their table, and their authors own it: only executing them asks for more.
        for (name, expression) in policies {
            let body = view_body(expression, names);
            if let Some(why) = body.planning.or(body.executing) {
                names.unexecutable.entry(name.clone()).or_insert_with(|| format!("has a policy: {why}"));
            }
        }
        if names.relations.len() + names.unexecutable.len() == before {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::guard::{executable, plannable};

    #[test]
    fn a_view_brings_along_what_it_calls() {
        let mut names =
            Names { functions: ["f".to_owned()].into(), volatile: ["random".to_owned()].into(), ..Names::default() };
        let views = [
            ("a", "SELECT b.x FROM b"),
            ("b", "SELECT f(1) AS x"),
            ("c", "SELECT random() AS x"),
            ("d", "SELECT 1 AS x"),
        ];
        let views: Vec<(String, String)> = views.iter().map(|(name, body)| ((*name).into(), (*body).into())).collect();
        examine(&mut names, &views, &[("t".into(), "SELECT (f(1) = 2)".into())]);
        let planned: Vec<&str> = names.relations.keys().map(String::as_str).collect();
        assert_eq!(planned, ["a", "b"]);
        assert!(plannable("SELECT * FROM c", &names).is_ok() && plannable("SELECT * FROM t", &names).is_ok());
        assert!(executable("SELECT * FROM c", &names).is_err() && executable("SELECT * FROM t", &names).is_err());
        assert!(executable("SELECT * FROM d", &names).is_ok());
    }
}
