//! `workload/growing_offset`: one session reads page after page by OFFSET. Silent while the pages stay near the beginning.

use serde::Deserialize;

use crate::rules::WorkloadRule;
use crate::rules::context::WorkloadCx;
use crate::rules::draft::{Ask, Draft, Sink, measured, measured_ms};
use crate::workload::model::OffsetWalk;

use super::session;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_steps: u64,
    min_offset: u64,
}

impl WorkloadRule for Rule {
    fn check(&self, cx: &WorkloadCx<'_>, out: &mut Sink) {
        for walk in &cx.workload.walks {
            if u64::from(walk.longest_steps) >= self.min_steps && walk.max_offset >= self.min_offset {
                out.find(growing(cx, walk));
            }
        }
    }
}

fn growing(cx: &WorkloadCx<'_>, walk: &OffsetWalk) -> Draft {
    let mut draft = Draft::query(
        cx,
        walk.query,
        format!("Read page by page by OFFSET, {} at a time up to {}", walk.step, walk.max_offset),
        "Each page reads all the pages before it again, so reading n pages costs as much as n²/2 of them. Rows that are inserted \
         or deleted meanwhile move the pages, so that rows are read twice or left out.",
    )
    .evidence(measured("walks", walk.walks, "walks"))
    .evidence(measured("pages of the longest walk", u64::from(walk.longest_steps) + 1, "pages"))
    .evidence(measured("rows a page", walk.step, "rows"))
    .evidence(measured("largest OFFSET", walk.max_offset, "rows"))
    .evidence(measured("calls", walk.calls, "calls"))
    .evidence(measured_ms("time in the database", walk.database_us));
    session::show_units(&mut draft, &walk.examples);
    draft.observed_us = Some(walk.database_us);
    draft.ask(Ask::Keyset { query: walk.query })
}
