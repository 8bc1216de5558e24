//! `server/work_mem`: statements spill to disk all day, by the counters of the database. A range, from how large the files are.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, estimated, measured, measured_number, seen};

use super::about::{facts, finding, habit, part, setting, with_unit};
use super::words::{age, size};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_files_per_day: f64,
    min_bytes_per_day: f64,
    min_counted_s: u64,
    memory_per_disk: f64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(counters) = part(facts, "counters", &facts.counters, out) else { return };
        let Some(known) = setting(facts, "work_mem", out) else { return };
        let counted = facts.counted_s.unwrap_or(0);
        if counted < self.min_counted_s {
            out.not_examined.push(format!(
                "the counters are {} old: it needs {}",
                age(counted),
                age(self.min_counted_s)
            ));
            return;
        }
        let days = counted.max(1) as f64 / 86_400.0;
        let (files, bytes) = (counters.temp_files as f64 / days, counters.temp_bytes as f64 / days);
        if files < self.min_files_per_day || bytes < self.min_bytes_per_day {
            return;
        }
        let mean = counters.temp_bytes as f64 / counters.temp_files.max(1) as f64;
        let least = (mean * self.memory_per_disk).max(known.bytes().unwrap_or(0.0) * 2.0);
        let draft = finding(
            "work_mem",
            format!("{files:.0} temporary files a day, {} in all", size(bytes)),
            "Sorts, hashes and materialised results that do not fit into work_mem are written to disk and read again. Large sorts of reports do so by \
             right; frequent small ones are what more memory helps.",
        )
        .evidence(measured("temporary files", counters.temp_files, "files"))
        .evidence(measured("written", counters.temp_bytes, "bytes"))
        .evidence(measured("counted for", counted, "s"))
        .evidence(measured_number("mean file", mean.round(), "bytes"))
        .evidence(seen("work_mem", with_unit(known)))
        .evidence(estimated("memory that the mean file would take", least.round(), "bytes"));
        let connections = facts.connections.as_ref().map_or(100, |connections| connections.max);
        out.find(draft.ask(habit(
            "Give memory to the statements that spill",
            format!(
                "Find them first: temp_blks_written in pg_stat_statements, log_temp_files in the log. Then SET LOCAL work_mem, or ALTER ROLE … SET work_mem, \
                 between {} and {} for those. For the whole server only what {connections} connections may take at once, several times each, beside shared_buffers.",
                size(least),
                size(least * 3.0)
            ),
        )));
    }
}
