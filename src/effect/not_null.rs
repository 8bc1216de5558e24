//! Whether a column is known to hold no NULL, so that SET NOT NULL need not look (`NotNullImpliedByRelConstraints`, Postgres 12).

use crate::catalog::expression::{normalise, strip_parens};
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

/// The members of AND at the top of an expression.
fn conjuncts(expression: &str) -> Vec<&str> {
    let expression = strip_parens(expression);
    let mut parts = Vec::new();
    let mut start = 0;
    for at in crate::catalog::expression::top_level_ands(expression) {
        parts.push(&expression[start..at.start]);
        start = at.end;
    }
    parts.push(&expression[start..]);
    parts
}
