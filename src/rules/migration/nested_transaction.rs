//! `migration/nested_transaction`: BEGIN where a transaction is open already, and COMMIT of one that the tool opened.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::script::model::OpenedBy;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::Transaction;
use crate::sql::facts::Span;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::Transaction(control)) = cx.ddl().filter(|_| cx.within.is_none()) else { return };
        let Some(open) = cx.statement.transaction else { return };
        let whole = Span { start: 0, end: cx.text.len() };
        let tool = open.by == OpenedBy::Tool;
        let (title, detail) = match control {
            Transaction::Begin if tool || begun_before(cx) => (
                "A transaction is begun inside a transaction",
                "Postgres answers with a warning and goes on: the next COMMIT ends the outer transaction, and what stands after it \
                 commits statement by statement.",
            ),
            Transaction::Commit { .. } | Transaction::Rollback { .. } if tool && !begun_before(cx) => (
                "The script ends the transaction that the migration tool has opened",
                "What follows, and the tool's own record of the migration, is no longer atomic with what stands before: a failure leaves \
                 half of it behind.",
            ),
            _ => return,
        };
        out.find(cx.draft(whole, title, detail).ask(Ask::Ready(Advice::new(
            RecommendationKind::SplitMigration,
            "Leave the transaction to the tool, or tell the tool to open none",
            "Remove BEGIN and COMMIT; or mark the migration as one without a transaction and keep them.",
            "",
        ))));
    }
}

/// Whether an earlier BEGIN of the script stands in the same transaction.
fn begun_before(cx: &StatementCx<'_>) -> bool {
    let same_way = cx.script.statements[..cx.number].iter().rev();
    let same_way = same_way.filter(|before| before.direction == cx.statement.direction);
    same_way
        .take_while(|before| before.transaction == cx.statement.transaction)
        .any(|before| matches!(before.content.ddl(), Some(Ddl::Transaction(Transaction::Begin))))
}
