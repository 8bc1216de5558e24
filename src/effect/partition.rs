//! Partitions attached and detached, and the default partition, whose rows may belong to a new one.

use crate::catalog::lookup::ForeignKey;
use crate::catalog::model::TableName;
use crate::sql::ddl::model::{Bound, QualifiedName};
use crate::sql::facts::Span;

use super::LockMode;
use super::draft::Draft;
use super::implied;
use super::model::{Cause, Version, WorkKind};

/// `ATExecAttachPartition`: the parent is locked by ALTER TABLE, with SHARE UPDATE EXCLUSIVE.
pub(super) fn attach(draft: &mut Draft<'_>, parent: &TableName, partition: &QualifiedName, bound: &Bound, span: Span) {
    let child = draft.name(partition);
    let members = draft.family(&child);
    draft.lock_all(&members, LockMode::AccessExclusive, partition.span);
    // A default partition takes whatever no other one takes; without another one that is everything.
    let only = *bound == Bound::Default && !draft.has_children(parent);
    for member in &members {
        if !only && !implied::by_checks(draft, parent, member, bound) {
            draft.work(WorkKind::Scan, [member], Cause::AttachPartition, span);
        }
    }
    // A foreign key of the parent that the new partition has not yet is validated for it (`CloneFkReferencing`).
    let own = draft.table(&child);
    let has = |key: &ForeignKey<'_>| {
        own.is_some_and(|own| {
            own.foreign_keys()
                .any(|one| one.columns == key.columns && one.references == key.references && one.constraint.validated)
        })
    };
    if draft.table(parent).is_some_and(|table| table.foreign_keys().any(|key| key.constraint.validated && !has(&key))) {
        draft.work(WorkKind::Scan, &members, Cause::ForeignKey, span);
    }
    default_partition(draft, parent, Some(&child), Some(bound), span);
    inherited_references(draft, parent, span);
    let wanted = draft.table(parent).map(|table| table.indexes.as_slice()).unwrap_or_default();
    for member in &members {
        for _ in wanted.iter().filter(|index| !draft.replay.fits_partition(member, index)) {
            draft.work(WorkKind::IndexBuild, [member], Cause::AttachPartition, span);
        }
    }
}

/// `ATExecDetachPartition`: concurrently, the partition alone is locked away from readers, in a second transaction.
pub(super) fn detach(draft: &mut Draft<'_>, parent: &TableName, partition: &QualifiedName, concurrently: bool) {
    let child = draft.name(partition);
    // Before Postgres 14 the partition was locked so strongly only to take triggers off it.
    let gentle = draft.version < Version(14) && draft.referencing(parent).is_empty();
    let mode = if gentle { LockMode::ShareUpdateExclusive } else { LockMode::AccessExclusive };
    draft.lock_all(&draft.family(&child), mode, partition.span);
    if concurrently && draft.version.0 < 14 {
        draft.fail("42601", "DETACH PARTITION … CONCURRENTLY needs Postgres 14", partition.span);
    }
    let default = draft.default_partition(parent).filter(|default| *default != child);
    if let Some(default) = default {
        if concurrently {
            let message = "cannot detach partitions concurrently when a default partition exists";
            draft.fail("55000", message, partition.span);
        }
        draft.lock(&default, LockMode::AccessExclusive, partition.span);
    }
    draft.lock_all(&draft.referenced(parent), LockMode::ShareRowExclusive, partition.span);
    // No row may point into the partition: `RI_PartitionRemove_Check` joins the two.
    let referencing = draft.referencing(parent);
    draft.lock_all(&referencing, LockMode::AccessExclusive, partition.span);
    if !referencing.is_empty() {
        draft.work(WorkKind::Scan, referencing.iter().chain([&child]), Cause::DetachPartition, partition.span);
    }
}

/// The default partition is locked, and read in search of rows that belong to the new one (`check_default_partition_contents`).
pub(super) fn default_partition(
    draft: &mut Draft<'_>,
    parent: &TableName,
    new: Option<&TableName>,
    bound: Option<&Bound>,
    span: Span,
) {
    let Some(default) = draft.default_partition(parent).filter(|default| Some(default) != new) else { return };
    if bound == Some(&Bound::Default) {
        let message = format!("partition conflicts with existing default partition \"{}\"", default.name);
        return draft.fail("42P17", message, span);
    }
    let members = draft.family(&default);
    draft.lock_all(&members, LockMode::AccessExclusive, span);
    if bound.is_some_and(|bound| implied::excluded(draft, parent, &default, bound)) {
        return;
    }
    for member in &members {
        if !bound.is_some_and(|bound| implied::excluded_by_check(draft, parent, member, bound)) {
            draft.work(WorkKind::Scan, [member], Cause::DefaultPartition, span);
        }
    }
}

/// Foreign keys of the parent become the partition's too, and so do those that point at the parent, with triggers on the other table.
pub(super) fn inherited_references(draft: &mut Draft<'_>, parent: &TableName, span: Span) {
    draft.lock_all(&draft.referenced(parent), LockMode::ShareRowExclusive, span);
    if draft.version >= Version(15) {
        draft.lock_all(&draft.referencing(parent), LockMode::ShareRowExclusive, span);
    }
}
