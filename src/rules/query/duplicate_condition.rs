//! `query/duplicate_condition`: the same condition twice, joined by AND or by OR. Silent about conditions with volatile calls.

use serde::Deserialize;

use crate::report::model::Applicability;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::rewrite;
use crate::sql::facts::{Predicate, Span, Test};
use crate::sql::{Lexer, TokenKind};

use super::rewriting::{Rewriting, rewriting};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for block in &cx.facts.blocks {
            let lists = std::iter::once(&block.filters).chain(block.sources.iter().map(|source| &source.on));
            for conjuncts in lists {
                let spans: Vec<Span> = conjuncts.iter().map(|predicate| predicate.span).collect();
                out.drafts.extend(repeated(cx, &spans));
                for branches in conjuncts.iter().filter_map(branches) {
                    let spans: Vec<Span> = branches.iter().filter_map(|branch| whole(branch)).collect();
                    out.drafts.extend(repeated(cx, &spans));
                }
            }
        }
    }
}

const ONCE: Rewriting<'static> = Rewriting {
    title: "Leave one of them out",
    detail: "The result is the same. Look first whether another column was meant.",
    applicability: Applicability::Review,
};

/// Conditions that are compared with each other.
const MOST: usize = 100;

fn branches(predicate: &Predicate) -> Option<&Vec<Vec<Predicate>>> {
    match &predicate.test {
        Test::Or(branches) => Some(branches),
        _ => None,
    }
}

fn whole(branch: &[Predicate]) -> Option<Span> {
    Some(Span { start: branch.first()?.span.start, end: branch.last()?.span.end })
}

/// The first condition that stands here for the second time.
fn repeated(cx: &QueryCx<'_>, spans: &[Span]) -> Option<Draft> {
    let mut before: Vec<(Vec<String>, Span)> = Vec::new();
    for span in spans.iter().take(MOST) {
        let words = words(span.of(cx.text));
        // A call may give another value each time, and a placeholder without a number stands for another value.
        let steady = !words.is_empty()
            && !words.iter().any(|word| matches!(word.as_str(), "(" | "?" | "...") || word.starts_with('%'));
        let same = before.iter().find(|(other, place)| *other == words && place != span);
        if let Some((_, first)) = same.filter(|_| steady) {
            let title = "The same condition stands here twice";
            let detail = "One of the two does nothing. After copying a line its column or value was probably meant to be changed.";
            let draft = Draft::about(cx, title, detail).at(*span);
            let link = Span { start: first.end, end: span.end };
            let alone = spans.iter().all(|it| it.start >= span.start || it.end <= first.end);
            let cut = alone && rewrite::is_balanced(link.of(cx.text));
            return Some(if cut { rewriting(draft, cx, &ONCE, vec![rewrite::instead(link, "")]) } else { draft });
        }
        before.push((words, *span));
    }
    None
}

fn words(text: &str) -> Vec<String> {
    let tokens = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment);
    tokens
        .map(|token| {
            let word = &text[token.start..token.end];
            if token.kind == TokenKind::Word { word.to_ascii_lowercase() } else { word.to_owned() }
        })
        .collect()
}
