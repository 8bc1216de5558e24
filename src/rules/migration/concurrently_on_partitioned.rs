//! `migration/concurrently_on_partitioned`: CONCURRENTLY on a partitioned table, which the server refuses.

use serde::Deserialize;

use crate::effect::model::Failure;
use crate::rules::StatementRule;
use crate::rules::draft::{Ask, Sink, documented};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;

use super::partition_index::one_by_one;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

/// Other reasons to refuse CONCURRENTLY are the matter of `refused`.
pub(super) fn is_about_partitions(failure: &Failure) -> bool {
    failure.code == "0A000" && failure.message.contains("partitioned")
}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let (concurrently, index) = match cx.ddl() {
            Some(Ddl::CreateIndex(index)) => (index.concurrently, Some(index)),
            Some(Ddl::Drop(drop)) => (drop.concurrently, None),
            _ => return,
        };
        let Some(failure) = cx.effect.fails.iter().find(|failure| concurrently && is_about_partitions(failure)) else {
            return;
        };
        let title = match index {
            Some(index) => format!("{} is partitioned: its indexes cannot be built CONCURRENTLY", index.table.name),
            None => "The index of a partitioned table cannot be dropped CONCURRENTLY".to_owned(),
        };
        let draft = cx.draft(failure.span, title, format!("The server refuses it: {}.", failure.message));
        let draft = draft.evidence(documented("error", format!("{} feature_not_supported", failure.code)));
        let ask = index.map(|index| Ask::Ready(one_by_one(cx, index)));
        out.find(ask.into_iter().fold(draft, crate::rules::draft::Draft::ask));
    }
}
