//! `plan/non_sargable`: a cast or a function around the column, so that no index on the column can be used.

use serde::Deserialize;

use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::context::{PlanCx, QueryCx};
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::query::{function_on_column, implicit_cast};
use crate::rules::{PlanRule, QueryRule};

use super::scan::cause::Cause;
use super::scan::waste::{Limits, Waste, wastes};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_removed: f64,
    max_kept: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        let limits = Limits { min_removed: self.min_removed, max_kept: self.max_kept };
        for waste in wastes(cx, Cause::Wrapped, limits) {
            let title = format!("{} is searched by {}, which no index answers", waste.name, waste.operand);
            let detail = "An index on the column holds the column's values, not those of the expression: the expression is computed for \
                          every row. Its selectivity is a guess, too (0.5 % for an equality), until an expression index or extended \
                          statistics give it figures.";
            let mut draft = waste.draft(cx, title, detail);
            let written = rewritten(cx);
            // The other side is at fault, not the missing index.
            if written.is_some() || cast_of_number(&waste.operand).is_some() {
                draft.asks.retain(|ask| !matches!(ask, Ask::IndexForScan { .. }));
            }
            draft.asks.extend(written.or_else(|| rewrite(&waste).map(Ask::Ready)));
            out.find(draft);
        }
    }
}

/// The query written out without the cast or the function, where its text and the catalog allow it: as the rules about texts do.
fn rewritten(cx: &PlanCx<'_>) -> Option<Ask> {
    let (text, facts) = (&cx.query.text, cx.facts?);
    let cx = QueryCx { text, facts, catalog: cx.catalog, query: Some(cx.query), index: Some(cx.index) };
    let mut sink = Sink::default();
    function_on_column::Rule::of_plan().check(&cx, &mut sink);
    implicit_cast::Rule::of_plan().check(&cx, &mut sink);
    // With several nobody knows which one the scan shows.
    let [draft] = sink.drafts.as_slice() else { return None };
    draft.asks.iter().find(|ask| matches!(ask, Ask::Ready(advice) if !advice.sql.is_empty())).cloned()
}

/// What to write instead, where the form of the expression tells.
fn rewrite(waste: &Waste) -> Option<Advice> {
    let operand = waste.operand.to_ascii_lowercase();
    let sketch = |title: String, detail: &str| {
        Some(Advice {
            applicability: Applicability::Sketch,
            ..Advice::new(RecommendationKind::RewriteQuery, title, detail.to_owned(), "")
        })
    };
    if let Some((column, to)) = cast_of_number(&waste.operand) {
        return sketch(
            format!("Compare {column} with a value of its own type"),
            &format!(
                "The column was cast because the other side is {to}: a literal with a decimal point, or a parameter that the driver binds \
                 as {to}. Bind it as the column's type, or cast it in the query: {column} = $1::bigint."
            ),
        );
    }
    if operand.starts_with("date_trunc(") || operand.ends_with("::date") || operand.starts_with("extract(") {
        return sketch(
            "Compare the column itself with a half-open range".to_owned(),
            "WHERE at >= '2026-05-01' AND at < '2026-05-02' instead of date_trunc('day', at) = '2026-05-01' or at::date = '2026-05-01': \
             the same rows, and a plain index on the column answers it, for every day, month and time zone.",
        );
    }
    None
}

/// `(id)::numeric`: the column and the type.
fn cast_of_number(operand: &str) -> Option<(&str, &'static str)> {
    let (column, to) = operand.split_once("::")?;
    let to = ["numeric", "double precision", "real"].into_iter().find(|name| *name == to.trim())?;
    let column = column.trim().strip_prefix('(')?.strip_suffix(')')?;
    column.chars().all(|c| c.is_alphanumeric() || "_\"$".contains(c)).then_some((column, to))
}
