//! Whether a column is known to hold no NULL, so that SET NOT NULL need not look (`NotNullImpliedByRelConstraints`, Postgres 12).

use crate::catalog::expression::{conjuncts, normalise};
use crate::catalog::model::{ConstraintKind, TableName};

use super::draft::Draft;

pub(super) fn is_proved(draft: &Draft<'_>, table: &TableName, column: &str) -> bool {
    let Some(table) = draft.table(table) else { return false };
    if table.column(column).is_some_and(|column| column.not_null) {
        return true;
    }
    let checks = table.constraints.iter().filter(|one| one.validated).filter_map(|one| match &one.kind {
        ConstraintKind::Check { expression } => Some(expression),
        _ => None,
    });
    let wanted = normalise(&format!("{} IS NOT NULL", crate::sql::ddl::quoted_if_needed(column)));
    checks.into_iter().any(|expression| conjuncts(expression).iter().any(|part| normalise(part) == wanted))
}
