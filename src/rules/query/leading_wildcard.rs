//! `query/leading_wildcard`: LIKE '%…'. Silent where a trigram index stands, where another indexed condition leaves few rows,
//! and where the pattern is a parameter whose values do not begin with a wildcard or were not logged.

use serde::Deserialize;

use crate::catalog::model::Table;
use crate::report::model::{Confidence, Severity};
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Ask, Draft, Sink, seen};
use crate::rules::{parameters, scope, walk};
use crate::sql::facts::{Constant, Operand, Predicate, Test, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: u64,
}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (block, predicate) in walk::predicates(cx.facts) {
            let Test::Like { operand, pattern, negated: false, .. } = &predicate.test else { continue };
            let Some(shown) = wildcard_first(cx, pattern) else { continue };
            if let Some(draft) = self.judge(cx, block, predicate, operand, &shown) {
                out.find(draft);
            }
        }
    }
}

impl Rule {
    fn judge(
        &self,
        cx: &QueryCx<'_>,
        block: usize,
        predicate: &Predicate,
        operand: &Operand,
        shown: &str,
    ) -> Option<Draft> {
        let columns = crate::catalog::access::columns_of(operand);
        let column = columns.first()?;
        let known = scope::resolve(cx, block, column);
        if let Some(known) = &known
            && (scope::is_small(known.table, self.min_rows)
                || has_trigram_index(known.table, &column.name)
                || scope::narrowed_otherwise(cx, known.at, predicate.span))
        {
            return None;
        }
        // Without a catalog an equality next to it may well leave only a few rows.
        let unsure = known.is_none();
        let narrowed = cx.facts.blocks.get(block).is_some_and(|block| scope::fixed_columns(block).next().is_some());
        if unsure && narrowed {
            return None;
        }
        let mut draft = Draft::about(
            cx,
            format!("The pattern on {} begins with a wildcard: no btree index can find it", column.name),
            "A btree index is sorted by the beginning of the text, and this pattern does not say how the text begins. Every row \
             is read and compared. A trigram index (extension pg_trgm) finds text anywhere inside.",
        )
        .at(predicate.span)
        .evidence(seen("pattern", shown));
        if unsure {
            draft = draft.confidence(Confidence::Medium);
        }
        if let (Some(query), Some(_)) = (cx.index, &known) {
            draft = draft.ask(Ask::IndexFor { query });
        }
        Some(if scope::is_cheap(cx) { draft.severity(Severity::Info) } else { draft })
    }
}

/// What the pattern begins with, if that is a wildcard.
fn wildcard_first(cx: &QueryCx<'_>, pattern: &Operand) -> Option<String> {
    const SHOWN: &str = "%…";
    match &pattern.value {
        Value::Constant(Constant::String(text)) => begins(text).then(|| SHOWN.to_owned()),
        Value::Constant(Constant::Typed(_)) => None,
        Value::Parameter(number) => {
            let values = parameters::values(cx.query?, *number);
            let wild = values.iter().filter(|value| begins(value)).count();
            (wild > 0).then(|| format!("{SHOWN} in {wild} of {} logged values", values.len()))
        }
        Value::Cast { operand, .. } => wildcard_first(cx, operand),
        // `'%' || $1 || '%'` and concat('%', $1, '%')
        Value::Expression { .. } => literal_first(pattern.span.of(cx.text)).then(|| SHOWN.to_owned()),
        Value::Function { name, args, .. } if matches!(name.as_str(), "concat" | "lower" | "upper") => {
            wildcard_first(cx, args.first()?)
        }
        _ => None,
    }
}

fn begins(pattern: &str) -> bool {
    pattern.starts_with(['%', '_']) && pattern.chars().any(|c| c != '%')
}

fn literal_first(text: &str) -> bool {
    text.trim_start_matches(['(', ' ']).starts_with("'%")
}

fn has_trigram_index(table: &Table, column: &str) -> bool {
    table.indexes.iter().filter(|index| index.valid).flat_map(|index| &index.keys).any(|key| {
        let class = key.opclass.as_deref().unwrap_or_default();
        class.ends_with("_trgm_ops") && (key.text == column || (key.expression && key.text.contains(column)))
    })
}
