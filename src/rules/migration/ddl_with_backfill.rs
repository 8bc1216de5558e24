//! `migration/ddl_with_backfill`: rows are changed while the lock of a schema change is held.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::ScriptCx;
use crate::sql::StatementKind;

use crate::rules::lint::backfill::{Held, content_of};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl ScriptRule for Rule {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink) {
        let held = Held::of(cx.steps);
        let mut told = None;
        for (at, step) in cx.steps.iter().enumerate() {
            if !step.changes_many || step.transaction == told {
                continue;
            }
            let Some((before, lock)) = held.before(cx.steps, at) else { continue };
            let written = step.writes.first().map_or("a table", |table| &table.name);
            let line = cx.script.statements.get(before.statement).map_or(0, |statement| statement.line);
            let verb = match content_of(cx.script, step).and_then(|content| content.facts()).map(|facts| facts.kind) {
                Some(StatementKind::Delete) => "deleted",
                Some(StatementKind::Insert) => "inserted",
                _ => "updated",
            };
            let draft = cx.draft_of(
                step,
                format!("Rows of {written} are {verb} while {} is locked", lock.on.name),
                format!(
                    "The statement on line {line} took a lock that stops reads and writes, and it is held until the transaction ends: \
                     after all of these rows."
                ),
            );
            let draft = draft.under(lock);
            out.find(draft.ask(Ask::Ready(apart())));
            told = step.transaction;
        }
    }
}

fn apart() -> Advice {
    Advice::new(
        RecommendationKind::SplitMigration,
        "Change the schema first, the rows in a later migration",
        "The schema change commits at once and its lock is gone. Then change the rows in batches that commit, in a migration without a \
         transaction or in a job of the application.",
        "",
    )
}
