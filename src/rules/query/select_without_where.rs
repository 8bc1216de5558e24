//! `query/select_without_where`: every row of a table that is known to be large goes to the client.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink, estimated};
use crate::rules::scope;
use crate::sql::StatementKind;
use crate::sql::facts::{Distinct, Level};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: u64,
}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        let facts = cx.facts;
        let plain = facts.kind == StatementKind::Select && facts.level == Level::Parsed && facts.write.is_none();
        let (Some(catalog), [block], true) = (cx.catalog, facts.blocks.as_slice(), plain) else { return };
        let [source] = block.sources.as_slice() else { return };
        let narrowed = block.where_span.is_some()
            || block.limit.is_some()
            || block.has_aggregate
            || block.has_having
            || !block.group_by.is_empty()
            || block.distinct != Distinct::No
            || scope::is_sample(cx, source);
        // What was measured is better than what can be thought: a job that reads the table at night is meant to.
        if narrowed || scope::is_cheap(cx) {
            return;
        }
        let Some((name, table)) = scope::table_of(catalog, source) else { return };
        let Some(rows) = table.rows.filter(|rows| *rows >= self.min_rows as f64) else { return };
        let draft = Draft::about(
            cx,
            format!("All rows of {} go to the client", name.name),
            "There is neither a condition nor a LIMIT. Most drivers hold the whole result in memory before they give the first row.",
        );
        out.find(draft.at(source.span).evidence(estimated("rows", rows, "rows")));
    }
}
