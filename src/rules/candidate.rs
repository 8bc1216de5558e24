//! A draft in; what an allow looks at, out: the rule, the queries and the tables concerned.

use crate::catalog::model::Catalog;
use crate::report::model::Subject;
use crate::sql::facts::RelationName;

use super::allow::Candidate;
use super::context::WorkloadCx;
use super::draft::Draft;
use super::registry::Configured;

pub fn candidate<'a>(rule: &'a Configured, draft: &'a Draft, cx: &WorkloadCx<'_>) -> Candidate<'a> {
    let queries = || draft.queries.iter().filter_map(|index| cx.workload.queries.get(*index));
    let mut tables: Vec<RelationName> = Vec::new();
    match &draft.subject {
        subject @ (Subject::Table(_) | Subject::Index(_)) => tables = tables_of_subject(subject, cx.catalog),
        _ => {
            for index in &draft.queries {
                let facts = cx.facts.get(*index).and_then(Option::as_ref);
                tables.extend(facts.into_iter().flat_map(|facts| facts.tables.iter().map(|(table, _)| table.clone())));
            }
        }
    }
    let mut fingerprints: Vec<String> = queries().map(|query| query.fingerprint.to_string()).collect();
    if let Subject::Query(fingerprint) | Subject::Statement(fingerprint) = &draft.subject {
        fingerprints.push(fingerprint.clone());
    }
    Candidate { rule: &rule.page.id, subject: &draft.subject, fingerprints, tables }
}

/// The table that a finding about a table or an index is about.
pub fn tables_of_subject(subject: &Subject, catalog: Option<&Catalog>) -> Vec<RelationName> {
    match subject {
        Subject::Table(table) => vec![relation(table)],
        Subject::Index(index) => table_of_index(index, catalog).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn relation(table: &str) -> RelationName {
    match table.split_once('.') {
        Some((schema, name)) => RelationName { schema: Some(schema.to_owned()), name: name.to_owned() },
        None => RelationName { schema: None, name: table.to_owned() },
    }
}

fn table_of_index(index: &str, catalog: Option<&Catalog>) -> Option<RelationName> {
    let name = index.rsplit('.').next().unwrap_or(index);
    let (table, _) = catalog?.tables.iter().find(|(_, table)| table.indexes.iter().any(|i| i.name == name))?;
    Some(RelationName { schema: Some(table.schema.to_string()), name: table.name.to_string() })
}
