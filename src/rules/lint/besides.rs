//! A finding that names one lock in; the other locks of the statement that clients wait for added to its evidence.
//!
//! A partition's DROP stops its parent and the default partition, a foreign key the table that it refers to: whoever reads the finding must
//! learn that other tables than its subject stand still.

use crate::catalog::model::TableName;
use crate::effect::LockMode;
use crate::report::model::EvidenceValue;
use crate::rules::draft::{Draft, documented};

use super::context::StatementCx;
use super::lived::Newness;

/// Tables that are named; a table may have thousands of partitions.
const NAMED: usize = 4;

pub(super) fn besides(cx: &StatementCx<'_>, draft: &mut Draft) {
    if draft.lock.is_none() {
        return;
    }
    let named = |table: &TableName| {
        let on = format!(" on {table}");
        let says = |value: &EvidenceValue| matches!(value, EvidenceValue::Text(text) if text.ends_with(&on));
        draft.evidence.iter().any(|one| one.label == "lock" && says(&one.value))
    };
    let stops = cx.effect.locks.iter().filter(|lock| lock.mode.blocks_writes());
    let mut others: Vec<(LockMode, &TableName)> = stops
        .filter(|lock| !named(&lock.on) && cx.newness(&lock.on) == Newness::Old)
        .map(|lock| (lock.mode, &lock.on))
        .collect();
    if others.is_empty() {
        return;
    }
    // The strongest first; those of one mode in the order in which they are taken.
    others.sort_by_key(|(mode, _)| std::cmp::Reverse(*mode));
    let mut said: Vec<String> = Vec::new();
    let mut last = None;
    for (mode, table) in others.iter().take(NAMED) {
        match last == Some(*mode) {
            true => said.push(table.to_string()),
            false => said.push(format!("{} on {table}", mode.name())),
        }
        last = Some(*mode);
    }
    let more = match others.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    draft.evidence.push(documented("locks too", format!("{}{more}", said.join(", "))));
}
