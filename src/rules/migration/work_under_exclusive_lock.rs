//! `migration/work_under_exclusive_lock`: long work goes on while a lock that stops reads is held by an earlier statement.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::effect::model::Cause;
use crate::report::model::RecommendationKind;
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::ScriptCx;
use crate::rules::lint::lived::Step;
use crate::script::model::{Content, Transaction};
use crate::sql::StatementKind;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, ConstraintDef};

use crate::rules::lint::backfill::{Held, content_of};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl ScriptRule for Rule {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink) {
        let (held, added) = (Held::of(cx.steps), OnceCell::new());
        let mut told = None;
        for (at, step) in cx.steps.iter().enumerate() {
            if step.transaction == told && told.is_some() {
                continue;
            }
            let Some(what) = long_work(cx, step, &added) else { continue };
            let Some((before, lock)) = held.before(cx.steps, at) else { continue };
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
fn long_work<'a>(cx: &ScriptCx<'a>, step: &Step, added: &OnceCell<Added<'a>>) -> Option<String> {
    let validated = step.effect.works.iter().find(|work| work.cause == Cause::Validate);
    if let Some(work) = validated.filter(|work| step.shared.iter().any(|lock| lock.on == work.on)) {
        // NOT VALID and VALIDATE in one transaction are `validate_in_same_transaction`'s matter.
        if adds_what_it_validates(cx, step, added.get_or_init(|| self::added(cx))) {
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

/// Of each constraint that a transaction adds, the statement that first does; statements without a transaction are one.
type Added<'a> = FxHashMap<(Option<Transaction>, &'a str), usize>;

fn added<'a>(cx: &ScriptCx<'a>) -> Added<'a> {
    let mut first = Added::default();
    for step in cx.steps {
        for kind in altering(cx, step) {
            if let ActionKind::AddConstraint(ConstraintDef { name: Some(name), .. }) = kind {
                first.entry((step.transaction, name.text.as_str())).or_insert(step.statement);
            }
        }
    }
    first
}

fn altering<'a>(cx: &ScriptCx<'a>, step: &Step) -> impl Iterator<Item = &'a ActionKind> {
    let alter = match content_of(cx.script, step).and_then(Content::ddl) {
        Some(Ddl::AlterTable(alter)) => Some(alter),
        _ => None,
    };
    alter.into_iter().flat_map(|alter| &alter.actions).map(|action| &action.kind)
}

/// Whether an earlier statement of the transaction added the constraint that the step validates.
fn adds_what_it_validates(cx: &ScriptCx<'_>, step: &Step, added: &Added<'_>) -> bool {
    altering(cx, step).any(|kind| match kind {
        ActionKind::ValidateConstraint(name) => {
            added.get(&(step.transaction, name.text.as_str())).is_some_and(|first| *first < step.statement)
        }
        _ => false,
    })
}
