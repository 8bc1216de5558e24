//! `migration/detach_partition_not_concurrent`: a partition detached under a lock that stops all queries of the whole table.

use serde::Deserialize;

use crate::effect::{LockMode, Version, predict};
use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{Action, ActionKind, AlterTable, QualifiedName};

use super::hurting::alone;
use super::steps::spelled;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

/// The first that detaches concurrently.
const SINCE: Version = Version(14);

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterTable(alter)) = cx.ddl().filter(|_| cx.version() >= SINCE) else { return };
        let Some((parent, _)) = cx.in_use(&alter.name) else { return };
        for action in &alter.actions {
            let ActionKind::DetachPartition { partition, concurrently: false, finalize: false } = &action.kind else {
                continue;
            };
            if is_refused_concurrently(cx, alter, partition) {
                continue;
            }
            let title = format!("Detaching a partition stops all queries on {} while it waits", parent.name);
            let detail = "It wants ACCESS EXCLUSIVE on the partitioned table: it waits for every query that runs on any partition, \
                          and every later query waits behind it.";
            let draft = match cx.effect.lock_on(&parent).filter(|lock| lock.mode == LockMode::AccessExclusive) {
                Some(lock) => cx.locking(lock, title, detail),
                None => cx.draft(action.span, title, detail),
            };
            out.find(draft.ask(Ask::Ready(concurrently(cx, alter, partition))));
        }
    }
}

/// With a default partition there is no concurrent way (documentation, ALTER TABLE … DETACH PARTITION).
fn is_refused_concurrently(cx: &StatementCx<'_>, alter: &AlterTable, partition: &QualifiedName) -> bool {
    let kind = ActionKind::DetachPartition { partition: partition.clone(), concurrently: true, finalize: false };
    let alter = AlterTable { actions: vec![Action { kind, span: partition.span }], ..alter.clone() };
    !predict(&Ddl::AlterTable(alter), cx.replay, cx.version()).fails.is_empty()
}

fn concurrently(cx: &StatementCx<'_>, alter: &AlterTable, partition: &QualifiedName) -> Advice {
    let (table, partition) = (spelled(cx, &alter.name), spelled(cx, partition));
    let mut advice = Advice::new(
        RecommendationKind::SplitMigration,
        "Detach it CONCURRENTLY",
        if alone(cx) {
            "It waits for queries without stopping others. When it was interrupted, DETACH PARTITION … FINALIZE ends it."
        } else {
            "It waits for queries without stopping others, and cannot run inside a transaction: give it a migration of its own, \
             without one. When it was interrupted, DETACH PARTITION … FINALIZE ends it."
        },
        format!("ALTER TABLE {table} DETACH PARTITION {partition} CONCURRENTLY;"),
    );
    advice.lock = Some(LockMode::ShareUpdateExclusive.name().to_owned());
    advice
}
