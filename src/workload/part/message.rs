//! Messages to the form under which alike ones are counted: what is quoted, and numbers, become `?`; and what an error is by its
//! code or message.

use crate::ingest::event::LoggedError;

/// At most this many characters of a message are looked at.
const LIMIT: usize = 400;

pub(super) fn fold(message: &str) -> String {
    let mut folded = String::new();
    let mut chars = message.chars().take(LIMIT).peekable();
    let mut before = ' ';
    while let Some(char) = chars.next() {
        match char {
            '"' | '\u{ab}' | '\u{201e}' | '\u{201c}' => {
                let close = if char == '"' { ['"', '"'] } else { ['\u{bb}', '\u{201d}'] };
                chars.by_ref().find(|inner| close.contains(inner));
                folded.push_str("\"?\"");
            }
            // An apostrophe within a word ("isn't") opens nothing.
            '\'' if !before.is_alphanumeric() => {
                chars.by_ref().find(|inner| *inner == '\'');
                folded.push_str("'?'");
            }
            digit if digit.is_ascii_digit() && !(before.is_alphanumeric() || before == '_') => {
                while chars.next_if(|next| next.is_ascii_alphanumeric() || *next == '.').is_some() {}
                folded.push('?');
            }
            '\n' | '\r' | '\t' => folded.push(' '),
            other => folded.push(other),
        }
        before = char;
    }
    folded
}

pub(super) fn is_deadlock(error: &LoggedError<'_>) -> bool {
    error.sqlstate == b"40P01"
}

/// Serialisation failure, deadlock, cancelled query: documentation, "PostgreSQL Error Codes". Logs without SQLSTATE are
/// told by the beginning of the English message.
pub(super) fn is_retried(error: &LoggedError<'_>) -> bool {
    match error.sqlstate {
        b"" => [&b"could not serialize access"[..], b"deadlock detected", b"canceling statement"]
            .iter()
            .any(|start| error.message.starts_with(start)),
        state => [&b"40001"[..], b"40P01", b"57014"].contains(&state),
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn folds_what_differs() {
        for (message, folded) in [
            (
                r#"duplicate key value violates unique constraint "users_email_key""#,
                r#"duplicate key value violates unique constraint "?""#,
            ),
            ("invalid input syntax for type integer: \"a 'b\"", "invalid input syntax for type integer: \"?\""),
            ("canceling statement due to statement timeout", "canceling statement due to statement timeout"),
            ("value 12.5 isn't in range 0x1F..99", "value ? isn't in range ?"),
            ("Process 4711 waits for ShareLock", "Process ? waits for ShareLock"),
            ("column md5 of int4 is gone", "column md5 of int4 is gone"),
            ("open \"quote", "open \"?\""),
        ] {
            assert_eq!(fold(message), folded);
        }
    }
}
