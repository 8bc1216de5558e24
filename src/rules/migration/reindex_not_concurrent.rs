//! `migration/reindex_not_concurrent`: indexes built again under locks that stop writes, and reads that would use them.

use std::sync::Arc;

use serde::Deserialize;

use crate::catalog::model::{Index, TableName};
use crate::effect::LockMode;
use crate::effect::model::Cause;
use crate::report::model::{Applicability, Edit, RecommendationKind};
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::rules::lint::lived::Newness;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{Reindex, ReindexTarget};
use crate::sql::facts::Span;

use super::hurting::{alone, hurting};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

const DETAIL: &str = "REINDEX holds a SHARE lock on the table and ACCESS EXCLUSIVE on the index: writes wait, and so does every query \
                      whose plan could use that index, until all is built.";

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::Reindex(reindex)) = cx.ddl() else { return };
        if reindex.concurrently || cx.within.is_some_and(|within| within == crate::script::model::Within::Routine) {
            return;
        }
        let title = "Building an index again stops writes until it is done";
        let draft = match hurting(cx, &[Cause::Reindex]).first() {
            Some(work) => cx.working(work, format!("{title}: {}", work.on.name), DETAIL),
            None if names_what_is_known(cx, reindex) => return,
            None => cx.draft(span(cx, reindex), title, DETAIL),
        };
        let way = Some(reindex).filter(|reindex| has_concurrent_form(cx, reindex));
        let ask = way.map(|reindex| Ask::Ready(concurrently(cx, reindex)));
        out.find(ask.into_iter().fold(draft, crate::rules::draft::Draft::ask));
    }
}

fn found<'c>(cx: &'c StatementCx<'_>, reindex: &Reindex) -> Option<(TableName, Option<&'c Index>)> {
    let name = reindex.name.as_ref()?;
    match reindex.target {
        ReindexTarget::Index => cx.replay.index(name).map(|(table, index)| (table, Some(index))),
        ReindexTarget::Table => cx.replay.table(name).map(|(table, _)| (table, None)),
        _ => None,
    }
}

/// A table or index that is known, and makes nobody wait.
fn names_what_is_known(cx: &StatementCx<'_>, reindex: &Reindex) -> bool {
    found(cx, reindex).is_some_and(|(table, index)| {
        let none = cx.replay.catalog().tables.get(&table).is_some_and(|table| table.indexes.is_empty());
        cx.newness(&table) != Newness::Old || (index.is_none() && none)
    })
}

/// Not so the catalogs of the system, and indexes of exclusion constraints (documentation, REINDEX).
fn has_concurrent_form(cx: &StatementCx<'_>, reindex: &Reindex) -> bool {
    let excludes = |index: &Index| index.constraint && !index.unique;
    reindex.target != ReindexTarget::System && !found(cx, reindex).is_some_and(|(_, index)| index.is_some_and(excludes))
}

fn span(cx: &StatementCx<'_>, reindex: &Reindex) -> Span {
    reindex.name.as_ref().map_or(Span { start: 0, end: cx.text.len() }, |name| name.span)
}

fn concurrently(cx: &StatementCx<'_>, reindex: &Reindex) -> Advice {
    let at = target_word_end(cx.text);
    let mut advice = Advice::new(
        RecommendationKind::CreateIndex,
        "Build it again CONCURRENTLY",
        if alone(cx) {
            "If it fails half-way it leaves an invalid index behind whose name ends in _ccnew: drop that before you try again."
        } else {
            "It cannot run inside a transaction: give it a migration of its own, without one."
        },
        format!("{} CONCURRENTLY{};", &cx.text[..at], &cx.text[at..]),
    );
    advice.lock = Some(LockMode::ShareUpdateExclusive.name().to_owned());
    if alone(cx) && matches!(reindex.target, ReindexTarget::Index | ReindexTarget::Table) {
        advice.applicability = Applicability::Machine;
        let at = at as u64;
        advice.edits.push(Edit { path: Arc::default(), start: at, end: at, text: " CONCURRENTLY".to_owned() });
    }
    advice
}

/// Behind the word that says what is built again.
fn target_word_end(text: &str) -> usize {
    let targets = ["index", "table", "schema", "database", "system"];
    let mut depth = 0usize;
    for token in crate::sql::Lexer::new(text.as_bytes()) {
        let word = &text[token.start..token.end];
        match word {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ if depth == 0 && targets.iter().any(|target| word.eq_ignore_ascii_case(target)) => return token.end,
            _ => {}
        }
    }
    text.len()
}
