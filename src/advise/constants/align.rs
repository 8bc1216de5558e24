//! A text with `$n` and one that may be the same statement with its constants in; which constant stands for which parameter, out. And a
//! piece of a text with a gap, and the definitions of views, functions and indexes; what stands in the gap there.

use std::collections::BTreeMap;

use crate::sql::lexer::{Lexer, Token, TokenKind};

/// `None` if the two are not the same statement.
pub(super) fn values(normalised: &str, concrete: &str) -> Option<BTreeMap<u16, String>> {
    let (wanted, given) = (tokens(normalised), tokens(concrete));
    let mut values = BTreeMap::new();
    let mut at = 0;
    for token in &wanted {
        let next = given.get(at)?;
        let written = concrete.get(next.start..next.end)?;
        at += 1;
        if token.kind != TokenKind::Parameter {
            let same = normalised.get(token.start..token.end)?.eq_ignore_ascii_case(written);
            if !same {
                return None;
            }
            continue;
        }
        let number: u16 = normalised.get(token.start + 1..token.end)?.parse().ok()?;
        match next.kind {
            TokenKind::String | TokenKind::Number => values.insert(number, written.to_owned()),
            TokenKind::Word if matches!(written.to_ascii_lowercase().as_str(), "true" | "false" | "null") => {
                values.insert(number, written.to_owned())
            }
            // The minus of a number is part of the constant.
            TokenKind::Operator if written == "-" && given.get(at)?.kind == TokenKind::Number => {
                let digits = given[at];
                at += 1;
                values.insert(number, format!("-{}", &concrete[digits.start..digits.end]))
            }
            // Still a parameter: nothing is learnt of it.
            TokenKind::Parameter => None,
            _ => return None,
        };
    }
    let rest = given.get(at..)?;
    let end = rest.iter().all(|token| token.kind == TokenKind::Semicolon);
    (end && !values.is_empty()).then_some(values)
}

fn tokens(text: &str) -> Vec<Token> {
    Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect()
}

/// The string that stands in a definition between what is before and behind the parameter, white space, parentheses and casts aside. Of
/// several different ones none.
pub(super) fn told(definitions: &[&str], before: &str, behind: &str) -> Option<String> {
    let (before, behind) = (squeezed(before), squeezed(behind));
    let mut found: Option<String> = None;
    for definition in definitions {
        let text = squeezed(definition);
        for (at, _) in text.match_indices(&before).filter(|_| !before.is_empty()) {
            // `x_meta->>` ends with `meta->>` and is another column.
            if before.starts_with(word) && text[..at].ends_with(word) {
                continue;
            }
            let rest = &text[at + before.len()..];
            let Some((literal, after)) = rest.strip_prefix('\'').and_then(|rest| rest.split_once('\'')) else {
                continue;
            };
            if !after.starts_with(&behind) || literal.is_empty() {
                continue;
            }
            if found.as_ref().is_some_and(|known| known != literal) {
                return None;
            }
            found = Some(literal.to_owned());
        }
    }
    found
}

fn word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Lower case outside strings, without parentheses, the casts that Postgres prints behind strings, and white space but between words.
fn squeezed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut cast = false;
    for token in tokens(text) {
        let written = text.get(token.start..token.end).unwrap_or_default();
        match token.kind {
            TokenKind::Cast if out.ends_with('\'') => cast = true,
            TokenKind::Word if cast => cast = false,
            TokenKind::LeftParen | TokenKind::RightParen => {}
            TokenKind::String => {
                cast = false;
                out.push_str(written);
            }
            _ => {
                cast = false;
                if out.ends_with(word) && written.starts_with(word) {
                    out.push(' ');
                }
                out.push_str(&written.to_ascii_lowercase());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_told_from_the_same_statement_only() {
        let normalised = "SELECT id FROM t WHERE meta ->> $1 = $2 AND n = $3 LIMIT $4";
        let values = |text: &str| values(normalised, text);
        let told = values("select id from t where meta->>'it''s' = 'x' and n = -5 limit 10;").expect("the same");
        assert_eq!(
            told.into_iter().collect::<Vec<_>>(),
            [(1, "'it''s'".into()), (2, "'x'".into()), (3, "-5".into()), (4, "10".into())]
        );
        assert_eq!(values("select id from u where meta->>'a' = 'x' and n = 5 limit 10"), None);
        assert_eq!(values("select id from t where meta->>'a' = 'x' and n = 5"), None);
        assert_eq!(values("select id from t where meta->>'a' = 'x' and n = 5 limit 10 for update"), None);
        assert_eq!(values("select id from t where meta->>$1 = $2 and n = $3 limit $4"), None);
    }

    #[test]
    fn definitions_tell_what_stands_in_a_gap() {
        let index = "CREATE INDEX i ON t USING btree (((meta ->> 'coupon'::text)))";
        assert_eq!(told(&[index], "meta ->> ", ""), Some("coupon".into()));
        assert_eq!(told(&[index, "SELECT t.meta->>'source' FROM t"], "meta ->> ", ""), None);
        assert_eq!(told(&["SELECT x_meta->>'a'"], "meta ->> ", ""), None);
        assert_eq!(
            told(&["to_tsvector('english'::regconfig, body)"], "to_tsvector(", ", body"),
            Some("english".into())
        );
        assert_eq!(told(&["date_trunc('day', a)"], "date_trunc(", ", b"), None);
    }
}
