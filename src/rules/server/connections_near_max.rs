//! `server/connections_near_max`: most of the connections that the server allows are taken. In percent of max_connections, never a
//! fixed number.

use serde::Deserialize;

use crate::report::model::Severity;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, measured_number, seen};

use super::about::{facts, finding, habit, part};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_percent: f64,
    error_percent: f64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(connections) = part(facts, "connections", &facts.connections, out) else { return };
        let open = connections.max.saturating_sub(connections.reserved).max(1);
        let percent = connections.used as f64 * 100.0 / open as f64;
        if percent < self.min_percent {
            return;
        }
        let mut draft = finding(
            "connections",
            format!("{} of {open} connections are taken", connections.used),
            "Whoever comes when all are taken is refused with 53300, and that is when most come: clients that wait for a slow server open more.",
        )
        .evidence(measured_number("taken", (percent * 10.0).round() / 10.0, "%"))
        .evidence(measured("max_connections", connections.max, "connections"))
        .evidence(measured("kept for superusers", connections.reserved, "connections"));
        for (state, sessions) in &connections.states {
            draft = draft.evidence(measured(state.clone(), *sessions, "sessions"));
        }
        if let Some(holder) = connections.holders.first() {
            let name = if holder.application.is_empty() { "without a name" } else { holder.application.as_str() };
            let text =
                format!("{name}, role {}: {} sessions, {} of them idle", holder.user, holder.sessions, holder.idle);
            draft = draft.evidence(seen("most are of", text));
        }
        let idle = connections.states.get("idle").copied().unwrap_or(0);
        if percent >= self.error_percent {
            draft = draft.severity(Severity::Error);
        }
        let detail = if idle * 2 > connections.used {
            "More than half of them do nothing: smaller pools, or PgBouncer in transaction mode, serve the same clients with a fraction. \
             Raising max_connections takes a restart and memory, and lets more statements compete than there are processors."
        } else {
            "Most of them work or wait: look at what they wait for (blocked_sessions, long_query) before anything else. Raising \
             max_connections lets more statements compete than there are processors."
        };
        out.find(draft.ask(habit("Share connections between clients", detail)));
    }
}
