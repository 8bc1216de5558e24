//! `migration/missing_analyze`: the planner has no statistics of what the script made, until somebody runs ANALYZE.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::catalog::model::TableName;
use crate::report::model::RecommendationKind;
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::backfill::content_of;
use crate::rules::lint::context::ScriptCx;
use crate::rules::lint::lived::Step;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, QualifiedName};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl ScriptRule for Rule {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink) {
        if !cx.script.is_migration() {
            return;
        }
        let (mut told, analyzed) = (BTreeSet::<TableName>::new(), OnceCell::new());
        for (at, step) in cx.steps.iter().enumerate() {
            let Some((name, what)) = without_statistics(cx, step) else { continue };
            let table = cx.replay.name(name);
            // Of a table that the script itself makes nothing is known anyway, until autovacuum has seen its rows.
            let in_use = step.shared.iter().any(|lock| lock.on == table);
            let analyzed = || analyzed.get_or_init(|| Analyzed::of(cx)).is_after(at, &table);
            if !in_use || analyzed() || !told.insert(table.clone()) {
                continue;
            }
            let mut draft = cx.draft_of(
                step,
                format!("The planner knows nothing about {what} until {} is analyzed", table.name),
                "Statistics come from ANALYZE alone. Autovacuum runs it after many rows have changed, which may be weeks from now: a schema \
                 change is not counted. Until then rows are guessed, and plans with them.",
            );
            draft.grows_with = Some(table.clone());
            let sql = format!("ANALYZE {};", table_sql(&table));
            let advice = Advice::new(
                RecommendationKind::Analyze,
                "Analyze it at once",
                "It reads a sample, lets reads and writes go on, and may stand in the same migration, as its last statement.",
                sql,
            );
            out.find(draft.ask(Ask::Ready(advice)));
        }
    }
}

fn table_sql(table: &TableName) -> String {
    use crate::catalog::access::quote_ident;
    match table.schema.as_str() {
        "public" => quote_ident(&table.name),
        schema => format!("{}.{}", quote_ident(schema), quote_ident(&table.name)),
    }
}

/// The table, and what of it has no statistics any more, or none yet.
fn without_statistics<'a>(cx: &ScriptCx<'a>, step: &Step) -> Option<(&'a QualifiedName, String)> {
    match content_of(cx.script, step)?.ddl()? {
        // `ATExecAlterColumnType` and `ATExecSetExpression` remove them.
        Ddl::AlterTable(alter) => {
            let column = alter.actions.iter().find_map(|action| match &action.kind {
                ActionKind::SetType { column, .. } | ActionKind::SetExpression { column, .. } => Some(column),
                _ => None,
            })?;
            Some((&alter.name, format!("column {}", column.text)))
        }
        Ddl::CreateIndex(index) => {
            let key = index.keys.iter().find(|key| key.expression)?;
            Some((&index.table, format!("the expression {}", key.text)))
        }
        Ddl::CreateStatistics(statistics) => Some((&statistics.table, "what CREATE STATISTICS asks for".to_owned())),
        _ => None,
    }
}

/// The last step that analyzes each table, and the last that analyzes all.
#[derive(Default)]
struct Analyzed {
    tables: FxHashMap<TableName, usize>,
    all: Option<usize>,
}

impl Analyzed {
    fn of(cx: &ScriptCx<'_>) -> Self {
        let mut analyzed = Analyzed::default();
        for (at, step) in cx.steps.iter().enumerate() {
            let tables = match content_of(cx.script, step).and_then(|content| content.ddl()) {
                Some(Ddl::Analyze(analyze)) => &analyze.tables,
                Some(Ddl::Vacuum(vacuum)) if vacuum.analyze => &vacuum.tables,
                _ => continue,
            };
            if tables.is_empty() {
                analyzed.all = Some(at);
            }
            analyzed.tables.extend(tables.iter().map(|one| (cx.replay.name(&one.name), at)));
        }
        analyzed
    }

    /// At that step or after it.
    fn is_after(&self, at: usize, table: &TableName) -> bool {
        self.tables.get(table).copied().max(self.all).is_some_and(|last| last >= at)
    }
}
