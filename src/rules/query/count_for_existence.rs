//! `query/count_for_existence`: counting rows to learn whether there is one. Speaks only where the statement itself compares
//! the count with nothing or one.

use serde::Deserialize;

use crate::catalog::access::columns_of;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink};
use crate::rules::{rewrite, walk};
use crate::sql::facts::{Block, CompareOp, Constant, Distinct, Operand, Output, Predicate, Role, Span, Test, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (_, predicate) in walk::predicates(cx.facts) {
            out.drafts.extend(compared_subquery(cx, predicate));
        }
        for block in cx.facts.blocks.iter().filter(|block| block.role == Role::Root && !block.in_set_operation) {
            out.drafts.extend(compared_output(cx, block));
        }
    }
}

const DETAIL: &str =
    "The count goes on to the last row although the first one answers the question. EXISTS stops there.";

fn draft(cx: &QueryCx<'_>, span: Span, sql: String) -> Draft {
    Draft::about(cx, "Counts all rows to learn whether there is one", DETAIL).at(span).ask(Ask::Ready(Advice::rewrite(
        "Ask with EXISTS",
        "The same answer; it ends at the first row.",
        sql,
    )))
}

/// `(SELECT count(*) FROM t WHERE …) > 0`
fn compared_subquery(cx: &QueryCx<'_>, predicate: &Predicate) -> Option<Draft> {
    let Test::Compare { left, op, right } = &predicate.test else { return None };
    let (index, wanted) = match (&left.value, &right.value) {
        (Value::Subquery(index), _) => (*index, question(*op, small(right)?)?),
        (_, Value::Subquery(index)) => (*index, question(mirrored(*op), small(left)?)?),
        _ => return None,
    };
    let block = cx.facts.blocks.get(index)?;
    let [Output::Expr { operand, .. }] = block.projection.as_slice() else { return None };
    if !counts_rows(cx.text, operand) || !one_plain_group(block) {
        return None;
    }
    let rest = cx.text.get(block.projection_span.end..block.span.end)?;
    let sql = rewrite::is_balanced(rest).then(|| {
        let exists = format!("{}EXISTS (SELECT 1{})", wanted.prefix(), rewrite::closed(rest));
        rewrite::replace(cx.text, vec![rewrite::instead(predicate.span, exists)])
    })?;
    Some(draft(cx, predicate.span, sql))
}

/// `SELECT count(*) > 0 FROM t WHERE …`
fn compared_output(cx: &QueryCx<'_>, block: &Block) -> Option<Draft> {
    let [Output::Expr { operand, alias }] = block.projection.as_slice() else { return None };
    if !one_plain_group(block) {
        return None;
    }
    let shown = operand.span.of(cx.text);
    let squeezed: String = shown.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let rest = cx.text.get(block.projection_span.end..block.span.end).filter(|rest| rewrite::is_balanced(rest))?;
    if let Some(wanted) = squeezed.strip_prefix("count(*)").and_then(written_question) {
        let named = alias.as_ref().map(|name| format!(" AS {}", crate::catalog::access::quote_ident(name)));
        let whole = format!(
            "SELECT {}EXISTS (SELECT 1{}){}",
            wanted.prefix(),
            rewrite::closed(rest),
            named.unwrap_or_default()
        );
        let sql = rewrite::replace(cx.text, vec![rewrite::instead(block.span, whole)]);
        return Some(draft(cx, operand.span, sql));
    }
    // CASE WHEN count(*) > 0 THEN a ELSE b END: the condition alone is replaced, and FROM moves into it.
    let after = squeezed.strip_prefix("casewhencount(*)")?;
    let (condition, results) = after.split_once("then")?;
    // What else looks at the rows would lose its FROM.
    if results.contains("when") || results.contains('(') || !columns_of(operand).is_empty() {
        return None;
    }
    let wanted = written_question(condition)?;
    let lower = shown.to_ascii_lowercase();
    let (start, end) = (lower.find("count")?, lower.find("then")?);
    let span = Span { start: operand.span.start + start, end: operand.span.start + end };
    let exists = format!("{}EXISTS (SELECT 1{}) ", wanted.prefix(), rewrite::closed(rest));
    let gone = Span { start: block.projection_span.end, end: block.span.end };
    let sql = rewrite::replace(cx.text, vec![rewrite::instead(span, exists), rewrite::instead(gone, "")]);
    Some(draft(cx, operand.span, sql))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    IsThereOne,
    IsThereNone,
}

impl Question {
    fn prefix(self) -> &'static str {
        match self {
            Self::IsThereOne => "",
            Self::IsThereNone => "NOT ",
        }
    }
}

/// What `count <op> number` asks.
fn question(op: CompareOp, number: i128) -> Option<Question> {
    match (op, number) {
        (CompareOp::Gt | CompareOp::NotEq, 0) | (CompareOp::GtEq, 1) => Some(Question::IsThereOne),
        (CompareOp::Eq | CompareOp::LtEq, 0) | (CompareOp::Lt, 1) => Some(Question::IsThereNone),
        _ => None,
    }
}

fn written_question(text: &str) -> Option<Question> {
    let operators = [
        (">=", CompareOp::GtEq),
        ("<=", CompareOp::LtEq),
        ("<>", CompareOp::NotEq),
        ("!=", CompareOp::NotEq),
        (">", CompareOp::Gt),
        ("<", CompareOp::Lt),
        ("=", CompareOp::Eq),
    ];
    let (rest, op) = operators.into_iter().find_map(|(sign, op)| Some((text.strip_prefix(sign)?, op)))?;
    question(op, rest.parse().ok()?)
}

fn small(operand: &Operand) -> Option<i128> {
    match operand.value {
        Value::Constant(Constant::Integer(number)) => Some(number),
        _ => None,
    }
}

fn mirrored(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::LtEq => CompareOp::GtEq,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::GtEq => CompareOp::LtEq,
        other => other,
    }
}

/// `count(*)` or `count(1)`; `count(column)` leaves NULLs out and is another question.
fn counts_rows(text: &str, operand: &Operand) -> bool {
    let Value::Function { name, args, distinct: false } = &operand.value else { return false };
    // FILTER and OVER follow the call.
    name == "count"
        && operand.span.of(text).ends_with(')')
        && operand.span.of(text).matches(')').count() == 1
        && matches!(args.as_slice(), [arg] if matches!(arg.value, Value::Star | Value::Constant(Constant::Integer(_))))
}

fn one_plain_group(block: &Block) -> bool {
    block.group_by.is_empty()
        // ORDER BY count(*) would make one group of the rows inside EXISTS as well.
        && block.order_by.is_empty()
        && !block.in_set_operation
        && !block.has_having
        && !block.has_window
        && block.limit.is_none()
        && block.offset.is_none()
        && block.distinct == Distinct::No
        && !block.sources.is_empty()
}
