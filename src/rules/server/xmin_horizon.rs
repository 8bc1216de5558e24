//! `server/xmin_horizon`: what keeps vacuum from removing rows: a long transaction of many statements, a slot, or a standby with
//! feedback. Of a session that is idle, a statement that runs long, a prepared transaction and a forgotten slot other rules speak.

use serde::Deserialize;

use crate::catalog::model::server::ServerSession;
use crate::report::model::RecommendationKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, seen};

use super::about::{facts, finding, habit, part, statement};
use super::words::{age, count};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_transactions: u64,
    min_s: u64,
}

const DETAIL: &str = "Rows that were deleted or changed since stay in their tables, for everybody, in every table of the database: scans read \
                      them, tables grow, and vacuum comes again and again without effect.";

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        if let Some(sessions) = part(facts, "sessions", &facts.sessions, out) {
            for session in sessions.iter().filter(|session| self.is_long(session)) {
                let open = session.transaction_s.unwrap_or(0);
                let mut draft = finding(
                    format!("process {}", session.pid),
                    format!("A transaction has been open for {} and holds back vacuum", age(open)),
                    DETAIL,
                )
                .evidence(measured("transaction open for", open, "s"));
                if let Some(held) = session.xmin_age {
                    draft = draft.evidence(measured("transactions since its snapshot", held, "transactions"));
                }
                if let Some(name) = &session.application {
                    draft = draft.evidence(seen("application", name.clone()));
                }
                out.find(draft.ask(statement(
                    RecommendationKind::Application,
                    format!("End the session of process {}", session.pid),
                    "Its transaction is rolled back. A batch that runs for hours commits in portions instead; an export reads from a replica.",
                    format!("SELECT pg_catalog.pg_terminate_backend({})", session.pid),
                )));
            }
        }
        if let Some(slots) = part(facts, "slots", &facts.slots, out) {
            for slot in slots.iter().filter(|slot| slot.active) {
                let Some(held) = slot.xmin_age.max(slot.catalog_xmin_age).filter(|held| *held >= self.min_transactions)
                else {
                    continue;
                };
                let whose = if slot.xmin_age.is_some() { "all tables" } else { "the system catalog" };
                let draft = finding(
                    format!("slot {}", slot.name),
                    format!("The slot {} holds back vacuum by {} transactions", slot.name, count(held)),
                    DETAIL,
                );
                let draft = draft
                    .evidence(measured("transactions held back", held, "transactions"))
                    .evidence(seen("in", whose));
                out.find(draft.ask(habit(
                    "Let the reader of the slot catch up",
                    "A logical slot moves on when its reader confirms what it has read: one large open transaction, or a reader that is stuck, holds it. \
                     A physical one holds what the standby's oldest query needs.",
                )));
            }
        }
        for replica in facts.replicas.iter().flatten() {
            let Some(held) = replica.xmin_age.filter(|held| *held >= self.min_transactions) else { continue };
            let draft = finding(
                format!("replica {}", replica.name),
                format!("A query on {} holds back vacuum here by {} transactions", replica.name, count(held)),
                DETAIL,
            );
            out.find(draft.evidence(measured("transactions held back", held, "transactions")).ask(habit(
                "End the long query on the replica",
                "hot_standby_feedback tells this server what the replica's oldest query needs. Without feedback that query would be cancelled there \
                 instead (max_standby_streaming_delay).",
            )));
        }
    }
}

impl Rule {
    /// Long, by statements each of which is not.
    fn is_long(&self, session: &ServerSession) -> bool {
        let idle = session.state.as_deref().is_some_and(|state| state.starts_with("idle in transaction"));
        let open = session.transaction_s.unwrap_or(0);
        let one_statement = session.query_s.is_some_and(|seconds| seconds * 10 >= open * 9);
        session.kind == "client backend"
            && !idle
            && !one_statement
            && session.blocked_by.is_empty()
            && (open >= self.min_s || session.xmin_age.is_some_and(|held| held >= self.min_transactions))
    }
}
