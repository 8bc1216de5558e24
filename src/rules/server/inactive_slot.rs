//! `server/inactive_slot`: a replication slot that nobody reads and for which WAL, or old rows, are kept. Silent about temporary slots,
//! those that a standby keeps in step with its primary, and those that are lost already.

use serde::Deserialize;

use crate::catalog::model::ServerFacts;
use crate::catalog::model::server::Slot;
use crate::report::model::{RecommendationKind, Severity};
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, seen};

use super::about::{facts, finding, literal, part, statement};
use super::words::{age, size};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_bytes: u64,
    min_s: u64,
    min_transactions: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(slots) = part(facts, "slots", &facts.slots, out) else { return };
        for slot in slots.iter().filter(|slot| self.is_forgotten(slot)) {
            let kept = slot.retained_bytes.unwrap_or(0);
            let unlimited = has_no_limit(facts);
            let what = match slot.inactive_s {
                Some(seconds) => format!(
                    "Nobody has read the slot {} for {}, and {} of WAL are kept for it",
                    slot.name,
                    age(seconds),
                    size(kept as f64)
                ),
                None => {
                    format!("Nobody reads the slot {}, and {} of WAL are kept for it", slot.name, size(kept as f64))
                }
            };
            let mut draft = finding(
                format!("slot {}", slot.name),
                what,
                if unlimited {
                    "Without max_slot_wal_keep_size it is kept until the disk is full, and then the server stops. Rows that the reader might \
                     still want are not vacuumed either."
                } else {
                    "Rows that the reader might still want are not vacuumed either: the catalog's for a logical slot, all for one with feedback."
                },
            )
            .evidence(measured("WAL kept", kept, "bytes"))
            .evidence(seen("slot", format!("{}{}", slot.kind, slot.wal_status.as_ref().map_or(String::new(), |s| format!(", {s}")))));
            if let Some(seconds) = slot.inactive_s {
                draft = draft.evidence(measured("inactive for", seconds, "s"));
            }
            if let Some(held) = slot.xmin_age.max(slot.catalog_xmin_age) {
                draft = draft.evidence(measured("transactions held back", held, "transactions"));
            }
            if unlimited && kept >= 10 * self.min_bytes.max(1 << 30) {
                draft = draft.severity(Severity::Error);
            }
            out.find(draft.ask(statement(
                RecommendationKind::Application,
                format!("Drop the slot {}", slot.name),
                "If its reader is gone for good. One that is only down needs it to go on where it stopped: without the slot it has to be \
                 built anew (a replica) or synchronised again (a subscription).",
                format!("SELECT pg_catalog.pg_drop_replication_slot({})", literal(&slot.name)),
            )));
        }
    }
}

impl Rule {
    fn is_forgotten(&self, slot: &Slot) -> bool {
        let lost = slot.wal_status.as_deref() == Some("lost") || slot.invalidation.is_some();
        let much = slot.retained_bytes.is_some_and(|bytes| bytes >= self.min_bytes);
        let long = slot.inactive_s.is_some_and(|seconds| seconds >= self.min_s);
        let old = slot.xmin_age.max(slot.catalog_xmin_age).is_some_and(|age| age >= self.min_transactions);
        !slot.active && !slot.temporary && !slot.synced && !lost && (much || long || old)
    }
}

pub(super) fn has_no_limit(facts: &ServerFacts) -> bool {
    facts.setting("max_slot_wal_keep_size").is_some_and(|setting| setting.value == "-1")
}
