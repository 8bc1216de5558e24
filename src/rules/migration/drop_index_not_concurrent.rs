//! `migration/drop_index_not_concurrent`: an index dropped under a lock that stops all queries of its table.

use std::sync::Arc;

use serde::Deserialize;

use crate::catalog::model::TableKind;
use crate::effect::LockMode;
use crate::report::model::{Applicability, Confidence, Edit, RecommendationKind};
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::rules::lint::lived::Newness;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{Drop, ObjectKind, QualifiedName};

use super::hurting::alone;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::Drop(drop)) = cx.ddl() else { return };
        if drop.kind != ObjectKind::Index || drop.concurrently {
            return;
        }
        let Some((name, confidence)) = drop.names.iter().find_map(|name| Some((name, stops_clients(cx, drop, name)?)))
        else {
            return;
        };
        let title = match cx.replay.index(name) {
            Some((table, _)) => format!("Dropping an index stops all queries on {} while it waits", table.name),
            None => format!("Dropping {} stops all queries on its table while it waits", name.name),
        };
        let mut draft = cx.draft(
            name.span,
            title,
            "DROP INDEX wants an ACCESS EXCLUSIVE lock on the table: it waits for every query that runs there, and every later \
             query waits behind it, until the transaction ends.",
        );
        let held = cx.effect.locks.iter().find(|lock| lock.span == name.span && lock.mode == LockMode::AccessExclusive);
        if let Some(lock) = held {
            draft = draft.under(lock);
        }
        out.find(draft.confidence(confidence).ask(Ask::Ready(concurrently(cx, drop))));
    }
}

/// Whether the index stands on a table that clients can be using, and has a concurrent way out.
fn stops_clients(cx: &StatementCx<'_>, drop: &Drop, name: &QualifiedName) -> Option<Confidence> {
    let Some((table, index)) = cx.replay.index(name) else {
        // Left over or not, nothing that is known says so.
        let absent = drop.if_exists && !cx.replay.catalog().tables.is_empty();
        return (!absent).then_some(Confidence::Medium);
    };
    let kind = cx.replay.catalog().tables.get(&table).map(|table| table.kind);
    let gone_otherwise = index.constraint || kind == Some(TableKind::Partitioned);
    (!gone_otherwise && cx.newness(&table) == Newness::Old).then_some(Confidence::High)
}

/// CONCURRENTLY takes one index and no CASCADE (documentation, DROP INDEX).
fn concurrently(cx: &StatementCx<'_>, drop: &Drop) -> Advice {
    let guard = if drop.if_exists { "IF EXISTS " } else { "" };
    let one = |name: &QualifiedName| format!("DROP INDEX CONCURRENTLY {guard}{};", name.span.of(cx.text));
    let mut advice = Advice::new(
        RecommendationKind::DropIndex,
        "Drop it CONCURRENTLY",
        if alone(cx) {
            "It waits for the queries that use the index without stopping others."
        } else {
            "It waits for the queries that use the index without stopping others. It cannot run inside a transaction: give it a \
             migration of its own, without one."
        },
        drop.names.iter().map(one).collect::<Vec<_>>().join("\n"),
    );
    advice.lock = Some(LockMode::ShareUpdateExclusive.name().to_owned());
    if alone(cx) && drop.names.len() == 1 && !drop.cascade {
        advice.applicability = Applicability::Machine;
        let at = super::index_not_concurrent::index_word_end(cx.text) as u64;
        advice.edits.push(Edit { path: Arc::default(), start: at, end: at, text: " CONCURRENTLY".to_owned() });
    }
    advice
}
