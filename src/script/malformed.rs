//! A query that the parser refused in; where no server can read it, out.
//!
//! The parser refuses queries that Postgres takes, so its word is not enough. What is told here follows from the grammar of Postgres
//! 13 to 18 alone (`src/backend/parser/gram.y`): words that are reserved there can be names only behind a dot, AS or NAME
//! (`src/include/parser/kwlist.h`: RESERVED_KEYWORD, AS_LABEL), and an expression begins with none of them.

use crate::sql::ddl::Refused;
use crate::sql::{Lexer, Token, TokenKind};

/// Reserved words with which no expression, list or table begins, and which are no label of a column without AS.
const CLAUSES: &[&str] = &[
    "where",
    "from",
    "on",
    "group",
    "having",
    "order",
    "limit",
    "offset",
    "union",
    "intersect",
    "except",
    "returning",
    "for",
    "window",
    "fetch",
    "into",
];

/// Where a query is no query; `None` when that is not certain.
pub(super) fn malformed(text: &str) -> Option<Refused> {
    let all: Vec<Token> = Lexer::new(text.as_bytes()).collect();
    // Tools that put pieces of SQL together write conditions into comments.
    let assembled = |token: &Token| {
        let comment = &text[token.start..token.end];
        ["--~", "/*~", "--%", "/*%"].iter().any(|mark| comment.starts_with(mark))
    };
    if all.iter().any(|token| token.kind == TokenKind::Comment && assembled(token)) {
        return None;
    }
    let tokens = all.into_iter().filter(|token| token.kind != TokenKind::Comment).collect();
    Reading { text, tokens }.run()
}

struct Reading<'t> {
    text: &'t str,
    tokens: Vec<Token>,
}

/// The clause of the query block at hand, by which later ones are in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Block {
    /// WHERE, GROUP, HAVING, ORDER, LIMIT: 1 to 5; 0 before them.
    rank: usize,
    /// The last word was WHERE, HAVING or ON: a condition is being read.
    condition: bool,
    /// FROM or JOIN: tables are.
    tables: bool,
    /// ON CONFLICT has come: clauses may come again.
    conflict: bool,
}

const RANKS: &[&str] = &["where", "group", "having", "order", "limit"];

impl Reading<'_> {
    fn run(&self) -> Option<Refused> {
        if let Some(found) = self.beginning() {
            return Some(found);
        }
        let mut blocks = vec![Block::default()];
        for at in 0..self.tokens.len() {
            match self.tokens[at].kind {
                TokenKind::LeftParen if self.kind(at + 1) == Some(TokenKind::Comma) => {
                    return self.refuse(at + 1, "an expression behind (");
                }
                TokenKind::LeftParen => blocks.push(Block::default()),
                TokenKind::RightParen => {
                    blocks.pop();
                    if blocks.is_empty() {
                        return self.refuse(at, "the ( of this )");
                    }
                }
                TokenKind::Comma if self.stops(at + 1) => return self.refuse(at + 1, "another item behind the comma"),
                TokenKind::Operator if self.compares(at) && self.stops(at + 1) => {
                    return self.refuse(at + 1, "an expression behind the operator");
                }
                TokenKind::Word if !self.is_name(at) => {
                    let block = blocks.last_mut()?;
                    if let Some(found) = self.word(at, block) {
                        return Some(found);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// INSERT INTO, DELETE FROM, UPDATE … SET.
    fn beginning(&self) -> Option<Refused> {
        match () {
            () if self.is(0, "delete") && !self.is(1, "from") => self.refuse(1, "FROM"),
            () if self.is(0, "insert") && !self.is(1, "into") => self.refuse(1, "INTO"),
            () if self.is(0, "update") && !(1..self.tokens.len()).any(|at| self.is(at, "set")) => {
                let end = (1..self.tokens.len()).find(|at| self.is(*at, "where")).unwrap_or(self.tokens.len());
                self.refuse(end, "SET")
            }
            () => None,
        }
    }

    /// Behind GROUP or ORDER, which are no names there.
    fn orders(&self, by: usize) -> bool {
        by > 0 && !self.is_name(by - 1) && (self.is(by - 1, "order") || self.is(by - 1, "group"))
    }

    fn word(&self, at: usize, block: &mut Block) -> Option<Refused> {
        let word = self.lower(at);
        let word = word.as_str();
        let stops = self.stops(at + 1);
        let found = match word {
            "where" | "having" | "limit" | "offset" if stops => self.refuse(at + 1, "an expression"),
            "on" if stops => self.refuse(at + 1, "a condition"),
            "from" if stops => self.refuse(at + 1, "a table"),
            "into" if stops => self.refuse(at + 1, "a table"),
            "returning" if stops => self.refuse(at + 1, "a column"),
            "union" | "intersect" | "except" if stops => self.refuse(at + 1, "a query"),
            "order" if !self.is(at + 1, "by") => self.refuse(at + 1, "BY"),
            "group" if !self.is(at + 1, "by") && !self.groups_rows(at) => self.refuse(at + 1, "BY"),
            "by" if self.orders(at) && stops => self.refuse(at + 1, "an expression"),
            "and" | "or" | "not" | "in" if block.condition && stops => self.refuse(at + 1, "an expression"),
            "join" if block.tables && stops => self.refuse(at + 1, "a table"),
            "update" if block.conflict && self.is(at.wrapping_sub(1), "do") && !self.is(at + 1, "set") => {
                self.refuse(at + 1, "SET")
            }
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        let named = match word {
            "from" => self.is(at.wrapping_sub(1), "distinct"),
            "group" => self.groups_rows(at),
            _ => false,
        };
        if named {
            return None;
        }
        let rank = RANKS.iter().position(|known| *known == word).map(|rank| rank + 1);
        match (word, rank) {
            ("on", _) if self.is(at + 1, "conflict") => block.conflict = true,
            ("union" | "intersect" | "except" | "select" | "insert" | "update" | "delete", _) => {
                *block = Block { conflict: block.conflict, ..Block::default() };
            }
            (_, Some(rank)) => {
                // MERGE's and rules of later majors aside, clauses of a query come in one order (SELECT, simple_select).
                if rank < block.rank && !block.conflict && !self.is(0, "merge") {
                    let next = RANKS.get(block.rank - 1).copied().unwrap_or_default();
                    return self.refuse(at, expected_before(next));
                }
                block.rank = block.rank.max(rank);
                (block.condition, block.tables) = (matches!(word, "where" | "having"), false);
            }
            ("on", _) if self.is(at.wrapping_sub(1), "distinct") => {}
            ("on", _) => (block.condition, block.tables) = (true, true),
            ("from", _) => (block.condition, block.tables) = (false, true),
            ("join", _) => block.condition = false,
            ("returning" | "offset" | "for" | "window" | "fetch", _) => {
                (block.condition, block.tables) = (false, false);
            }
            _ => {}
        }
        None
    }

    /// WITHIN GROUP of an aggregate, EXCLUDE GROUP of a window.
    fn groups_rows(&self, group: usize) -> bool {
        group > 0 && (self.is(group - 1, "within") || self.is(group - 1, "exclude"))
    }

    fn refuse(&self, at: usize, expected: &'static str) -> Option<Refused> {
        let at = self.tokens.get(at).map_or(self.text.len(), |token| token.start);
        Some(Refused { at, expected })
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Whether what begins an item, a table or an expression cannot stand here.
    fn stops(&self, at: usize) -> bool {
        match self.kind(at) {
            None => true,
            Some(TokenKind::RightParen | TokenKind::RightBracket | TokenKind::Comma | TokenKind::Semicolon) => true,
            Some(TokenKind::Word) => CLAUSES.contains(&self.lower(at).as_str()),
            _ => false,
        }
    }

    /// `=` and its like between two expressions; USING and OPERATOR take one as a name.
    fn compares(&self, at: usize) -> bool {
        let token = self.tokens[at];
        matches!(&self.text[token.start..token.end], "=" | "<>" | "!=" | "<" | ">" | "<=" | ">=")
            && !self.is(at.wrapping_sub(1), "using")
            && !matches!(
                at.checked_sub(1).and_then(|before| self.kind(before)),
                Some(TokenKind::Dot | TokenKind::LeftParen)
            )
    }

    /// Behind a dot, AS and NAME (xmlelement, xmlpi) any keyword is a name.
    fn is_name(&self, at: usize) -> bool {
        at > 0 && (self.tokens[at - 1].kind == TokenKind::Dot || self.is(at - 1, "as") || self.is(at - 1, "name"))
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Word && self.text[token.start..token.end].eq_ignore_ascii_case(word)
        })
    }

    fn lower(&self, at: usize) -> String {
        let of = |token: &Token| self.text[token.start..token.end].to_ascii_lowercase();
        self.tokens.get(at).map(of).unwrap_or_default()
    }
}

fn expected_before(clause: &str) -> &'static str {
    match clause {
        "group" => "this clause before GROUP BY: the end or a later clause",
        "having" => "this clause before HAVING: the end or a later clause",
        "order" => "this clause before ORDER BY: the end or a later clause",
        _ => "this clause before LIMIT: the end or a later clause",
    }
}

#[cfg(test)]
mod tests {
    use super::malformed;

    /// Each is a syntax error of Postgres 15, at the same place but for the last ones of a line.
    #[test]
    fn what_no_server_reads_is_told() {
        for (text, at) in [
            ("SELECT id FROM users WHERE", ""),
            ("SELECT id FROM users WHERE ORDER BY id", "ORDER"),
            ("UPDATE users SET x = 1, WHERE id = 1", "WHERE"),
            ("UPDATE users WHERE id = 1", "WHERE"),
            ("SELECT * FROM a JOIN b ON", ""),
            ("SELECT * FROM a JOIN b ON WHERE a.x = 1", "WHERE"),
            ("SELECT * FROM a JOIN", ""),
            ("DELETE users WHERE id = 1", "users"),
            ("INSERT users VALUES (1)", "users"),
            ("INSERT INTO t (a) VALUES (1) ON CONFLICT DO UPDATE", ""),
            ("INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE WHERE b", "WHERE"),
            ("SELECT a, FROM t", "FROM"),
            ("SELECT a FROM t ORDER id", "id"),
            ("SELECT a FROM t GROUP BY", ""),
            ("SELECT a FROM t WHERE a = 1 AND", ""),
            ("SELECT a FROM t WHERE a = AND b = 2 ORDER BY", ""),
            ("SELECT a FROM t WHERE a = ORDER BY b", "ORDER"),
            ("SELECT f(a,) FROM t", ")"),
            ("SELECT a FROM t) SELECT 2", ")"),
            ("SELECT a FROM t LIMIT 5 WHERE a = 1", "WHERE"),
            ("SELECT a FROM t ORDER BY a GROUP BY a", "GROUP"),
            ("SELECT a FROM t UNION", ""),
            ("INSERT INTO t VALUES (1) RETURNING", ""),
        ] {
            let found = malformed(text).unwrap_or_else(|| panic!("{text}"));
            assert!(
                text[found.at..].starts_with(at) && (!at.is_empty() || found.at == text.len()),
                "{text}: {found:?}"
            );
        }
    }

    /// Each is taken by Postgres 15 (or would be with the tables at hand).
    #[test]
    fn what_a_server_reads_is_left_alone() {
        for text in [
            "SELECT a AS from, b AS where, t.order, t.group FROM t",
            "SELECT xmlelement(name where), xmlforest(a AS on) FROM t",
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FILTER (WHERE b) FROM t",
            "SELECT substring(a for 2 from 3), extract(year from b), a IS DISTINCT FROM b FROM t WHERE c",
            "SELECT a FROM t ORDER BY a USING <, b USING > LIMIT 5",
            "SELECT a OPERATOR(pg_catalog.=) b, a OPERATOR(=) b FROM t",
            "INSERT INTO t SELECT a FROM u ORDER BY a LIMIT 5 ON CONFLICT (a) WHERE b DO UPDATE SET a = 1 WHERE t.a > 1",
            "INSERT INTO t (a) VALUES (1) ON CONFLICT ON CONSTRAINT c DO UPDATE SET a = 1",
            "INSERT INTO t DEFAULT VALUES RETURNING a do",
            "(SELECT a FROM t ORDER BY a LIMIT 1) UNION (SELECT b FROM u WHERE c ORDER BY b)",
            "SELECT 1 and, 2 in, 3 join",
            "SELECT a FROM t WHERE b IN (SELECT c FROM u GROUP BY c) GROUP BY a HAVING count(*) > 1 ORDER BY a",
            "WITH x AS (SELECT 1 FROM t LIMIT 1) SELECT * FROM x WHERE a",
            "WITH x AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM x ON CONFLICT DO NOTHING",
            "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED AND t.b THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT VALUES (1)",
            "UPDATE t SET set = (SELECT set FROM u), by = t.order FROM u WHERE u.b = set RETURNING t.a",
            "SELECT t.order by FROM t ORDER BY by",
            "SELECT DISTINCT ON (a) 1 and, 2 in, 3 join FROM t",
            "UPDATE set SET set = 1",
            "SELECT a FROM t FOR UPDATE OF t SKIP LOCKED LIMIT 5",
            "SELECT sum(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE GROUP) FROM t",
            "SELECT sum(a) OVER (ORDER BY c GROUPS UNBOUNDED PRECEDING) FROM t WINDOW w AS (ORDER BY b) ORDER BY 1",
            "SELECT FROM t",
            "SELECT WHERE true",
            "SELECT",
            "SELECT a FROM t WHERE (a, b) = ANY (SELECT 1, 2) OFFSET 5 ROWS FETCH FIRST ROW ONLY",
            "SELECT * FROM t WHERE\n --~ (if (:a params) \"a = :a\")\n ORDER BY b",
            "SELECT by, set, conflict FROM t JOIN u ON conflict WHERE by",
        ] {
            assert_eq!(malformed(text), None, "{text}");
        }
    }
}
