//! DROP of tables, indexes and views.

use std::cell::OnceCell;

use rustc_hash::FxHashSet;

use crate::catalog::model::TableName;
use crate::sql::ddl::model::{Drop, ObjectKind, QualifiedName};
use crate::sql::facts::Span;

use super::LockMode;
use super::draft::Draft;
use super::object;

pub(super) fn predict(draft: &mut Draft<'_>, drop: &Drop) {
    use ObjectKind as K;
    match drop.kind {
        K::Trigger | K::Policy | K::Rule => return object::drop_on_table(draft, drop),
        K::Index if drop.concurrently && drop.names.len() > 1 => {
            let message = "DROP INDEX CONCURRENTLY does not support dropping multiple objects";
            draft.fail("0A000", message, drop.names[1].span);
        }
        _ => {}
    }
    let named: FxHashSet<TableName> = drop.names.iter().map(|name| draft.name(name)).collect();
    let all_going = OnceCell::new();
    for name in &drop.names {
        match drop.kind {
            K::Table | K::ForeignTable => table(draft, name, drop, (&named, &all_going)),
            K::Index => index(draft, name, drop),
            K::View | K::MaterializedView => {
                let view = draft.name(name);
                draft.lock(&view, LockMode::AccessExclusive, name.span);
                draft.views_go(&view, None, drop.cascade, &named, name.span);
            }
            K::Schema => {
                let inside = draft.replay.in_schema(&name.name);
                inside.iter().for_each(|table| gone(draft, table, name.span));
            }
            K::Type | K::Domain if drop.cascade => object::drop_type(draft, name, name.span),
            _ => {}
        }
    }
}

/// `named`: all tables that the statement names; `all_going`: those and what is below them, found when it is first asked for.
fn table(
    draft: &mut Draft<'_>,
    name: &QualifiedName,
    drop: &Drop,
    (named, all_going): (&FxHashSet<TableName>, &OnceCell<FxHashSet<TableName>>),
) {
    let table = draft.name(name);
    if draft.table(&table).is_none() && drop.if_exists && !draft.replay.catalog().tables.is_empty() {
        // It may exist in the database that this is for; then it is locked.
        return draft.lock(&table, LockMode::AccessExclusive, name.span);
    }
    // A partition's parent is locked first (`RangeVarCallbackForDropRelation`), because its partition descriptor changes.
    if let Some(parent) = parent_of_partition(draft, &table) {
        draft.lock(&parent, LockMode::AccessExclusive, name.span);
        if let Some(default) = draft.default_partition(&parent) {
            draft.lock(&default, LockMode::AccessExclusive, name.span);
        }
    }
    // Partitions go with their parent, children by inheritance only with CASCADE.
    if !drop.cascade
        && !draft.is_partitioned(&table)
        && let Some(child) = draft.replay.children(&table).into_iter().find(|child| !named.contains(child))
    {
        draft.fail("2BP01", format!("table {child} depends on table {table}"), name.span);
    }
    for member in draft.family(&table) {
        gone(draft, &member, name.span);
        draft.views_go(&member, None, drop.cascade, &FxHashSet::default(), name.span);
        let referencing = draft.referencing(&member);
        if referencing.is_empty() || drop.cascade {
            continue;
        }
        let going =
            all_going.get_or_init(|| drop.names.iter().flat_map(|name| draft.family(&draft.name(name))).collect());
        if let Some(other) = referencing.into_iter().find(|other| !going.contains(other)) {
            draft.fail("2BP01", format!("a foreign key of {other} depends on {member}"), name.span);
        }
    }
}

pub(super) fn parent_of_partition(draft: &Draft<'_>, table: &TableName) -> Option<TableName> {
    let parent = draft.table(table)?.parent.clone()?;
    draft.is_partitioned(&parent).then_some(parent)
}

/// A table that ceases to exist, with its foreign keys and those that point at it: the triggers of a foreign key stand on both tables,
/// and taking one away locks its table (`RemoveTriggerById`).
fn gone(draft: &mut Draft<'_>, table: &TableName, span: Span) {
    draft.lock(table, LockMode::AccessExclusive, span);
    // A partition's part of its parent's foreign key has no triggers of its own on the other side.
    let parents = parent_of_partition(draft, table).map(|parent| draft.referenced(&parent)).unwrap_or_default();
    let own: Vec<TableName> = draft.referenced(table).into_iter().filter(|one| !parents.contains(one)).collect();
    let other_ends: Vec<TableName> = own.into_iter().chain(draft.referencing(table)).collect();
    draft.lock_all(&other_ends, LockMode::AccessExclusive, span);
}

/// `index_drop` locks the table as strongly as the index, because plans that use the index must end.
fn index(draft: &mut Draft<'_>, name: &QualifiedName, drop: &Drop) {
    let mode = if drop.concurrently { LockMode::ShareUpdateExclusive } else { LockMode::AccessExclusive };
    let Some((table, index)) = draft.replay.index(name) else {
        return draft.lock(&draft.name(name), mode, name.span);
    };
    let index = TableName { schema: table.schema.clone(), name: index.name.clone() };
    if drop.concurrently && draft.is_partitioned(&table) {
        let message = format!("cannot drop partitioned index \"{}\" concurrently", index.name);
        draft.fail("0A000", message, name.span);
    }
    draft.lock(&index, mode, name.span);
    draft.lock_all(&draft.partitions(&table), mode, name.span);
}
