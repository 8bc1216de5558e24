//! VACUUM, ANALYZE, CLUSTER, REINDEX, REFRESH, TRUNCATE and LOCK.

use rustc_hash::FxHashSet;

use crate::catalog::model::{Index, TableKind, TableName};
use crate::sql::ddl::model::{
    Analyze, Cleaned, Cluster, LockTable, QualifiedName, Refresh, Reindex, ReindexTarget, Truncate, Vacuum,
};
use crate::sql::facts::Span;

use super::LockMode;
use super::draft::Draft;
use super::model::{Cause, Version, WorkKind};

/// Each table in a transaction of its own (`vacuum_open_relation`); partitions one by one, and since Postgres 18 inheritance
/// children too, unless ONLY is said (`expand_vacuum_rel`).
pub(super) fn vacuum(draft: &mut Draft<'_>, vacuum: &Vacuum) {
    let mode = if vacuum.full { LockMode::AccessExclusive } else { LockMode::ShareUpdateExclusive };
    if vacuum.tables.is_empty() {
        return everything(draft, mode, vacuum.full.then_some(Cause::VacuumFull));
    }
    for one in &vacuum.tables {
        let members = cleaned(draft, one);
        draft.lock_all(&members, mode, one.name.span);
        if vacuum.full {
            draft.work(WorkKind::Rewrite, &members, Cause::VacuumFull, one.name.span);
        }
    }
}

/// A sample is read, not every row.
pub(super) fn analyze(draft: &mut Draft<'_>, analyze: &Analyze) {
    if analyze.tables.is_empty() {
        return everything(draft, LockMode::ShareUpdateExclusive, None);
    }
    for one in &analyze.tables {
        let members = cleaned(draft, one);
        draft.lock_all(&members, LockMode::ShareUpdateExclusive, one.name.span);
    }
}

fn cleaned(draft: &Draft<'_>, one: &Cleaned) -> Vec<TableName> {
    let table = draft.name(&one.name);
    match (draft.version >= Version(18), one.only) {
        (true, true) => vec![table],
        (true, false) => draft.family(&table),
        (false, _) => draft.partitions(&table),
    }
}

/// Each table of the database, one after the other.
fn everything(draft: &mut Draft<'_>, mode: LockMode, rewritten: Option<Cause>) {
    let tables = draft.replay.all_tables();
    let all: Vec<TableName> =
        tables.filter(|(_, table)| table.kind != TableKind::View).map(|(name, _)| name.clone()).collect();
    draft.lock_all(&all, mode, Span::default());
    if let Some(cause) = rewritten {
        draft.work(WorkKind::Rewrite, &all, cause, Span::default());
    }
}

/// `cluster_rel`.
pub(super) fn cluster(draft: &mut Draft<'_>, cluster: &Cluster) {
    let Some(name) = &cluster.table else { return };
    let members = draft.partitions(&draft.name(name));
    draft.lock_all(&members, LockMode::AccessExclusive, name.span);
    draft.work(WorkKind::Rewrite, &members, Cause::Cluster, name.span);
}

/// `ReindexIndex`, `ReindexTable`: writers wait, and readers who would use the index.
pub(super) fn reindex(draft: &mut Draft<'_>, reindex: &Reindex) {
    let Some(name) = &reindex.name else { return };
    let (mode, of_index) = match reindex.concurrently {
        true => (LockMode::ShareUpdateExclusive, LockMode::ShareUpdateExclusive),
        false => (LockMode::Share, LockMode::AccessExclusive),
    };
    match reindex.target {
        ReindexTarget::Index => {
            let Some((table, index)) = draft.replay.index(name) else {
                return draft.lock(&draft.name(name), of_index, name.span);
            };
            let index = TableName { schema: table.schema.clone(), name: index.name.clone() };
            if !draft.is_partitioned(&table) {
                draft.lock(&index, of_index, name.span);
            }
            let members = leaves(draft, &table);
            draft.lock_all(&members, mode, name.span);
            draft.work(WorkKind::IndexBuild, &members, Cause::Reindex, name.span);
        }
        ReindexTarget::Table => {
            let members = leaves(draft, &draft.name(name));
            draft.lock_all(&members, mode, name.span);
            for member in members {
                // Of a table that is not known some index is supposed.
                if draft.table(&member).is_none_or(|table| !table.indexes.is_empty()) {
                    draft.work(WorkKind::IndexBuild, [&member], Cause::Reindex, name.span);
                }
            }
        }
        ReindexTarget::Schema | ReindexTarget::Database | ReindexTarget::System => {
            let mut meant: Vec<TableName> = match reindex.target {
                ReindexTarget::Schema => draft.replay.in_schema(&name.name),
                _ => draft.replay.all_tables().map(|(table, _)| table.clone()).collect(),
            };
            meant.retain(|table| draft.table(table).is_some_and(|table| !table.indexes.is_empty()));
            draft.lock_all(&meant, mode, name.span);
            draft.work(WorkKind::IndexBuild, &meant, Cause::Reindex, name.span);
        }
    }
}

/// Partitions are done one by one, each in a transaction of its own (`ReindexPartitions`); no lock stays on their parent.
fn leaves(draft: &Draft<'_>, table: &TableName) -> Vec<TableName> {
    draft.partitions(table).into_iter().filter(|member| !draft.is_partitioned(member)).collect()
}

/// `ExecRefreshMatView`: concurrently, readers go on, but neither writers nor another refresh.
pub(super) fn refresh(draft: &mut Draft<'_>, refresh: &Refresh) {
    let view = draft.name(&refresh.name);
    let span = refresh.name.span;
    if refresh.concurrently {
        draft.lock(&view, LockMode::Exclusive, span);
        if let Some(known) = draft.table(&view).filter(|known| known.kind == TableKind::MaterializedView) {
            if known.unfilled {
                let message = "CONCURRENTLY cannot be used when the materialized view is not populated";
                return draft.fail("0A000", message, span);
            }
            if !known.indexes.iter().any(Index::tells_rows_apart) {
                let message = format!(
                    "cannot refresh materialized view \"{view}\" concurrently: it has no unique index over plain columns"
                );
                return draft.fail("55000", message, span);
            }
        }
        draft.work(WorkKind::Scan, [&view], Cause::RefreshMaterializedView, span);
    } else {
        draft.lock(&view, LockMode::AccessExclusive, span);
        draft.work(WorkKind::Rewrite, [&view], Cause::RefreshMaterializedView, span);
    }
}

/// `ExecuteTruncate`: a new, empty file; nothing is read. Foreign keys are followed only by CASCADE.
pub(super) fn truncate(draft: &mut Draft<'_>, truncate: &Truncate) {
    let mut emptied: Vec<(TableName, Span)> = Vec::new();
    for name in &truncate.tables {
        let table = draft.name(name);
        let members = if truncate.only { vec![table] } else { draft.family(&table) };
        emptied.extend(members.into_iter().map(|member| (member, name.span)));
    }
    let mut met: FxHashSet<TableName> = emptied.iter().map(|(table, _)| table.clone()).collect();
    let mut at = 0;
    while let Some((table, span)) = emptied.get(at).cloned() {
        draft.lock(&table, LockMode::AccessExclusive, span);
        for other in draft.referencing(&table) {
            if met.contains(&other) {
                continue;
            }
            if truncate.cascade {
                let members = draft.family(&other);
                met.extend(members.iter().cloned());
                emptied.extend(members.into_iter().map(|member| (member, span)));
            } else {
                let message = "cannot truncate a table referenced in a foreign key constraint";
                draft.fail("0A000", message, span);
            }
        }
        at += 1;
    }
}

/// `LockTableCommand`.
pub(super) fn lock(draft: &mut Draft<'_>, lock: &LockTable) {
    let Some(mode) = LockMode::named(lock.mode) else { return };
    for name in &lock.tables {
        let table = draft.name(name);
        let mut members = if lock.only { vec![table] } else { draft.family(&table) };
        let mut met: FxHashSet<TableName> = members.iter().cloned().collect();
        let mut at = 0;
        // What a view reads is locked with it (`LockViewRecurse`).
        while let Some(read) = members.get(at).and_then(|member| draft.table(member)).map(|table| &table.reads) {
            members.extend(read.keys().filter(|table| met.insert((*table).clone())).cloned());
            at += 1;
        }
        draft.lock_all(&members, mode, name.span);
    }
}

/// The object that a name means when it is a relation of any kind.
pub(super) fn relation(draft: &Draft<'_>, name: &QualifiedName) -> TableName {
    match draft.replay.index(name) {
        Some((table, index)) if draft.table(&draft.name(name)).is_none() => {
            TableName { schema: table.schema, name: index.name.clone() }
        }
        _ => draft.name(name),
    }
}
