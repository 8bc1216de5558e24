//! `server/random_page_cost`: pages are costed as if they came from a turning disk, and nearly all come from memory. Only with the
//! evidence of the counters: 4 is right for a disk.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, measured_number, seen};

use super::about::{alter_system, facts, finding, part, setting};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_hit_percent: f64,
    min_blocks: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(random) = setting(facts, "random_page_cost", out) else { return };
        let Some(counters) = part(facts, "counters", &facts.counters, out) else { return };
        let sequential = facts.setting("seq_page_cost").and_then(|setting| setting.number()).unwrap_or(1.0);
        let Some(ratio) = random.number().map(|cost| cost / sequential.max(f64::MIN_POSITIVE)) else { return };
        let blocks = counters.blocks_hit + counters.blocks_read;
        if ratio < 3.0 || blocks < self.min_blocks {
            return;
        }
        let percent = counters.blocks_hit as f64 * 100.0 / blocks as f64;
        if percent < self.min_hit_percent {
            return;
        }
        out.find(
            finding(
                "random_page_cost",
                format!("A random page is costed {ratio:.0} times a sequential one, and {percent:.1} % of the pages come from memory"),
                "The planner keeps to sequential scans, bitmap scans and hash joins where an index scan would touch a few pages that are in memory.",
            )
            .evidence(seen("random_page_cost", random.value.clone()))
            .evidence(measured_number("pages found in shared_buffers", (percent * 100.0).round() / 100.0, "%"))
            .evidence(measured("pages", blocks, "pages"))
            .ask(alter_system(
                "random_page_cost",
                "1.5",
                Some(random),
                "Between 1.1 (solid state, most of it in memory) and 2. Try it first with SET in a session, with the plans of the statements that cost most.",
            )),
        );
    }
}
