//! `query/many_rows_insert`: one INSERT with thousands of rows written out.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink, measured};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: u64,
}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        let Some(write) = &cx.facts.write else { return };
        let Some(rows) = write.values_rows.map(|rows| rows as u64).filter(|rows| *rows >= self.min_rows) else {
            return;
        };
        let detail = "The text is parsed and planned as a whole, each value as an expression, in memory many times its size. COPY reads rows as \
                      they come; INSERT … SELECT FROM unnest($1, $2) takes one array a column.";
        let draft =
            Draft::about(cx, format!("{rows} rows are written out in one INSERT"), detail).at(write.target_span);
        out.find(draft.evidence(measured("rows", rows, "rows")));
    }
}
