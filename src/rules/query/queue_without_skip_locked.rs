//! `query/queue_without_skip_locked`: workers that take the next rows of a queue and wait for each other. Silent where rows are chosen
//! by a key, where NOWAIT stands, and without LIMIT.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::scope;
use crate::sql::facts::Relation;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for block in &cx.facts.blocks {
            let waits = block.locking.is_some_and(|locking| !locking.skip_locked && !locking.nowait);
            let next = block.limit.is_some() && !block.order_by.is_empty();
            let table = matches!(block.sources.as_slice(), [source] if matches!(source.relation, Relation::Table(_)));
            if waits && next && table && !scope::at_most_one_row(cx, block) {
                let detail = "Every worker sorts to the same first rows, finds them locked, and waits until the one before it commits; then it \
                              may find them changed and go away with fewer rows than it asked for. FOR UPDATE SKIP LOCKED takes the next \
                              rows that are free.";
                let place = block.limit_span.unwrap_or(block.span);
                out.find(Draft::about(cx, "Workers that take the next rows wait for each other", detail).at(place));
            }
        }
    }
}
