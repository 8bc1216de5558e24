//! A statement of PL/pgSQL with its variables in; SQL of the same length out, in which a variable is `?`.
//!
//! A variable is left alone where a name of its spelling cannot be one: after a dot, as a table, an alias, a column that is
//! written to. So no rule takes a variable for a column, and no column is lost but one that a variable hides.

use std::collections::BTreeSet;

use crate::sql::lexer::{Token, TokenKind as T};

/// Names that stand for values.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    names: BTreeSet<String>,
}

impl Variables {
    /// With those that every PL/pgSQL body knows.
    pub fn and_plpgsql(mut self) -> Self {
        const KNOWN: &[&str] =
            &["new", "old", "found", "sqlstate", "sqlerrm", "tg_op", "tg_table_name", "tg_table_schema", "tg_argv"];
        self.names.extend(KNOWN.iter().map(|name| (*name).to_owned()));
        self
    }

    pub fn declare(&mut self, name: &str) {
        self.names.insert(name.trim_matches('"').to_ascii_lowercase());
    }

    /// The names of parameters: `IN a int, b text DEFAULT 'x', OUT c int`.
    pub fn declare_arguments(&mut self, arguments: &str) {
        let mut depth = 0usize;
        for part in arguments.split(|c: char| {
            depth = match c {
                '(' | '[' => depth + 1,
                ')' | ']' => depth.saturating_sub(1),
                _ => depth,
            };
            c == ',' && depth == 0
        }) {
            let words = part.split_whitespace();
            let mut words = words.skip_while(|word| {
                ["in", "out", "inout", "variadic"].iter().any(|mode| word.eq_ignore_ascii_case(mode))
            });
            // A single word is a type.
            if let (Some(name), Some(_)) = (words.next(), words.next()) {
                self.declare(name);
            }
        }
    }

    fn has(&self, word: &str) -> bool {
        self.names.contains(&word.to_ascii_lowercase())
    }
}

/// Replaces variables in `out`, a copy of `body` from `base` on. The tokens are those of the statement, with offsets into `body`.
pub(super) fn replace(body: &str, tokens: &[Token], variables: &Variables, base: usize, out: &mut [u8]) {
    if variables.names.is_empty() {
        return;
    }
    let text = |at: usize| tokens.get(at).map_or("", |token| body.get(token.start..token.end).unwrap_or_default());
    let is = |at: usize, words: &[&str]| words.iter().any(|word| text(at).eq_ignore_ascii_case(word));
    let kind = |at: usize| tokens.get(at).map(|token| token.kind);
    let written = columns_written(tokens, &is, &kind);
    let aliases: BTreeSet<String> = (1..tokens.len())
        .filter(|at| kind(*at) == Some(T::Word) && variables.has(text(*at)) && is_alias(*at, &is, &kind))
        .map(|at| text(at).to_ascii_lowercase())
        .collect();
    for at in 0..tokens.len() {
        if kind(at) != Some(T::Word) || !variables.has(text(at)) || written.contains(&at) {
            continue;
        }
        if aliases.contains(&text(at).to_ascii_lowercase()) {
            continue;
        }
        let previous = at.wrapping_sub(1);
        let named = matches!(kind(previous), Some(T::Dot | T::Cast))
            || is(previous, &["as", "from", "join", "into", "update", "table", "only", "constraint", "collate"])
            || kind(at + 1) == Some(T::LeftParen)
            || (kind(at + 1) == Some(T::Operator) && text(at + 1) == "=" && is(previous, &["set"]));
        if named {
            continue;
        }
        let field = kind(at + 1) == Some(T::Dot) && matches!(kind(at + 2), Some(T::Word | T::QuotedIdentifier));
        let last = if field { at + 2 } else { at };
        if kind(at + 1) == Some(T::Dot) && !field {
            continue;
        }
        let (start, end) = (tokens[at].start - base, tokens[last].end - base);
        out[start..end].fill(b' ');
        out[start] = b'?';
    }
}

/// A name right after a name or a parenthesis, or after AS.
fn is_alias(at: usize, is: &impl Fn(usize, &[&str]) -> bool, kind: &impl Fn(usize) -> Option<T>) -> bool {
    const BEFORE_VALUES: &[&str] = &[
        "select",
        "where",
        "and",
        "or",
        "not",
        "on",
        "when",
        "then",
        "else",
        "in",
        "by",
        "limit",
        "offset",
        "values",
        "returning",
        "like",
        "ilike",
        "between",
        "is",
        "case",
        "set",
        "having",
        "distinct",
        "all",
        "any",
        "some",
        "array",
        "using",
        "interval",
        "from",
        "join",
        "union",
        "with",
        "fetch",
        "for",
        "over",
        "return",
        "exists",
        "similar",
        "to",
        "first",
        "next",
        "call",
        "default",
        "end",
        "escape",
        "zone",
        "strict",
        "into",
    ];
    match kind(at - 1) {
        Some(T::QuotedIdentifier | T::RightParen) => true,
        Some(T::Word) => !is(at - 1, BEFORE_VALUES),
        _ => false,
    }
}

/// Tokens of column lists: after INTO t, after ON CONFLICT, and those before `=` in SET.
fn columns_written(
    tokens: &[Token],
    is: &impl Fn(usize, &[&str]) -> bool,
    kind: &impl Fn(usize) -> Option<T>,
) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut sets = false;
    for at in 0..tokens.len() {
        if is(at, &["into", "conflict"]) {
            let mut open = at + 1;
            while matches!(kind(open), Some(T::Word | T::QuotedIdentifier | T::Dot)) {
                open += 1;
            }
            if kind(open) == Some(T::LeftParen) && !is(open + 1, &["select", "with"]) {
                let close = (open..tokens.len()).find(|at| kind(*at) == Some(T::RightParen)).unwrap_or(tokens.len());
                found.extend(open..close);
            }
        }
        sets = (sets || is(at, &["set"])) && !is(at, &["where", "from", "returning"]);
        let assigns = kind(at) == Some(T::Operator) && is(at, &["="]);
        if sets && assigns && at > 1 && (kind(at - 2) == Some(T::Comma) || is(at - 2, &["set"])) {
            found.insert(at - 1);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::lexer::Lexer;

    #[test]
    fn variables_become_question_marks_where_they_are_values() {
        let mut variables = Variables::default().and_plpgsql();
        variables.declare_arguments("IN uid bigint, amount numeric(10, 2) DEFAULT 0, text");
        variables.declare("n");
        variables.declare("r");
        for (text, expected) in [
            ("select a from t where id = uid and n > b", "select a from t where id = ?   and ? > b"),
            ("select n.a from t n where n.id = uid", "select n.a from t n where n.id = ?  "),
            (
                "update t set amount = amount, n = r.total where id = new.id",
                "update t set amount = ?     , n = ?       where id = ?     ",
            ),
            ("insert into t (uid, n) values (uid, n)", "insert into t (uid, n) values (?  , ?)"),
            (
                "insert into t (n) values (n) on conflict (n) do nothing",
                "insert into t (n) values (?) on conflict (n) do nothing",
            ),
            ("select t.n, x::n, n(1) as n from t", "select t.n, x::n, n(1) as n from t"),
            ("select text from t", "select text from t"),
        ] {
            let tokens: Vec<Token> = Lexer::new(text.as_bytes()).collect();
            let mut out = text.as_bytes().to_vec();
            replace(text, &tokens, &variables, 0, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
