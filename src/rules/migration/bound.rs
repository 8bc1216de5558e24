//! A partition key and a bound as written in; the condition that rows of the partition fulfil, or that others fulfil, out.

use crate::catalog::expression::strip_parens;
use crate::sql::lexer::{Lexer, TokenKind};

/// A key of one column and its bound.
enum Parts<'t> {
    Range { key: &'t str, from: &'t str, to: &'t str },
    List { key: &'t str, values: &'t str },
}

/// What the partition's rows fulfil. `None` for keys of several columns, for HASH, and for MINVALUE, MAXVALUE and NULL.
pub fn condition(key: &str, bound: &str) -> Option<String> {
    Some(match parts(key, bound)? {
        Parts::Range { key, from, to } => format!("{key} IS NOT NULL AND {key} >= {from} AND {key} < {to}"),
        Parts::List { key, values } => format!("{key} IS NOT NULL AND {key} IN ({values})"),
    })
}

/// What all other rows fulfil.
pub fn exclusion(key: &str, bound: &str) -> Option<String> {
    Some(match parts(key, bound)? {
        Parts::Range { key, from, to } => format!("{key} IS NULL OR {key} < {from} OR {key} >= {to}"),
        Parts::List { key, values } => format!("{key} IS NULL OR {key} NOT IN ({values})"),
    })
}

fn parts<'t>(key: &'t str, bound: &'t str) -> Option<Parts<'t>> {
    let key = key.trim();
    let (strategy, columns) = key.split_at(key.find('(')?);
    let column = strip_parens(columns);
    if column.contains([',', '(']) || column.contains(char::is_whitespace) {
        return None;
    }
    let groups = groups(bound);
    let plain = |group: &&str| {
        let words = ["minvalue", "maxvalue", "null"];
        let lower = group.to_ascii_lowercase();
        words.iter().all(|word| !lower.contains(word))
    };
    if groups.iter().any(|group| !plain(group)) {
        return None;
    }
    match (strategy.trim().to_ascii_lowercase().as_str(), groups.as_slice()) {
        ("range", [from, to]) => Some(Parts::Range { key: column, from, to }),
        ("list", [values]) => Some(Parts::List { key: column, values }),
        _ => None,
    }
}

/// What stands in the outermost parentheses.
fn groups(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0usize, 0, Vec::new());
    for token in Lexer::new(text.as_bytes()) {
        match token.kind {
            TokenKind::LeftParen => {
                if depth == 0 {
                    start = token.end;
                }
                depth += 1;
            }
            TokenKind::RightParen => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    found.push(text[start..token.start].trim());
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_of_one_column() {
        let range = "FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')";
        assert_eq!(
            condition("RANGE (at)", range).as_deref(),
            Some("at IS NOT NULL AND at >= '2026-01-01' AND at < '2026-02-01'")
        );
        assert_eq!(
            exclusion("range(at)", range).as_deref(),
            Some("at IS NULL OR at < '2026-01-01' OR at >= '2026-02-01'")
        );
        assert_eq!(
            condition("LIST (region)", "FOR VALUES IN ('eu', 'us')").as_deref(),
            Some("region IS NOT NULL AND region IN ('eu', 'us')")
        );
        assert_eq!(condition("RANGE (a, b)", "FOR VALUES FROM (1, 2) TO (3, 4)"), None);
        assert_eq!(condition("RANGE (at)", "FOR VALUES FROM (MINVALUE) TO (3)"), None);
        assert_eq!(condition("HASH (id)", "FOR VALUES WITH (MODULUS 4, REMAINDER 0)"), None);
    }
}
