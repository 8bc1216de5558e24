//! `server/autovacuum_off`: no table is vacuumed or analysed by itself.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, seen};

use super::about::{alter_system, facts, finding, setting};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        for (name, why) in [("autovacuum", AUTOVACUUM), ("track_counts", TRACK_COUNTS)] {
            let Some(known) = setting(facts, name, out) else { return };
            if !known.is_on() {
                out.find(
                    finding(name, format!("{name} is off: no table is vacuumed or analysed by itself"), why)
                        .evidence(seen(name, known.value.clone()))
                        .evidence(seen("set by", known.source.clone()))
                        .ask(alter_system(
                            name,
                            "on",
                            Some(known),
                            "Vacuum runs gently by default; what disturbs can be set table by table.",
                        )),
                );
                return;
            }
        }
    }
}

const AUTOVACUUM: &str = "Dead rows stay, tables and indexes grow, the planner's statistics grow old. Only the vacuum against \
                          wraparound still starts, when a table is 200 million transactions old, with all of the work at once.";
const TRACK_COUNTS: &str = "Autovacuum decides by these counters which table needs it; without them it does not run, whatever the \
                            setting autovacuum says, and neither unused indexes nor sequential scans can be seen.";
