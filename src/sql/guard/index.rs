//! A `CREATE INDEX` in; whether it may be given to a server to be tried, and its parts, out.

use super::{Names, Refusal, names_only, one};
use crate::sql::lexer::{Token, TokenKind};

/// What an index is created on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'t> {
    pub unique: bool,
    /// As written, with its schema where there is one.
    pub table: &'t str,
    /// From ON to the end.
    pub rest: &'t str,
}

/// Whether it is one `CREATE INDEX` and calls nothing that planning its expressions must not run.
pub fn index<'t>(ddl: &'t str, names: &Names) -> Result<&'t str, Refusal> {
    let (text, tokens) = one(ddl)?;
    if parts(text, &tokens).is_none() {
        return Err(Refusal::NotAnIndex);
    }
    names_only(text, &tokens, names)?;
    Ok(text)
}

/// The parts of a statement that [`index`] let pass.
pub fn target(ddl: &str) -> Option<Target<'_>> {
    let (text, tokens) = one(ddl).ok()?;
    parts(text, &tokens)
}

fn parts<'t>(text: &'t str, tokens: &[Token]) -> Option<Target<'t>> {
    let word = |index: usize| tokens.get(index).map_or("", |token: &Token| &text[token.start..token.end]);
    let is = |index: usize, wanted: &str| word(index).eq_ignore_ascii_case(wanted);
    let unique = is(1, "unique");
    if !is(0, "create") || !is(1 + usize::from(unique), "index") {
        return None;
    }
    // CONCURRENTLY, IF NOT EXISTS and a name stand before it, and a quoted name is no keyword.
    let on = (2..tokens.len().min(9)).find(|&index| is(index, "on"))?;
    let first = if is(on + 1, "only") { on + 2 } else { on + 1 };
    let qualified = tokens.get(first + 1).is_some_and(|token| token.kind == TokenKind::Dot);
    let last = if qualified { first + 2 } else { first };
    let (start, end) = (tokens.get(first)?.start, tokens.get(last)?.end);
    Some(Target { unique, table: &text[start..end], rest: &text[tokens[on].start..] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_gives_way_to_another() {
        for (ddl, unique, table, rest) in [
            ("CREATE INDEX ON t (a);", false, "t", "ON t (a)"),
            (
                "create unique index concurrently if not exists \"on\" on only \"S\".\"t (\" using btree (a)",
                true,
                "\"S\".\"t (\"",
                "on only \"S\".\"t (\" using btree (a)",
            ),
        ] {
            assert_eq!(target(ddl), Some(Target { unique, table, rest }));
        }
        assert_eq!(target("CREATE TABLE t (a int)"), None);
    }
}
