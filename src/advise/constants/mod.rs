//! A statement whose constants were replaced by `$n`, the catalog, and texts that were seen of the server, in; the statement with those
//! constants put back that stand inside an expression which an index would have to repeat, out.
//!
//! `meta ->> $1 = $2` needs an index on one key, and pg_stat_statements keeps none of them. A constant is taken from what was seen
//! ([`Seen`]), else from what the statistics show, else it is assumed; each with the reason. Where nothing can be taken for likely, or where
//! no index could hold the expression whatever the constant, there is a reason with what to do instead.

mod align;
mod documents;
mod guess;
mod holes;
#[cfg(test)]
mod tests;
mod units;

use crate::catalog::access::Scope;
use crate::catalog::model::Catalog;
use crate::sql::facts::Facts;
use crate::workload::model::Query;

use guess::Guess;
use holes::Hole;

/// Texts of the server that may show a constant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Statements with their constants, as sessions sent them last.
    pub statements: Vec<String>,
    /// Definitions of views and bodies of functions.
    pub definitions: Vec<String>,
}

/// A constant that was put in the place of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    pub number: u16,
    /// As SQL.
    pub literal: String,
    /// The expression that it stands in, with the constant.
    pub expression: String,
    /// Why it was taken: the end of a sentence.
    pub why: String,
}

/// A statement, its constants put back as far as they can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completed {
    /// `None`: there is nothing to put back.
    pub text: Option<String>,
    pub put: Vec<Put>,
    /// Why an index cannot be advised for a condition, and what to do: whole sentences.
    pub missing: Vec<String>,
}

/// `query` as it came, `facts` of its text.
pub fn complete(query: &Query, facts: &Facts, catalog: Option<&Catalog>, seen: &Seen) -> Completed {
    let (Some(catalog), true) = (catalog, facts.parameters > 0) else { return Completed::default() };
    let text = query.text.as_str();
    let scope = Scope::new(text, facts, Some(catalog));
    let found = holes::of(&scope, catalog);
    let (operands, mut missing) = (found.operands, found.useless);
    let shown = seen.statements.iter().find_map(|one| align::values(text, one)).unwrap_or_default();
    let mut puts: Vec<(&Hole<'_>, Guess)> = Vec::new();
    for holes in &operands {
        let mut guesses: Vec<Guess> = Vec::new();
        let mut reason = None;
        for hole in holes {
            let before: Vec<&str> = guesses.iter().map(|guess| guess.literal.as_str()).collect();
            let known = shown.get(&hole.number).map(|literal| Guess {
                literal: literal.clone(),
                why: "a session of the server sent the statement with it".to_owned(),
            });
            let told = match known {
                Some(guess) if hole.role.is_indexable() => Ok(guess),
                _ => guess::guess(hole, &before, query, &scope, (catalog, seen)),
            };
            match told {
                Ok(guess) => guesses.push(guess),
                Err(advice) => {
                    reason = Some(advice);
                    break;
                }
            }
        }
        match reason {
            Some(advice) if !advice.is_empty() => missing.push(advice),
            Some(_) => {}
            None => puts.extend(holes.iter().zip(guesses)),
        }
    }
    puts.extend(found.patterns.iter().filter_map(|hole| {
        let literal = shown.get(&hole.number)?.clone();
        Some((hole, Guess { literal, why: "a session of the server sent the statement with it".to_owned() }))
    }));
    missing.dedup();
    if puts.is_empty() {
        return Completed { missing, ..Completed::default() };
    }
    puts.sort_by_key(|(hole, _)| hole.at.start);
    let put = puts
        .iter()
        .map(|(hole, guess)| {
            let inside = puts
                .iter()
                .filter(|(other, _)| hole.operand.start <= other.at.start && other.at.end <= hole.operand.end);
            let expression = spliced(text, hole.operand.start, hole.operand.end, inside);
            Put { number: hole.number, literal: guess.literal.clone(), expression, why: guess.why.clone() }
        })
        .collect();
    Completed { text: Some(spliced(text, 0, text.len(), puts.iter())), put, missing }
}

/// `text[start..end]` with the constants in their places.
fn spliced<'p>(text: &str, start: usize, end: usize, puts: impl Iterator<Item = &'p (&'p Hole<'p>, Guess)>) -> String {
    let (mut out, mut at) = (String::with_capacity(end - start + 32), start);
    for (hole, guess) in puts {
        out.push_str(text.get(at..hole.at.start).unwrap_or_default());
        out.push_str(&guess.literal);
        at = hole.at.end;
    }
    out.push_str(text.get(at..end).unwrap_or_default());
    out
}
