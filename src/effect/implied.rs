//! Whether a CHECK says of every row already that it fits a partition's bound, so that ATTACH need not look
//! (`PartConstraintImpliedByRelConstraint`). Understood are bounds of one plain column; for any other it is said to look.

use crate::catalog::expression::{conjuncts, normalise, only_column, strip_parens};
use crate::catalog::model::{ConstraintKind, TableName};
use crate::sql::ddl::model::Bound;
use crate::sql::ddl::quoted_if_needed;

use super::draft::Draft;
use super::not_null;

pub(super) fn by_checks(draft: &Draft<'_>, parent: &TableName, child: &TableName, bound: &Bound) -> bool {
    let Bound::Values(bound) = bound else { return false };
    let Some(key) = draft.table(parent).and_then(|table| table.partition_key.as_deref()) else { return false };
    let Some(column) = key_column(key) else { return false };
    let wanted = wanted(&quoted_if_needed(&column), &bound.text);
    let checks = draft.table(child).into_iter().flat_map(|table| &table.constraints);
    let checks = checks.filter(|one| one.validated).filter_map(|one| match &one.kind {
        ConstraintKind::Check { expression } => Some(expression.as_str()),
        _ => None,
    });
    let said: Vec<String> = checks.flat_map(conjuncts).map(|part| normalise(strip_parens(part))).collect();
    // A partition of a range or a list without NULL takes no NULL.
    !wanted.is_empty()
        && not_null::is_proved(draft, child, &column)
        && wanted.iter().all(|shapes| shapes.iter().any(|shape| said.contains(&normalise(shape))))
}

/// `RANGE (created_at)`: the column.
fn key_column(key: &str) -> Option<String> {
    let open = key.find('(')?;
    only_column(strip_parens(key.get(open..)?))
}

/// The conditions, each in the spellings that are understood; none: the bound is not.
fn wanted(column: &str, bound: &str) -> Vec<Vec<String>> {
    let inside = |text: &str| -> Option<String> {
        let (open, close) = (text.find('(')?, text.rfind(')')?);
        Some(text.get(open + 1..close)?.trim().to_owned())
    };
    let lower = bound.to_ascii_lowercase();
    if let (Some(from), Some(to)) = (lower.find("from"), lower.find(") to")) {
        let (Some(from), Some(to)) = (bound.get(from..to + 1).and_then(inside), bound.get(to + 1..).and_then(inside))
        else {
            return Vec::new();
        };
        let mut all = Vec::new();
        if !from.eq_ignore_ascii_case("minvalue") {
            all.push(vec![format!("{column} >= {from}"), format!("{from} <= {column}")]);
        }
        if !to.eq_ignore_ascii_case("maxvalue") {
            all.push(vec![format!("{column} < {to}"), format!("{to} > {column}")]);
        }
        return all;
    }
    match lower.find(" in").and_then(|at| bound.get(at..)).and_then(inside) {
        Some(values) if !lower.contains("null") => {
            let mut shapes = vec![format!("{column} IN ({values})")];
            if !values.contains(',') {
                shapes.push(format!("{column} = {values}"));
            }
            vec![shapes]
        }
        _ => Vec::new(),
    }
}
