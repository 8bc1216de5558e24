//! `migration/several_alter_table`: a table is read or rewritten by each of several statements that could be one.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::model::TableName;
use crate::effect::model::Cause;
use crate::effect::{Work, WorkKind};
use crate::report::model::RecommendationKind;
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::backfill::content_of;
use crate::rules::lint::context::ScriptCx;
use crate::rules::lint::lived::Step;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, AlterTable};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

/// One ALTER TABLE that goes through its table.
#[derive(Clone, Copy)]
struct Pass<'a> {
    step: &'a Step,
    alter: &'a AlterTable,
    work: &'a Work,
}

impl ScriptRule for Rule {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink) {
        // Passes that no other statement stands between; what writes rows or makes something may be needed by the next.
        let mut open: BTreeMap<&TableName, Vec<Pass<'_>>> = BTreeMap::new();
        let mut runs: Vec<Vec<Pass<'_>>> = Vec::new();
        for step in cx.steps {
            let content = content_of(cx.script, step);
            let Some(Ddl::AlterTable(alter)) = content.and_then(|content| content.ddl()) else {
                let harmless = matches!(
                    content.and_then(|content| content.ddl()),
                    Some(Ddl::Comment(_) | Ddl::Set(_) | Ddl::Transaction(_) | Ddl::CreateIndex(_))
                );
                if !harmless {
                    runs.extend(std::mem::take(&mut open).into_values());
                }
                continue;
            };
            let Some(work) = pass(step).filter(|_| !alter.only) else { continue };
            let run = open.entry(&work.on).or_default();
            let pass = Pass { step, alter, work };
            if run.iter().any(|before| !goes_with(before.alter, alter)) {
                runs.push(std::mem::take(run));
            }
            run.push(pass);
        }
        runs.extend(open.into_values());
        for run in runs.into_iter().filter(|run| run.len() > 1) {
            say(cx, &run, out);
        }
    }
}

/// What goes through all rows of a table in use, in the one pass that an ALTER TABLE makes (`ATRewriteTable`); keys and foreign keys are
/// built and checked beside it.
fn pass(step: &Step) -> Option<&Work> {
    let in_one_pass = |work: &&Work| match work.kind {
        WorkKind::Rewrite => !matches!(work.cause, Cause::Tablespace | Cause::Cluster),
        WorkKind::Scan => matches!(work.cause, Cause::SetNotNull | Cause::Check | Cause::AddColumnCheck),
        WorkKind::IndexBuild => false,
    };
    let shared = |work: &&Work| step.shared.iter().any(|lock| lock.on == work.on);
    step.effect.works.iter().find(|work| in_one_pass(work) && shared(work))
}

/// Whether the later one can stand in the same statement as the one before: not with two changes of one column's type, nor with one of a
/// column that the statement itself adds, renames or drops.
fn goes_with(before: &AlterTable, after: &AlterTable) -> bool {
    let touched: Vec<&str> = before
        .actions
        .iter()
        .filter_map(|action| match &action.kind {
            ActionKind::AddColumn { column, .. } => Some(column.name.text.as_str()),
            ActionKind::SetType { column, .. } | ActionKind::DropColumn { column, .. } => Some(column.text.as_str()),
            _ => None,
        })
        .collect();
    let moves = |alter: &AlterTable| {
        alter.actions.iter().any(|action| {
            matches!(
                action.kind,
                ActionKind::RenameColumn { .. }
                    | ActionKind::RenameConstraint { .. }
                    | ActionKind::Move(_)
                    | ActionKind::Other
            )
        })
    };
    let again = after.actions.iter().any(|action| match &action.kind {
        ActionKind::SetType { column, .. } | ActionKind::SetExpression { column, .. } => {
            touched.contains(&column.text.as_str())
        }
        ActionKind::AddColumn { column, .. } => touched.contains(&column.name.text.as_str()),
        _ => false,
    });
    !again && !moves(before) && !moves(after)
}

fn say(cx: &ScriptCx<'_>, run: &[Pass<'_>], out: &mut Sink) {
    let [first, second, ..] = run else { return };
    let table = &first.work.on;
    let rewrites = run.iter().filter(|pass| pass.work.kind == WorkKind::Rewrite).count();
    let verb = if rewrites > 1 { "rewritten" } else { "gone through" };
    let line = cx.script.statements.get(first.step.statement).map_or(0, |statement| statement.line);
    let mut draft = cx.draft_of(
        second.step,
        format!("{} is {verb} {} times where once would do", table.name, run.len()),
        format!(
            "Each ALTER TABLE goes through all rows by itself, while clients wait, beginning with the one on line {line}. The actions of one \
             statement share a single pass."
        ),
    );
    let lock = second.step.shared.iter().filter(|lock| lock.on == *table).max_by_key(|lock| lock.mode);
    if let Some(lock) = lock {
        draft = draft.under(lock);
    }
    draft.grows_with = Some(table.clone());
    let draft = draft.evidence(documented("passes", run.len().to_string()));
    out.find(draft.ask(Ask::Ready(together(cx, run))));
}

fn together(cx: &ScriptCx<'_>, run: &[Pass<'_>]) -> Advice {
    let text = |pass: &Pass<'_>| {
        let statement = cx.script.statements.get(pass.step.statement);
        let span =
            statement.map(|one| pass.step.inner.and_then(|at| one.inner.get(at)).map_or(one.span, |inner| inner.span));
        span.map_or("", |span| span.of(&cx.script.text))
    };
    let actions: Vec<String> = run
        .iter()
        .flat_map(|pass| pass.alter.actions.iter().map(|action| format!("  {}", action.span.of(text(pass)))))
        .collect();
    let name = run.first().map_or("", |pass| pass.alter.name.span.of(text(pass)));
    Advice::new(
        RecommendationKind::SplitMigration,
        "Do it in one statement",
        "One lock, one pass, the same table at the end.",
        format!("ALTER TABLE {name}\n{};", actions.join(",\n")),
    )
}
