//! `schema/few_hot_updates`: updates that found no room on the page of their row, so that each of them writes every index. Told from
//! the counter that Postgres has since 16: that updates are not HOT may as well be because they change an indexed column, and then no
//! fill factor helps.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::catalog::model::TableKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Ask, Sink, documented, measured, measured_number};

use super::about::{self, change};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_percent: f64,
    min_updates: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        if cx.catalog.server_version.is_some_and(|version| version < 160_000) {
            out.not_examined.push("updates that leave their page are counted since Postgres 16".to_owned());
            return;
        }
        for (name, table) in cx.catalog.tables.iter().filter(|(_, table)| table.kind != TableKind::Partitioned) {
            let Some(counters) = table.counters.as_ref().filter(|counters| counters.updated >= self.min_updates) else {
                continue;
            };
            let Some(moved) = counters.newpage_updated else { continue };
            let percent = moved as f64 * 100.0 / counters.updated as f64;
            let fill = table.parameters.get("fillfactor").and_then(|fill| fill.parse::<u64>().ok()).unwrap_or(100);
            // Nobody gains where there is nothing to write but the row.
            if percent < self.min_percent || table.indexes.is_empty() || fill <= 80 {
                continue;
            }
            let hot = counters.hot_updated as f64 * 100.0 / counters.updated as f64;
            let draft = about::table(
                name,
                table,
                format!("{percent:.0} % of the updates of {} found no room on their page", name.name),
                "A row that changes is written again. On the same page, and with no indexed column changed, the indexes stay as they are (HOT). On another page each \
                 of them gets an entry, which vacuum has to remove again.",
            )
            .evidence(measured("updates", counters.updated, "rows"))
            .evidence(measured("to another page", moved, "rows"))
            .evidence(measured_number("HOT", (hot * 10.0).round() / 10.0, "%"))
            .evidence(documented("fillfactor", fill.to_string()));
            let full = quote_table(name);
            let mut ask = change(
                format!("Leave room on the pages of {}", name.name),
                "Between 80 and 95: rows that are updated often want more room. It holds for pages that are written from now on; what stands there is rewritten by its \
                 updates, or by pg_repack.",
                format!("ALTER TABLE {full} SET (fillfactor = {})", if fill > 90 { 90 } else { 80 }),
            );
            if let Ask::Ready(advice) = &mut ask {
                advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
                advice.undo = Some(format!("ALTER TABLE {full} RESET (fillfactor)"));
            }
            out.find(draft.ask(ask));
        }
    }
}
