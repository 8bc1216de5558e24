//! `query/random_order`: ORDER BY random(). Silent for small tables where the statistics say so.

use serde::Deserialize;

use crate::report::model::{Applicability, Severity};
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, estimated};
use crate::rules::{rewrite, scope};
use crate::sql::facts::{Block, Bound, Operand, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: u64,
}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for block in &cx.facts.blocks {
            if !block.order_by.iter().any(|key| is_random(cx.text, &key.operand)) {
                continue;
            }
            let rows = match block.sources.as_slice() {
                [source] => cx.catalog.and_then(|catalog| scope::table_of(catalog, source)).map(|(_, table)| table),
                _ => None,
            };
            if !rows.is_some_and(|table| scope::is_small(table, self.min_rows)) {
                let draft = random(cx, block, rows.and_then(|table| table.rows));
                out.find(if scope::is_cheap(cx) { draft.severity(Severity::Info) } else { draft });
            }
        }
    }
}

fn random(cx: &QueryCx<'_>, block: &Block, rows: Option<f64>) -> Draft {
    let mut draft = Draft::about(
        cx,
        "ORDER BY random() reads and sorts every row to return a few",
        "Every row that the conditions leave gets a random number and is sorted by it, each time; no index can help.",
    )
    .at(block.order_span.unwrap_or(block.span));
    if let Some(rows) = rows {
        draft = draft.evidence(estimated("rows of the table", rows, "rows"));
    }
    match sampled(cx, block, rows) {
        Some(sql) => {
            let mut advice = Advice::rewrite(
                "Take a sample of the table's pages",
                "TABLESAMPLE SYSTEM reads whole pages picked at random. Rows of one page come together, and a small share of a \
                 small table may give too few rows: raise it then. For rows that are each picked alone, pick random \
                 keys in the application and fetch those.",
                sql,
            );
            // The share to take depends on the number of rows: where that is not known, 1 % only shows the form.
            advice.applicability = if rows.is_some() { Applicability::Review } else { Applicability::Sketch };
            draft.ask(Ask::Ready(advice))
        }
        None => draft,
    }
}

/// The same without ORDER BY, over a sample of about fifty times the rows that are wanted.
fn sampled(cx: &QueryCx<'_>, block: &Block, rows: Option<f64>) -> Option<String> {
    let [source] = block.sources.as_slice() else { return None };
    let plain =
        block.order_by.len() == 1 && block.filters.is_empty() && block.group_by.is_empty() && !block.has_aggregate;
    let order = block.order_span.filter(|_| plain)?;
    let Some(Bound::Number(wanted)) = block.limit else { return None };
    scope::table_of(cx.catalog?, source)?;
    let percent =
        rows.filter(|rows| *rows > 0.0).map_or(1.0, |rows| (wanted as f64 * 50.0 * 100.0 / rows).clamp(0.01, 100.0));
    let sample = format!(" TABLESAMPLE SYSTEM ({})", (percent * 100.0).ceil() / 100.0);
    Some(rewrite::replace(cx.text, vec![rewrite::insert(source.span.end, sample), rewrite::instead(order, "")]))
}

fn is_random(text: &str, operand: &Operand) -> bool {
    match &operand.value {
        Value::Function { name, args, .. } => name == "random" || args.iter().any(|arg| is_random(text, arg)),
        Value::Cast { operand, .. } => is_random(text, operand),
        Value::Expression { .. } => {
            let shown = operand.span.of(text).to_ascii_lowercase();
            shown.contains("random()")
        }
        _ => false,
    }
}
