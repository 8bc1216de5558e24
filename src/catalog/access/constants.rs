//! Conjuncts on one source that hold no parameter: what may become, or imply, the predicate of a partial index.

use super::expression::normal_expression;
use super::model::{Access, Constant, ConstantKind};
use super::scope::{Scope, columns_of};
use crate::sql::facts::{self, ColumnRef, CompareOp, Operand, Predicate, Test, Value};

/// Notes a conjunct that concerns this source alone, and whether it is the same in every run.
pub fn note(predicate: &Predicate, access: &mut Access, scope: &Scope<'_>) {
    let home = (access.block, access.source);
    let columns = predicate_columns(predicate);
    if columns.is_empty() || columns.iter().any(|c| scope.home(c, home.0) != Some(home)) {
        return;
    }
    let sql = super::bare_sql(scope.text, predicate.span, &columns);
    access.conjuncts.push(normal_expression(&sql));
    let Some(kind) = kind_of(&predicate.test) else { return };
    let columns = columns.iter().map(|c| c.name.clone()).collect();
    access.constants.push(Constant { sql, columns, span: predicate.span, kind, selectivity: None });
}

fn kind_of(test: &Test) -> Option<ConstantKind> {
    let column = |o: &Operand| matches!(o.value, Value::Column(_));
    let literal = |o: &Operand| {
        use facts::Constant::{Bool, Integer, String};
        matches!(o.value, Value::Constant(Integer(_) | String(_) | Bool(_)))
    };
    match test {
        // Two columns of one row: the same question in every run.
        Test::Compare { left, right, .. } if column(left) && column(right) => Some(ConstantKind::Other),
        Test::IsNull { operand, negated } if column(operand) => {
            Some(if *negated { ConstantKind::IsNotNull } else { ConstantKind::IsNull })
        }
        Test::Compare { left, op, right } if (column(left) && literal(right)) || (literal(left) && column(right)) => {
            match op {
                CompareOp::Eq => Some(ConstantKind::Equal),
                CompareOp::NotEq => Some(ConstantKind::NotEqual),
                _ => None,
            }
        }
        Test::InList { operand, items, negated } if column(operand) && items.iter().all(literal) => {
            Some(if *negated { ConstantKind::NotEqual } else { ConstantKind::Other })
        }
        Test::Truth(operand) if column(operand) => Some(ConstantKind::Equal),
        Test::Not(inner) if matches!(&inner.test, Test::Truth(o) if column(o)) => Some(ConstantKind::Equal),
        _ => None,
    }
}

/// Every column that a predicate names, nested blocks left out.
fn predicate_columns(predicate: &Predicate) -> Vec<&ColumnRef> {
    let mut found = Vec::new();
    collect(&predicate.test, &mut found);
    found
}

fn collect<'p>(test: &'p Test, out: &mut Vec<&'p ColumnRef>) {
    match test {
        Test::Compare { left, right, .. } | Test::Operator { left, right, .. } => {
            out.extend(columns_of(left));
            out.extend(columns_of(right));
        }
        Test::InList { operand, items, .. } => {
            out.extend(columns_of(operand));
            out.extend(items.iter().flat_map(columns_of));
        }
        Test::AnyArray { operand, array, .. } => {
            out.extend(columns_of(operand));
            out.extend(columns_of(array));
        }
        Test::Like { operand, pattern, .. } => {
            out.extend(columns_of(operand));
            out.extend(columns_of(pattern));
        }
        Test::Between { operand, low, high, .. } => {
            [operand, low, high].into_iter().for_each(|o| out.extend(columns_of(o)));
        }
        Test::InQuery { operand, .. } | Test::IsNull { operand, .. } | Test::Truth(operand) => {
            out.extend(columns_of(operand));
        }
        Test::Or(branches) => branches.iter().flatten().for_each(|p| collect(&p.test, out)),
        Test::Not(inner) => collect(&inner.test, out),
        Test::Other { columns } => out.extend(columns),
        Test::Exists { .. } => {}
    }
}
