//! A text from outside in; whether it may be sent to a server to be planned, or why not, out.
//!
//! Planning runs immutable and stable functions (`src/backend/optimizer/util/clauses.c`, `evaluate_function`,
//! `estimate_expression_value`), and some effects survive a rollback, so a text passes only as one statement that reads or
//! changes rows, and only if it names nothing that runs code from outside the system catalog or does more than compute.
//! It is lexed as with `standard_conforming_strings = on`, which the sender has to set.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer::{Lexer, Token, TokenKind};
use super::verb::Verb;

mod index;
mod words;

pub use index::{Target, index, target};
use words::{called, fold, hidden_operators};

/// Names of one server that are not the system's own, lower case unless quoted, without their schema: a call is resolved by
/// the types of its arguments, so a name that stands anywhere in the search path may be the one that runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Functions, procedures and aggregates outside `pg_catalog`, without those of well-known extensions.
    pub functions: BTreeSet<String>,
    /// Those of them that take one row and can be called as `row.name`.
    pub attributes: BTreeSet<String>,
    /// Operators outside `pg_catalog` and those extensions.
    pub operators: BTreeSet<String>,
    /// Types for which a cast of the database's own runs a function.
    pub types: BTreeSet<String>,
    /// Relations that bring such a thing along (a view, a column of such a type), with what it is.
    pub relations: BTreeMap<String, String>,
    /// Functions that are volatile: planned, but never executed.
    pub volatile: BTreeSet<String>,
    /// Relations that may be planned, but bring along what must not be executed.
    pub unexecutable: BTreeMap<String, String>,
}

/// Why a text is not sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refusal {
    #[error("it is empty")]
    Empty,
    #[error("it was cut short: a string, a quoted name or a comment has no end")]
    CutShort,
    #[error("it holds more than one statement")]
    Several,
    #[error("it does not begin as SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, TABLE or WITH")]
    NotAQuery,
    #[error("it creates a table")]
    Creates,
    #[error("it is no CREATE INDEX")]
    NotAnIndex,
    #[error("it holds a byte that no statement has, or a name written with U&")]
    Unreadable,
    #[error("it is longer than {LONGEST} bytes")]
    TooLong,
    #[error("it calls {0}, which is not one of the server's own functions")]
    Function(String),
    #[error("it calls {0}, which does more than compute")]
    Denied(String),
    #[error("it uses the operator {0}, which is not one of the server's own")]
    Operator(String),
    #[error("it uses the type {0}, which has a cast of the database's own")]
    Type(String),
    #[error("it reads {0}, which {1}")]
    Relation(String, String),
    #[error("it calls {0} with numbers so large that planning it would take much memory")]
    Costly(String),
    #[error("it is executed only as a SELECT that locks and changes nothing")]
    Changes,
    #[error("it calls {0}, which is volatile: it is planned, but not executed")]
    Volatile(String),
}

/// A longer text is no query that anybody tunes by hand, and takes the server long to parse.
const LONGEST: usize = 1 << 20;

/// Whether a text may be planned. Gives it without the `;` at its end.
pub fn plannable<'t>(text: &'t str, names: &Names) -> Result<&'t str, Refusal> {
    let (text, tokens) = one_statement(text)?;
    let is = |index: usize, word: &str| text[tokens[index].start..tokens[index].end].eq_ignore_ascii_case(word);
    let writes = |index: usize| index > 0 && ["insert", "merge"].iter().any(|verb| is(index - 1, verb));
    if (0..tokens.len()).any(|index| is(index, "into") && !writes(index)) {
        return Err(Refusal::Creates);
    }
    names_only(text, &tokens, names)?;
    Ok(text)
}

/// Whether nothing is named that may not be.
fn names_only(text: &str, tokens: &[Token], names: &Names) -> Result<(), Refusal> {
    let at = |index: usize| tokens.get(index).map(|token| (token.kind, &text[token.start..token.end]));
    for (index, token) in tokens.iter().enumerate() {
        let word = &text[token.start..token.end];
        match token.kind {
            TokenKind::Operator | TokenKind::Placeholder => operator(word, names)?,
            TokenKind::Word | TokenKind::QuotedIdentifier => {
                let name = fold(word).ok_or(Refusal::Unreadable)?;
                if token.kind == TokenKind::Word {
                    hidden_operators(&name).iter().try_for_each(|hidden| operator(hidden, names))?;
                }
                let after_dot = index > 0 && at(index - 1).is_some_and(|(kind, _)| kind == TokenKind::Dot);
                let before_paren = at(index + 1).is_some_and(|(kind, _)| kind == TokenKind::LeftParen);
                if before_paren {
                    called(&name, &tokens[index + 1..], text, names)?;
                } else if after_dot && names.attributes.contains(&name) {
                    return Err(Refusal::Function(name));
                }
                mentioned(&name, names)?;
            }
            TokenKind::Unknown => return Err(Refusal::Unreadable),
            _ => {}
        }
    }
    Ok(())
}

/// What speaks against planning and against executing a statement that reads a view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Against {
    pub planning: Option<Refusal>,
    pub executing: Option<Refusal>,
}

/// Judges the query of a view as the server prints it.
pub fn view_body(text: &str, names: &Names) -> Against {
    match plannable(text, names) {
        Err(refusal) => Against { planning: Some(refusal), executing: None },
        Ok(_) => Against { planning: None, executing: executable(text, names).err() },
    }
}

/// Whether a text may also be executed, in a read-only transaction that is rolled back.
pub fn executable<'t>(text: &'t str, names: &Names) -> Result<&'t str, Refusal> {
    let text = plannable(text, names)?;
    let (_, tokens) = one_statement(text)?;
    let word = |index: usize| tokens.get(index).filter(|t| t.kind == TokenKind::Word).map(|t| &text[t.start..t.end]);
    let is = |index: usize, wanted: &str| word(index).is_some_and(|word| word.eq_ignore_ascii_case(wanted));
    for (index, token) in tokens.iter().enumerate() {
        let name = match token.kind {
            TokenKind::Word | TokenKind::QuotedIdentifier => fold(&text[token.start..token.end]).unwrap_or_default(),
            _ => continue,
        };
        let changes = ["insert", "update", "delete", "merge", "into"].iter().any(|verb| is(index, verb));
        let locks = is(index, "for") && ["update", "share", "no", "key"].iter().any(|next| is(index + 1, next));
        if changes || locks {
            return Err(Refusal::Changes);
        }
        if let Some(why) = names.unexecutable.get(&name) {
            return Err(Refusal::Relation(name, why.clone()));
        }
        let call = tokens.get(index + 1).is_some_and(|next| next.kind == TokenKind::LeftParen);
        if call && names.volatile.contains(&name) {
            return Err(Refusal::Volatile(name));
        }
    }
    Ok(text)
}

/// As [`one`], if it is a statement that the planner plans.
fn one_statement(text: &str) -> Result<(&str, Vec<Token>), Refusal> {
    let (text, tokens) = one(text)?;
    let head = tokens.iter().find(|token| token.kind != TokenKind::LeftParen).ok_or(Refusal::NotAQuery)?;
    if !Verb::from_head(head.keyword(text.as_bytes())).is_query() {
        return Err(Refusal::NotAQuery);
    }
    Ok((text, tokens))
}

/// The text without what stands behind its one statement, and its tokens without comments.
fn one(text: &str) -> Result<(&str, Vec<Token>), Refusal> {
    if text.len() > LONGEST {
        return Err(Refusal::TooLong);
    }
    if text.contains('\0') {
        return Err(Refusal::Unreadable);
    }
    let mut lexer = Lexer::new(text.as_bytes());
    let mut tokens: Vec<Token> = lexer.by_ref().filter(|token| token.kind != TokenKind::Comment).collect();
    if lexer.unterminated() {
        return Err(Refusal::CutShort);
    }
    while tokens.pop_if(|token| token.kind == TokenKind::Semicolon).is_some() {}
    if tokens.iter().any(|token| token.kind == TokenKind::Semicolon) {
        return Err(Refusal::Several);
    }
    let end = tokens.last().ok_or(Refusal::Empty)?.end;
    Ok((&text[..end], tokens))
}

fn operator(word: &str, names: &Names) -> Result<(), Refusal> {
    if names.operators.contains(word) { Err(Refusal::Operator(word.to_owned())) } else { Ok(()) }
}

/// Whatever a name stands for in the statement: a relation or a type of that name is not touched.
fn mentioned(name: &str, names: &Names) -> Result<(), Refusal> {
    if names.types.contains(name) {
        return Err(Refusal::Type(name.to_owned()));
    }
    match names.relations.get(name) {
        Some(why) => Err(Refusal::Relation(name.to_owned(), why.clone())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
