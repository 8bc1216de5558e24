//! `server/replication_lag`: a replica that is behind, in bytes and by its own measure of time. On a standby never by the age of the last
//! transaction alone: on a quiet primary that grows although nothing is missing.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, seen};

use super::about::{facts, finding, habit, part};
use super::words::{age, size};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_bytes: u64,
    min_s: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(replicas) = part(facts, "replicas", &facts.replicas, out) else { return };
        for replica in replicas.iter().filter(|replica| replica.state.as_deref() != Some("backup")) {
            let bytes = replica.lag_bytes.unwrap_or(0);
            let seconds = replica.lag_s.unwrap_or(0);
            if bytes < self.min_bytes && seconds < self.min_s {
                continue;
            }
            let mut draft = finding(
                format!("replica {}", replica.name),
                match replica.lag_s {
                    Some(seconds) if seconds > 0 => format!("{} is {} and {} behind", replica.name, age(seconds), size(bytes as f64)),
                    _ => format!("{} is {} behind", replica.name, size(bytes as f64)),
                },
                "What was committed here cannot be read there yet, and is lost if this server is lost and that one takes its place.",
            )
            .evidence(measured("WAL not replayed", bytes, "bytes"));
            if let Some(seconds) = replica.lag_s {
                draft = draft.evidence(measured("replay lag", seconds, "s"));
            }
            let state = [&replica.state, &replica.sync_state];
            let state: Vec<&str> = state.into_iter().flatten().map(String::as_str).collect();
            out.find(draft.evidence(seen("state", state.join(", "))).ask(advice()));
        }
        self.standby(cx, out);
    }
}

impl Rule {
    fn standby(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(replay) = facts(cx).and_then(|facts| facts.replay.as_ref()) else { return };
        let Some(bytes) = replay.lag_bytes.filter(|bytes| *bytes >= self.min_bytes) else { return };
        let mut draft = finding(
            "this standby",
            format!("{} of WAL are here and not replayed", size(bytes as f64)),
            "Queries here see an old state. A query that conflicts with replay holds it up for max_standby_streaming_delay; otherwise the one \
             process that replays is slower than those that write on the primary.",
        )
        .evidence(measured("received and not replayed", bytes, "bytes"));
        if let Some(seconds) = replay.last_transaction_s {
            draft = draft.evidence(measured("last transaction replayed", seconds, "s ago"));
        }
        out.find(draft.ask(advice()));
    }
}

fn advice() -> crate::rules::draft::Ask {
    habit(
        "Find what holds the replica up",
        "Long queries there (pg_stat_database_conflicts, max_standby_streaming_delay), one process that replays against many that write, the network, \
         or a disk that is slower than the primary's. Many small transactions replay faster than one that touches everything.",
    )
}
