//! `server/shared_buffers`: the memory for pages is what initdb chose, the tables are many times larger, and pages are read again and
//! again from outside of it.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured_number, seen};

use super::about::{facts, finding, habit, part, setting, with_unit};
use super::words::size;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    max_bytes: u64,
    min_times: f64,
    max_hit_percent: f64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(buffers) = setting(facts, "shared_buffers", out) else { return };
        let Some(counters) = part(facts, "counters", &facts.counters, out) else { return };
        let Some(bytes) = buffers.bytes().filter(|bytes| *bytes <= self.max_bytes as f64) else { return };
        let tables = cx.catalog.tables.values();
        let stored: u64 = tables.filter_map(|table| table.total_bytes.or(table.heap_bytes)).sum();
        let blocks = counters.blocks_hit + counters.blocks_read;
        let percent = counters.blocks_hit as f64 * 100.0 / blocks.max(1) as f64;
        if (stored as f64) < bytes * self.min_times || blocks == 0 || percent > self.max_hit_percent {
            return;
        }
        out.find(
            finding(
                "shared_buffers",
                format!("shared_buffers is {}, and the database holds {}", size(bytes), size(stored as f64)),
                "This is what initdb chooses for any machine. Pages that do not fit are fetched from the operating system again, each time through \
                 a lock of the buffer that makes room.",
            )
            .evidence(seen("shared_buffers", with_unit(buffers)))
            .evidence(measured_number("tables and indexes", stored as f64, "bytes"))
            .evidence(measured_number("pages found in it", (percent * 10.0).round() / 10.0, "%"))
            .ask(habit(
                "Give shared_buffers a share of the machine's memory",
                "Between 15 and 40 % of the memory: 25 % is the usual start, and more than what is read often brings nothing. sqlsift does not know \
                 how much memory there is. It takes a restart; huge_pages = try from some GB on.",
            )),
        );
    }
}
