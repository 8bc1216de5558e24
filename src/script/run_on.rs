//! A query in; where another statement begins in it, because the `;` between them is missing.
//!
//! Only what no Postgres takes counts. SELECT and WITH are reserved words, but SELECT may still be the label of an output column without
//! AS (`src/include/parser/kwlist.h`, BARE_LABEL), so it ends a statement only behind a clause in which no label can stand.

use super::model::Kind;
use crate::sql::ddl::Refused;
use crate::sql::{Lexer, Token, TokenKind};

/// Offset of the statement that should not be there. Where a file of queries has a comment, its tool may cut.
pub(super) fn run_on(text: &str, kind: Kind) -> Option<Refused> {
    let tokens: Vec<Token> = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
    let words = Words { text, tokens: &tokens, cut: if kind == Kind::Queries { "--" } else { "name" } };
    let (insert, update) = (words.is(0, "insert"), words.is(0, "update"));
    if words.is(0, "merge") || words.is(0, "explain") {
        return None;
    }
    let mut depth = 0usize;
    let mut closed = false;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::LeftParen | TokenKind::LeftBracket => depth += 1,
            TokenKind::RightParen | TokenKind::RightBracket => depth = depth.checked_sub(1)?,
            TokenKind::Word if depth == 0 && at > 0 => {
                if closed && words.is_end(at - 1) && words.begins(at) && !words.is_cut_before(at) {
                    return Some(Refused { at: token.start, expected: "`;` before the next statement" });
                }
                closed = match words.word(at) {
                    _ if words.is_name(at) => closed,
                    "from" if words.is(at - 1, "distinct") => closed,
                    "group" if words.is(at - 1, "within") => closed,
                    "from" | "where" | "group" | "having" | "order" | "limit" | "offset" => true,
                    "values" if insert => true,
                    "set" if update => true,
                    "union" | "intersect" | "except" | "returning" => false,
                    _ => closed,
                };
            }
            _ => {}
        }
    }
    None
}

struct Words<'t> {
    text: &'t str,
    tokens: &'t [Token],
    /// What the comment before a statement holds if a tool cuts there.
    cut: &'static str,
}

impl<'t> Words<'t> {
    /// Empty for what is no word.
    fn word(&self, at: usize) -> &'t str {
        let lower = |token: &Token| {
            let word = &self.text[token.start..token.end];
            BEGINS.iter().chain(GOES_ON).find(|known| known.eq_ignore_ascii_case(word)).copied().unwrap_or("_")
        };
        self.tokens.get(at).filter(|token| token.kind == TokenKind::Word).map_or("", lower)
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Word && self.text[token.start..token.end].eq_ignore_ascii_case(word)
        })
    }

    /// Behind a dot or AS any keyword is a name.
    fn is_name(&self, at: usize) -> bool {
        at > 0 && (self.tokens[at - 1].kind == TokenKind::Dot || self.is(at - 1, "as"))
    }

    /// Whether a statement begins here, if one can.
    fn begins(&self, at: usize) -> bool {
        if self.is_name(at) {
            return false;
        }
        match self.word(at) {
            "select" => true,
            "with" => {
                let named = self
                    .tokens
                    .get(at + 1)
                    .is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier));
                named
                    && !self.is(at + 1, "ordinality")
                    && self.is(at + 2, "as")
                    && self.tokens.get(at + 3).is_some_and(|token| token.kind == TokenKind::LeftParen)
            }
            "insert" => self.is(at + 1, "into"),
            "delete" => self.is(at + 1, "from"),
            "alter" | "drop" => self.is(at + 1, "table"),
            "update" => {
                let dotted = self.tokens.get(at + 2).is_some_and(|token| token.kind == TokenKind::Dot);
                self.is(at + if dotted { 4 } else { 2 }, "set")
            }
            "create" => true,
            _ => false,
        }
    }

    /// Tools that cut a file at its `-- name: …` lines need no `;` before one.
    fn is_cut_before(&self, at: usize) -> bool {
        let (before, here) = (self.tokens[at - 1].end, self.tokens[at].start);
        self.text.get(before..here).is_some_and(|gap| gap.contains(self.cut))
    }

    /// Whether an expression, a table or a clause can end with this token.
    fn is_end(&self, at: usize) -> bool {
        match self.tokens[at].kind {
            TokenKind::Word => self.is_name(at) || !GOES_ON.contains(&self.word(at)),
            TokenKind::QuotedIdentifier
            | TokenKind::String
            | TokenKind::Number
            | TokenKind::Parameter
            | TokenKind::Placeholder
            | TokenKind::NamedParameter
            | TokenKind::RightParen
            | TokenKind::RightBracket => true,
            _ => false,
        }
    }
}

/// Words that a statement begins with and that end no other.
const BEGINS: &[&str] = &["alter", "create", "delete", "drop", "insert", "select", "update"];

/// Words behind which SELECT is another fault, or none.
const GOES_ON: &[&str] = &[
    "all",
    "and",
    "any",
    "as",
    "between",
    "by",
    "case",
    "distinct",
    "do",
    "else",
    "except",
    "exists",
    "fetch",
    "for",
    "from",
    "group",
    "having",
    "ilike",
    "in",
    "intersect",
    "into",
    "is",
    "join",
    "key",
    "lateral",
    "like",
    "limit",
    "not",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "returning",
    "set",
    "similar",
    "some",
    "then",
    "to",
    "union",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
];

#[cfg(test)]
mod tests {
    use super::super::model::Framework;
    use super::*;

    const MIGRATION: Kind = Kind::Migration(Framework::Plain);

    #[test]
    fn the_statement_behind_a_missing_semicolon_is_found() {
        for (text, next) in [
            ("SELECT a FROM t\nSELECT b FROM u", "SELECT b"),
            ("select a from t where x = 1 select b", "select b"),
            ("UPDATE t SET a = 1\nSELECT 1", "SELECT 1"),
            ("UPDATE t SET a = 1 WHERE b\nDELETE FROM u", "DELETE FROM u"),
            ("INSERT INTO t VALUES (1), (2)\n-- more\nINSERT INTO u VALUES (2)", "INSERT INTO u"),
            ("SELECT a FROM t\nUPDATE s.u SET b = 1", "UPDATE s.u"),
            ("SELECT a FROM t\n-- and\nUPDATE u SET b = 1", "UPDATE u"),
            ("DELETE FROM t\nWITH x AS (SELECT 1) SELECT * FROM x", "WITH x"),
            ("SELECT a FROM t LIMIT 5\nCREATE TABLE u (a int)", "CREATE TABLE"),
            ("SELECT a FROM t ORDER BY 1 DESC\nALTER TABLE u ADD a int", "ALTER TABLE"),
            ("WITH x AS (SELECT 1 FROM t) SELECT * FROM x\nSELECT 2", "SELECT 2"),
        ] {
            let found = run_on(text, MIGRATION).unwrap_or_else(|| panic!("{text}"));
            assert!(text[found.at..].starts_with(next), "{text}");
        }
    }

    /// Each is taken by Postgres 15 as it stands (or would be with the tables at hand).
    #[test]
    fn one_statement_is_one() {
        for text in [
            "SELECT a FROM t UNION SELECT b FROM u",
            "SELECT a FROM t UNION ALL SELECT b FROM u EXCEPT DISTINCT SELECT 1",
            "(SELECT a FROM t) UNION (SELECT b FROM u)",
            "INSERT INTO t SELECT a FROM u",
            "INSERT INTO t (a) SELECT a FROM u WHERE b ON CONFLICT DO NOTHING",
            "INSERT INTO t OVERRIDING SYSTEM VALUE SELECT 1",
            "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2 WHERE t.a > 1 RETURNING a select",
            "INSERT INTO t WITH x AS (SELECT 1 FROM u) SELECT * FROM x",
            "WITH x AS (SELECT 1 FROM t) DELETE FROM t USING x RETURNING a delete",
            "WITH x AS (SELECT 1 FROM t), y AS (SELECT 2) INSERT INTO t SELECT * FROM x",
            "WITH RECURSIVE x(n) AS (SELECT 1 FROM t) CYCLE n SET c USING p SELECT * FROM x",
            "SELECT 1 select",
            "SELECT a IS DISTINCT FROM b select",
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) select FROM t",
            "SELECT a AS \"from\", b AS from, c select FROM t",
            "SELECT t.from, t.where select FROM t",
            "SELECT a FROM t FOR UPDATE",
            "SELECT a FROM t FOR NO KEY UPDATE OF t",
            "SELECT a FROM t ORDER BY a FETCH FIRST 5 ROWS WITH TIES",
            "SELECT * FROM f(1) WITH ORDINALITY AS x(a, b)",
            "SELECT a FROM t WHERE b > '2020-01-01'::timestamp with time zone",
            "SELECT a FROM t\n-- name: B :one\nSELECT b FROM u",
            "SELECT a FROM t update, u set",
            "SELECT a FROM t insert",
            "SELECT a FROM t delete, u alter, v drop",
            "SELECT (SELECT 1 FROM t), ARRAY(SELECT 1 FROM u) FROM t WHERE a = ANY(SELECT b FROM u)",
            "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
            "SELECT a FROM t WINDOW w AS (PARTITION BY b ORDER BY c)",
            "VALUES (1) UNION SELECT 2",
            "UPDATE t SET a = (SELECT 1 FROM u) FROM u WHERE t.b = u.b RETURNING t.a select",
            "SELECT 1 FROM t) SELECT 2",
            "",
        ] {
            assert_eq!(run_on(text, MIGRATION), None, "{text}");
        }
    }
    /// The files of procrastinate have `-- name --` over each query, and no `;`.
    #[test]
    fn tools_cut_queries_at_comments() {
        let text = "SELECT a FROM t\n\n-- other_query --\nSELECT b FROM u";
        assert_eq!(run_on(text, Kind::Queries), None);
        assert!(run_on(text, MIGRATION).is_some());
        assert!(run_on("SELECT a FROM t\nSELECT b FROM u", Kind::Queries).is_some());
    }
}
