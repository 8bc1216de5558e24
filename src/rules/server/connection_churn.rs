//! `server/connection_churn`: sessions come and go by the second: nobody pools them.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, measured_number};

use super::about::{facts, finding, habit, part};
use super::words::age;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_per_second: f64,
    max_mean_s: f64,
    min_counted_s: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(counters) = part(facts, "counters", &facts.counters, out) else { return };
        let (Some(sessions), Some(session_ms)) = (counters.sessions, counters.session_ms) else {
            out.not_examined.push("sessions are counted since Postgres 14".to_owned());
            return;
        };
        let counted = facts.counted_s.unwrap_or(0);
        if counted < self.min_counted_s {
            out.not_examined.push(format!(
                "the counters are {} old: it needs {}",
                age(counted),
                age(self.min_counted_s)
            ));
            return;
        }
        let per_second = sessions as f64 / counted.max(1) as f64;
        let mean_s = session_ms as f64 / 1000.0 / sessions.max(1) as f64;
        if per_second < self.min_per_second || mean_s > self.max_mean_s {
            return;
        }
        let draft = finding(
            "connections",
            format!("{per_second:.1} sessions a second are opened, each for {mean_s:.1} s"),
            "Each of them starts a process, authenticates, and fills its caches of the catalog anew: milliseconds before the first statement, \
             and more with TLS and SCRAM. Prepared statements and plans do not outlive it.",
        )
        .evidence(measured("sessions", sessions, "sessions"))
        .evidence(measured("counted for", counted, "s"))
        .evidence(measured_number("mean length of a session", mean_s, "s"));
        out.find(draft.ask(habit(
            "Keep connections open",
            "A pool in the application, or PgBouncer in transaction mode in front of the server where many processes or short-lived functions connect.",
        )));
    }
}
