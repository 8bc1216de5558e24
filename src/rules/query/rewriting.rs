//! A finding and replacements in the statement in; the finding with the rewritten statement and its edits as advice out.

use std::sync::Arc;

use crate::report::model::{Applicability, Edit};
use crate::rules::context::QueryCx;
use crate::rules::draft::{Advice, Ask, Draft};
use crate::rules::rewrite::{Replacement, replace};

/// What the rewriting is called, why it is right, and how sure that is.
pub struct Rewriting<'a> {
    pub title: &'a str,
    pub detail: &'a str,
    pub applicability: Applicability,
}

pub fn rewriting(draft: Draft, cx: &QueryCx<'_>, what: &Rewriting<'_>, replacements: Vec<Replacement>) -> Draft {
    let edit = |it: &Replacement| Edit {
        path: Arc::default(),
        start: it.span.start as u64,
        end: it.span.end as u64,
        text: it.text.clone(),
    };
    let edits = replacements.iter().map(edit).collect();
    let mut advice = Advice::rewrite(what.title.to_owned(), what.detail.to_owned(), replace(cx.text, replacements));
    advice.applicability = what.applicability;
    advice.edits = edits;
    draft.ask(Ask::Ready(advice))
}
