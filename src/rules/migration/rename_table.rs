//! `migration/rename_table`: a table gets another name while clients ask for the old one.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{AlterTable, Name, ObjectKind, RelationKind};

use super::compat::{comes_back_at_once, freed_here, held, renames, runs};
use super::steps::spelled;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(ddl @ Ddl::AlterTable(alter)) = runs(cx) else { return };
        if !matches!(alter.relation, RelationKind::Table | RelationKind::ForeignTable) || is_view(cx, alter) {
            return;
        }
        let (Some((_, from, to)), Some((table, _))) = (renames(ddl), cx.in_use(&alter.name)) else { return };
        let switched = freed_here(cx, ObjectKind::Table, &to.text);
        let absent = alter.if_exists && super::compat::is_unknown(cx, ObjectKind::Table, &alter.name);
        if switched || absent || comes_back_at_once(cx, ObjectKind::Table, from) {
            return;
        }
        let draft = cx.draft(
            to.span,
            format!("Clients that ask for {from} fail from now on"),
            "Whatever still runs with the old name (instances that are not yet replaced, jobs, reports, functions) gets an error from each \
             statement. A view of the old name, made in the same transaction, keeps them going.",
        );
        out.find(held(cx, &table, draft).ask(Ask::Ready(with_view(cx, alter, to))));
    }
}

/// ALTER TABLE renames views too.
fn is_view(cx: &StatementCx<'_>, alter: &AlterTable) -> bool {
    use crate::catalog::model::TableKind::{MaterializedView, View};
    cx.replay.table(&alter.name).is_some_and(|(_, table)| matches!(table.kind, View | MaterializedView))
}

fn with_view(cx: &StatementCx<'_>, alter: &AlterTable, to: &Name) -> Advice {
    let table = spelled(cx, &alter.name);
    let to = to.span.of(cx.text);
    let new = match table.rsplit_once('.').filter(|_| alter.name.schema.is_some()) {
        Some((schema, _)) => format!("{schema}.{to}"),
        None => to.to_owned(),
    };
    let pair = format!("{};\nCREATE VIEW {table} AS SELECT * FROM {new};", cx.text.trim_end());
    let sql = if cx.in_transaction() { pair } else { format!("BEGIN;\n{pair}\nCOMMIT;") };
    Advice::new(
        RecommendationKind::SplitMigration,
        "Leave a view of the old name until no client uses it",
        "Such a view takes INSERT, UPDATE and DELETE too. Grant on it what was granted on the table. It reads with its owner's rights, so where \
         row security matters add WITH (security_invoker) (Postgres 15 and later). Drop it in a later deploy.",
        sql,
    )
}
