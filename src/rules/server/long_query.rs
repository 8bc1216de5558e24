//! `server/long_query`: a statement that has run for very long. Silent about one that waits for a lock, and about replication.

use serde::Deserialize;

use crate::report::model::{RecommendationKind, Severity};
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, seen};

use super::about::{facts, finding, sessions, statement};
use super::words::{age, start};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_s: u64,
}

/// Programs that read everything by design.
const DUMPS: &[&str] = &["pg_dump", "pg_dumpall", "pg_basebackup", "pg_restore", "pg_amcheck"];

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(sessions) = sessions(facts, out) else { return };
        let client =
            sessions.iter().filter(|session| session.kind == "client backend" && session.blocked_by.is_empty());
        for session in client.filter(|session| session.state.as_deref() == Some("active")) {
            let Some(seconds) = session.query_s.filter(|seconds| *seconds >= self.min_s) else { continue };
            let mut draft = finding(
                format!("process {}", session.pid),
                format!("A statement has run for {}", age(seconds)),
                "It works for nobody if its client has given up long ago. As long as it runs, vacuum removes no row that died since it \
                 began, in any table of the database.",
            )
            .evidence(measured("runs for", seconds, "s"));
            if let Some(held) = session.xmin_age {
                draft = draft.evidence(measured("transactions since its snapshot", held, "transactions"));
            }
            if let Some(event) = &session.wait_event {
                draft = draft.evidence(seen(
                    "waits for",
                    format!("{} {event}", session.wait_type.as_deref().unwrap_or_default()),
                ));
            }
            let who = [&session.application, &session.user, &session.database];
            let who: Vec<&str> = who.into_iter().flatten().map(String::as_str).collect();
            if !who.is_empty() {
                draft = draft.evidence(seen("application, role, database", who.join(", ")));
            }
            if session.application.as_deref().is_some_and(|name| DUMPS.contains(&name)) {
                draft = draft.severity(Severity::Info);
            }
            if let Some(text) = &session.query {
                draft = draft.evidence(seen("statement", start(text)));
            }
            out.find(draft.ask(statement(
                RecommendationKind::Application,
                format!("Cancel the statement of process {}", session.pid),
                "If nobody waits for it. What may run long belongs on a replica; what may not gets a statement_timeout in its role.",
                format!("SELECT pg_catalog.pg_cancel_backend({})", session.pid),
            )));
        }
    }
}
