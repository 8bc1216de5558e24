//! CREATE INDEX and ALTER INDEX.

use crate::catalog::model::TableName;
use crate::sql::ddl::model::{AlterIndex, CreateIndex, IndexAction, QualifiedName};

use super::LockMode;
use super::draft::Draft;
use super::model::{Cause, WorkKind};
use super::parameter;

/// `DefineIndex`: SHARE on the table and on each partition, SHARE UPDATE EXCLUSIVE when concurrent.
pub(super) fn predict(draft: &mut Draft<'_>, index: &CreateIndex) {
    let table = draft.name(&index.table);
    let span = index.table.span;
    let mode = if index.concurrently { LockMode::ShareUpdateExclusive } else { LockMode::Share };
    if index.concurrently && draft.is_partitioned(&table) {
        draft.lock(&table, mode, span);
        let message = format!("cannot create index on partitioned table \"{}\" concurrently", table.name);
        return draft.fail("0A000", message, span);
    }
    draft.lock(&table, mode, span);
    let present = index.name.as_ref().is_some_and(|name| draft.replay.relation_exists(&table.schema, &name.text));
    if index.only && draft.is_partitioned(&table) {
        return;
    }
    let members = draft.partitions(&table);
    draft.lock_all(&members, mode, span);
    if present {
        return;
    }
    let building: Vec<TableName> =
        members.into_iter().filter(|member| !has_alike(draft, member, &table, index)).collect();
    draft.work(WorkKind::IndexBuild, &building, Cause::CreateIndex, span);
}

/// A partition that has an index of this shape gets none (`DefineIndex`, `CompareIndexInfo`).
fn has_alike(draft: &Draft<'_>, member: &TableName, root: &TableName, index: &CreateIndex) -> bool {
    member != root && draft.replay.fits_new_index(member, index)
}

/// The index is locked, not its table: SHARE UPDATE EXCLUSIVE for a new name since Postgres 12 (`RenameRelation`), ACCESS EXCLUSIVE or
/// less for the rest.
pub(super) fn alter(draft: &mut Draft<'_>, alter: &AlterIndex) {
    let span = alter.name.span;
    let name = |draft: &Draft<'_>, name: &QualifiedName| match draft.replay.index(name) {
        Some((table, index)) => TableName { schema: table.schema, name: index.name.clone() },
        None => draft.name(name),
    };
    let on = name(draft, &alter.name);
    match &alter.action {
        IndexAction::Rename(_) => draft.lock(&on, LockMode::ShareUpdateExclusive, span),
        IndexAction::AttachPartition(child) => {
            draft.lock(&on, LockMode::ShareUpdateExclusive, span);
            let child_name = name(draft, child);
            draft.lock(&child_name, LockMode::AccessExclusive, child.span);
        }
        IndexAction::SetParameters(parameters) | IndexAction::ResetParameters(parameters) => {
            draft.lock(&on, parameter::level(parameters), span);
        }
        IndexAction::SetStatistics | IndexAction::DependsOnExtension(_) => {
            draft.lock(&on, LockMode::ShareUpdateExclusive, span);
        }
        IndexAction::SetTablespace(_) | IndexAction::Other => draft.lock(&on, LockMode::AccessExclusive, span),
    }
}
