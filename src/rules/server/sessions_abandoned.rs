//! `server/sessions_abandoned`: sessions whose client went away without a word, or that the server ended.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured};

use super::about::{facts, finding, habit, part};
use super::words::count;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_percent: f64,
    min_sessions: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(counters) = part(facts, "counters", &facts.counters, out) else { return };
        let (Some(all), Some(abandoned)) = (counters.sessions, counters.sessions_abandoned) else {
            out.not_examined.push("the ends of sessions are counted since Postgres 14".to_owned());
            return;
        };
        let (fatal, killed) = (counters.sessions_fatal.unwrap_or(0), counters.sessions_killed.unwrap_or(0));
        let bad = abandoned + fatal + killed;
        let percent = bad as f64 * 100.0 / all.max(1) as f64;
        if bad < self.min_sessions || percent < self.min_percent {
            return;
        }
        let draft = finding(
            "sessions",
            format!("{} of {} sessions ended badly", count(bad), count(all)),
            "A client that vanishes leaves its session, its transaction and its locks until the server tries to send it something, or until \
             TCP gives up, which takes hours by default.",
        )
        .evidence(measured("client was gone", abandoned, "sessions"))
        .evidence(measured("ended by an error", fatal, "sessions"))
        .evidence(measured("ended by an administrator", killed, "sessions"))
        .evidence(measured("all", all, "sessions"));
        out.find(draft.ask(habit(
            "Close sessions, and notice those that are gone",
            "Pools that drop connections on a timeout, processes that are killed with their connections open, balancers that cut idle ones. \
             client_connection_check_interval (14 and later) and tcp_keepalives_idle let the server notice sooner.",
        )));
    }
}
