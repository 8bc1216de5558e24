//! `server/blocked_sessions`: one session for whose lock others wait, with all that wait behind it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::catalog::model::ServerFacts;
use crate::catalog::model::server::ServerSession;
use crate::report::model::{RecommendationKind, Severity};
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Draft, Sink, measured, seen};

use super::about::{facts, finding, sessions, statement};
use super::words::{age, count, start};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_s: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(sessions) = sessions(facts, out) else { return };
        let by_pid: BTreeMap<i64, &ServerSession> = sessions.iter().map(|session| (session.pid, session)).collect();
        let mut behind: BTreeMap<i64, Vec<&ServerSession>> = BTreeMap::new();
        for waiting in sessions.iter().filter(|session| !session.blocked_by.is_empty()) {
            for root in roots(waiting, &by_pid) {
                behind.entry(root).or_default().push(waiting);
            }
        }
        for (root, mut waiting) in behind {
            waiting.sort_by_key(|session| std::cmp::Reverse(waited(session)));
            if waiting.first().map_or(0, |session| waited(session)) >= self.min_s {
                out.find(blocked(root, by_pid.get(&root).copied(), &waiting, facts));
            }
        }
    }
}

/// Since its statement began: it may have worked for a part of that.
fn waited(session: &ServerSession) -> u64 {
    session.query_s.or(session.state_s).unwrap_or(0)
}

/// The sessions at the heads of the queue that this one stands in.
fn roots(waiting: &ServerSession, by_pid: &BTreeMap<i64, &ServerSession>) -> BTreeSet<i64> {
    let mut seen: BTreeSet<i64> = [waiting.pid].into();
    let mut open = waiting.blocked_by.clone();
    let mut heads = BTreeSet::new();
    while let Some(pid) = open.pop() {
        if !seen.insert(pid) {
            continue;
        }
        match by_pid.get(&pid) {
            Some(session) if !session.blocked_by.is_empty() => open.extend(&session.blocked_by),
            _ => {
                heads.insert(pid);
            }
        }
    }
    heads
}

fn blocked(root: i64, head: Option<&ServerSession>, waiting: &[&ServerSession], facts: &ServerFacts) -> Draft {
    let longest = waiting.first().map_or(0, |session| waited(session));
    let many =
        if waiting.len() == 1 { "1 session waits".to_owned() } else { format!("{} sessions wait", waiting.len()) };
    let who = match head {
        None if root == 0 => "a prepared transaction".to_owned(),
        None => format!("process {root}"),
        Some(head) => match head.state.as_deref() {
            Some(state) if state.starts_with("idle in transaction") => format!("process {root}, which is {state}"),
            _ => format!("process {root}"),
        },
    };
    let mut draft = finding(
        format!("process {root}"),
        format!("{many} for a lock of {who}, one of them for {}", age(longest)),
        "Whoever comes next and wants a lock that conflicts with one in the queue waits too, even readers behind a waiting ALTER TABLE.",
    )
    .evidence(measured("sessions that wait", waiting.len() as u64, "sessions"))
    .evidence(measured("since the start of the statement", longest, "s"));
    if let Some(head) = head {
        if let Some(seconds) = head.transaction_s {
            draft = draft.evidence(measured("transaction of the blocker open for", seconds, "s"));
        }
        let said = head.query.as_deref().map_or("unknown".to_owned(), start);
        let label = if head.state.as_deref() == Some("active") { "it runs" } else { "its last statement" };
        draft = draft.evidence(seen(label, said));
    }
    if let Some(text) = waiting.first().and_then(|session| session.query.as_deref()) {
        draft = draft.evidence(seen("first in the queue", start(text)));
    }
    if longest >= 300 {
        draft = draft.severity(Severity::Error);
    }
    match (root, head) {
        (0, _) => {
            let names: Vec<&str> = facts.prepared.iter().flatten().map(|one| one.name.as_str()).collect();
            let known = if names.is_empty() { "pg_prepared_xacts has their names".to_owned() } else { format!("prepared now: {}", names.join(", ")) };
            draft.ask(super::about::habit("Commit or roll back the prepared transaction", format!("{known}.")))
        }
        (_, Some(head)) if head.state.as_deref() == Some("active") => draft.ask(statement(
            RecommendationKind::Application,
            format!("Cancel what process {root} runs"),
            "If it may be repeated. Its transaction, and with it the locks, ends only if the client then gives up.",
            format!("SELECT pg_catalog.pg_cancel_backend({root})"),
        )),
        _ => draft.ask(statement(
            RecommendationKind::Application,
            format!("End the session of process {root}"),
            format!("Its transaction is rolled back and its locks are free; {} sessions go on. Then find where the application leaves it open.", count(waiting.len() as u64)),
            format!("SELECT pg_catalog.pg_terminate_backend({root})"),
        )),
    }
}
