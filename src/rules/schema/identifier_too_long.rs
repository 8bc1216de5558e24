//! `schema/identifier_too_long`: a name of more than 63 bytes, of which Postgres keeps the first 63.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;

use crate::rules::draft::documented;
use crate::sql::{Lexer, TokenKind};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        if !has_long_word(cx.text) {
            return;
        }
        let mut seen: Vec<&str> = Vec::new();
        for token in Lexer::new(cx.text.as_bytes()) {
            let written = cx.text.get(token.start..token.end).unwrap_or_default();
            let name = match token.kind {
                TokenKind::Word => written,
                TokenKind::QuotedIdentifier => written.trim_start_matches("U&").trim_matches('"'),
                _ => continue,
            };
            if name.len() <= MAX || seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let kept = (0..=MAX).rev().find_map(|end| name.get(..end)).unwrap_or_default().to_owned();
            let draft = cx.draft(
        crate::sql::facts::Span { start: token.start, end: token.end },
        format!("This name has {} bytes, and Postgres keeps {MAX}", name.len()),
        "The rest is cut off with no more than a notice. Another name that begins with the same 63 bytes is then the \
         same name: creating it fails, or, with IF NOT EXISTS, silently does nothing.",
    );
            out.find(draft.evidence(documented("what is kept", kept)));
        }
    }
}

/// `NAMEDATALEN` - 1 (documentation, "Identifiers and Key Words").
const MAX: usize = 63;

/// Whether a word, or what stands between two double quotes, is long enough to be worth a look; much cheaper than tokens.
fn has_long_word(text: &str) -> bool {
    has_long_run(text.as_bytes()) || has_long_quote(text.as_bytes())
}

fn has_long_run(text: &[u8]) -> bool {
    let ends_word = |byte: &u8| !(byte.is_ascii_alphanumeric() || *byte >= 0x80 || matches!(*byte, b'_' | b'$'));
    let mut start = 0;
    // From the end of where a word too long would reach back to what breaks it: most bytes are never looked at.
    while let Some(reach) = text.get(start..start + MAX + 1) {
        match reach.iter().rposition(ends_word) {
            Some(at) => start += at + 1,
            None => return true,
        }
    }
    false
}

fn has_long_quote(text: &[u8]) -> bool {
    let mut quotes = memchr::memchr_iter(b'"', text);
    std::iter::from_fn(|| Some(quotes.next()?..quotes.next()?)).any(|name| name.len() > MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_seen_and_long_texts_are_not() {
        let name = "a".repeat(MAX);
        assert!(!has_long_word(&format!(
            "CREATE TABLE {name} (id bigint PRIMARY KEY, \"b\" text, c text NOT NULL DEFAULT '')"
        )));
        assert!(has_long_word(&format!("DROP TABLE {name}b")));
        for before in 0..3 * MAX {
            let before = "x ".repeat(before);
            assert!(has_long_word(&format!("{before}{name}b")), "{before}");
            assert!(!has_long_word(&format!("{before}{name}")), "{before}");
        }
        assert!(has_long_word(&format!("DROP TABLE \"a b {name}\"")));
    }
}
