//! `query/huge_in_list`: hundreds of values written into the statement one by one.

use serde::Deserialize;

use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink, measured};
use crate::rules::{QueryRule, walk};
use crate::sql::facts::{Predicate, Test};
use crate::sql::{Lexer, TokenKind};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_items: u64,
}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (_, predicate) in walk::predicates(cx.facts) {
            if !matches!(&predicate.test, Test::InList { items, .. } if items.len() > 1) {
                continue;
            }
            let items = items(cx.text, predicate);
            if items >= self.min_items {
                let detail = "Each number of values is a statement of its own: parsed and planned anew, kept apart in \
                              pg_stat_statements before Postgres 18, and of no use to prepare. Bind one array: \
                              `column = ANY ($1)`, for any number of values, with the same index.";
                let draft =
                    Draft::about(cx, format!("A list of {items} values is part of the statement's text"), detail);
                out.find(draft.at(predicate.span).evidence(measured("values", items, "values")));
            }
        }
    }
}

/// Values in the list at the end of the predicate, counted in the text: of long lists the facts hold the first ones only.
fn items(text: &str, predicate: &Predicate) -> u64 {
    let (mut depth, mut commas) = (0u32, 0u64);
    let mut last = 0;
    for token in Lexer::new(predicate.span.of(text).as_bytes()) {
        match token.kind {
            TokenKind::LeftParen | TokenKind::LeftBracket => {
                if depth == 0 {
                    commas = 0;
                }
                depth += 1;
            }
            TokenKind::RightParen | TokenKind::RightBracket => {
                depth = depth.saturating_sub(1);
                last = if depth == 0 { commas + 1 } else { last };
            }
            TokenKind::Comma if depth == 1 => commas += 1,
            _ => {}
        }
    }
    last
}
