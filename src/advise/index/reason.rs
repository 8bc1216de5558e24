//! Why this index, in words.

use std::collections::BTreeMap;

use crate::advise::drop_index;
use crate::catalog::access::{ConditionKind, Key, quote_ident, quote_table};
use crate::catalog::model::{Index, Table, TableName};
use crate::report::model::{SqlPart, VerifiedBy};
use crate::rules::context::WorkloadCx;
use crate::rules::plan::scan::doubt::Parent;

use super::candidate::{Candidate, Method};
use super::ddl::part;

pub fn detail(candidate: &Candidate, how: VerifiedBy, cx: &WorkloadCx<'_>) -> String {
    let mut said = vec![keys(candidate)];
    if !candidate.include.is_empty() {
        let columns: Vec<&str> = candidate.include.iter().map(String::as_str).collect();
        said.push(format!("With {} in the index the scan need not visit the table.", columns.join(" and ")));
    }
    if let Some(predicate) = &candidate.predicate {
        said.push(format!(
            "Only rows with {predicate} are indexed: every run of the query has that condition in its text."
        ));
    }
    if candidate.served.iter().any(|s| s.query.is_none()) {
        said.push(
            "It also serves the foreign key: without it a DELETE or key UPDATE of the parent row scans the whole table."
                .to_owned(),
        );
    }
    match candidate.method {
        Method::Gin => {
            said.push("A GIN index is dearer to write than a btree; see fastupdate if writes matter.".to_owned())
        }
        Method::Brin => {
            said.push("The table is stored in this order, so a few kilobytes of block ranges are enough.".to_owned())
        }
        Method::Btree | Method::Gist => {}
    }
    said.push(match (how, cx.catalog.is_some()) {
        (VerifiedBy::Hypopg, _) => "The planner was asked (HypoPG).".to_owned(),
        (VerifiedBy::Estimate, _) => "Estimated from the rows that statistics or logged plans show.".to_owned(),
        (_, true) => {
            "The effect is assumed: there were no statistics, no plans with row counts and no server to ask.".to_owned()
        }
        (_, false) => "No schema was given: make sure that no such index exists. The effect is assumed.".to_owned(),
    });
    said.extend(of_doubt(candidate));
    if candidate.partitions().is_some() {
        return said.join(" ");
    }
    said.extend(unfinished(candidate));
    said.join(" ")
}

/// What to know of CREATE INDEX CONCURRENTLY.
pub fn unfinished(candidate: &Candidate) -> Option<String> {
    let said = "Run it outside a transaction; if it fails, drop the INVALID index that it leaves and run it again.";
    candidate.partitions().is_none().then(|| said.to_owned())
}

/// What is said in the plan may mean two things without the schema.
fn of_doubt(candidate: &Candidate) -> Vec<String> {
    let labels: BTreeMap<&String, &String> =
        candidate.served.iter().filter_map(|served| served.scan.as_ref()).flat_map(|scan| &scan.doubt.labels).collect();
    let mut said: Vec<String> = labels
        .iter()
        .filter(|(column, _)| candidate.keys.iter().any(|key| key.key == Key::Column((**column).clone())))
        .map(|(column, value)| {
            let column = quote_ident(column);
            let value = if value.bytes().all(|b| b.is_ascii_digit()) { (*value).clone() } else { format!("'{value}'") };
            format!(
                "If {column} is text or varchar, this index is the one. If it is of another type (a number, a date, a uuid), the cast \
                 ({column})::text stands in the query and no index on the column serves it: compare with a value of the column's own type instead ({column} = {value})."
            )
        })
        .collect();
    if let Some(partitions) = candidate.partitions() {
        let partition = &partitions.partition;
        said.push(match &partitions.parent {
            Parent::Named(_) => format!("{partition} is one of its partitions."),
            Parent::Called(name) => format!(
                "{partition} is a partition of what the plan calls {name}: the name of the table, or its alias in the query."
            ),
            Parent::Unknown => format!("{partition} seems to be a partition: the index belongs on its partitioned table."),
        });
        said.push(
            "Made there it appears in every partition, and all of them take no writes until it is done. With the schema (--schema) the steps are written \
             out that build it CONCURRENTLY, partition by partition."
                .to_owned(),
        );
    }
    said
}

fn keys(candidate: &Candidate) -> String {
    let name = |key: &Key| match key {
        Key::Column(name) | Key::Expression(name) => name.clone(),
    };
    let list =
        |keys: &[super::candidate::CandidateKey]| keys.iter().map(|k| name(&k.key)).collect::<Vec<_>>().join(", ");
    let (equal, rest) = candidate.keys.split_at(candidate.equal.min(candidate.keys.len()));
    let first = candidate.served.iter().map(|s| &s.access);
    let ordered = first.clone().any(|a| a.wants_order());
    let ranged = first.clone().any(|a| a.ranges.iter().any(|r| rest.iter().any(|k| k.key == r.key)));
    let joined = first.clone().any(|a| a.equal.is_empty() && !a.joined.is_empty());
    let listed = first.flat_map(|a| &a.equal).any(|c| matches!(c.kind, ConditionKind::AnyOf(_)));
    let mut text = match (candidate.method, equal.is_empty(), rest.is_empty()) {
        (Method::Gin | Method::Gist, ..) => {
            return format!("The operator on {} is one that a btree cannot answer.", list(rest));
        }
        (Method::Brin, ..) => return format!("The range of {} is found without reading the other rows.", list(rest)),
        (_, true, _) if ordered => {
            format!("The index is in the order of the query ({}), so LIMIT stops the scan early", list(rest))
        }
        (_, true, _) => format!("The range on {} is read from the index", list(rest)),
        (_, false, true) => format!("{} is compared for equality", list(equal)),
        (_, false, false) if ordered => format!(
            "{} is compared for equality and comes first; {} then gives the order, so LIMIT stops the scan early and nothing is sorted",
            list(equal),
            list(rest)
        ),
        (_, false, false) if ranged => {
            format!("{} is compared for equality and comes first; the range on {} follows", list(equal), list(rest))
        }
        (_, false, false) => format!(
            "{} is compared for equality; {} behind it gives the order of the pages by key that are recommended as well",
            list(equal),
            list(rest)
        ),
    };
    if joined {
        text += " (looked up once for each row of the joined table)";
    } else if listed && !ordered {
        text += " (a list of values is one look-up for each)";
    }
    text + "."
}

/// Indexes that the new one replaces: the same first keys, and nothing that the new one does not do.
fn replaced<'t>(candidate: &Candidate, table: Option<&'t Table>) -> Vec<&'t Index> {
    let Some(table) = table else { return Vec::new() };
    let new = candidate.as_index("");
    if candidate.predicate.is_some() || candidate.method != Method::Btree {
        return Vec::new();
    }
    let replaced = table.indexes.iter().filter(|old| {
        let starts = old.keys.len() < new.keys.len() && old.keys.iter().zip(&new.keys).all(|(a, b)| a == b);
        let plain = !old.unique && !old.constraint && old.predicate.is_none() && old.include.is_empty();
        starts && plain && old.valid && matches!(old.method.as_str(), "" | "btree")
    });
    replaced.collect()
}

/// The statements that drop them.
pub fn made_redundant(candidate: &Candidate, table: Option<&Table>) -> Vec<SqlPart> {
    let drop = |old: &Index| {
        let name = TableName { schema: candidate.table.schema.clone(), name: old.name.clone() };
        let sql = format!("DROP INDEX CONCURRENTLY {};", quote_table(&name));
        part("afterwards, as the new index does its work", sql)
    };
    replaced(candidate, table).into_iter().map(drop).collect()
}

/// What was dropped for the new index comes back before that goes.
pub fn undo(candidate: &Candidate, table: Option<&Table>, without: String) -> String {
    let back = replaced(candidate, table).into_iter().map(|old| {
        let definition = drop_index::definition(&candidate.table, old);
        format!("{definition}; ")
    });
    back.chain([without]).collect()
}
