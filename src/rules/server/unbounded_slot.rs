//! `server/unbounded_slot`: replication slots that may keep WAL until the disk is full.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, seen};

use super::about::{alter_system, facts, finding, part};
use super::inactive_slot::has_no_limit;
use super::words::size;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(slots) = part(facts, "slots", &facts.slots, out) else { return };
        if part(facts, "settings", &facts.settings, out).is_none() || !has_no_limit(facts) {
            return;
        }
        let lasting: Vec<_> = slots.iter().filter(|slot| !slot.temporary).collect();
        let Some(most) = lasting.iter().filter_map(|slot| slot.retained_bytes).max() else { return };
        let names: Vec<&str> = lasting.iter().map(|slot| slot.name.as_str()).collect();
        let least = (most as f64 * 4.0).max(10.0 * 1_073_741_824.0);
        let value = format!("{}GB", (least / 1_073_741_824.0).ceil());
        let detail = format!(
            "From {} (four times what is kept now, at least 10 GB) up to half of what is free on the disk of pg_wal. A reader that is further \
             behind loses its slot, and the server lives.",
            size(least)
        );
        let draft = finding(
            "slots",
            "Replication slots may keep WAL without a limit",
            "When a reader stops, WAL stays for it until the disk is full, and then the server stops for everybody.",
        )
        .evidence(seen("slots", names.join(", ")))
        .evidence(measured("WAL kept now", most, "bytes"))
        .evidence(seen("max_slot_wal_keep_size", "-1"));
        out.find(draft.ask(alter_system(
            "max_slot_wal_keep_size",
            &value,
            facts.setting("max_slot_wal_keep_size"),
            &detail,
        )));
    }
}
