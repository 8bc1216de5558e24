//! `migration/index_on_partitioned`: an index built on all partitions at once, with writes to all of them stopped.

use serde::Deserialize;

use crate::catalog::model::TableKind;
use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::{Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::rules::schema::partition_key_not_in_key::lacking;
use crate::sql::ddl::Ddl;

use super::hurting::hurting;
use super::partition_index::one_by_one;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::CreateIndex(index)) = cx.ddl() else { return };
        let Some((_, table)) = cx.replay.table(&index.table) else { return };
        let plain = index.keys.iter().filter(|key| !key.expression).map(|key| key.text.as_str().into());
        // The server refuses it: that is `schema/partition_key_not_in_key`.
        let is_refused = index.unique && lacking(table, &plain.collect::<Vec<_>>()).is_some();
        if index.concurrently || table.kind != TableKind::Partitioned || is_refused {
            return;
        }
        for work in hurting(cx, &[Cause::CreateIndex]) {
            let draft = cx.working(
                work,
                format!("Building an index stops writes to all partitions of {} until all are done", index.table.name),
                "CREATE INDEX on a partitioned table locks every partition with SHARE and builds their indexes one after the other, \
                 in one transaction: the first partition waits for the last.",
            );
            out.find(draft.ask(Ask::Ready(one_by_one(cx, index))));
        }
    }
}
