//! Columns added, dropped, given another type, or made NOT NULL.

use rustc_hash::FxHashSet;

use crate::catalog::expression::mentions;
use crate::catalog::model::{Column, ConstraintKind, Index, Table, TableName};
use crate::sql::ddl::model::{ColumnDef, ConstraintBody, ConstraintDef, Expr, GeneratedKind, Name, TypeName};
use crate::sql::facts::Span;

use super::Altered;
use crate::effect::LockMode;
use crate::effect::draft::Draft;
use crate::effect::model::{Cause, WorkKind};
use crate::effect::{constraint, default, not_null, types};

/// `ATExecAddColumn`: a value that is the same for every row is kept in the catalog, any other is written into each row.
pub(super) fn add(draft: &mut Draft<'_>, altered: &Altered, def: &ColumnDef, rest: &[ConstraintDef], span: Span) {
    if let Some(cause) = why_rewritten(draft, def) {
        draft.work(WorkKind::Rewrite, &altered.family, cause, def.span);
    } else if def.not_null.is_some() && default::is_absent(def) {
        // Fails on the first row, if there is one.
        draft.work(WorkKind::Scan, &altered.family, Cause::SetNotNull, def.span);
    }
    for one in rest {
        match &one.body {
            // Without a default every value is NULL, and a foreign key takes NULL (`transformAlterTableStmt`).
            ConstraintBody::ForeignKey(key) if def.default.is_none() && def.generated.is_none() => {
                constraint::lock_referenced(draft, &key.references, span);
            }
            ConstraintBody::Check(_) => draft.work(WorkKind::Scan, &altered.family, Cause::AddColumnCheck, one.span),
            _ => constraint::add(draft, altered, one, span),
        }
    }
}

fn why_rewritten(draft: &Draft<'_>, def: &ColumnDef) -> Option<Cause> {
    if def.identity.is_some() {
        return Some(Cause::Identity);
    }
    match def.generated_kind {
        Some(GeneratedKind::Stored) => return Some(Cause::StoredGenerated),
        Some(GeneratedKind::Virtual | GeneratedKind::Unsaid) => return None,
        None => {}
    }
    let type_name = def.type_name.as_ref()?;
    if type_name.serial {
        return Some(Cause::Serial);
    }
    if types::is_constrained(draft, &type_name.canonical) {
        return Some(Cause::DomainConstraint);
    }
    match default::volatility(draft, &def.default.as_ref()?.text) {
        default::Volatility::Once => None,
        default::Volatility::Unknown => Some(Cause::UnknownDefault),
        default::Volatility::Volatile => Some(Cause::VolatileDefault),
    }
}

/// Foreign keys that the column is a part of, or that point at it, go with it.
pub(super) fn drop(draft: &mut Draft<'_>, altered: &Altered, column: &Name, cascade: bool, span: Span) {
    draft.views_go(&altered.table, Some(&column.text), cascade, &FxHashSet::default(), span);
    for member in &altered.family {
        let Some(table) = draft.table(member) else { continue };
        for one in table.foreign_keys().filter(|key| key.columns.iter().any(|own| *own == column.text)) {
            draft.lock(one.references, LockMode::AccessExclusive, span);
        }
        for other in draft.referencing(member) {
            let points = draft.table(&other).is_some_and(|table| {
                table
                    .foreign_keys()
                    .any(|key| key.references == member && key.referenced_columns.iter().any(|one| *one == column.text))
            });
            if points {
                draft.lock(&other, LockMode::AccessExclusive, span);
            }
            if points && !cascade && other != *member {
                draft.fail(
                    "2BP01",
                    format!("a foreign key of {other} depends on column {} of {member}", column.text),
                    span,
                );
            }
        }
    }
}

pub(super) fn set_not_null(draft: &mut Draft<'_>, altered: &Altered, column: &Name, span: Span) {
    for member in &altered.family {
        if !not_null::is_proved(draft, member, &column.text) {
            draft.work(WorkKind::Scan, [member], Cause::SetNotNull, span);
        }
    }
}

/// `ATExecSetExpression`; a virtual column has no values to write.
pub(super) fn set_expression(draft: &mut Draft<'_>, altered: &Altered, column: &Name, span: Span) {
    for member in &altered.family {
        let known = draft.table(member).and_then(|table| table.column(&column.text));
        if !known.is_some_and(|column| column.virtual_generated) {
            draft.work(WorkKind::Rewrite, [member], Cause::SetExpression, span);
        }
    }
}

pub(super) struct Change<'a> {
    pub column: &'a Name,
    pub to: &'a TypeName,
    pub collation: Option<&'a str>,
    pub using: Option<&'a Expr>,
}

/// `ATPrepAlterColumnType`, `ATColumnChangeRequiresRewrite`; then what `ATPostAlterTypeCleanup` makes again.
pub(super) fn set_type(draft: &mut Draft<'_>, altered: &Altered, change: &Change<'_>, span: Span) {
    if draft.views_of(&altered.table, Some(&change.column.text)).iter().any(|(_, certain)| *certain) {
        draft.fail("0A000", "cannot alter type of a column used by a view or rule", span);
    }
    for member in &altered.family {
        let table = draft.table(member);
        let column = table.and_then(|table| table.column(&change.column.text));
        let fate = match column {
            Some(column) if !column.type_name.is_empty() => types::change(draft, column, change.to, change.using),
            _ => types::Fate::Rewrite,
        };
        let name = change.column.text.as_str();
        if fate == types::Fate::Rewrite {
            draft.work(WorkKind::Rewrite, [member], Cause::AlterType, span);
        } else if let (Some(table), Some(column)) = (table, column) {
            remake_indexes(draft, (member, table), column, change, span);
            if checks(table, name) {
                draft.work(WorkKind::Scan, [member], Cause::Check, span);
            }
        }
        if let Some(table) = table {
            remake_foreign_keys(draft, member, table, name, fate, span);
        }
    }
}

/// An index over the column is kept when its operator class and collation stay and it has neither expression nor predicate
/// (`CheckIndexCompatible`).
fn remake_indexes(
    draft: &mut Draft<'_>,
    (on, table): (&TableName, &Table),
    column: &Column,
    change: &Change<'_>,
    span: Span,
) {
    for index in &table.indexes {
        if !uses(index, &column.name) {
            continue;
        }
        let plain = index.predicate.is_none() && index.keys.iter().all(|key| !key.expression);
        let key = index.keys.iter().find(|key| !key.expression && key.text == column.name);
        let compatible = key.is_none_or(|key| {
            let collation_kept = key.collation.is_some() || change.collation == column.collation.as_deref();
            collation_kept && (key.opclass.is_some() || types::same_opclass(draft, column, change.to))
        });
        // That of a partitioned table is made anew with those of its partitions.
        if !(plain && compatible) || draft.replay.is_attached(on, &index.name) {
            draft.work(WorkKind::IndexBuild, [on], Cause::TypeIndex, span);
        }
    }
}

fn uses(index: &Index, column: &str) -> bool {
    let key =
        index.keys.iter().any(|key| if key.expression { mentions(&key.text, column) } else { key.text == column });
    key || index.include.iter().any(|one| one == column)
        || index.predicate.as_deref().is_some_and(|predicate| mentions(predicate, column))
}

/// A CHECK over the column is added again, and with that verified again.
fn checks(table: &Table, column: &str) -> bool {
    table.constraints.iter().any(|one| match &one.kind {
        ConstraintKind::Check { expression } => one.validated && mentions(expression, column),
        _ => false,
    })
}

/// Foreign keys over the column are made again; rows are looked at again only if the values may compare otherwise.
fn remake_foreign_keys(
    draft: &mut Draft<'_>,
    on: &TableName,
    table: &Table,
    column: &str,
    fate: types::Fate,
    span: Span,
) {
    for key in table.foreign_keys().filter(|key| key.columns.iter().any(|one| one == column)) {
        draft.lock(key.references, LockMode::AccessExclusive, span);
        if fate == types::Fate::Rewrite && key.constraint.validated {
            draft.work(WorkKind::Scan, [on], Cause::ForeignKey, span);
        }
    }
    for other in draft.referencing(on) {
        let Some(from) = draft.table(&other) else { continue };
        let pointing = from.foreign_keys().filter(|key| key.references == on);
        for key in pointing.filter(|key| key.referenced_columns.iter().any(|one| one == column)) {
            draft.lock(&other, LockMode::AccessExclusive, span);
            if fate == types::Fate::Rewrite && key.constraint.validated {
                draft.work(WorkKind::Scan, [&other], Cause::ForeignKey, span);
            }
        }
    }
}
