//! Queries with the roles that run them, and a catalog, in; the tables that their names mean written into the facts, and what
//! cannot be told, in words, out.

use std::collections::BTreeSet;

use crate::catalog::model::{Catalog, TableName};
use crate::db::{self, DbError, Session};
use crate::sql::facts::{Facts, Relation, RelationName};
use crate::workload::model::{Query, Workload};

/// Names shown in a note.
const FEW: usize = 5;

/// Where a query's roles look a name up elsewhere than the catalog's search_path says, its name in the facts gets the schema that
/// they find it in.
pub fn settle(workload: &Workload, facts: &mut [Option<Facts>], catalog: &Catalog) -> Vec<String> {
    let (mut ambiguous, mut unclear, mut guessed, mut gone) =
        (Note::default(), Note::default(), Note::default(), Note::default());
    let home = catalog.database.as_deref();
    // A log may hold queries of other databases.
    let here = |query: &Query| query.database.is_empty() || home.is_none_or(|home| home == query.database);
    let examined = workload.queries.iter().zip(facts).filter_map(|(query, facts)| Some((query, facts.as_mut()?)));
    for (query, facts) in examined.filter(|(query, _)| here(query)) {
        let paths = paths(query, catalog);
        let names: BTreeSet<RelationName> = used(facts).cloned().collect();
        for name in names.iter().filter(|name| !of_the_system(name)) {
            let found: BTreeSet<Option<&TableName>> = paths.iter().map(|path| find(name, path, catalog)).collect();
            match found.into_iter().collect::<Vec<_>>().as_slice() {
                [Some(table)] => {
                    if catalog.table(name).is_none_or(|(usual, _)| usual != *table) {
                        qualify(facts, name, &table.schema);
                    }
                }
                [None] if name.schema.is_none() => match alike(name, catalog).as_slice() {
                    [] => gone.add(name, query),
                    // It ran, so its session found it: by a search_path that was set in between.
                    [only] => {
                        guessed.add(name, query);
                        if catalog.table(name).is_none_or(|(usual, _)| usual != *only) {
                            qualify(facts, name, &only.schema);
                        }
                    }
                    _ => unclear.add(name, query),
                },
                [None] => gone.add(name, query),
                _ => ambiguous.add(name, query),
            }
        }
    }
    // Queries of a log may be of another database, and a catalog from DDL may not be whole.
    let whole = workload.seen.from_exports > 0 && catalog.is_complete();
    let notes = [
        ambiguous.said(
            "name tables that mean another one to each of the roles that run them; the usual search_path was taken",
        ),
        unclear
            .said("name tables without a schema that stand in several schemas, none of them in the role's search_path"),
        guessed
            .said("name tables that are not in the search_path of their role; the only table of that name was taken")
            .filter(|_| whole),
        gone.said("use tables that are not in the database now (dropped, temporary, or of an extension)")
            .filter(|_| whole),
    ];
    notes.into_iter().flatten().collect()
}

/// Where the server is to look names up that have no schema: where the roles look that run most, then where the others do, then
/// where extensions stand.
pub fn path(catalog: &Catalog, session: &mut Session) -> Result<Vec<String>, DbError> {
    let extensions = db::names::extension_schemas(session, session.limits())?;
    let mut path: Vec<String> = Vec::new();
    let roles = catalog.search_path.iter().chain(catalog.role_search_paths.values().flatten());
    for schema in roles.chain(&extensions) {
        if !path.contains(schema) {
            path.push(schema.clone());
        }
    }
    Ok(path)
}

/// Queries and names that something is the matter with.
#[derive(Default)]
struct Note {
    queries: BTreeSet<(String, u64)>,
    names: BTreeSet<String>,
}

impl Note {
    fn add(&mut self, name: &RelationName, query: &Query) {
        self.queries.insert((query.database.clone(), query.fingerprint.0));
        self.names.insert(match &name.schema {
            Some(schema) => format!("{schema}.{}", name.name),
            None => name.name.clone(),
        });
    }

    /// `what` begins with a verb in the plural.
    fn said(&self, what: &str) -> Option<String> {
        let few: Vec<&str> = self.names.iter().take(FEW).map(String::as_str).collect();
        let more = if self.names.len() > FEW { format!(" and {} more", self.names.len() - FEW) } else { String::new() };
        let queries = self.queries.len();
        let (verb, rest) = what.split_once(' ').unwrap_or((what, ""));
        let begins = if queries == 1 { format!("1 query {verb}s") } else { format!("{queries} queries {verb}") };
        (queries > 0).then(|| format!("{begins} {rest}: {}{more}", few.join(", ")))
    }
}

/// The different paths of the roles that run a query.
fn paths<'a>(query: &Query, catalog: &'a Catalog) -> BTreeSet<&'a [String]> {
    let usual = catalog.search_path.as_slice();
    let of = |user: &String| catalog.role_search_paths.get(user).map_or(usual, Vec::as_slice);
    let paths: BTreeSet<&[String]> = query.users.0.keys().map(of).collect();
    if paths.is_empty() { BTreeSet::from([usual]) } else { paths }
}

fn find<'c>(name: &RelationName, path: &[String], catalog: &'c Catalog) -> Option<&'c TableName> {
    let look = |schema: &String| {
        let wanted = TableName { schema: schema.clone().into(), name: name.name.clone().into() };
        catalog.tables.get_key_value(&wanted).map(|(known, _)| known)
    };
    match &name.schema {
        Some(schema) => look(schema),
        None => path.iter().find_map(look),
    }
}

/// Tables of that name in whatever schema.
fn alike<'c>(name: &RelationName, catalog: &'c Catalog) -> Vec<&'c TableName> {
    catalog.tables.keys().filter(|known| known.name == name.name).collect()
}

/// The relations that a statement reads and writes.
fn used(facts: &Facts) -> impl Iterator<Item = &RelationName> {
    let sources = facts.blocks.iter().flat_map(|block| &block.sources);
    let read = sources.filter_map(|source| match &source.relation {
        Relation::Table(name) => Some(name),
        _ => None,
    });
    read.chain(facts.write.as_ref().map(|write| &write.target))
}

fn qualify(facts: &mut Facts, name: &RelationName, schema: &str) {
    let set = |one: &mut RelationName| {
        if one == name {
            one.schema = Some(schema.to_owned());
        }
    };
    facts.tables.iter_mut().for_each(|(one, _)| set(one));
    facts.write.iter_mut().for_each(|write| set(&mut write.target));
    for source in facts.blocks.iter_mut().flat_map(|block| &mut block.sources) {
        if let Relation::Table(one) = &mut source.relation {
            set(one);
        }
    }
}

fn of_the_system(name: &RelationName) -> bool {
    // The views of pg_stat_statements stand in a schema of the user's.
    let schema = name.schema.as_deref().unwrap_or_default();
    name.name.starts_with("pg_") || schema.starts_with("pg_") || schema == "information_schema"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::model::{Origin, Table};
    use crate::cli::analyze::facts;
    use crate::workload::export::{self, ExportRow};

    fn catalog(tables: &[&str], paths: &[(&str, &str)]) -> Catalog {
        Catalog {
            origin: Origin::Server,
            search_path: vec!["public".into()],
            tables: tables.iter().map(|name| (TableName::from((*name).to_owned()), Table::default())).collect(),
            role_search_paths: paths.iter().map(|(role, one)| ((*role).into(), vec![(*one).into()])).collect(),
            ..Catalog::default()
        }
    }

    /// The names after settling, and the notes.
    fn settled(sql: &str, users: &[&str], catalog: &Catalog) -> (Vec<String>, Vec<String>) {
        let row = |user: &&str| ExportRow {
            query: sql.to_owned(),
            user: (*user).to_owned(),
            toplevel: true,
            calls: 1,
            ..ExportRow::default()
        };
        let workload = export::workload(&users.iter().map(row).collect::<Vec<_>>());
        let mut facts = facts::of(&workload);
        let notes = settle(&workload, &mut facts, catalog);
        let names = facts.iter().flatten().flat_map(used);
        let names = names.map(|name| format!("{}.{}", name.schema.as_deref().unwrap_or("?"), name.name)).collect();
        (names, notes)
    }

    #[test]
    fn a_name_means_what_it_means_to_the_role() {
        let catalog = catalog(&["public.t", "app.t", "app.u", "x.w", "y.w"], &[("web", "app")]);
        let names = |sql: &str, users: &[&str]| settled(sql, users, &catalog);
        assert_eq!(names("SELECT * FROM t", &["ada"]), (vec!["?.t".into()], vec![]));
        assert_eq!(names("SELECT * FROM t, u", &["web"]), (vec!["app.t".into(), "?.u".into()], vec![]));
        // What no schema of the path holds is the only table of that name ([`Catalog::table`]), and said to be a guess.
        let (guessed, notes) = names("SELECT * FROM u", &["ada"]);
        assert_eq!(guessed, ["?.u"]);
        assert!(notes[0].contains("not in the search_path of their role; the only table of that name was taken: u"));
        assert_eq!(names("UPDATE t SET a = 1", &["web"]).0, ["app.t", "app.t"]);
        let (ambiguous, notes) = names("SELECT * FROM t", &["ada", "web"]);
        assert_eq!(ambiguous, ["?.t"]);
        assert!(notes[0].starts_with("1 query names tables that mean another one"), "{notes:?}");
        assert!(names("SELECT * FROM w", &["ada"]).1[0].contains("in several schemas"));
        assert!(names("SELECT * FROM gone, pg_class", &["ada"]).1[0].ends_with(": gone"));
    }
}
