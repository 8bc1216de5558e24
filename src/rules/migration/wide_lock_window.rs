//! `migration/wide_lock_window`: one table stays locked against all others while the lock of a second one is waited for.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::catalog::model::{TableKind, TableName};
use crate::effect::Lock;
use crate::report::model::RecommendationKind;
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::context::ScriptCx;
use crate::rules::lint::lived::{Step, limits};

/// Tables that are named in the evidence.
const NAMED: usize = 10;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl ScriptRule for Rule {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink) {
        let mut at = 0;
        while let Some(first) = cx.steps.get(at) {
            let Some(transaction) = first.transaction else {
                at += 1;
                continue;
            };
            let steps: Vec<&Step> =
                cx.steps[at..].iter().take_while(|step| step.transaction == Some(transaction)).collect();
            at += steps.len();
            if cx.script.is_migration() {
                look(cx, &steps, out);
            }
        }
    }
}

fn look(cx: &ScriptCx<'_>, steps: &[&Step], out: &mut Sink) {
    let mut held: Vec<(&Lock, &Step)> = Vec::new();
    let mut locked: BTreeSet<&TableName> = BTreeSet::new();
    let mut second: Option<(&Lock, &Step)> = None;
    for step in steps {
        let before = held.len();
        for lock in step.shared.iter().filter(|lock| lock.mode.blocks_reads() && is_table(cx, lock)) {
            if !locked.insert(&lock.on) {
                continue;
            }
            // What one statement locks together it locks at once, and partitions come with their parent.
            if before > 0 && second.is_none() && !limits(step.lock_timeout.as_deref()) {
                second = Some((lock, step));
            }
            held.push((lock, step));
        }
    }
    let (Some((lock, step)), Some((first, from))) = (second, held.first()) else { return };
    let line = cx.script.statements.get(from.statement).map_or(0, |statement| statement.line);
    let names: Vec<&str> = held.iter().take(NAMED).map(|(lock, _)| lock.on.name.as_str()).collect();
    let more = if held.len() > NAMED { ", …" } else { "" };
    let draft = cx.draft_of(
        step,
        format!("{} stays locked while this waits for {}", first.on.name, lock.on.name),
        format!(
            "The lock on {} (line {line}) stops reads and writes until the transaction ends. If a long query holds {}, everybody waits for \
             that query too, and two such migrations, or a client that takes the tables in the other order, end in a deadlock.",
            first.on.name, lock.on.name
        ),
    );
    let draft = draft.under(lock).evidence(documented("locked by the end", format!("{}{more}", names.join(", "))));
    out.find(draft.ask(Ask::Ready(Advice::new(
        RecommendationKind::SplitMigration,
        "One table a migration",
        "Give each table a transaction of its own; or set lock_timeout, so that the wait is short and all locks are given back.",
        "SET LOCAL lock_timeout = '5s';",
    ))));
}

/// Partitions are locked with their parent.
fn is_table(cx: &ScriptCx<'_>, lock: &Lock) -> bool {
    let known = cx.replay.catalog().tables.get(&lock.on);
    known.is_none_or(|table| matches!(table.kind, TableKind::Table | TableKind::Partitioned))
}
