//! A chosen index to the SQL that creates it, and what to know before running it.

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::{Catalog, TableKind, TableName};
use crate::report::model::SqlPart;
use crate::rules::plan::scan::doubt::{Parent, Partitions};

use super::candidate::{Candidate, CandidateKey, Method};
use super::name::Names;

#[derive(Clone, Debug)]
pub struct Ddl {
    pub create: String,
    pub more: Vec<SqlPart>,
    pub undo: String,
    pub lock: &'static str,
}

/// `(status, created_at DESC) INCLUDE (total) WHERE …` with the access method in front when it is not btree.
pub fn definition(candidate: &Candidate) -> String {
    let mut sql = match candidate.method {
        Method::Btree => String::new(),
        other => format!("USING {} ", other.name()),
    };
    let keys: Vec<String> = candidate.keys.iter().map(key).collect();
    sql += &format!("({})", keys.join(", "));
    if !candidate.include.is_empty() {
        let columns: Vec<String> = candidate.include.iter().map(|c| quote_ident(c)).collect();
        sql += &format!(" INCLUDE ({})", columns.join(", "));
    }
    if let Some(predicate) = &candidate.predicate {
        sql += &format!(" WHERE {predicate}");
    }
    sql
}

fn key(key: &CandidateKey) -> String {
    let mut sql = key.key.sql();
    if let Some(opclass) = key.opclass {
        sql += &format!(" {opclass}");
    }
    match (key.descending, key.nulls_first) {
        (false, false) => {}
        (false, true) => sql += " NULLS FIRST",
        (true, true) => sql += " DESC",
        (true, false) => sql += " DESC NULLS LAST",
    }
    sql
}

/// CREATE INDEX CONCURRENTLY takes ShareUpdateExclusiveLock (documentation, "Explicit Locking"). It is refused on a
/// partitioned table, whose index is put together from its partitions' (documentation, "CREATE INDEX").
pub fn write(candidate: &Candidate, name: &str, catalog: Option<&Catalog>, names: &mut Names) -> Ddl {
    let definition = definition(candidate);
    let table = quote_table(&candidate.table);
    let mut more = Vec::new();
    let trigram = candidate.keys.iter().any(|k| k.opclass == Some("gin_trgm_ops"));
    if trigram && !catalog.is_some_and(|c| c.extensions.iter().any(|e| e == "pg_trgm")) {
        more.push(part("before", "CREATE EXTENSION IF NOT EXISTS pg_trgm;".to_owned()));
    }
    if let Some(partitions) = candidate.partitions() {
        return on_parent(candidate, name, partitions, more);
    }
    let known = catalog.and_then(|c| c.tables.get(&candidate.table));
    let create = if known.is_some_and(|t| t.kind == TableKind::Partitioned) {
        more.extend(on_partitions(candidate, name, &definition, catalog, names));
        format!("CREATE INDEX {} ON ONLY {table} {definition};", quote_ident(name))
    } else {
        format!("CREATE INDEX CONCURRENTLY {} ON {table} {definition};", quote_ident(name))
    };
    let index = TableName { schema: candidate.table.schema.clone(), name: name.into() };
    // A partitioned index goes without CONCURRENTLY only (documentation, "DROP INDEX").
    let partitioned = create.contains(" ON ONLY ");
    let drop = if partitioned { "DROP INDEX" } else { "DROP INDEX CONCURRENTLY" };
    let lock = if partitioned { "ShareLock" } else { "ShareUpdateExclusiveLock" };
    Ddl { create, more, undo: format!("{drop} {};", quote_table(&index)), lock }
}

/// Without a catalog the partitions are not known; CREATE INDEX on their parent makes one in each, under a ShareLock on all of them,
/// and CONCURRENTLY is refused there (documentation, "CREATE INDEX").
fn on_parent(candidate: &Candidate, name: &str, partitions: &Partitions, more: Vec<SqlPart>) -> Ddl {
    let definition = definition(candidate);
    let (create, undo) = match partitions.parent {
        Parent::Unknown => (
            format!("CREATE INDEX ON <the partitioned table of {}> {definition};", quote_ident(&partitions.partition)),
            "DROP INDEX <its name>;".to_owned(),
        ),
        Parent::Named(_) | Parent::Called(_) => {
            let index = TableName { schema: candidate.table.schema.clone(), name: name.into() };
            (
                format!("CREATE INDEX {} ON {} {definition};", quote_ident(name), quote_table(&candidate.table)),
                format!("DROP INDEX {};", quote_table(&index)),
            )
        }
    };
    Ddl { create, more, undo, lock: "ShareLock" }
}

/// One CONCURRENTLY and one ATTACH for each partition; sub-partitioned ones in the same way.
fn on_partitions(
    candidate: &Candidate,
    parent_index: &str,
    definition: &str,
    catalog: Option<&Catalog>,
    names: &mut Names,
) -> Vec<SqlPart> {
    let mut parts = Vec::new();
    let children = catalog.iter().flat_map(|c| &c.tables).filter(|(_, t)| t.parent.as_ref() == Some(&candidate.table));
    let parent = TableName { schema: candidate.table.schema.clone(), name: parent_index.into() };
    for (child, _) in children {
        let own = Candidate { table: child.clone(), ..candidate.clone() };
        let name = names.choose(&own);
        let index = TableName { schema: child.schema.clone(), name: name.as_str().into() };
        let sql = format!(
            "CREATE INDEX CONCURRENTLY {} ON {} {definition};\nALTER INDEX {} ATTACH PARTITION {};",
            quote_ident(&name),
            quote_table(child),
            quote_table(&parent),
            quote_table(&index),
        );
        parts.push(part(&format!("partition {}", child.name), sql));
    }
    parts
}

pub fn part(label: &str, sql: String) -> SqlPart {
    SqlPart { label: label.to_owned(), sql }
}
