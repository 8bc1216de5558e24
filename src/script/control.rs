//! A statement's text in; what it does to transactions out.

use crate::sql::lexer::{Lexer, TokenKind};

/// Transaction control (documentation, "BEGIN", "COMMIT", "ROLLBACK", "PREPARE TRANSACTION").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// BEGIN, START TRANSACTION.
    Begin,
    /// COMMIT, END, ROLLBACK, ABORT, PREPARE TRANSACTION.
    End,
    /// COMMIT AND CHAIN, ROLLBACK AND CHAIN.
    EndAndChain,
    /// SAVEPOINT, RELEASE, ROLLBACK TO.
    Savepoint,
}

/// `None` for a statement that does nothing to transactions.
pub fn control(text: &str) -> Option<Control> {
    let mut words = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).map_while(|token| {
        let word = text.get(token.start..token.end)?;
        (token.kind == TokenKind::Word).then(|| word.to_ascii_lowercase())
    });
    let first = words.next()?;
    match first.as_str() {
        "begin" => Some(Control::Begin),
        "start" => (words.next()? == "transaction").then_some(Control::Begin),
        "savepoint" | "release" => Some(Control::Savepoint),
        "prepare" => (words.next()? == "transaction").then_some(Control::End),
        "commit" | "end" | "rollback" | "abort" => Some(ending(words)),
        _ => None,
    }
}

/// What follows COMMIT or ROLLBACK. `COMMIT PREPARED` stands outside a transaction and ends none.
fn ending(words: impl Iterator<Item = String>) -> Control {
    let rest: Vec<String> = words.filter(|word| !matches!(word.as_str(), "work" | "transaction")).take(2).collect();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match rest.as_slice() {
        ["prepared", ..] | ["to", ..] => Control::Savepoint,
        ["and", "chain"] => Control::EndAndChain,
        _ => Control::End,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_is_told_from_its_first_words() {
        for (text, expected) in [
            ("BEGIN ISOLATION LEVEL SERIALIZABLE", Some(Control::Begin)),
            ("start transaction read only", Some(Control::Begin)),
            ("/* done */ End", Some(Control::End)),
            ("rollback work and chain", Some(Control::EndAndChain)),
            ("COMMIT AND NO CHAIN", Some(Control::End)),
            ("rollback to savepoint a", Some(Control::Savepoint)),
            ("commit prepared 'x'", Some(Control::Savepoint)),
            ("prepare transaction 'x'", Some(Control::End)),
            ("prepare q as select 1", None),
            ("alter table a add b int", None),
            ("", None),
        ] {
            assert_eq!(control(text), expected, "{text}");
        }
    }
}
