//! `migration/invalid_index_left`: CREATE INDEX CONCURRENTLY IF NOT EXISTS takes what a failed build left behind for done.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{CreateIndex, ObjectKind};

use super::compat::freed_here;
use super::index_not_concurrent::index_word_end;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::CreateIndex(index)) = cx.ddl() else { return };
        let Some(name) = index.name.as_ref().filter(|_| index.concurrently && index.if_not_exists) else { return };
        // An index that is known to be there and valid stays; one that was dropped just now is built in any case.
        let there = cx.replay.indexes_called(&name.text).any(|index| index.valid);
        if there || cx.in_use(&index.table).is_none() || freed_here(cx, ObjectKind::Index, &name.text) {
            return;
        }
        let draft = cx.draft(
            name.span,
            format!("After a failed build, the retry leaves {} invalid and says nothing", name.text),
            "A CONCURRENTLY build that is cancelled or meets a duplicate leaves an invalid index of this name. IF NOT EXISTS asks for \
             the name alone: the next run skips the build, and no query ever uses the index, which every write still pays for.",
        );
        out.find(draft.ask(Ask::Ready(drop_first(cx, index, name.span.of(cx.text)))));
    }
}

/// Works for a statement that is not CONCURRENTLY yet, too.
pub(super) fn drop_first(cx: &StatementCx<'_>, index: &CreateIndex, name: &str) -> Advice {
    let schema =
        index.table.schema.as_deref().map(|schema| format!("{}.", crate::catalog::access::quote_ident(schema)));
    let mut create = without_guard(cx.text);
    if !index.concurrently {
        create.insert_str(index_word_end(&create), " CONCURRENTLY");
    }
    let sql = format!("DROP INDEX CONCURRENTLY IF EXISTS {}{name};\n{create};", schema.unwrap_or_default());
    Advice::new(
        RecommendationKind::CreateIndex,
        "Drop what a failed run left, then build",
        "Each of the two in no transaction. A retry then starts anew; a name that is taken by a good index is an error that somebody \
         reads.",
        sql,
    )
}

/// The statement without IF NOT EXISTS.
fn without_guard(text: &str) -> String {
    let words: Vec<_> = crate::sql::Lexer::new(text.as_bytes()).take(12).collect();
    let is = |at: usize, word: &str| {
        words.get(at).is_some_and(|token| text[token.start..token.end].eq_ignore_ascii_case(word))
    };
    let Some(at) = (0..words.len()).find(|at| is(*at, "if") && is(at + 1, "not") && is(at + 2, "exists")) else {
        return text.trim_end().to_owned();
    };
    format!("{}{}", &text[..words[at].start], text[words[at + 2].end..].trim())
}
