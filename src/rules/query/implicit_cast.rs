//! `query/implicit_cast`: a value whose type makes Postgres cast the column, so that its index is out of use. By the catalog's
//! types where there is one, and by the filters of logged plans where there are some.

use serde::Deserialize;

use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented, seen};
use crate::rules::{rewrite, scope, walk};
use crate::sql::facts::{CompareOp, Operand, Predicate, Test, Value};

use super::{plan_cast, value_type};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: u64,
}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        let before = out.drafts.len();
        for (block, predicate) in walk::predicates(cx.facts) {
            out.drafts.extend(self.by_types(cx, block, predicate));
        }
        if out.drafts.len() == before {
            out.drafts.extend(self.by_plans(cx));
        }
    }
}

impl Rule {
    /// For tables of any size: a plan has shown that it matters.
    pub fn of_plan() -> Self {
        Rule { min_rows: 0 }
    }

    fn by_types(&self, cx: &QueryCx<'_>, block: usize, predicate: &Predicate) -> Option<Draft> {
        let (column, values) = compared(predicate)?;
        let known = scope::resolve(cx, block, column)?;
        let casting = |value: &&Operand| {
            value_type::of(value).is_some_and(|given| value_type::casts_column(&known.column.type_name, &given))
        };
        let values: Vec<&Operand> = values.into_iter().filter(casting).collect();
        let given = value_type::of(values.first()?)?;
        if !scope::has_index_on(known.table, &column.name)
            || scope::is_small(known.table, self.min_rows)
            || scope::narrowed_otherwise(cx, known.at, predicate.span)
        {
            return None;
        }
        let mut draft = draft(cx, &column.name, &known.column.type_name, &given).at(predicate.span);
        // One value of the list that stays as it is keeps the index out of use for all.
        let fitting: Option<Vec<_>> = values
            .iter()
            .map(|value| {
                let text = value_type::fitting(cx.text, value, &known.column.type_name)?;
                // `id > 5.5` is not `id > 6`, which rounding would make of it.
                let rounds = is_range(predicate) && matches!(value.value, Value::Cast { .. });
                (!rounds).then(|| rewrite::instead(value.span, text))
            })
            .collect();
        if let Some(replacements) = fitting {
            let sql = rewrite::replace(cx.text, replacements);
            let detail = format!(
                "The value as {}, the column's own type, so that the index is used. If a driver binds it, change the type \
                 there as well. A value that the column cannot hold (a fraction, where it holds whole numbers) finds nothing \
                 today and is refused or rounded then; decimal numbers are compared exactly, and `character` without regard \
                 to blanks at the end.",
                known.column.type_name
            );
            draft = draft.ask(Ask::Ready(Advice::rewrite("Give the value the column's type", detail, sql)));
        }
        Some(draft)
    }

    /// The value was bound with a type that the text does not show: only the plan tells.
    fn by_plans(&self, cx: &QueryCx<'_>) -> Option<Draft> {
        let query = cx.query?;
        let cast = query.plans.iter().find_map(|plan| plan_cast::in_filters(&plan.body))?;
        let (block, predicate, column) = walk::predicates(cx.facts).into_iter().find_map(|(block, predicate)| {
            let (column, _) = compared(predicate)?;
            (column.name == cast.column).then_some((block, predicate, column))
        })?;
        let known = scope::resolve(cx, block, column);
        if let Some(known) = &known
            && (!value_type::casts_column(&known.column.type_name, &cast.to)
                || !scope::has_index_on(known.table, &column.name)
                || scope::is_small(known.table, self.min_rows)
                || scope::narrowed_otherwise(cx, known.at, predicate.span))
        {
            return None;
        }
        let own = known.map_or("another type", |known| known.column.type_name.as_str());
        let mut advice = Advice::new(
            RecommendationKind::Application,
            format!("Bind the value of {} as {own}", column.name),
            format!(
                "The driver sends it as {}: in Python that is Decimal or float, in JavaScript a number that the driver takes \
                 for a fraction, in Java BigDecimal. Convert it before binding, or write the cast to the column's type \
                 next to the parameter.",
                cast.to
            ),
            "",
        );
        advice.applicability = Applicability::Sketch;
        let found = draft(cx, &column.name, own, &cast.to)
            .at(predicate.span)
            .evidence(seen("filter in the plan", crate::sql::normalize(cast.filter.as_bytes())));
        Some(found.ask(Ask::Ready(advice)))
    }
}

fn is_range(predicate: &Predicate) -> bool {
    use CompareOp::{Gt, GtEq, Lt, LtEq};
    matches!(&predicate.test, Test::Between { .. } | Test::Compare { op: Lt | LtEq | Gt | GtEq, .. })
}

fn draft(cx: &QueryCx<'_>, column: &str, own: &str, given: &str) -> Draft {
    Draft::about(
        cx,
        format!("{column} is cast to {given} for the comparison, so its index is not used"),
        format!(
            "There is no operator between {own} and {given} that the index knows; Postgres casts the column to {given} and \
             compares every row."
        ),
    )
    .evidence(documented("type of the column", own.to_owned()))
    .evidence(documented("type of the value", given.to_owned()))
}

/// A bare column and the fixed values that it is compared with.
fn compared(predicate: &Predicate) -> Option<(&crate::sql::facts::ColumnRef, Vec<&Operand>)> {
    match &predicate.test {
        Test::Compare { left, op, right } if !matches!(op, CompareOp::NotEq | CompareOp::Distinct) => {
            match (scope::plain_column(left), scope::plain_column(right)) {
                (Some(column), None) if scope::is_fixed(right) => Some((column, vec![right])),
                (None, Some(column)) if scope::is_fixed(left) => Some((column, vec![left])),
                _ => None,
            }
        }
        Test::InList { operand, items, negated: false } if items.iter().all(scope::is_fixed) => {
            Some((scope::plain_column(operand)?, items.iter().collect()))
        }
        Test::AnyArray { operand, op: CompareOp::Eq, array } if scope::is_fixed(array) => {
            Some((scope::plain_column(operand)?, vec![array]))
        }
        Test::Between { operand, low, high, negated: false } if scope::is_fixed(low) && scope::is_fixed(high) => {
            Some((scope::plain_column(operand)?, vec![low, high]))
        }
        _ => None,
    }
}
