//! `schema/rows_in_default_partition`: rows for which nobody made a partition.

use serde::Deserialize;

use crate::catalog::model::TableKind;
use crate::report::model::RecommendationKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Sink, documented, measured};
use crate::rules::server::words::count;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in cx.catalog.tables.iter().filter(|(_, table)| table.kind == TableKind::Partition) {
            if !table.partition_bound.as_deref().is_some_and(|bound| bound.eq_ignore_ascii_case("default")) {
                continue;
            }
            let Some(rows) = table.counters.as_ref().map(|counters| counters.live_rows) else { continue };
            if rows < self.min_rows {
                continue;
            }
            let parent = table.parent.as_ref().map_or(String::new(), |parent| parent.name.to_string());
            let mut draft = about::table(
                name,
                table,
                format!("{} rows of {parent} lie in its default partition", count(rows)),
                "It takes what fits nowhere else: the partition for it was not made in time. Queries with a condition on the key read it beside the right one, and to attach a \
                 partition whose rows could lie in it, the server reads all of it under a lock that stops everybody, and refuses if it finds one.",
            )
            .evidence(measured("live rows", rows, "rows"));
            if let Some(key) =
                table.parent.as_ref().and_then(|parent| cx.catalog.tables.get(parent)?.partition_key.clone())
            {
                draft = draft.evidence(documented("partitioned by", key));
            }
            out.find(draft.ask(Ask::Ready(Advice::new(
                RecommendationKind::ChangeSchema,
                format!("Move the rows of {} into partitions of their own", name.name),
                "See by the key which are missing. For each: create the table, move its rows in portions (DELETE … RETURNING into INSERT), add a CHECK that excludes them from the \
                 default partition so that attaching does not read it, attach. Then make partitions ahead of time.",
                "",
            ))));
        }
    }
}
