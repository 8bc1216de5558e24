//! The conditions of a scan by what an index could do with each.

use crate::catalog::access::columns_of;
use crate::sql::facts::{CompareOp, Constant, Operand, Predicate, Test, Value, facts};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A column compared with a value or a list of values.
    Equal,
    /// A column compared by order, a prefix, a container: an index answers it, as the only or the last key.
    Range,
    /// `->>` of a document, or `@>` and the like on jsonb.
    Json,
    /// A cast, a function or arithmetic around the column.
    Wrapped,
    /// A pattern that does not begin with fixed text.
    Infix,
    /// `status <> 'done'`, `active`, `NOT active`: no key of an index, but fit for the WHERE of a partial one.
    Partial,
    /// Columns compared with each other, what depends on other things.
    Other,
}

/// A conjunct and its sort.
#[derive(Clone, Debug)]
pub struct Sorted {
    pub sort: Sort,
    pub sql: String,
    /// The expression around the column, or the column.
    pub operand: String,
}

/// The conjuncts of a statement over one table.
pub fn sorted(statement: &str) -> Vec<Sorted> {
    let facts = facts(statement);
    let Some(block) = facts.blocks.first() else { return Vec::new() };
    let of = |predicate: &Predicate| {
        let (sort, operand) = sort(predicate, statement);
        Sorted {
            sort,
            sql: predicate.span.of(statement).to_owned(),
            operand: operand.map_or(String::new(), |o| o.span.of(statement).trim().to_owned()),
        }
    };
    block.filters.iter().map(of).collect()
}

fn sort<'p>(predicate: &'p Predicate, text: &str) -> (Sort, Option<&'p Operand>) {
    match &predicate.test {
        Test::Compare { left, op, right } => {
            let (own, other) = if columns_of(left).is_empty() { (right, left) } else { (left, right) };
            let found = match op {
                _ if columns_of(own).is_empty() || !columns_of(other).is_empty() => Sort::Other,
                CompareOp::Eq | CompareOp::NotDistinct => around(own, text, Sort::Equal),
                CompareOp::Lt | CompareOp::LtEq | CompareOp::Gt | CompareOp::GtEq => around(own, text, Sort::Range),
                CompareOp::NotEq if literal(other) => around(own, text, Sort::Partial),
                CompareOp::NotEq | CompareOp::Distinct => Sort::Other,
            };
            (found, Some(own))
        }
        Test::InList { operand, negated: false, .. } | Test::AnyArray { operand, op: CompareOp::Eq, .. } => {
            (around(operand, text, Sort::Equal), Some(operand))
        }
        Test::Between { operand, negated: false, .. } => (around(operand, text, Sort::Range), Some(operand)),
        Test::IsNull { operand, negated: false } => (around(operand, text, Sort::Range), Some(operand)),
        Test::Like { operand, pattern, case_insensitive, negated: false } => {
            (like(operand, pattern, *case_insensitive, text), Some(operand))
        }
        Test::Operator { left, op, right } if !columns_of(left).is_empty() && columns_of(right).is_empty() => {
            (operator(left, op, right, text), Some(left))
        }
        Test::Truth(operand) if matches!(operand.value, Value::Column(_)) => (Sort::Partial, Some(operand)),
        Test::Not(inner) => match &inner.test {
            Test::Truth(operand) if matches!(operand.value, Value::Column(_)) => (Sort::Partial, Some(operand)),
            _ => (Sort::Other, None),
        },
        _ => (Sort::Other, None),
    }
}

fn literal(operand: &Operand) -> bool {
    matches!(operand.value, Value::Constant(_))
}

/// What stands around the column: nothing, a path into a document, anything else.
fn around(operand: &Operand, text: &str, plain: Sort) -> Sort {
    match &operand.value {
        Value::Column(_) => plain,
        _ if is_path(operand.span.of(text)) => Sort::Json,
        Value::Cast { .. } | Value::Function { .. } | Value::Expression { .. } => Sort::Wrapped,
        _ => Sort::Other,
    }
}

fn is_path(text: &str) -> bool {
    text.contains("->") || text.contains("#>")
}

fn like(operand: &Operand, pattern: &Operand, case_insensitive: bool, text: &str) -> Sort {
    match &pattern.value {
        Value::Constant(Constant::String(literal)) if literal.starts_with(['%', '_']) || case_insensitive => {
            Sort::Infix
        }
        Value::Constant(_) => around(operand, text, Sort::Range),
        _ if case_insensitive => Sort::Infix,
        _ => Sort::Other,
    }
}

fn operator(left: &Operand, op: &str, right: &Operand, text: &str) -> Sort {
    let json = matches!(&right.value, Value::Cast { to, .. } if matches!(to.as_str(), "jsonb" | "jsonpath"));
    match op {
        "~" | "~*" => Sort::Infix,
        "?" | "?|" | "?&" | "@?" => Sort::Json,
        "@>" | "<@" | "@@" if json || is_path(left.span.of(text)) => Sort::Json,
        "@>" | "<@" | "@@" | "&&" | "-|-" => Sort::Range,
        _ => Sort::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn one(condition: &str, expected: Sort, operand: &str) {
        let found = sorted(&format!("SELECT * FROM t WHERE {condition}"));
        let found: Vec<(Sort, &str)> = found.iter().map(|test| (test.sort, test.operand.as_str())).collect();
        assert_eq!(found, [(expected, operand)], "{condition}");
    }

    #[test]
    fn a_condition_by_what_an_index_could_do() {
        one("a = 1", Sort::Equal, "a");
        one("$1 = a", Sort::Equal, "a");
        one("a IN (1, 2)", Sort::Equal, "a");
        one("a > 1", Sort::Range, "a");
        one("name LIKE 'x%'", Sort::Range, "name");
        one("tags @> '{x}'::text[]", Sort::Range, "tags");
        one("name LIKE '%x%'", Sort::Infix, "name");
        one("name ILIKE 'x%'", Sort::Infix, "name");
        one("name ~ 'x'", Sort::Infix, "name");
        one("(meta ->> 'k') = 'x'", Sort::Json, "(meta ->> 'k')");
        one("meta @> '{\"a\": 1}'::jsonb", Sort::Json, "meta");
        one("lower(name) = 'x'", Sort::Wrapped, "lower(name)");
        one("(at)::date = '2026-01-01'", Sort::Wrapped, "(at)::date");
        one("a % 1000 = 1", Sort::Wrapped, "a % 1000");
        one("status <> 'done'", Sort::Partial, "status");
        one("active", Sort::Partial, "active");
        one("NOT active", Sort::Partial, "active");
        one("a = b", Sort::Other, "a");
        one("a <> b", Sort::Other, "a");
        one("name NOT LIKE '%x%'", Sort::Other, "");
    }
}
