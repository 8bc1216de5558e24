//! Whether a CHECK says of every row already that it fits a partition's bound, so that ATTACH need not look
//! (`PartConstraintImpliedByRelConstraint`), or of every row of the default partition that it does not. Understood are bounds of one plain column; for any other it is said to look.

use crate::catalog::expression::{conjuncts, disjuncts, normalise, only_column, strip_parens};
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

/// Whether a CHECK of the default partition says that none of its rows belongs to a new one (`check_default_partition_contents`).
pub(super) fn excluded(draft: &Draft<'_>, parent: &TableName, default: &TableName, bound: &Bound) -> bool {
    let Bound::Values(bound) = bound else { return false };
    let Some(key) = draft.table(parent).and_then(|table| table.partition_key.as_deref()) else { return false };
    let Some(column) = key_column(key) else { return false };
    let shapes = outside(&quoted_if_needed(&column), &bound.text);
    let checks = draft.table(default).into_iter().flat_map(|table| &table.constraints);
    checks.filter(|one| one.validated).any(|one| match &one.kind {
        // Each way to pass the CHECK is one to lie outside.
        ConstraintKind::Check { expression } => disjuncts(expression).into_iter().all(|part| {
            let part = normalise(strip_parens(part));
            shapes.iter().any(|shape| normalise(shape) == part)
        }),
        _ => false,
    })
}

/// The conditions under which a row lies outside of a bound, in the spellings that are understood.
fn outside(column: &str, bound: &str) -> Vec<String> {
    let mut shapes: Vec<String> = Vec::new();
    for inside in wanted(column, bound).into_iter().flatten() {
        let words: Vec<&str> = inside.splitn(3, ' ').collect();
        let [left, operator, right] = words.as_slice() else { continue };
        match *operator {
            ">=" => shapes.push(format!("{left} < {right}")),
            "<=" => shapes.push(format!("{left} > {right}")),
            "<" => shapes.push(format!("{left} >= {right}")),
            ">" => shapes.push(format!("{left} <= {right}")),
            "=" => shapes.push(format!("{left} <> {right}")),
            "IN" => shapes.push(format!("{left} NOT IN {right}")),
            _ => {}
        }
    }
    if !shapes.is_empty() {
        shapes.push(format!("{column} IS NULL"));
    }
    shapes
}

/// Whether a CHECK of the default partition says that no row of the new bound stands in it.
pub(super) fn excluded_by_check(draft: &Draft<'_>, parent: &TableName, default: &TableName, bound: &Bound) -> bool {
    let Bound::Values(bound) = bound else { return false };
    let Some(key) = draft.table(parent).and_then(|table| table.partition_key.as_deref()) else { return false };
    let Some(column) = key_column(key) else { return false };
    let inside = wanted(&quoted_if_needed(&column), &bound.text);
    let outside: Vec<String> = inside.iter().flatten().filter_map(|shape| negated(shape)).collect();
    let null = normalise(&format!("{} IS NULL", quoted_if_needed(&column)));
    let outside: Vec<String> = outside.iter().map(|shape| normalise(shape)).collect();
    let checks = draft.table(default).into_iter().flat_map(|table| &table.constraints);
    let mut checks = checks.filter(|one| one.validated).filter_map(|one| match &one.kind {
        ConstraintKind::Check { expression } => Some(expression.as_str()),
        _ => None,
    });
    checks.any(|check| {
        conjuncts(check).into_iter().any(|part| {
            let said: Vec<String> = disjuncts(part).into_iter().map(|one| normalise(strip_parens(one))).collect();
            let some = said.iter().any(|one| outside.contains(one));
            (some && said.iter().all(|one| *one == null || outside.contains(one))) || denies(part, &inside)
        })
    })
}

/// `NOT (…)` around the bound itself.
fn denies(part: &str, inside: &[Vec<String>]) -> bool {
    let part = strip_parens(part);
    let Some(rest) = part.get(..3).filter(|word| word.eq_ignore_ascii_case("not")).and_then(|_| part.get(3..)) else {
        return false;
    };
    let said: Vec<String> = conjuncts(rest).into_iter().map(|one| normalise(strip_parens(one))).collect();
    let of_bound = |one: &String| inside.iter().flatten().any(|shape| normalise(shape) == *one);
    !said.is_empty() && said.iter().all(of_bound)
}

/// The opposite of a comparison.
fn negated(shape: &str) -> Option<String> {
    let swaps =
        [(" >= ", " < "), (" <= ", " > "), (" < ", " >= "), (" > ", " <= "), (" IN (", " NOT IN ("), (" = ", " <> ")];
    let (from, to) = swaps.iter().find(|(from, _)| shape.contains(from))?;
    Some(shape.replacen(from, to, 1))
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
