//! `query/constant_condition`: a condition with the same outcome for every row. Silent about what query builders write
//! beside other conditions (`1 = 1 AND …`, `false`), and about parameters.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::scope;
use crate::sql::StatementKind;
use crate::sql::facts::{Block, CompareOp, Constant, Operand, Predicate, Role, Span, Test, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (index, block) in cx.facts.blocks.iter().enumerate() {
            let lists = std::iter::once(&block.filters).chain(block.sources.iter().map(|source| &source.on));
            for conjuncts in lists {
                let found = of_conjuncts(cx, index, conjuncts);
                out.drafts.extend(found.map(|(title, span)| Draft::about(cx, title, DETAIL).at(span)));
            }
            if let Some(span) = whole_table(cx, block) {
                let title = "The condition is true for every row: the whole table is written";
                out.find(Draft::about(cx, title, "A condition was to be added here, or forgotten.").at(span));
            }
        }
    }
}

const DETAIL: &str = "The outcome does not depend on the row, so the condition does not do what it was written for.";

type Found = (String, Span);

/// The first thing that is wrong with AND-ed conditions.
fn of_conjuncts(cx: &QueryCx<'_>, block: usize, conjuncts: &[Predicate]) -> Option<Found> {
    let alone = conjuncts.iter().find_map(|predicate| match &predicate.test {
        Test::Or(branches) => of_branches(cx, block, branches, predicate.span),
        Test::Between { operand, low, high, negated: false } => {
            let reversed = integer(low).zip(integer(high)).is_some_and(|(low, high)| low > high);
            let column = scope::plain_column(operand)?;
            reversed.then(|| {
                (format!("BETWEEN finds nothing: its bounds for {} are reversed", column.name), predicate.span)
            })
        }
        _ => with_itself(cx, block, predicate),
    });
    alone.or_else(|| contradiction(cx, block, conjuncts))
}

fn of_branches(cx: &QueryCx<'_>, block: usize, branches: &[Vec<Predicate>], span: Span) -> Option<Found> {
    if branches.iter().any(|branch| matches!(branch.as_slice(), [only] if is_true(only))) {
        return Some(("OR with a condition that is always true lets every row pass".to_owned(), span));
    }
    // `a <> 1 OR a <> 2`
    let mut unequal = branches.iter().filter_map(|branch| match branch.as_slice() {
        [Predicate { test: Test::Compare { left, op: CompareOp::NotEq, right }, .. }] => {
            Some((scope::plain_column(left)?, constant(right)?))
        }
        _ => None,
    });
    let (column, first) = unequal.next()?;
    let same = |other: &crate::sql::facts::ColumnRef| {
        other.name == column.name && scope::home(cx, block, other) == scope::home(cx, block, column)
    };
    let found = unequal.any(|(other, value)| same(other) && differ(first, value));
    found.then(|| {
        (format!("OR of two `<>` is true for every value of {}: AND (or NOT IN) was meant", column.name), span)
    })
}

/// `a.id = a.id`
fn with_itself(cx: &QueryCx<'_>, block: usize, predicate: &Predicate) -> Option<Found> {
    let Test::Compare { left, op, right } = &predicate.test else { return None };
    let (one, other) = (scope::plain_column(left)?, scope::plain_column(right)?);
    let home = scope::home(cx, block, one)?;
    let always = match op {
        CompareOp::Eq | CompareOp::LtEq | CompareOp::GtEq => "true wherever it is not NULL",
        CompareOp::NotEq | CompareOp::Lt | CompareOp::Gt => "never true",
        CompareOp::NotDistinct | CompareOp::Distinct => return None,
    };
    let same = one.name == other.name && scope::home(cx, block, other) == Some(home);
    same.then(|| (format!("{} is compared with itself: {always}", one.name), predicate.span))
}

/// `a = 1 AND a = 2`
fn contradiction(cx: &QueryCx<'_>, block: usize, conjuncts: &[Predicate]) -> Option<Found> {
    let equal: Vec<_> = conjuncts
        .iter()
        .filter_map(|predicate| {
            let (left, right) = scope::equality(predicate)?;
            let column = scope::plain_column(left)?;
            Some((scope::home(cx, block, column)?, column, constant(right)?, predicate.span))
        })
        .take(MOST)
        .collect();
    for (at, (home, column, value, _)) in equal.iter().enumerate() {
        let other = equal[at + 1..].iter().find(|(other, named, ..)| other == home && named.name == column.name);
        if let Some((_, _, second, span)) = other
            && differ(value, second)
        {
            return Some((format!("{} cannot equal two values at once: nothing is found", column.name), *span));
        }
    }
    None
}

/// Conditions that are compared with each other; the work grows with the square.
const MOST: usize = 50;

/// `DELETE … WHERE 1 = 1`. `WHERE true` says that it is meant.
fn whole_table(cx: &QueryCx<'_>, block: &Block) -> Option<Span> {
    let writes = matches!(cx.facts.kind, StatementKind::Update | StatementKind::Delete) && block.role == Role::Root;
    match block.filters.as_slice() {
        [only @ Predicate { test: Test::Compare { .. }, .. }] if writes && is_true(only) => Some(only.span),
        _ => None,
    }
}

fn is_true(predicate: &Predicate) -> bool {
    match &predicate.test {
        Test::Truth(Operand { value: Value::Constant(Constant::Bool(value)), .. }) => *value,
        Test::Compare { left, op: CompareOp::Eq, right } => {
            matches!((constant(left), constant(right)), (Some(one), Some(other)) if one == other)
        }
        _ => false,
    }
}

/// Literals whose value is known.
fn constant(operand: &Operand) -> Option<&Constant> {
    match &operand.value {
        Value::Constant(it @ (Constant::Integer(_) | Constant::String(_) | Constant::Bool(_))) => Some(it),
        _ => None,
    }
}

fn integer(operand: &Operand) -> Option<i128> {
    match &operand.value {
        Value::Constant(Constant::Integer(number)) => Some(*number),
        _ => None,
    }
}

/// Whether two literals differ whatever the column's type makes of them: `'1'` and `'01'` are one number, `'a'` and `'A'` one
/// citext.
fn differ(one: &Constant, other: &Constant) -> bool {
    match (one, other) {
        (Constant::String(one), Constant::String(other)) => {
            let plain = |text: &String| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
            plain(one) && plain(other) && !one.eq_ignore_ascii_case(other) && !(is_boolean(one) && is_boolean(other))
        }
        (Constant::Integer(_), Constant::Integer(_)) | (Constant::Bool(_), Constant::Bool(_)) => one != other,
        _ => false,
    }
}

fn is_boolean(text: &str) -> bool {
    let word = text.to_ascii_lowercase();
    ["true", "yes", "on", "false", "no", "off"].iter().any(|full| full.starts_with(&word))
}
