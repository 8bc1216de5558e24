//! Sentences without values.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::MASK;

/// Literals met in a workload, by their first word.
#[derive(Clone, Debug, Default)]
pub struct Literals {
    by_first_word: BTreeMap<String, BTreeSet<String>>,
}

impl Literals {
    /// Shorter ones are everywhere in prose (`1`, `a`) and name nobody.
    const SHORTEST: usize = 3;

    pub fn add(&mut self, literal: &str) {
        let literal = literal.trim_matches(|c: char| !c.is_alphanumeric());
        let short_number = literal.len() <= 4 && literal.bytes().all(|b| b.is_ascii_digit());
        if literal.len() < Self::SHORTEST || short_number {
            return;
        }
        let first = &literal[..word_end(literal)];
        self.by_first_word.entry(first.to_string()).or_default().insert(literal.to_string());
    }

    /// The longest literal that `text` begins with, up to a word's end.
    fn at_start(&self, text: &str) -> Option<usize> {
        let candidates = self.by_first_word.get(&text[..word_end(text)])?;
        candidates
            .iter()
            .filter(|l| text.starts_with(l.as_str()))
            .map(|l| l.len())
            .filter(|end| !text[*end..].chars().next().is_some_and(is_word))
            .max()
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word_end(text: &str) -> usize {
    text.find(|c| !is_word(c)).unwrap_or(text.len())
}

/// `text` with known literals, quoted parts, `=(…)` of a DETAIL, addresses and long numbers masked.
pub fn mask(text: &str, literals: &Literals) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let masked = quoted(rest, before)
            .or_else(|| if is_word(before) { None } else { literals.at_start(rest) })
            .or_else(|| if is_word(before) { None } else { address(rest).or_else(|| long_number(rest)) });
        if let Some(end) = masked {
            out.push_str(MASK);
            before = '?';
            rest = &rest[end..];
        } else {
            let end = if is_word(c) { word_end(rest) } else { c.len_utf8() };
            out.push_str(&rest[..end]);
            before = rest[..end].chars().next_back().unwrap_or(' ');
            rest = &rest[end..];
        }
    }
    out
}

/// Length of a quoted part at the start of `text`. An apostrophe within a word (`table's`) opens nothing.
fn quoted(text: &str, before: char) -> Option<usize> {
    let first = text.chars().next()?;
    let close = match first {
        '\'' if !is_word(before) => '\'',
        '"' => '"',
        '«' => '»',
        '“' | '„' => '”',
        '(' if before == '=' => ')',
        _ => return None,
    };
    let open = first.len_utf8();
    let length = text[open..].find(close).map(|i| open + i + close.len_utf8());
    // A quote that never closes hides the rest.
    Some(length.unwrap_or(text.len()))
}

fn address(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':'))).unwrap_or(text.len());
    let word = text[..end].trim_end_matches(['.', ':']);
    let host = word.rsplit_once(':').map(|(host, _port)| host);
    let is_address = |s: &str| s.len() > 3 && s.parse::<IpAddr>().is_ok();
    (is_address(word) || host.is_some_and(is_address)).then_some(word.len())
}

fn long_number(text: &str) -> Option<usize> {
    const LONG: usize = 7;
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (end >= LONG).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str, known: &[&str]) -> String {
        let mut literals = Literals::default();
        known.iter().for_each(|l| literals.add(l));
        mask(text, &literals)
    }

    #[test]
    fn quoted_values_go_and_apostrophes_stay() {
        assert_eq!(
            masked(r#"invalid input syntax for type integer: "s3cret""#, &[]),
            "invalid input syntax for type integer: ?"
        );
        assert_eq!(masked("the table's column is 'open' here", &[]), "the table's column is ? here");
        assert_eq!(masked("Key (email)=(a@b.example) exists", &[]), "Key (email)=? exists");
        assert_eq!(masked("never 'closed", &[]), "never ?");
    }

    #[test]
    fn known_literals_go_as_whole_words() {
        assert_eq!(masked("pending orders, suspending", &["pending"]), "? orders, suspending");
        assert_eq!(masked("pattern lamp shade found", &["%lamp shade%"]), "pattern ? found");
        assert_eq!(masked("ran 41 times", &["41"]), "ran 41 times");
        assert_eq!(masked("raised for tok_99x", &["tok_99x"]), "raised for ?");
    }

    #[test]
    fn addresses_and_long_numbers_go() {
        assert_eq!(masked("from 10.0.0.7:51234, 2001:db8::1.", &[]), "from ?, ?.");
        assert_eq!(masked("card 4111111111111111, 12,345 rows, 100 ms", &[]), "card ?, 12,345 rows, 100 ms");
        assert_eq!(masked("2026-11-20 10:00:01", &[]), "2026-11-20 10:00:01");
    }
}
