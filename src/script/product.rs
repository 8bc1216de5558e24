//! A text that Postgres would refuse in; the product that it was written for out.

use super::name::FileName;
use crate::sql::lexer::{Lexer, Token, TokenKind};

/// How many tokens are looked at.
const MOST: usize = 20_000;

/// The product that the file's name says (`x.mysql.up.sql`).
pub(super) fn by_name(path: &str) -> Option<&'static str> {
    FileName::of(path).other_product()
}

/// The product whose words stand outside of strings and comments.
pub(super) fn by_text(text: &str) -> Option<&'static str> {
    let tokens: Vec<Token> =
        Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).take(MOST).collect();
    let word = |at: usize| -> String {
        let token = tokens.get(at).map(|token| text.get(token.start..token.end).unwrap_or_default());
        token.unwrap_or_default().to_ascii_lowercase()
    };
    (0..tokens.len()).find_map(|at| {
        let starts = at == 0 || tokens[at - 1].kind == TokenKind::Semicolon;
        match tokens[at].kind {
            TokenKind::Operator if text[tokens[at].start..tokens[at].end].starts_with('`') => {
                let quoted = tokens.get(at + 1).is_some_and(|next| next.start == tokens[at].end);
                (quoted && word(at + 2).contains('`')).then_some("MySQL or MariaDB")
            }
            TokenKind::LeftBracket if word(at + 1) == "dbo" && word(at + 2) == "]" => Some("SQL Server"),
            TokenKind::Word => match word(at).as_str() {
                "auto_increment" => Some("MySQL or MariaDB"),
                "engine" if word(at + 1) == "=" && matches!(word(at + 2).as_str(), "innodb" | "myisam" | "memory") => {
                    Some("MySQL or MariaDB")
                }
                "engine" if word(at + 1) == "=" && word(at + 2).ends_with("mergetree") => Some("ClickHouse"),
                "delimiter" if starts => Some("MySQL or MariaDB"),
                "autoincrement" => Some("SQLite"),
                "pragma" if starts => Some("SQLite"),
                "without" if word(at + 1) == "rowid" => Some("SQLite"),
                "nvarchar" | "uniqueidentifier" => Some("SQL Server"),
                "varchar2" => Some("Oracle"),
                _ => None,
            },
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_known_by_their_words() {
        for (text, expected) in [
            ("CREATE TABLE `a` (`id` int)", Some("MySQL or MariaDB")),
            ("CREATE TABLE a (id int) ENGINE=InnoDB", Some("MySQL or MariaDB")),
            ("CREATE TABLE a (id integer primary key autoincrement)", Some("SQLite")),
            ("PRAGMA foreign_keys = off; DROP TABLE a", Some("SQLite")),
            ("CREATE TABLE [dbo].[a] (id int)", Some("SQL Server")),
            ("CREATE TABLE a (engine text DEFAULT 'InnoDB') -- `x`, auto_increment", None),
            ("SELECT '`a`', pragma FROM t", None),
        ] {
            assert_eq!(by_text(text), expected, "{text}");
        }
    }
}
