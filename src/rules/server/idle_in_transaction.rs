//! `server/idle_in_transaction`: a session that holds a transaction open and does nothing. Silent about one for which others wait:
//! `server/blocked_sessions` speaks of it.

use serde::Deserialize;

use crate::catalog::model::server::ServerSession;
use crate::report::model::RecommendationKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, seen};

use super::about::{alter_system, facts, finding, sessions, statement};
use super::words::{age, start};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_s: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(sessions) = sessions(facts, out) else { return };
        let blocks = |pid: i64| sessions.iter().any(|session| session.blocked_by.contains(&pid));
        for session in sessions.iter().filter(|session| !blocks(session.pid)) {
            let Some(seconds) = idle(session).filter(|seconds| *seconds >= self.min_s) else { continue };
            let mut draft = finding(
                format!("process {}", session.pid),
                format!("A session has stood idle in a transaction for {}", age(seconds)),
                if session.writes {
                    "It has written: its row locks stop everybody who wants to change the same rows. What others delete meanwhile, vacuum \
                     cannot remove, in any table of the database."
                } else {
                    "Its locks stop whoever alters one of the tables that it has read, and those behind him. While it holds a snapshot, \
                     vacuum removes no row that died since, in any table of the database."
                },
            )
            .evidence(measured("idle for", seconds, "s"));
            if let Some(open) = session.transaction_s {
                draft = draft.evidence(measured("transaction open for", open, "s"));
            }
            if let Some(held) = session.xmin_age {
                draft = draft.evidence(measured("transactions since its snapshot", held, "transactions"));
            }
            let who = [&session.application, &session.user, &session.database];
            let who: Vec<&str> = who.into_iter().flatten().map(String::as_str).collect();
            if !who.is_empty() {
                draft = draft.evidence(seen("application, role, database", who.join(", ")));
            }
            if let Some(text) = &session.query {
                draft = draft.evidence(seen("its last statement", start(text)));
            }
            draft = draft.ask(statement(
                RecommendationKind::Application,
                format!("End the session of process {}", session.pid),
                "Its transaction is rolled back. Then find what the application does between its last statement and COMMIT: a call to \
                 another service, a wait for a user, an exception that skips the rollback.",
                format!("SELECT pg_catalog.pg_terminate_backend({})", session.pid),
            ));
            let limit = facts.setting("idle_in_transaction_session_timeout");
            if limit.is_some_and(|limit| limit.value == "0") {
                let detail = "Longer than any pause that is meant, shorter than what hurts: one to ten minutes for an application; migrations and \
                              sessions of people may set their own.";
                draft = draft.ask(alter_system("idle_in_transaction_session_timeout", "5min", limit, detail));
            }
            out.find(draft);
        }
    }
}

fn idle(session: &ServerSession) -> Option<u64> {
    let idle = session.state.as_deref().is_some_and(|state| state.starts_with("idle in transaction"));
    session.state_s.filter(|_| idle)
}
