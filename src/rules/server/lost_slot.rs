//! `server/lost_slot`: a slot whose WAL is gone, or goes at the next checkpoint.

use serde::Deserialize;

use crate::report::model::{RecommendationKind, Severity};
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, seen};

use super::about::{facts, finding, literal, part, statement};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(slots) = part(facts, "slots", &facts.slots, out) else { return };
        for slot in slots {
            let lost = slot.wal_status.as_deref() == Some("lost") || slot.invalidation.is_some();
            if !lost && slot.wal_status.as_deref() != Some("unreserved") {
                continue;
            }
            let (title, detail) = if lost {
                (
                    format!("The slot {} has lost what its reader needs", slot.name),
                    "Its reader can never go on: a replica has to be built anew (unless it finds the WAL in an archive), a subscription to be synchronised again.",
                )
            } else {
                (
                    format!("The slot {} loses its WAL at the next checkpoint", slot.name),
                    "It is further behind than max_slot_wal_keep_size allows. Its reader can still catch up if it comes now.",
                )
            };
            let mut draft = finding(format!("slot {}", slot.name), title, detail)
                .evidence(seen("wal_status", slot.wal_status.clone().unwrap_or_default()));
            if let Some(reason) = &slot.invalidation {
                draft = draft.evidence(seen("invalidated because", reason.clone()));
            }
            if let Some(bytes) = slot.retained_bytes {
                draft = draft.evidence(measured("WAL behind", bytes, "bytes"));
            }
            if !lost {
                out.find(draft.severity(Severity::Error).ask(super::about::habit(
                    "Let the reader catch up, or give it room",
                    "Raise max_slot_wal_keep_size (a reload is enough) while the disk has room, and find why the reader is slow.",
                )));
                continue;
            }
            out.find(draft.ask(statement(
                RecommendationKind::Application,
                format!("Drop the slot {}", slot.name),
                "It is of no use to anybody. Then build its reader anew.",
                format!("SELECT pg_catalog.pg_drop_replication_slot({})", literal(&slot.name)),
            )));
        }
    }
}
