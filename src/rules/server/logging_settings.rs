//! `server/logging_settings`: what the server could write down and does not, so that nobody, this program included, can see it.

use serde::Deserialize;

use crate::catalog::model::ServerFacts;
use crate::catalog::model::server::ServerSetting;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, seen};

use super::about::{alter_system, facts, finding, part, with_unit};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

/// A setting, the value to give it, and what then shows.
struct Wanted {
    name: &'static str,
    value: &'static str,
    is_missing: fn(&ServerFacts, &ServerSetting) -> bool,
    shows: &'static str,
}

const WANTED: &[Wanted] = &[
    Wanted {
        name: "log_min_duration_statement",
        value: "250ms",
        is_missing: |facts, setting| setting.value == "-1" && !logs_slow_otherwise(facts),
        shows: "Slow statements with their constants, by which sqlsift analyze finds what they wait for. 100 ms to 1 s for a busy server; 0 for an \
                hour shows repetition (N+1) too.",
    },
    Wanted {
        name: "log_lock_waits",
        value: "on",
        is_missing: |_, setting| !setting.is_on(),
        shows: "Who waited for whose lock for longer than deadlock_timeout, with both statements.",
    },
    Wanted {
        name: "log_temp_files",
        value: "10MB",
        is_missing: |_, setting| setting.value == "-1",
        shows: "Which statements spill to disk, and how much: the evidence for work_mem. 0 logs each of them, however small.",
    },
    Wanted {
        name: "log_autovacuum_min_duration",
        value: "1min",
        is_missing: |_, setting| setting.value == "-1",
        shows: "Which tables autovacuum labours over, and dead rows that it may not remove.",
    },
    Wanted {
        name: "log_checkpoints",
        value: "on",
        is_missing: |_, setting| !setting.is_on(),
        shows: "When checkpoints come, why, and how much they write.",
    },
    Wanted {
        name: "track_io_timing",
        value: "on",
        is_missing: |_, setting| !setting.is_on(),
        shows: "How long statements wait for the disk, in EXPLAIN, pg_stat_statements and pg_stat_database. Measure with pg_test_timing first: where a \
                reading of the clock takes under 100 ns it costs nothing that shows.",
    },
    Wanted {
        name: "log_line_prefix",
        value: "%m [%p] %q%u@%d/%a ",
        is_missing: |facts, setting| {
            let csv = facts
                .setting("log_destination")
                .is_some_and(|to| to.value.contains("csvlog") || to.value.contains("jsonlog"));
            let time = ["%m", "%t", "%n"].iter().any(|one| setting.value.contains(one));
            let session = ["%p", "%c"].iter().any(|one| setting.value.contains(one));
            let whole = csv || (time && session && setting.value.contains("%d"));
            !whole
        },
        shows: "When, in which session, and in which database each line was written: without them lines cannot be put together.",
    },
];

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(settings) = part(facts, "settings", &facts.settings, out) else { return };
        let missing =
            |wanted: &&Wanted| settings.get(wanted.name).is_some_and(|known| (wanted.is_missing)(facts, known));
        let missing: Vec<&Wanted> = WANTED.iter().filter(missing).collect();
        let Some(first) = missing.first() else { return };
        let title = match missing.len() {
            1 => format!("{} hides what the log could tell", first.name),
            many => format!("{many} settings hide what the server could tell"),
        };
        let mut draft = finding(
            "logging",
            title,
            "What is not written down while it happens cannot be found out afterwards. Each of these takes effect with a reload and costs \
             little on a server that is well.",
        );
        for wanted in missing {
            let known = settings.get(wanted.name);
            let shown = known.map(with_unit).unwrap_or_default();
            draft = draft.evidence(seen(wanted.name, shown)).ask(alter_system(
                wanted.name,
                wanted.value,
                known,
                wanted.shows,
            ));
        }
        out.find(draft);
    }
}

/// By sampling, or with plans.
fn logs_slow_otherwise(facts: &ServerFacts) -> bool {
    ["log_min_duration_sample", "auto_explain.log_min_duration"]
        .iter()
        .any(|name| facts.setting(name).is_some_and(|setting| setting.value != "-1"))
}
