//! The total beside a page, counted no further than a reader cares.

use crate::report::model::{Applicability, Recommendation, RecommendationKind, VerifiedBy};
use crate::rules::context::WorkloadCx;
use crate::sql::StatementKind;
use crate::sql::facts::{Distinct, Level, Operand, Output, Value};
use crate::sql::lexer::{Lexer, TokenKind};
use crate::workload::model::QueryIndex;

use super::impact;

const CAP: u64 = 10_001;

/// `SELECT count(*) FROM (SELECT 1 FROM … WHERE … LIMIT 10001) AS capped` for a plain count, or why not.
pub fn recommendation(query: QueryIndex, cx: &WorkloadCx<'_>) -> Result<Recommendation, String> {
    let known = cx.workload.queries.get(query).ok_or("the query is not in the workload")?;
    let facts = cx.facts.get(query).and_then(Option::as_ref).ok_or("the query was not parsed")?;
    let block = facts.blocks.first().filter(|_| facts.level == Level::Parsed).ok_or("the query was not parsed")?;
    let counts_rows = matches!(block.projection.as_slice(), [Output::Expr { operand, .. }] if is_count_star(operand));
    let plain = facts.kind == StatementKind::Select
        && !facts.set_operation
        && block.group_by.is_empty()
        && !block.has_having
        && block.distinct == Distinct::No
        && block.limit.is_none()
        && block.offset.is_none();
    if !counts_rows || !plain {
        return Err("only a plain SELECT count(*) can be capped".to_owned());
    }
    let head = known.text.get(..block.projection_span.start).unwrap_or_default();
    let tail = known.text.get(block.projection_span.end..).unwrap_or_default().trim_end().trim_end_matches(';');
    // A comment at the end would swallow what follows on its line.
    let tail = if tail.rfind("--").is_some() { format!("{tail}\n") } else { format!("{tail} ") };
    let projection = block.projection_span.of(&known.text);
    let start = head.to_ascii_lowercase().rfind("select").ok_or("the query has no SELECT")?;
    let (with, select) = head.split_at(start);
    if Lexer::new(with.as_bytes()).any(|token| token.kind != TokenKind::Comment) {
        return Err("a count over WITH queries is not capped: they may do more than feed the count".to_owned());
    }
    let sql = format!("{with}{select}{projection} FROM ({select}1{tail}LIMIT {CAP}) AS capped");
    Ok(Recommendation {
        id: super::id(RecommendationKind::RewriteQuery, &sql),
        kind: RecommendationKind::RewriteQuery,
        title: format!("Stop counting at {}", CAP - 1).into(),
        detail: format!(
            "The count reads every matching row for each page shown. Capped, it stops after {CAP} rows: show \"more than {}\" \
             when it gets that far. A page that fetches one row more than it shows needs no count at all; for a rough total, \
             EXPLAIN's row estimate or a cached figure costs nothing.",
            CAP - 1
        ).into(),
        sql,
        more_sql: Vec::new(),
        applicability: Applicability::Review,
        lock: None,
        undo: None,
        verified_by: VerifiedBy::Heuristic,
        before: impact::per_day_ms(known.total_us as f64, cx.workload),
        after: None,
        unit: "ms/day".into(),
        queries: vec![known.fingerprint.to_string()],
        size_bytes: None,
        cost: None,
        impact_ms_per_day: None,
        edits: Vec::new(),
        range: None,
    })
}

fn is_count_star(operand: &Operand) -> bool {
    match &operand.value {
        Value::Function { name, args, distinct: false } => {
            name == "count" && matches!(args.as_slice(), [arg] if matches!(arg.value, Value::Star | Value::Constant(_)))
        }
        _ => false,
    }
}
