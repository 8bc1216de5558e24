//! `migration/work_under_exclusive_lock`: long work goes on while a lock that stops reads is held by an earlier statement.

use serde::Deserialize;

use crate::effect::model::Cause;
use crate::report::model::RecommendationKind;
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::ScriptCx;
use crate::rules::lint::lived::Step;
use crate::script::model::Content;
use crate::sql::StatementKind;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::ActionKind;

use crate::rules::lint::backfill::{content_of, held_before};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl ScriptRule for Rule {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink) {
        let mut told = None;
        for (at, step) in cx.steps.iter().enumerate() {
            if step.transaction == told && told.is_some() {
                continue;
            }
            let Some(what) = long_work(cx, step) else { continue };
            let Some((before, lock)) = held_before(cx, at) else { continue };
            let line = cx.script.statements.get(before.statement).map_or(0, |statement| statement.line);
            let draft = cx.draft_of(
                step,
                format!("{what} while {} is locked", lock.on.name),
                format!(
                    "The statement on line {line} took a lock that stops reads and writes. It is held until the transaction ends, so \
                     everybody waits for this statement too."
                ),
            );
            let draft = draft.under(lock);
            out.find(draft.ask(Ask::Ready(Advice::new(
                RecommendationKind::SplitMigration,
                "Put it into a migration of its own",
                "Before the statement that locks, or after it has committed.",
                "",
            ))));
            told = step.transaction;
        }
    }
}

/// Work that no other rule speaks of by itself: it stops nobody where it stands alone.
fn long_work(cx: &ScriptCx<'_>, step: &Step) -> Option<String> {
    let validated = step.effect.works.iter().find(|work| work.cause == Cause::Validate);
    if let Some(work) = validated.filter(|work| step.shared.iter().any(|lock| lock.on == work.on)) {
        // NOT VALID and VALIDATE in one transaction are `validate_in_same_transaction`'s matter.
        if adds_what_it_validates(cx, step) {
            return None;
        }
        return Some(format!("All rows of {} are verified", work.on.name));
    }
    if step.effect.works.iter().any(|work| work.cause == Cause::CreateTableAs) {
        return Some("A query fills a new table".to_owned());
    }
    let facts = content_of(cx.script, step)?.facts()?;
    let copied = facts.kind == StatementKind::Insert
        && facts.write.as_ref().is_some_and(|write| write.values_rows.is_none())
        && facts.blocks.iter().any(|block| !block.sources.is_empty());
    copied.then(|| "A query copies rows".to_owned())
}

/// Whether an earlier statement of the transaction added the constraint that the step validates.
fn adds_what_it_validates(cx: &ScriptCx<'_>, step: &Step) -> bool {
    let alter = |step: &Step| match content_of(cx.script, step).and_then(Content::ddl) {
        Some(Ddl::AlterTable(alter)) => alter.actions.iter().map(|action| &action.kind).collect(),
        _ => Vec::new(),
    };
    let validated: Vec<&str> = alter(step)
        .into_iter()
        .filter_map(
            |kind| if let ActionKind::ValidateConstraint(name) = kind { Some(name.text.as_str()) } else { None },
        )
        .collect();
    let earlier = cx.steps.iter().filter(|one| one.transaction == step.transaction && one.statement < step.statement);
    let added = earlier.flat_map(alter).filter_map(|kind| match kind {
        ActionKind::AddConstraint(def) => def.name.as_ref(),
        _ => None,
    });
    added.into_iter().any(|name| validated.contains(&name.text.as_str()))
}
