//! `migration/uncommitted_transaction`: a BEGIN of the script that nothing ends.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::ScriptCx;
use crate::script::model::{Direction, OpenedBy};
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::Transaction;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl ScriptRule for Rule {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink) {
        for direction in [Direction::Up, Direction::Down] {
            if !cx.target.directions.contains(&direction) {
                continue;
            }
            let of_direction = || cx.script.statements.iter().enumerate().filter(|(_, s)| s.direction == direction);
            let Some((_, last)) = of_direction().next_back() else { continue };
            let Some(open) = last.transaction.filter(|open| open.by == OpenedBy::Script) else { continue };
            let ends = |ddl: &Ddl| {
                matches!(
                    ddl,
                    Ddl::Transaction(
                        Transaction::Commit { chain: false }
                            | Transaction::Rollback { chain: false }
                            | Transaction::Prepare
                    )
                )
            };
            if last.content.ddl().is_some_and(ends) {
                continue;
            }
            let begin = of_direction().find(|(_, statement)| {
                statement.transaction == Some(open)
                    && matches!(statement.content.ddl(), Some(Ddl::Transaction(Transaction::Begin)))
            });
            let Some((number, _)) = begin else { continue };
            let draft = cx.draft(
                number,
                "The transaction is never committed",
                "When the connection closes, everything since BEGIN is rolled back; until then its locks are held.",
            );
            out.find(draft.ask(Ask::Ready(Advice::new(
                RecommendationKind::SplitMigration,
                "Write COMMIT at the end",
                "",
                "COMMIT;",
            ))));
        }
    }
}
