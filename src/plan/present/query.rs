//! The statement that stands above a plan: typed at a prompt, pasted, or logged by auto_explain.

use super::row::Row;
use super::shape::{Shape, shape};

/// The last statement in these rows and the index of its first row. Without `EXPLAIN` and its options, prompt, and the
/// semicolon at its end.
pub fn above(rows: &[Row<'_>]) -> Option<(usize, String)> {
    let mut open: Option<(usize, Vec<&str>)> = None;
    let mut last = None;
    for (at, row) in rows.iter().enumerate() {
        if matches!(shape(&row.text), Shape::Rule | Shape::Title | Shape::Count(_)) {
            last = open.take().or(last);
            continue;
        }
        let (prompted, text) = without_prompt(&row.text);
        match &mut open {
            Some((_, lines)) if !(prompted && begins(text)) => lines.push(text),
            _ if begins(text) => open = Some((at, vec![text])),
            _ => continue,
        }
        if text.trim_end().ends_with(';') {
            last = open.take();
        }
    }
    let (at, lines) = open.or(last)?;
    let statement = lines.join("\n");
    let statement = without_explain(statement.trim().trim_end_matches(';').trim_end());
    (!statement.is_empty() && is_likely(statement)).then(|| (at, statement.to_owned()))
}

/// Without `shop=# `, `shop-> `, `postgres@shop:5432=> `.
pub fn without_prompt(text: &str) -> (bool, &str) {
    let head = super::region::prefix(text, 80);
    let Some(at) = head.find(['#', '>']) else { return (false, text) };
    let (name, rest) = (&head[..at], &text[at + 1..]);
    let marked = name.ends_with(['=', '-', '(', '\'', '"', '*', '!', '^', '$', '?']) && name.len() > 1;
    let word = |c: char| c.is_alphanumeric() || "_-=@:.[]*!^()'\"$?~/ ".contains(c);
    let plain = !name.starts_with(' ') && name.chars().all(word) && !name.contains("  ");
    if marked && plain && (rest.is_empty() || rest.starts_with(' ')) {
        (true, rest.strip_prefix(' ').unwrap_or(rest))
    } else {
        (false, text)
    }
}

const WORDS: [&str; 13] = [
    "select", "with", "insert", "update", "delete", "merge", "values", "table", "explain", "execute", "create",
    "declare", "refresh",
];

/// In capitals or in small letters: a sentence begins with one capital.
pub fn begins(text: &str) -> bool {
    let text = text.trim_start().trim_start_matches('(');
    let word = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let even = word.bytes().all(|b| b.is_ascii_lowercase()) || word.bytes().all(|b| b.is_ascii_uppercase());
    let follows = text[word.len()..]
        .chars()
        .next()
        .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '*' | '\'' | '"' | ';'));
    even && follows && WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// More than a word that statements begin with.
fn is_likely(statement: &str) -> bool {
    let lower = super::region::prefix(statement, 100_000).to_ascii_lowercase();
    let has = |words: &[&str]| {
        words.iter().any(|word| lower.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == *word))
    };
    match lower.split(|c: char| !c.is_ascii_alphabetic()).find(|word| !word.is_empty()) {
        Some("select") => true,
        Some("with") => has(&["as"]) && lower.contains('('),
        Some("insert" | "merge") => has(&["into"]),
        Some("update") => has(&["set"]),
        Some("delete") => has(&["from"]),
        Some("create") => has(&["as"]),
        Some("values") => lower.contains('('),
        Some("declare") => has(&["cursor"]),
        Some("refresh") => has(&["view"]),
        Some("table" | "execute") => lower.split_whitespace().count() <= 3 || lower.contains('('),
        _ => false,
    }
}

/// What `EXPLAIN` explains.
pub fn without_explain(statement: &str) -> &str {
    let word = |text: &str, word: &str| {
        let rest = text.get(word.len()..).filter(|_| text[..word.len()].eq_ignore_ascii_case(word))?.chars().next();
        rest.is_none_or(|c| !c.is_ascii_alphanumeric()).then_some(word.len())
    };
    let Some(end) = word(statement, "explain") else { return statement };
    let mut rest = statement[end..].trim_start();
    if rest.starts_with('(')
        && let Some(close) = rest.find(')')
        && !begins(rest)
    {
        return rest[close + 1..].trim_start();
    }
    while let Some(end) = ["analyze", "analyse", "verbose"].iter().find_map(|option| word(rest, option)) {
        rest = rest[end..].trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::present::row::rows;

    #[test]
    fn the_last_statement_above_a_plan_is_its_query() {
        for (text, expected) in [
            ("explain select 1;", Some("select 1")),
            ("EXPLAIN (ANALYZE, BUFFERS) SELECT *\nFROM a\nWHERE b = 1;\n", Some("SELECT *\nFROM a\nWHERE b = 1")),
            ("shop=# EXPLAIN ANALYZE VERBOSE SELECT *\nshop-# FROM a;", Some("SELECT *\nFROM a")),
            ("postgres@shop:5432=> explain (select 1);", Some("(select 1)")),
            ("SET work_mem = '1MB';\nselect 1;\nselect 2", Some("select 2")),
            ("Hello,\n\nwith this plan we have a problem:\n", None),
            ("Select the plan below\n", None),
            ("WITH a AS (SELECT 1) SELECT * FROM a", Some("WITH a AS (SELECT 1) SELECT * FROM a")),
            ("EXPLAIN", None),
            ("", None),
        ] {
            let found = above(&rows(text, 1)).map(|(_, statement)| statement);
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
