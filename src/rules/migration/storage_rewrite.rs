//! `migration/storage_rewrite`: a table or index copied into another file because it is to be kept otherwise.

use serde::Deserialize;

use crate::catalog::model::TableKind;
use crate::effect::Version;
use crate::effect::model::Cause;
use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::rules::lint::lived::Newness;
use crate::script::model::Within;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, AlterIndex, IndexAction};
use crate::sql::facts::Span;

use super::hurting::actions;
use super::steps::spelled;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let causes = [Cause::Logged, Cause::AccessMethod, Cause::Tablespace, Cause::SetExpression];
        for (alter, action, work) in actions(cx, &causes) {
            let what = match &action.kind {
                ActionKind::SetLogged => "To make it logged",
                ActionKind::SetUnlogged => "To make it unlogged",
                ActionKind::SetAccessMethod(_) => "For another access method",
                ActionKind::SetTablespace(_) => "To move it to another tablespace",
                ActionKind::SetExpression { .. } => "For another generation expression",
                _ => continue,
            };
            let draft = cx.working(
                work,
                format!("{what}, {} is written anew with nobody let in", alter.name.name),
                "The whole table is copied under ACCESS EXCLUSIVE, and all of it goes through the WAL where the table is logged.",
            );
            out.find(draft);
        }
        match cx.ddl() {
            Some(Ddl::AlterIndex(alter)) => index(cx, alter, out),
            Some(Ddl::MoveAllInTablespace(_)) if cx.within != Some(Within::Routine) => {
                let whole = Span { start: 0, end: cx.text.len() };
                out.find(cx.draft(
                    whole,
                    "All that lies in the tablespace is copied with nobody let in",
                    "Every table or index is locked with ACCESS EXCLUSIVE, all of them in one transaction.",
                ));
            }
            _ => {}
        }
    }
}

/// An index moves by being copied under ACCESS EXCLUSIVE on it: queries that could use it wait (`ATExecSetTableSpace`).
fn index(cx: &StatementCx<'_>, alter: &AlterIndex, out: &mut Sink) {
    let IndexAction::SetTablespace(to) = &alter.action else { return };
    let found = cx.replay.index(&alter.name);
    let table = found.as_ref().map(|(table, _)| table);
    let kind = table.and_then(|table| cx.replay.catalog().tables.get(table)).map(|table| table.kind);
    // The index of a partitioned table has no file.
    let harmless = kind == Some(TableKind::Partitioned) || table.is_some_and(|table| cx.newness(table) != Newness::Old);
    if harmless || cx.within == Some(Within::Routine) {
        return;
    }
    let title = format!("Moving {} to another tablespace keeps out every query that could use it", alter.name.name);
    let detail = "The index is copied under ACCESS EXCLUSIVE, which planning a query on its table waits for.";
    let name = cx.effect.locks.iter().find(|lock| lock.span == alter.name.span);
    let draft = match name {
        Some(lock) => cx.locking(lock, title, detail),
        None => cx.draft(alter.name.span, title, detail),
    };
    if cx.version() < Version(14) {
        return out.find(draft);
    }
    let (name, to) = (spelled(cx, &alter.name), to.span.of(cx.text));
    let advice = Advice::new(
        RecommendationKind::CreateIndex,
        "Build it there CONCURRENTLY",
        "In no transaction. Since Postgres 14.",
        format!("REINDEX (TABLESPACE {to}) INDEX CONCURRENTLY {name};"),
    );
    out.find(draft.ask(Ask::Ready(advice)));
}
