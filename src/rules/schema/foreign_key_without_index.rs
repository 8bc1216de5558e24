//! `schema/foreign_key_without_index`: a foreign key whose columns no index begins with. Silent about partitions (their parent
//! answers for them) and tables that the statistics call small.

use serde::Deserialize;

use crate::catalog::access::{indexes_of, normal_expression};
use crate::catalog::model::{Constraint, ConstraintKind, Index, Table, TableName};
use crate::catalog::text::Text;
use crate::catalog::text::listed;
use crate::report::model::{Severity, Subject};
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Ask, Draft, Sink, documented, estimated, measured};
use crate::rules::scope;
use crate::sql::StatementKind;

use super::index_pairs::location;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in &cx.catalog.tables {
            if table.parent.is_some() || scope::is_small(table, self.min_rows) {
                continue;
            }
            // For one that is not enforced the server looks for nothing.
            for constraint in table.constraints.iter().filter(|constraint| constraint.enforced) {
                let ConstraintKind::ForeignKey { references, .. } = &constraint.kind else { continue };
                if !indexes_of(table).iter().any(|index| supports(index, &constraint.columns)) {
                    out.find(unindexed(cx, name, table, constraint, references));
                }
            }
        }
    }
}

fn unindexed(cx: &SchemaCx<'_>, name: &TableName, table: &Table, constraint: &Constraint, parent: &TableName) -> Draft {
    let columns = listed(&constraint.columns);
    let mut draft = Draft::new(
        Subject::Table(name.to_string()),
        format!("{} ({columns}) refers to {} and has no index", name.name, parent.name),
        format!(
            "For each row that is deleted from {0}, or whose key changes, Postgres looks for rows of {1} that refer \
             to it, and without an index reads all of {1}, holding locks meanwhile. Joins from {0} to {1} have \
             nothing to go by either.",
            parent.name, name.name
        ),
    )
    .evidence(documented("foreign key", constraint.name.clone()));
    if let Some(rows) = table.rows {
        draft = draft.evidence(estimated("rows of the table", rows, "rows"));
    }
    if let Some(bytes) = table.heap_bytes {
        draft = draft.evidence(measured("size of the table", bytes, "bytes"));
    }
    if let Some(counters) = cx.catalog.tables.get(parent).and_then(|parent| parent.counters.as_ref()) {
        draft = draft.evidence(measured("rows deleted from the parent", counters.deleted, "rows"));
    }
    // With a workload at hand that never touches the parent's rows, the price is only paid by joins.
    let seen = cx.workload.filter(|cx| !cx.workload.queries.is_empty());
    if seen.is_some_and(|workload| !is_deleted_from(workload, parent)) {
        draft = draft.severity(Severity::Info).evidence(documented("deletes from the parent", "none in this workload"));
    }
    // Whether rows of the parent are ever deleted, a script alone does not tell.
    if cx.workload.is_none() {
        draft = draft.severity(Severity::Info);
    }
    let at = constraint.defined_at.as_ref().or(table.defined_at.as_ref());
    draft.locations.extend(at.map(location));
    draft.ask(Ask::IndexOn { table: name.clone(), columns: constraint.columns.iter().map(Text::to_string).collect() })
}

fn is_deleted_from(cx: &crate::rules::context::WorkloadCx<'_>, parent: &TableName) -> bool {
    let mut facts = cx.facts.iter().flatten();
    facts.any(|facts| {
        matches!(facts.kind, StatementKind::Delete | StatementKind::Merge)
            && facts.write.as_ref().is_some_and(|write| write.target.name == parent.name)
    })
}

/// The index begins with these columns in any order, and holds every row that has a reference.
pub fn supports(index: &Index, columns: &[Text]) -> bool {
    let partial = index.predicate.as_ref().is_some_and(|predicate| {
        let bare = predicate.to_lowercase().replace(['(', ')'], " ");
        let not_null = |part: &str| {
            let wanted = |column: &Text| normal_expression(part) == normal_expression(&format!("{column} IS NOT NULL"));
            columns.iter().any(wanted)
        };
        !bare.split(" and ").all(|part| not_null(part.trim()))
    });
    let method = matches!(index.method.as_str(), "" | "btree" | "hash" | "gist" | "brin");
    index.valid
        && method
        && !partial
        && index.keys.len() >= columns.len()
        && index.keys[..columns.len()].iter().all(|key| !key.expression && columns.contains(&key.text))
}
