//! `server/checkpoints_requested`: checkpoints come because WAL fills up, not by the clock.

use serde::Deserialize;

use crate::catalog::model::ServerFacts;
use crate::catalog::model::server::Writes;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, estimated, measured, seen};

use super::about::{alter_system, facts, finding, habit, part, with_unit};
use super::words::{age, size};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_percent: u64,
    min_checkpoints: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(writes) = part(facts, "writes", &facts.writes, out) else { return };
        let all = writes.checkpoints_timed + writes.checkpoints_requested;
        if all < self.min_checkpoints || writes.checkpoints_requested * 100 < self.min_percent * all {
            return;
        }
        let percent = writes.checkpoints_requested * 100 / all;
        let mut draft = finding(
            "checkpoints",
            format!("{percent} % of the checkpoints came before their time"),
            "WAL reached max_wal_size before checkpoint_timeout had passed. The first change to a page after a checkpoint writes the \
             whole page into WAL, so that checkpoints in quick succession make more WAL, which brings the next one sooner.",
        )
        .evidence(measured("requested", writes.checkpoints_requested, "checkpoints"))
        .evidence(measured("by the clock", writes.checkpoints_timed, "checkpoints"));
        if let Some(seconds) = writes.counted_s {
            draft = draft.evidence(measured("counted for", seconds, "s"));
        }
        if let Some(share) = full_pages(writes) {
            draft = draft.evidence(estimated("WAL that is whole pages, at most", share, "%"));
        }
        let known = facts.setting("max_wal_size");
        if let Some(known) = known {
            draft = draft.evidence(seen("max_wal_size", with_unit(known)));
        }
        out.find(match wanted(facts, writes) {
            Some((least, most)) => {
                let value = format!("{}MB", (least / 1_048_576.0).ceil());
                let detail = format!(
                    "Between {} and {}: what is written in a checkpoint_timeout ({}), times 1 + checkpoint_completion_target, for the \
                     average and for twice of it; peaks are higher than the average. It takes as much of the disk, and recovery after a \
                     crash reads it.",
                    size(least), size(most), age(facts.setting("checkpoint_timeout").and_then(|s| s.number()).unwrap_or(300.0) as u64)
                );
                draft.ask(alter_system("max_wal_size", &value, known, &detail))
            }
            None => draft.ask(habit(
                "Give max_wal_size more room",
                "At least the WAL of one checkpoint_timeout at the busiest hour, times 1 + checkpoint_completion_target: look at \
                 pg_current_wal_lsn() twice, and at the requested checkpoints afterwards. Requests also come from backups and from CHECKPOINT by hand.",
            )),
        });
    }
}

/// A whole page takes 8 kB at most (less its hole, or compressed).
fn full_pages(writes: &Writes) -> Option<f64> {
    let (pages, bytes) = (writes.wal_full_pages? as f64, writes.wal_bytes? as f64);
    (bytes > 0.0).then(|| (pages * 8192.0 / bytes * 100.0).min(100.0).round())
}

/// The distance between checkpoints is max_wal_size / (1 + checkpoint_completion_target): CalculateCheckpointSegments in xlog.c.
/// `None` when what there is already is enough on average: then it is about peaks.
fn wanted(facts: &ServerFacts, writes: &Writes) -> Option<(f64, f64)> {
    let seconds = writes.wal_counted_s.filter(|seconds| *seconds >= 3_600)? as f64;
    let rate = writes.wal_bytes? as f64 / seconds;
    let timeout = facts.setting("checkpoint_timeout")?.number()?;
    let target = facts.setting("checkpoint_completion_target")?.number()?;
    let least = rate * timeout * (1.0 + target);
    (least > facts.setting("max_wal_size")?.bytes()?).then_some((least, least * 2.0))
}
