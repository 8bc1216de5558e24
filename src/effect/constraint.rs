//! Constraints added, validated and dropped.

use crate::catalog::model::{ConstraintKind, Index, TableName};
use crate::catalog::text::Text;
use crate::sql::ddl::model::{ConstraintBody, ConstraintDef, KeyDef, Name, QualifiedName};
use crate::sql::facts::Span;

use super::alter::Altered;
use super::draft::Draft;
use super::model::{Cause, WorkKind};
use super::{LockMode, not_null};

pub(super) fn add(draft: &mut Draft<'_>, altered: &Altered, def: &ConstraintDef, span: Span) {
    match &def.body {
        ConstraintBody::PrimaryKey(key) => primary_key(draft, altered, key, span),
        ConstraintBody::Unique(key) if key.using_index.is_some() => {}
        ConstraintBody::Unique(_) => build(draft, altered, Cause::Unique, span),
        ConstraintBody::Exclusion { .. } => build(draft, altered, Cause::Exclusion, span),
        ConstraintBody::Check(_) if def.not_valid.is_some() || def.not_enforced.is_some() => {}
        ConstraintBody::Check(_) => draft.work(WorkKind::Scan, &altered.family, Cause::Check, span),
        ConstraintBody::NotNull(_) if def.not_valid.is_some() => {}
        ConstraintBody::NotNull(column) => {
            for member in &altered.family {
                if !not_null::is_proved(draft, member, &column.text) {
                    draft.work(WorkKind::Scan, [member], Cause::SetNotNull, span);
                }
            }
        }
        ConstraintBody::ForeignKey(key) => {
            lock_referenced(draft, &key.references, span);
            if def.not_enforced.is_some() {
            } else if def.not_valid.is_none() {
                let rows_of =
                    if draft.is_partitioned(&altered.table) { &altered.family[..] } else { &altered.family[..1] };
                draft.work(WorkKind::Scan, rows_of, Cause::ForeignKey, span);
            } else if draft.is_partitioned(&altered.table) && draft.version.0 < 18 {
                let message = "cannot add NOT VALID foreign key on partitioned table";
                draft.fail("42809", format!("{message} \"{}\" before Postgres 18", altered.table.name), span);
            }
        }
    }
}

/// Nobody may delete a row that is pointed at meanwhile (`ATAddForeignKeyConstraint`); partitions of the referenced table get
/// triggers of their own.
pub(super) fn lock_referenced(draft: &mut Draft<'_>, references: &QualifiedName, span: Span) {
    let all = draft.partitions(&draft.name(references));
    draft.lock_all(&all, LockMode::ShareRowExclusive, span);
}

/// The index of a key; partitions that have a fitting one build none.
fn build(draft: &mut Draft<'_>, altered: &Altered, cause: Cause, span: Span) {
    let partitioned = draft.is_partitioned(&altered.table);
    let on = if partitioned { &altered.family[..] } else { &altered.family[..1] };
    draft.work(WorkKind::IndexBuild, on, cause, span);
}

/// A primary key makes its columns NOT NULL, which those that may hold NULL are read for.
fn primary_key(draft: &mut Draft<'_>, altered: &Altered, key: &KeyDef, span: Span) {
    let mut columns: Vec<String> = key.columns.iter().map(|column| column.text.clone()).collect();
    match &key.using_index {
        None => build(draft, altered, Cause::PrimaryKey, span),
        Some(index) => {
            let index = QualifiedName {
                schema: Some(altered.table.schema.to_string()),
                name: index.text.clone(),
                span: index.span,
            };
            if let Some((_, index)) = draft.replay.index(&index) {
                columns = index.keys.iter().map(|key| key.text.to_string()).collect();
            }
        }
    }
    for member in &altered.family {
        if columns.iter().any(|column| !not_null::is_proved(draft, member, column)) {
            draft.work(WorkKind::Scan, [member], Cause::SetNotNull, span);
        }
    }
}

/// `ATExecValidateConstraint`: the referenced table gets ROW SHARE.
pub(super) fn validate(draft: &mut Draft<'_>, altered: &Altered, name: &Name, span: Span) {
    for member in &altered.family {
        let Some(table) = draft.table(member) else {
            draft.work(WorkKind::Scan, [member], Cause::Validate, span);
            continue;
        };
        let Some(constraint) = table.constraints.iter().find(|one| one.name == name.text) else {
            if *member == altered.table {
                draft.work(WorkKind::Scan, [member], Cause::Validate, span);
            }
            continue;
        };
        if constraint.validated {
            continue;
        }
        if let ConstraintKind::ForeignKey { references, .. } = &constraint.kind {
            draft.lock(references, LockMode::RowShare, span);
        }
        draft.work(WorkKind::Scan, [member], Cause::Validate, span);
    }
}

/// The triggers of a foreign key stand on both tables (`ATExecDropConstraint`).
pub(super) fn drop(draft: &mut Draft<'_>, altered: &Altered, name: &Name, cascade: bool, span: Span) {
    let constraints = draft.table(&altered.table).into_iter().flat_map(|table| &table.constraints);
    let Some(constraint) = constraints.into_iter().find(|one| one.name == name.text) else { return };
    match &constraint.kind {
        ConstraintKind::ForeignKey { references, .. } => {
            let all: Vec<TableName> = draft.partitions(references);
            draft.lock_all(&all, LockMode::AccessExclusive, span);
        }
        // Foreign keys that need the key go with it, or else the statement fails.
        ConstraintKind::PrimaryKey | ConstraintKind::Unique => {
            for other in draft.referencing(&altered.table) {
                let needs = draft.table(&other).is_some_and(|table| {
                    table.foreign_keys().any(|key| {
                        key.references == &altered.table && key.referenced_columns == constraint.columns.as_slice()
                    })
                });
                if needs {
                    draft.lock(&other, LockMode::AccessExclusive, span);
                }
                if needs && !cascade && other != altered.table && only_key(draft, &altered.table, &constraint.columns) {
                    draft.fail("2BP01", format!("a foreign key of {other} depends on {}", constraint.name), span);
                }
            }
        }
        ConstraintKind::Check { .. } | ConstraintKind::NotNull | ConstraintKind::Exclusion => {}
    }
}

/// Whether a foreign key to these columns can depend on one index alone (`transformFkeyCheckAttrs` takes the first that fits).
fn only_key(draft: &Draft<'_>, table: &TableName, columns: &[Text]) -> bool {
    let fits = |index: &&Index| {
        index.unique && index.keys.len() == columns.len() && index.keys.iter().all(|key| columns.contains(&key.text))
    };
    draft.table(table).is_some_and(|table| table.indexes.iter().filter(fits).count() <= 1)
}

/// `ATExecAlterConstraint`: ENFORCED and NOT ENFORCED (Postgres 18) make and drop the triggers on both tables.
pub(super) fn alter(draft: &mut Draft<'_>, altered: &Altered, name: &Name, enforced: Option<bool>, span: Span) {
    let constraints = draft.table(&altered.table).into_iter().flat_map(|table| &table.constraints);
    let found = constraints.into_iter().find(|one| one.name == name.text);
    if let Some(ConstraintKind::ForeignKey { references, .. }) = found.map(|one| &one.kind)
        && let Some(enforced) = enforced
    {
        draft.lock(references, LockMode::AccessExclusive, span);
        if enforced && !found.is_some_and(|one| one.validated) {
            draft.work(WorkKind::Scan, [&altered.table], Cause::ForeignKey, span);
        }
    }
}
