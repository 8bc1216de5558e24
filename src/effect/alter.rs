//! ALTER TABLE: the strongest lock that any of its actions needs is taken at the start, on the table and on those below it that an
//! action reaches (`AlterTableGetLockLevel`, `ATPrepCmd`).

mod column;
mod level;

use crate::catalog::model::{Table, TableName};
use crate::sql::ddl::model::{Action, ActionKind, AlterTable};
use crate::sql::facts::Span;

use super::LockMode;
use super::draft::Draft;
use super::model::{Cause, WorkKind};
use super::{constraint, partition};

/// The table that is altered and what its actions reach.
pub(super) struct Altered {
    pub table: TableName,
    /// Itself and everything below it, or itself alone after ONLY or where no action reaches down.
    pub family: Vec<TableName>,
}

pub(super) fn predict(draft: &mut Draft<'_>, alter: &AlterTable) {
    if draft.table(&draft.name(&alter.name)).is_none() && draft.replay.index(&alter.name).is_some() {
        return index(draft, alter);
    }
    let table = draft.name(&alter.name);
    // A partition that comes or goes is nothing to the others, of which there may be thousands.
    let own = |action: &Action| {
        matches!(action.kind, ActionKind::AttachPartition { .. } | ActionKind::DetachPartition { .. })
    };
    let alone = alter.only || alter.actions.iter().all(own);
    let family = if alone { vec![table.clone()] } else { draft.family(&table) };
    let altered = Altered { table, family };
    let levels = alter.actions.iter().map(|action| (level::of(action), action));
    let Some((mode, action)) = levels.max_by_key(|(mode, _)| *mode) else { return };
    draft.lock(&altered.table, mode, action.span);
    for action in &alter.actions {
        if level::reaches_down(draft, &altered.table, &action.kind) {
            draft.lock_all(&altered.family, mode, action.span);
        }
        if level::indexes_below(draft, &altered.table, &action.kind) {
            draft.lock_all(&altered.family, LockMode::Share, action.span);
        }
        act(draft, &altered, action);
    }
}

/// ALTER TABLE takes indexes too. A new name needs less in ALTER INDEX (`RenameRelation`).
fn index(draft: &mut Draft<'_>, alter: &AlterTable) {
    let Some((table, index)) = draft.replay.index(&alter.name) else { return };
    let on = TableName { schema: table.schema, name: index.name.clone() };
    for action in &alter.actions {
        draft.lock(&on, level::of(action), action.span);
    }
}

fn act(draft: &mut Draft<'_>, altered: &Altered, action: &Action) {
    let span = action.span;
    match &action.kind {
        ActionKind::AddColumn { column, constraints, if_not_exists } => {
            let present = draft.table(&altered.table).is_some_and(|table| table.column(&column.name.text).is_some());
            if !(present && *if_not_exists) {
                column::add(draft, altered, column, constraints, span);
            }
        }
        ActionKind::DropColumn { column, cascade, .. } => column::drop(draft, altered, column, *cascade, span),
        ActionKind::SetType { column, to, collation, using } => {
            let change = column::Change { column, to, collation: collation.as_deref(), using: using.as_ref() };
            column::set_type(draft, altered, &change, span);
        }
        ActionKind::SetNotNull(column) => column::set_not_null(draft, altered, column, span),
        ActionKind::AddConstraint(def) => constraint::add(draft, altered, def, span),
        ActionKind::ValidateConstraint(name) => constraint::validate(draft, altered, name, span),
        ActionKind::DropConstraint { constraint, cascade, .. } => {
            constraint::drop(draft, altered, constraint, *cascade, span);
        }
        ActionKind::AttachPartition { partition, bound } => {
            partition::attach(draft, &altered.table, partition, bound, span);
        }
        ActionKind::DetachPartition { partition, concurrently, .. } => {
            partition::detach(draft, &altered.table, partition, *concurrently);
        }
        ActionKind::Inherit(parent) => draft.lock(&draft.name(parent), LockMode::ShareUpdateExclusive, parent.span),
        ActionKind::SetExpression { column, .. } => column::set_expression(draft, altered, column, span),
        ActionKind::AlterConstraint { constraint, enforced, .. } => {
            constraint::alter(draft, altered, constraint, *enforced, span);
        }
        ActionKind::SetLogged => rewrite_unless(draft, altered, |table| !table.unlogged, Cause::Logged, span),
        ActionKind::SetUnlogged => rewrite_unless(draft, altered, |table| table.unlogged, Cause::Logged, span),
        ActionKind::SetAccessMethod(to) if to.as_ref().is_none_or(|to| to.text == "heap") => {}
        ActionKind::SetAccessMethod(_) => rewrite_unless(draft, altered, |_| false, Cause::AccessMethod, span),
        ActionKind::SetTablespace(to) if to.text == "pg_default" => {}
        ActionKind::SetTablespace(_) => rewrite_unless(draft, altered, |_| false, Cause::Tablespace, span),
        _ => {}
    }
}

/// A new file for the table alone: its partitions keep theirs.
fn rewrite_unless(draft: &mut Draft<'_>, altered: &Altered, so: fn(&Table) -> bool, cause: Cause, span: Span) {
    if !draft.table(&altered.table).is_some_and(so) && !draft.is_partitioned(&altered.table) {
        draft.work(WorkKind::Rewrite, [&altered.table], cause, span);
    }
}
