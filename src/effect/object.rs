//! Statements about what hangs on a table: triggers, policies, rules, comments, statistics, views; and about types and domains.

use rustc_hash::FxHashSet;

use crate::catalog::model::{TableKind, TableName};
use crate::sql::ddl::model::{
    AlterDomain, AlterObject, Comment, CreateRule, CreateStatistics, CreateTrigger, CreateView, DomainAction, Drop,
    MoveTo, ObjectAction, ObjectKind, Policy, QualifiedName,
};
use crate::sql::facts::Span;

use super::LockMode;
use super::draft::Draft;
use super::maintenance::relation;
use super::model::{Cause, Version, WorkKind};
use super::types;

/// `CreateTriggerFiringOn`; row triggers of a partitioned table are made on its partitions too.
pub(super) fn create_trigger(draft: &mut Draft<'_>, trigger: &CreateTrigger) {
    let table = draft.name(&trigger.table);
    let members = if trigger.per_row { draft.partitions(&table) } else { vec![table] };
    draft.lock_all(&members, LockMode::ShareRowExclusive, trigger.table.span);
}

/// `RemoveTriggerById`, `RemovePolicyById`, `RemoveRewriteRuleById`.
pub(super) fn drop_on_table(draft: &mut Draft<'_>, drop: &Drop) {
    let Some(on) = &drop.on else { return };
    let table = draft.name(on);
    let members = if drop.kind == ObjectKind::Trigger { draft.partitions(&table) } else { vec![table] };
    draft.lock_all(&members, LockMode::AccessExclusive, on.span);
}

/// `renametrig`: from Postgres 15 on, on partitions too.
pub(super) fn alter_trigger(draft: &mut Draft<'_>, table: &QualifiedName, action: &ObjectAction) {
    if let ObjectAction::Move(_) = action {
        let name = draft.name(table);
        let members = if draft.version >= Version(15) { draft.partitions(&name) } else { vec![name] };
        draft.lock_all(&members, LockMode::AccessExclusive, table.span);
    }
}

pub(super) fn policy(draft: &mut Draft<'_>, policy: &Policy) {
    draft.lock(&draft.name(&policy.table), LockMode::AccessExclusive, policy.table.span);
}

pub(super) fn create_rule(draft: &mut Draft<'_>, rule: &CreateRule) {
    draft.lock(&draft.name(&rule.table), LockMode::AccessExclusive, rule.table.span);
}

pub(super) fn create_statistics(draft: &mut Draft<'_>, statistics: &CreateStatistics) {
    draft.lock(&draft.name(&statistics.table), LockMode::ShareUpdateExclusive, statistics.table.span);
}

/// `CommentObject`; of a constraint, trigger, policy or rule the table gets no more than AccessShare.
pub(super) fn comment(draft: &mut Draft<'_>, comment: &Comment) {
    use ObjectKind as K;
    let on = match comment.kind {
        K::Table | K::View | K::MaterializedView | K::ForeignTable | K::Index => comment.name.as_ref(),
        K::Column => comment.on.as_ref(),
        _ => None,
    };
    if let Some(on) = on {
        draft.lock(&relation(draft, on), LockMode::ShareUpdateExclusive, on.span);
    }
}

/// A view that is there already is locked like a table that is altered (`DefineVirtualRelation`).
pub(super) fn create_view(draft: &mut Draft<'_>, view: &CreateView) {
    let name = draft.name(&view.name);
    let present = draft.table(&name).is_some();
    if (present && view.if_not_exists) || view.temporary {
        return;
    }
    draft.lock(&name, LockMode::AccessExclusive, view.name.span);
}

/// ALTER VIEW, SEQUENCE and the like, as far as they have no variant of their own.
pub(super) fn alter_object(draft: &mut Draft<'_>, alter: &AlterObject) {
    let Some(name) = &alter.name else { return };
    match alter.kind {
        ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::ForeignTable | ObjectKind::Table => {
            draft.lock(&draft.name(name), LockMode::AccessExclusive, name.span);
        }
        ObjectKind::Index => {
            let mode = match &alter.action {
                ObjectAction::Move(MoveTo::Name(_)) => LockMode::ShareUpdateExclusive,
                _ => LockMode::AccessExclusive,
            };
            draft.lock(&relation(draft, name), mode, name.span);
        }
        ObjectKind::Rule | ObjectKind::Policy | ObjectKind::Trigger => {}
        _ => {}
    }
}

/// `get_rels_with_domain`: the tables with a column of the domain are locked against writers, and all their rows are read.
pub(super) fn alter_domain(draft: &mut Draft<'_>, alter: &AlterDomain) {
    let (cause, mode) = match &alter.action {
        DomainAction::AddConstraint(def) if def.not_valid.is_some() => return,
        DomainAction::AddConstraint(_) | DomainAction::SetNotNull => (Cause::DomainConstraint, LockMode::Share),
        DomainAction::ValidateConstraint(_) => (Cause::Validate, LockMode::Share),
        _ => return,
    };
    let tables = holding(draft, &alter.name);
    draft.lock_all(&tables, mode, alter.name.span);
    draft.work(WorkKind::Scan, &tables, cause, alter.name.span);
}

/// Tables with a column of this type, or of a domain over it.
pub(super) fn holding(draft: &Draft<'_>, name: &QualifiedName) -> Vec<TableName> {
    let spelled = spelled(name);
    let tables = draft.replay.all_tables();
    let stores = |kind: TableKind| !matches!(kind, TableKind::View | TableKind::Foreign);
    tables
        .filter(|(_, table)| stores(table.kind))
        .filter(|(_, table)| table.columns.iter().any(|column| types::is_over(draft, &column.type_name, &spelled)))
        .map(|(name, _)| name.clone())
        .collect()
}

/// As column types spell it.
fn spelled(name: &QualifiedName) -> String {
    match name.schema.as_deref() {
        None | Some("public") => crate::sql::ddl::quoted_if_needed(&name.name),
        Some(schema) => {
            let part = crate::sql::ddl::quoted_if_needed;
            format!("{}.{}", part(schema), part(&name.name))
        }
    }
}

/// Every column of the type goes (DROP TYPE … CASCADE).
pub(super) fn drop_type(draft: &mut Draft<'_>, name: &QualifiedName, span: Span) {
    let tables = holding(draft, name);
    draft.lock_all(&tables, LockMode::AccessExclusive, span);
    for table in tables {
        let columns = draft.table(&table).map(|table| table.columns.as_slice()).unwrap_or_default();
        let of_type = columns.iter().filter(|column| types::is_over(draft, &column.type_name, &spelled(name)));
        for column in of_type.collect::<Vec<_>>() {
            draft.views_go(&table, Some(&column.name), true, &FxHashSet::default(), span);
        }
    }
}
