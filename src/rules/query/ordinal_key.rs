//! `query/ordinal_key`: GROUP BY and ORDER BY by the place of an output.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::sql::facts::Span;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for block in &cx.facts.blocks {
            let ordinal = |span: &Span| {
                let written = span.of(cx.text);
                !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit())
            };
            let group = block.group_by.iter().map(|key| key.span).find(ordinal);
            let order = block.order_by.iter().map(|key| key.operand.span).find(ordinal);
            for (clause, span) in [("GROUP BY", group), ("ORDER BY", order)] {
                let Some(span) = span else { continue };
                let detail = "When an output is added before it, the number means another one, without an error. A name goes along.";
                let title = format!("{clause} {} counts the outputs", span.of(cx.text));
                out.find(Draft::about(cx, title, detail).at(span));
            }
        }
    }
}
