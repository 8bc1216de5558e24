//! Which lock an action of ALTER TABLE needs, and whether it goes down to partitions and children.

use crate::catalog::model::TableName;
use crate::effect::LockMode;
use crate::effect::draft::Draft;
use crate::effect::model::Version;
use crate::effect::parameter;
use crate::sql::ddl::model::{Action, ActionKind, ConstraintBody, ConstraintDef, Name, TriggerChoice};

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
    let not_null = |name: &Name| {
        let column = draft.table(table).and_then(|table| table.column(&name.text));
        column.is_some_and(|column| column.not_null)
    };
    match kind {
        // `ATPrepCmd` locks all descendants for any constraint.
        ActionKind::AddConstraint(_) if draft.version >= Version(18) => true,
        // Children by inheritance may take NULL where their parent does not, before Postgres 18 (`ATPrepSetNotNull`).
        ActionKind::SetNotNull(column) if draft.version >= Version(18) || draft.is_partitioned(table) => {
            !not_null(column)
        }
        ActionKind::AddConstraint(def) => match &def.body {
            ConstraintBody::Check(_) | ConstraintBody::NotNull(_) => true,
            // Children by inheritance have no part in keys of their parent, but in the NOT NULL of a primary key.
            ConstraintBody::PrimaryKey(key) => !key.columns.iter().all(not_null),
            ConstraintBody::ForeignKey(_) => draft.is_partitioned(table),
            ConstraintBody::Unique(_) | ConstraintBody::Exclusion { .. } => false,
        },
        ActionKind::DropConstraint { .. } => true,
        ActionKind::ValidateConstraint(name) => {
            let constraints = draft.table(table).into_iter().flat_map(|table| &table.constraints);
            !constraints.into_iter().any(|one| one.name == name.text && one.validated)
        }
        ActionKind::AddColumn { column, if_not_exists: true, .. } => {
            draft.table(table).is_none_or(|table| table.column(&column.name.text).is_none())
        }
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
        // Partitions have a part in a trigger for each row.
        ActionKind::SetTrigger { which: TriggerChoice::Named(_), .. } => draft.is_partitioned(table),
        // A foreign key's triggers are for each row; a partitioned table has them since Postgres 15.
        ActionKind::SetTrigger { which: TriggerChoice::All, .. } => {
            let keyed = !draft.referenced(table).is_empty() || !draft.referencing(table).is_empty();
            keyed && draft.version >= Version(15) && draft.is_partitioned(table)
        }
        _ => false,
    }
}

/// The index of a partitioned table's key is made on its partitions like any index (`DefineIndex`).
pub(super) fn indexes_below(draft: &Draft<'_>, table: &TableName, kind: &ActionKind) -> bool {
    let key = match kind {
        ActionKind::AddConstraint(def) => {
            !matches!(def.body, ConstraintBody::Check(_) | ConstraintBody::NotNull(_) | ConstraintBody::ForeignKey(_))
        }
        _ => false,
    };
    key && draft.is_partitioned(table)
}
