//! ALTER TABLE and its actions.

use super::{Bound, ColumnDef, ConstraintDef, Expr, MoveTo, Name, Parameter, QualifiedName, SequenceOptions, TypeName};
use crate::sql::facts::Span;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterTable {
    /// What the statement calls it.
    pub relation: RelationKind,
    pub name: QualifiedName,
    pub if_exists: bool,
    pub only: bool,
    pub actions: Vec<Action>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    Table,
    ForeignTable,
    View,
    MaterializedView,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub kind: ActionKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionKind {
    AddColumn {
        column: Box<ColumnDef>,
        constraints: Vec<ConstraintDef>,
        if_not_exists: bool,
    },
    DropColumn {
        column: Name,
        if_exists: bool,
        cascade: bool,
    },
    RenameColumn {
        from: Name,
        to: Name,
    },
    SetType {
        column: Name,
        to: TypeName,
        collation: Option<String>,
        using: Option<Expr>,
    },
    SetNotNull(Name),
    DropNotNull(Name),
    SetDefault {
        column: Name,
        to: Expr,
    },
    DropDefault(Name),
    AddIdentity(Name),
    /// `SET GENERATED …`, `SET INCREMENT …`, `RESTART …`.
    AlterIdentity {
        column: Name,
        always: Option<bool>,
        options: SequenceOptions,
    },
    DropIdentity(Name),
    /// `SET EXPRESSION AS (…)` (Postgres 17).
    SetExpression {
        column: Name,
        to: Expr,
    },
    DropExpression(Name),
    /// `SET STATISTICS n`; `None` is the default.
    SetStatistics {
        column: Name,
        target: Option<i64>,
    },
    SetColumnParameters {
        column: Name,
        parameters: Vec<Parameter>,
    },
    ResetColumnParameters {
        column: Name,
        parameters: Vec<Parameter>,
    },
    SetStorage {
        column: Name,
        to: Name,
    },
    SetCompression {
        column: Name,
        to: Name,
    },
    /// `ALTER column OPTIONS (…)` of a foreign table.
    SetColumnOptions(Name),
    AddConstraint(ConstraintDef),
    ValidateConstraint(Name),
    DropConstraint {
        constraint: Name,
        if_exists: bool,
        cascade: bool,
    },
    /// What is not spoken of is `None`.
    AlterConstraint {
        constraint: Name,
        deferrable: Option<bool>,
        initially_deferred: Option<bool>,
        /// `[NOT] ENFORCED` (Postgres 18).
        enforced: Option<bool>,
        /// `[NO] INHERIT` (Postgres 18).
        inherit: Option<bool>,
    },
    RenameConstraint {
        from: Name,
        to: Name,
    },
    Move(MoveTo),
    OwnerTo(Name),
    AttachPartition {
        partition: QualifiedName,
        bound: Bound,
    },
    DetachPartition {
        partition: QualifiedName,
        concurrently: bool,
        finalize: bool,
    },
    /// Postgres 19.
    SplitPartition {
        partition: QualifiedName,
        into: Vec<QualifiedName>,
    },
    /// Postgres 19.
    MergePartitions {
        partitions: Vec<QualifiedName>,
        into: QualifiedName,
    },
    Inherit(QualifiedName),
    NoInherit(QualifiedName),
    /// `OF type`.
    OfType(QualifiedName),
    NotOf,
    EnableRowSecurity,
    DisableRowSecurity,
    ForceRowSecurity,
    NoForceRowSecurity,
    SetTrigger {
        which: TriggerChoice,
        firing: Firing,
    },
    SetRule {
        rule: Name,
        firing: Firing,
    },
    ReplicaIdentity(ReplicaIdentity),
    ClusterOn(Name),
    SetWithoutCluster,
    SetWithoutOids,
    SetLogged,
    SetUnlogged,
    /// `None` is DEFAULT.
    SetAccessMethod(Option<Name>),
    SetTablespace(Name),
    SetParameters(Vec<Parameter>),
    ResetParameters(Vec<Parameter>),
    /// `OPTIONS (…)` of a foreign table.
    SetOptions,
    DependsOnExtension(Name),
    /// An action that is not known here; read it from the span.
    Other,
}

/// Which triggers ENABLE and DISABLE TRIGGER mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TriggerChoice {
    /// Those that keep foreign keys among them.
    All,
    User,
    Named(Name),
}

/// When a trigger or a rule fires, by `session_replication_role`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Firing {
    /// ENABLE.
    Origin,
    /// DISABLE.
    Never,
    /// ENABLE REPLICA.
    Replica,
    /// ENABLE ALWAYS.
    Always,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplicaIdentity {
    Default,
    Full,
    Nothing,
    Index(Name),
}
