//! Files of an application's queries: which tool reads them, and what its parameters look like.

use super::template::Copy;
use crate::sql::facts::Span;
use crate::sql::lexer::{Lexer, Token, TokenKind};

/// The notation of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    /// sqlc: `@name`, `sqlc.arg(name)`, `sqlc.embed(table)` (documentation, "Naming parameters", "Embedding structs").
    Sqlc,
    /// pgTyped: `:name!`, and `:name` as everywhere.
    PgTyped,
    /// HugSQL and its kin: `:name`, `:v*:ids`, `:i:column`, names with dashes.
    HugSql,
}

/// How far into a file the first header is looked for.
const HEAD: usize = 16 << 10;

/// The tool whose header stands over the first query: `-- name: Get :one`, `/* @name Get */`, `-- :name get :? :1`.
pub(super) fn tool(text: &str) -> Option<(Style, &'static str)> {
    let mut end = HEAD.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut in_comment = false;
    text[..end].lines().find_map(|line| {
        let line = line.trim_start();
        let comment = in_comment || line.starts_with("--") || line.starts_with("/*");
        in_comment = (in_comment || line.starts_with("/*")) && !line.contains("*/");
        if comment { header(line) } else { None }
    })
}

/// Of a line of a comment.
fn header(line: &str) -> Option<(Style, &'static str)> {
    let words = line.trim_start_matches(['-', '/', '*', ' ']);
    let sqlc = || {
        let rest = words.strip_prefix("name:")?;
        let last = rest.split_whitespace().nth(1)?;
        last.starts_with(':').then_some((Style::Sqlc, "sqlc's `-- name: X :kind` stands over its queries"))
    };
    let named = || {
        let rest = words.strip_prefix("name:")?;
        (!rest.trim().is_empty()).then_some((Style::HugSql, "`-- name:` stands over its queries"))
    };
    let hug = || {
        let found = words.starts_with(":name ") || words.starts_with(":name- ") || words.starts_with(":snip ");
        found.then_some((Style::HugSql, "HugSQL's `-- :name` stands over its queries"))
    };
    let typed = || {
        let found = !line.starts_with("--") && words.starts_with("@name ");
        found.then_some((Style::PgTyped, "pgTyped's `@name` stands over its queries"))
    };
    sqlc().or_else(named).or_else(hug).or_else(typed)
}

/// Where the queries of such a file begin, each with its header, and whether it is a piece that others are put together from (`:snip`).
/// The tools cut there, whether a `;` stands before it or not.
pub(super) fn queries(text: &str) -> Vec<(usize, bool)> {
    let comments = Lexer::new(text.as_bytes()).filter(|token| token.kind == TokenKind::Comment);
    comments
        .filter_map(|token| {
            let line = text[token.start..token.end].lines().map(str::trim_start).find(|line| header(line).is_some())?;
            Some((token.start, line.trim_start_matches(['-', '/', '*', ' ']).starts_with(":snip ")))
        })
        .collect()
}

/// Rewrites the tool's parameters into `$0`, with as many zeros as they have room for: every reader of ours takes that for an unknown
/// value, and a statement that ends in one ends where it did.
pub(super) fn parameters(copy: &mut Copy<'_>, style: Style) {
    let bytes = copy.bytes.clone();
    let tokens: Vec<Token> = Lexer::new(&bytes).filter(|token| token.kind != TokenKind::Comment).collect();
    let mut at = 0;
    while at < tokens.len() {
        let found = match style {
            Style::Sqlc => sqlc(copy.text, &tokens[at..]),
            Style::PgTyped | Style::HugSql => colon(copy.text, tokens[at]),
            Style::Plain => None,
        };
        if let Some((span, becomes)) = found {
            match at.checked_sub(1).map(|before| tokens[before]).filter(|before| takes_list(copy.text, *before)) {
                // A list, which the tool puts into parentheses.
                Some(before) if before.end < span.start => {
                    let inner = Some(unknown(Span { end: span.end - 1, ..span })).filter(|inner| inner.len() > 1);
                    let inner = inner.unwrap_or_else(|| "?".to_owned());
                    copy.write(Span { start: span.start - 1, end: span.end }, &format!("({inner})"));
                }
                _ => copy.write(span, &becomes),
            }
            at += tokens[at..].iter().take_while(|token| token.start < span.end).count().max(1);
        } else {
            at += 1;
        }
    }
}

/// `IN :ids`, `VALUES :rows`.
fn takes_list(text: &str, before: Token) -> bool {
    let word = &text[before.start..before.end];
    before.kind == TokenKind::Word && (word.eq_ignore_ascii_case("in") || word.eq_ignore_ascii_case("values"))
}

fn sqlc(text: &str, tokens: &[Token]) -> Option<(Span, String)> {
    let first = tokens.first()?;
    let of = |token: &Token| text.get(token.start..token.end).unwrap_or_default();
    if first.kind == TokenKind::Operator {
        // `a=@id` is one operator and a word.
        let name = tokens.get(1).filter(|next| next.kind == TokenKind::Word && next.start == first.end)?;
        let head = of(first).strip_suffix('@')?;
        let alone = head.bytes().all(|byte| matches!(byte, b'=' | b'<' | b'>' | b'!'));
        let span = Span { start: first.end - 1, end: name.end };
        return alone.then(|| (span, unknown(span)));
    }
    let word = |index: usize| tokens.get(index).filter(|token| token.kind == TokenKind::Word).map(of);
    if word(0) != Some("sqlc") || tokens.get(1)?.kind != TokenKind::Dot || tokens.get(3)?.kind != TokenKind::LeftParen {
        return None;
    }
    let close = tokens.iter().find(|token| token.kind == TokenKind::RightParen)?;
    let span = Span { start: first.start, end: close.end };
    match word(2)? {
        "arg" | "narg" | "slice" => Some((span, unknown(span))),
        "embed" => Some((span, format!("{}.*", word(4)?))),
        _ => None,
    }
}

/// `:name`, `:v*:ids`, `:user-id`, `:id!`.
fn colon(text: &str, token: Token) -> Option<(Span, String)> {
    if token.kind != TokenKind::NamedParameter {
        return None;
    }
    let rest = &text[token.start + 1..];
    let part = |text: &str| -> usize {
        text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '?'))).unwrap_or(text.len())
    };
    let mut length = part(rest);
    let after = rest[length..].trim_start_matches('*');
    if let Some(name) = after.strip_prefix(':').filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic())) {
        length = rest.len() - name.len() + part(name);
    } else if rest[length..].starts_with('!') {
        length += 1;
    }
    // A dash or a dot at the end is not of the name.
    let trimmed = rest[..length].trim_end_matches(['-', '.', '?']).len();
    let span = Span { start: token.start, end: token.start + 1 + trimmed };
    // Behind a word, as in `LIMIT:n`, it would go on with the word.
    let apart = !text[..token.start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$'));
    Some((span, if apart { unknown(span) } else { "?".to_owned() }))
}

fn unknown(span: Span) -> String {
    format!("${}", "0".repeat(span.end - span.start - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::template::fill;

    #[test]
    fn tools_are_known_by_the_header_of_the_first_query() {
        for (text, expected) in [
            ("-- name: GetAuthor :one\nselect 1", Some(Style::Sqlc)),
            ("-- name: get-users^\nselect 1", Some(Style::HugSql)),
            ("/* @name GetAll */\nselect 1", Some(Style::PgTyped)),
            ("/*\n  @name GetAll\n*/\nselect 1", Some(Style::PgTyped)),
            ("-- :name all-users :? :*\nselect 1", Some(Style::HugSql)),
            ("-- the name: of things\nselect 1", None),
            ("select 1", None),
        ] {
            assert_eq!(tool(text).map(|(style, _)| style), expected, "{text}");
        }
    }

    #[test]
    fn queries_begin_at_their_headers() {
        let text = "-- about\n-- :name a :? :*\n-- :doc all\nselect ' -- :name x '\n\n-- :snip c\nwhere d\n/*\n @name e */\nselect 1";
        let found: Vec<(&str, bool)> = queries(text).into_iter().map(|(at, snip)| (&text[at..at + 8], snip)).collect();
        assert_eq!(found, [("-- :name", false), ("-- :snip", true), ("/*\n @nam", false)]);
    }

    #[test]
    fn parameters_become_unknown_values_of_the_same_length() {
        for (style, text, expected) in [
            (
                Style::Sqlc,
                "select * from a where b=@id and c = sqlc.narg('x')",
                "select * from a where b=$00 and c = $0000000000000",
            ),
            (Style::Sqlc, "select sqlc.embed(t), a @> b from t", "select t.*          , a @> b from t"),
            (
                Style::PgTyped,
                "select a from t where b = :id! and c::int = :n",
                "select a from t where b = $000 and c::int = $0",
            ),
            (
                Style::PgTyped,
                "insert into t values :rows; select 1 where a in :b and c not in :names!",
                "insert into t values($000); select 1 where a in(?) and c not in($00000)",
            ),
            (
                Style::HugSql,
                "select a from t where b in (:v*:ids) and c = :user-id",
                "select a from t where b in ($000000) and c = $0000000",
            ),
            (Style::PgTyped, "select a from t limit:n", "select a from t limit? "),
        ] {
            assert_eq!(fill(text, &[], style).text, expected, "{text}");
        }
    }
}
