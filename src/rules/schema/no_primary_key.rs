//! `schema/no_primary_key`: ordinary tables whose rows nothing tells apart.

use serde::Deserialize;

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::{Index, Table, TableKind, TableName};
use crate::report::model::{Applicability, RecommendationKind, Severity, Subject};
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented};

use super::about::is_generated_key;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in &cx.catalog.tables {
            let ordinary = matches!(table.kind, TableKind::Table | TableKind::Partitioned) && table.parent.is_none();
            let keyed = table.constraints.iter().any(|c| c.kind == crate::catalog::model::ConstraintKind::PrimaryKey);
            if ordinary && !keyed && !table.columns.is_empty() {
                let draft = without_key(name, table);
                // The key would have to hold the partition key, and what is only appended to is often left without one.
                let partitioned = cx.workload.is_none() && table.kind == TableKind::Partitioned;
                out.find(if partitioned { draft.severity(Severity::Info) } else { draft });
            }
        }
    }
}

fn without_key(name: &TableName, table: &Table) -> Draft {
    let mut draft = Draft::new(
        Subject::Table(name.to_string()),
        format!("{} has no primary key", name.name),
        "Nothing tells two of its rows apart: a single row can be neither referred to nor changed for sure, and \
         logical replication refuses UPDATE and DELETE on the table.",
    );
    draft.locations.extend(table.defined_at.as_ref().map(super::index_pairs::location));
    let candidate = table.indexes.iter().find(|index| could_be_key(index, table));
    let target = quote_table(name);
    let counted = table.columns.iter().find(|column| is_generated_key(column));
    let mut advice = Advice::new(
        RecommendationKind::AddConstraint,
        format!("Give {} a primary key", name.name),
        match (candidate, counted) {
            (Some(_), _) => {
                "The unique index stands already and its columns are NOT NULL: the constraint takes it over."
            }
            (None, Some(_)) => {
                "Its values come from a sequence. Nothing says that each stands there once: look first. On a large table build the \
                 unique index CONCURRENTLY first, and let the constraint take it over."
            }
            (None, None) => {
                "If no set of columns identifies a row, add one. The table is rewritten: on a large one add the \
                 column, fill it in batches, and build the unique index CONCURRENTLY first."
            }
        },
        match (candidate, counted) {
            (Some(index), _) => format!(
                "ALTER TABLE {target} ADD CONSTRAINT {} PRIMARY KEY USING INDEX {}",
                quote_ident(&format!("{}_pkey", name.name)),
                quote_ident(&index.name)
            ),
            (None, Some(column)) => format!("ALTER TABLE {target} ADD PRIMARY KEY ({})", quote_ident(&column.name)),
            (None, None) => {
                // A name that is not taken.
                let id = ["id", "row_id"].into_iter().find(|id| table.column(id).is_none()).unwrap_or("row_number");
                format!("ALTER TABLE {target} ADD COLUMN {id} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
            }
        },
    );
    advice.applicability = if candidate.is_some() { Applicability::Machine } else { Applicability::Review };
    advice.lock = Some("AccessExclusiveLock".to_owned());
    if let Some(index) = candidate {
        draft = draft
            .severity(Severity::Info)
            .evidence(documented("unique index that could be the key", index.name.clone()));
    }
    draft.ask(Ask::Ready(advice))
}

/// What `ADD PRIMARY KEY USING INDEX` accepts without a scan: a valid unique btree index over plain NOT NULL columns in
/// the default order, without a condition (documentation, "ALTER TABLE").
fn could_be_key(index: &Index, table: &Table) -> bool {
    let usual = |key: &crate::catalog::model::IndexKey| !key.expression && !key.descending && !key.nulls_first;
    let not_null = |name: &str| table.column(name).is_some_and(|column| column.not_null);
    index.unique
        && index.valid
        && !index.constraint
        && index.predicate.is_none()
        && table.kind == TableKind::Table
        && index.keys.iter().all(|key| usual(key) && not_null(&key.text))
}
