//! `query/deep_offset`: pages far down a list. Speaks only of offsets that were seen: written out, or logged as a
//! parameter's value. `OFFSET $1` alone says nothing about depth.

use serde::Deserialize;

use crate::report::model::Severity;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Ask, Draft, Sink, estimated, measured};
use crate::sql::facts::{Bound, Span};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: u64,
    very_deep_rows: u64,
}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        let written = match cx.facts.offset {
            Some(Bound::Number(rows)) => Some(rows),
            Some(_) => None,
            None => return,
        };
        let logged = cx.query.and_then(|query| query.offsets);
        let Some(deepest) = logged.map(|stats| stats.max).max(written) else {
            out.not_examined.push("the OFFSET is a parameter whose values were not logged".to_owned());
            return;
        };
        if deepest < self.min_rows {
            return;
        }
        let mut draft = Draft::about(
            cx,
            format!("OFFSET up to {deepest} reads and throws away every row before the page"),
            "The server produces all the rows before the page, in order, and discards them; the deeper the page, the \
             longer it takes. Ask for the rows after the last key of the page before instead.",
        )
        .at(span(cx))
        .evidence(measured("largest OFFSET", deepest, "rows"));
        if let Some(stats) = logged.filter(|stats| stats.calls > 0) {
            draft = draft
                .evidence(measured("calls with an OFFSET", stats.calls, "calls"))
                .evidence(estimated("mean OFFSET", stats.sum as f64 / stats.calls as f64, "rows"))
                .evidence(measured("rows read and thrown away", stats.sum, "rows"));
        }
        if deepest < self.very_deep_rows {
            draft = draft.severity(Severity::Info);
        }
        if let Some(query) = cx.index {
            draft = draft.ask(Ask::Keyset { query });
        }
        out.find(draft);
    }
}

fn span(cx: &QueryCx<'_>) -> Span {
    let blocks = cx.facts.blocks.iter();
    blocks.filter_map(|block| block.offset_span).next().unwrap_or(Span { start: 0, end: cx.text.len() })
}
