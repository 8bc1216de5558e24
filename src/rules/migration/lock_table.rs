//! `migration/lock_table`: an explicit lock that stops clients.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::script::model::Within;
use crate::sql::ddl::Ddl;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::Lock(lock)) = cx.ddl().filter(|_| cx.within != Some(Within::Routine)) else { return };
        let used = lock.tables.iter().filter_map(|name| cx.in_use(name)).map(|(table, _)| table);
        let locks = used.filter_map(|table| cx.effect.lock_on(&table).filter(|lock| lock.mode.blocks_writes()));
        let Some(strongest) = locks.max_by_key(|lock| lock.mode) else { return };
        let draft = cx.locking(
            strongest,
            format!("{} is locked by hand", strongest.on.name),
            "Whoever needs the table waits until the transaction ends, whatever else it does.",
        );
        out.find(draft.ask(Ask::Ready(Advice::new(
            RecommendationKind::SplitMigration,
            "Leave the lock to the statements that need it",
            "Each statement takes the weakest lock that it needs by itself. To wait no longer than a moment, set lock_timeout.",
            "",
        ))));
    }
}
