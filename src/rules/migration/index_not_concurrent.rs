//! `migration/index_not_concurrent`: an index built under a lock that stops writes.

use std::sync::Arc;

use serde::Deserialize;

use crate::catalog::model::TableKind;
use crate::effect::model::Cause;
use crate::report::model::{Applicability, Edit, RecommendationKind};
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::CreateIndex;

use super::hurting::alone;
use super::invalid_index_left;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::CreateIndex(index)) = cx.ddl() else { return };
        let Some((table, found)) = cx.in_use(&index.table).filter(|_| !index.concurrently) else { return };
        // A partitioned table has no CONCURRENTLY: another rule's matter. Nobody writes to a materialized view, and readers go on.
        let kind = found.map(|table| table.kind);
        // ONLY holds back from partitions; on any other table it is an empty word. Of a table that is not known it says that it has some.
        let parent_alone = index.only && found.is_none();
        if parent_alone || matches!(kind, Some(TableKind::Partitioned | TableKind::MaterializedView)) {
            return;
        }
        let Some(work) = cx.effect.works_of(Cause::CreateIndex).find(|work| work.on == table) else { return };
        let draft = cx.working(
            work,
            format!("Building an index stops writes to {} until it is done", table.name),
            "CREATE INDEX holds a SHARE lock from before the first row is read until the transaction ends: every INSERT, UPDATE \
             and DELETE on the table waits for all of that time.",
        );
        out.find(draft.ask(Ask::Ready(concurrently(cx, index))));
    }
}

fn concurrently(cx: &StatementCx<'_>, index: &CreateIndex) -> Advice {
    if let Some(name) = index.name.as_ref().filter(|_| index.if_not_exists) {
        return without_guard(cx, index, name.span.of(cx.text));
    }
    let at = index_word_end(cx.text);
    let sql = format!("{} CONCURRENTLY{};", &cx.text[..at], &cx.text[at..]);
    let mut advice = Advice::new(
        RecommendationKind::CreateIndex,
        format!("Build it CONCURRENTLY on {}", index.table.name),
        if !alone(cx) {
            "CONCURRENTLY cannot run inside a transaction: give it a migration of its own, without one."
        } else {
            "If it fails half-way it leaves an invalid index behind: drop that (DROP INDEX CONCURRENTLY) before you try again."
        },
        sql,
    );
    advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
    if alone(cx) {
        advice.applicability = Applicability::Machine;
        let at = at as u64;
        advice.edits.push(Edit { path: Arc::default(), start: at, end: at, text: " CONCURRENTLY".to_owned() });
    }
    advice
}

/// With IF NOT EXISTS a retry would take what a failed build has left for done.
fn without_guard(cx: &StatementCx<'_>, index: &CreateIndex, name: &str) -> Advice {
    let mut advice = invalid_index_left::drop_first(cx, index, name);
    advice.title = format!("Build it CONCURRENTLY on {}, without IF NOT EXISTS", index.table.name).into();
    advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
    advice
}

/// Behind the word INDEX of `CREATE [UNIQUE] INDEX` and `DROP INDEX`.
pub(super) fn index_word_end(text: &str) -> usize {
    crate::sql::Lexer::new(text.as_bytes())
        .find(|token| text[token.start..token.end].eq_ignore_ascii_case("index"))
        .map_or(0, |token| token.end)
}
