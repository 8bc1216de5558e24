//! Which lock an action of ALTER TABLE needs, and whether it goes down to partitions and children.

use crate::catalog::model::TableName;
use crate::effect::LockMode;
use crate::effect::draft::Draft;
use crate::effect::parameter;
use crate::sql::ddl::model::{Action, ActionKind, ConstraintBody, ConstraintDef};

/// `AlterTableGetLockLevel`, `RenameRelation`, `renameatt`.
pub(super) fn of(action: &Action) -> LockMode {
    use LockMode::{AccessExclusive, ShareRowExclusive, ShareUpdateExclusive};
    match &action.kind {
        ActionKind::AddConstraint(ConstraintDef { body: ConstraintBody::ForeignKey(_), .. })
        | ActionKind::SetTrigger { .. } => ShareRowExclusive,
        ActionKind::ValidateConstraint(_)
        | ActionKind::AttachPartition { .. }
        | ActionKind::DetachPartition { concurrently: true, .. }
        | ActionKind::DetachPartition { finalize: true, .. }
        | ActionKind::SetStatistics { .. }
        | ActionKind::SetColumnParameters { .. }
        | ActionKind::ResetColumnParameters { .. }
        | ActionKind::ClusterOn(_)
        | ActionKind::SetWithoutCluster => ShareUpdateExclusive,
        ActionKind::SetParameters(parameters) | ActionKind::ResetParameters(parameters) => parameter::level(parameters),
        _ => AccessExclusive,
    }
}

pub(super) fn reaches_down(draft: &Draft<'_>, table: &TableName, kind: &ActionKind) -> bool {
    match kind {
        ActionKind::AddConstraint(def) => match &def.body {
            ConstraintBody::Check(_) | ConstraintBody::NotNull(_) => true,
            // Children by inheritance have no part in keys of their parent, but in the NOT NULL of a primary key.
            ConstraintBody::PrimaryKey(_) => true,
            _ => draft.is_partitioned(table),
        },
        ActionKind::DropConstraint { .. } | ActionKind::ValidateConstraint(_) => true,
        ActionKind::AlterConstraint { .. } => draft.is_partitioned(table),
        ActionKind::AddColumn { .. }
        | ActionKind::DropColumn { .. }
        | ActionKind::RenameColumn { .. }
        | ActionKind::SetType { .. }
        | ActionKind::SetNotNull(_)
        | ActionKind::DropNotNull(_)
        | ActionKind::SetDefault { .. }
        | ActionKind::DropDefault(_)
        | ActionKind::SetExpression { .. }
        | ActionKind::DropExpression(_)
        | ActionKind::SetStatistics { .. }
        | ActionKind::SetStorage { .. }
        | ActionKind::RenameConstraint { .. } => true,
        ActionKind::SetTrigger { .. } => draft.is_partitioned(table),
        _ => false,
    }
}
