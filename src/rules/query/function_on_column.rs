//! `query/function_on_column`: an index on the column exists, and the query asks for a function of it. Silent without an
//! index on the column (that is workload/missing_index), where an index on the expression stands, and where another
//! indexed condition leaves few rows.

use serde::Deserialize;

use crate::catalog::access::{columns_of, indexes_of, normal_expression};
use crate::catalog::model::Table;
use crate::report::model::Severity;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented, seen};
use crate::rules::{rewrite, scope, walk};
use crate::sql::TokenKind;
use crate::sql::facts::{CompareOp, Operand, Predicate, Test, Value};

use super::date_range;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: u64,
}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (block, predicate) in walk::predicates(cx.facts) {
            if let Some(wrapped) = wrapped_side(predicate) {
                out.drafts.extend(self.judge(cx, block, predicate, wrapped));
            }
        }
    }
}

impl Rule {
    /// For tables of any size: a plan has shown that it matters.
    pub fn of_plan() -> Self {
        Rule { min_rows: 0 }
    }

    fn judge(&self, cx: &QueryCx<'_>, block: usize, predicate: &Predicate, wrapped: &Operand) -> Option<Draft> {
        let columns = columns_of(wrapped);
        let [column] = columns.as_slice() else { return None };
        let known = scope::resolve(cx, block, column)?;
        let expression = wrapped.span.of(cx.text);
        if !scope::has_index_on(known.table, &column.name)
            || scope::is_small(known.table, self.min_rows)
            || has_index_on_expression(known.table, &bare(expression, cx.text, column.span, &column.name))
            || keeps_index(&known.column.type_name, wrapped)
            || (matches!(wrapped.value, Value::Expression { .. }) && !is_arithmetic(cx.text, wrapped))
            || scope::narrowed_otherwise(cx, known.at, predicate.span)
        {
            return None;
        }
        let mut draft = Draft::about(
            cx,
            format!("{} keeps the index on {} from being used", shape(wrapped), column.name),
            "The index holds the column's values, not what the function makes of them. Every row is read and the function is \
             called for each.",
        )
        .at(predicate.span)
        .evidence(seen("expression", crate::sql::normalize(expression.as_bytes())))
        .evidence(documented("type of the column", known.column.type_name.clone()));
        match date_range::rewritten(cx.text, predicate, wrapped, &known.column.type_name) {
            Some(range) => {
                let sql = rewrite::replace(cx.text, vec![rewrite::instead(predicate.span, range)]);
                let detail = "The same rows as a half-open range of the bare column, which the index that stands already \
                              answers.";
                draft = draft.ask(Ask::Ready(Advice::rewrite(
                    format!("Compare {} with a range", column.name),
                    detail,
                    sql,
                )));
            }
            // An index on `price * 2` is the answer to no question that `price` does not answer.
            None if is_arithmetic(cx.text, wrapped) => {
                let title = format!("Leave {} alone on its side", column.name);
                let detail = "Take the arithmetic to the other side: of `created_at + interval '1 day' > now()` make `created_at > \
                              now() - interval '1 day'`, of `price * 2 > $1` make `price > $1 / 2.0`.";
                draft = draft.ask(Ask::Ready(Advice::rewrite(title, detail, "")));
            }
            None => draft.asks.extend(cx.index.map(|query| Ask::IndexFor { query })),
        }
        Some(if scope::is_cheap(cx) { draft.severity(Severity::Info) } else { draft })
    }
}

/// The side of a comparison with fixed values that wraps a column.
fn wrapped_side(predicate: &Predicate) -> Option<&Operand> {
    match &predicate.test {
        Test::Compare { left, op, right } if !matches!(op, CompareOp::NotEq | CompareOp::Distinct) => {
            if is_wrapped(left) && scope::is_fixed(right) {
                Some(left)
            } else if is_wrapped(right) && scope::is_fixed(left) {
                Some(right)
            } else {
                None
            }
        }
        Test::Between { operand, low, high, negated: false } if scope::is_fixed(low) && scope::is_fixed(high) => {
            is_wrapped(operand).then_some(operand)
        }
        Test::InList { operand, items, negated: false } if items.iter().all(scope::is_fixed) => {
            is_wrapped(operand).then_some(operand)
        }
        _ => None,
    }
}

fn is_wrapped(operand: &Operand) -> bool {
    match &operand.value {
        Value::Function { args, .. } => args.iter().any(|arg| !columns_of(arg).is_empty()),
        Value::Cast { operand, .. } => !columns_of(operand).is_empty(),
        Value::Expression { columns } => columns.len() == 1,
        _ => false,
    }
}

/// `+`, `-`, `*` or `/` is all that is done to the column: no brackets, no words (`COLLATE`, `AT TIME ZONE`), no other operator.
fn is_arithmetic(text: &str, wrapped: &Operand) -> bool {
    let written = wrapped.span.of(text);
    let mut operators = 0;
    let plain = crate::sql::Lexer::new(written.as_bytes()).all(|token| match token.kind {
        TokenKind::Operator => {
            operators += 1;
            matches!(&written[token.start..token.end], "+" | "-" | "*" | "/")
        }
        TokenKind::Word => !["collate", "at", "case", "array"]
            .iter()
            .any(|word| written[token.start..token.end].eq_ignore_ascii_case(word)),
        TokenKind::LeftBracket | TokenKind::RightBracket => false,
        _ => true,
    });
    plain && operators > 0 && matches!(wrapped.value, Value::Expression { .. })
}

/// `varchar::text` is a relabelling, which the planner sees through; likewise a cast to the type that it has.
fn keeps_index(type_name: &str, wrapped: &Operand) -> bool {
    let Value::Cast { operand, to } = &wrapped.value else { return false };
    if scope::plain_column(operand).is_none() {
        return false;
    }
    let base = type_name.split('(').next().unwrap_or_default().trim();
    let textual = |name: &str| matches!(name, "text" | "varchar" | "character varying");
    (textual(base) && textual(to)) || crate::catalog::types::family(to).as_deref() == Some(base)
}

fn shape(wrapped: &Operand) -> String {
    match &wrapped.value {
        Value::Function { name, .. } => format!("{name}(…)"),
        Value::Cast { to, .. } => format!("The cast to {to}"),
        _ => "Arithmetic".to_owned(),
    }
}

/// The expression with its column written bare, as the catalog has it.
fn bare(expression: &str, text: &str, column: crate::sql::facts::Span, name: &str) -> String {
    expression.replacen(column.of(text), name, 1)
}

fn has_index_on_expression(table: &Table, expression: &str) -> bool {
    let wanted = normal_expression(expression);
    indexes_of(table).iter().any(|index| {
        index.valid && index.keys.first().is_some_and(|key| key.expression && normal_expression(&key.text) == wanted)
    })
}
