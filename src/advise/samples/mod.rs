//! A query with its calls, its facts and the catalog in; concrete statements that stand for its calls, out.
//!
//! A generic plan says little of LIMIT, ranges and partial indexes, so the planner is asked about statements with values:
//! those that were logged, else such as the statistics say there are.

mod draw;
mod logged;
mod pick;
mod slots;
pub mod spread;
#[cfg(test)]
mod tests;

use crate::advise::whatif::{Sample, Values};
use crate::catalog::model::Catalog;
use crate::sql::facts::Facts;
use crate::sql::lexer::{Lexer, TokenKind};
use crate::workload::model::Query;

/// Statements for one query; their shares add up to 1. Never empty.
pub fn of(query: &Query, facts: &Facts, catalog: Option<&Catalog>) -> Vec<Sample> {
    let logged = logged::samples(query);
    if !logged.is_empty() {
        return logged;
    }
    if !has_parameters(&query.text) {
        return vec![Sample { sql: query.text.clone(), share: 1.0, values: Values::Logged }];
    }
    let drawn = draw::samples(query, facts, catalog);
    if !drawn.is_empty() {
        return drawn;
    }
    vec![Sample { sql: query.text.clone(), share: 1.0, values: Values::Generic }]
}

fn has_parameters(text: &str) -> bool {
    Lexer::new(text.as_bytes()).any(|token| matches!(token.kind, TokenKind::Parameter | TokenKind::Placeholder))
}

/// Puts the values that `value` knows in the place of `$n`. The second of the pair says whether any was put.
fn fill(text: &str, value: impl Fn(u16) -> Option<String>) -> (String, bool) {
    let mut filled = String::with_capacity(text.len() + 32);
    let (mut at, mut any) = (0, false);
    for token in Lexer::new(text.as_bytes()).filter(|token| token.kind == TokenKind::Parameter) {
        let Some(value) = text[token.start + 1..token.end].parse().ok().and_then(&value) else { continue };
        filled.push_str(&text[at..token.start]);
        filled.push_str(&value);
        at = token.end;
        any = true;
    }
    filled.push_str(&text[at..]);
    (filled, any)
}

/// A string constant as `standard_conforming_strings` has it.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
