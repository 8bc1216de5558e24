//! `schema/volatile_check`: a CHECK whose answer changes by itself. Silent about `created_at <= now()`, which stays true
//! once it is.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::model::ConstraintKind;
use crate::rules::draft::seen;
use crate::sql::lexer::{Lexer, Token, TokenKind};

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            for constraint in &table.constraints {
                let ConstraintKind::Check { expression } = &constraint.kind else { continue };
                let Some(word) = changing(expression) else { continue };
                let draft = about::table(
                    name,
                    table,
                    format!("{} asks {word}, whose answer changes by itself", constraint.name),
                    "A check is evaluated when a row is written and never again. A row that passed yesterday breaks \
                     it today: it cannot be updated any more, validating fails, and a dump does not restore. Take it \
                     to a trigger, or store the moment in a column.",
                );
                out.find(about::at(draft, constraint.defined_at.as_ref()).evidence(seen("check", expression.clone())));
            }
        }
    }
}

const CLOCKS: &[&str] = &[
    "clock_timestamp",
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "now",
    "statement_timestamp",
    "transaction_timestamp",
];
const OTHERS: &[&str] = &[
    "current_role",
    "current_setting",
    "current_user",
    "gen_random_uuid",
    "nextval",
    "random",
    "session_user",
    "txid_current",
];

/// The first function of an expression that makes it change with time or with who asks.
fn changing(expression: &str) -> Option<String> {
    let tokens: Vec<Token> =
        Lexer::new(expression.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
    let text = |at: usize| tokens.get(at).and_then(|token| expression.get(token.start..token.end)).unwrap_or_default();
    (0..tokens.len()).find_map(|at| {
        let word = text(at).to_ascii_lowercase();
        // What comes before and after the call, parentheses and the schema left out.
        let before =
            (0..at).rev().map(text).find(|text| !matches!(*text, "(" | "." | "pg_catalog")).unwrap_or_default();
        let after = (at + 1..tokens.len()).map(text).find(|text| !matches!(*text, "(" | ")")).unwrap_or_default();
        let called = text(at + 1) == "(";
        let stays = matches!(before, "<" | "<=") || (matches!(after, ">" | ">=") && !matches!(before, ">" | ">="));
        let clock = CLOCKS.contains(&word.as_str()) && (called || word != "now") && !stays;
        let keyword = matches!(word.as_str(), "current_role" | "current_user" | "session_user");
        let other = OTHERS.contains(&word.as_str()) && (called || keyword);
        (tokens[at].kind != TokenKind::String && (clock || other)).then_some(word)
    })
}
