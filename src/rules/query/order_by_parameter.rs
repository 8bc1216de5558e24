//! `query/order_by_parameter`: ORDER BY a parameter alone, which is the same for every row.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::sql::facts::{Operand, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        let keys = cx.facts.blocks.iter().flat_map(|block| &block.order_by).map(|key| &key.operand);
        for key in keys.filter(|key| is_parameter(cx.text, key)) {
            let title = format!("ORDER BY {} sorts by nothing", key.span.of(cx.text));
            let detail = "A parameter is a value, never a column or its name: it is the same for every row, so the rows come in any \
                          order.";
            out.find(Draft::about(cx, title, detail).at(key.span));
        }
    }
}

/// `$1`, `:sort`, `@sort`, `sqlc.arg(sort)`. A `?` may be a folded ordinal, and an ordinal has the value of its output.
fn is_parameter(text: &str, key: &Operand) -> bool {
    let written = key.span.of(text);
    let value = match &key.value {
        Value::Cast { operand, .. } => &operand.value,
        value => value,
    };
    matches!(value, Value::Parameter(_)) && (written.starts_with(['$', ':', '@']) || written.starts_with("sqlc."))
}
