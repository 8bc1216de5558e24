//! One line of the text format in, what it is out, without looking at its neighbours: for whoever has to tell the start of
//! something from the continuation of a wrapped line.

use super::property;
use super::title;

/// What a line is the beginning of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) enum LineKind {
    /// A node, with or without figures behind it.
    Node,
    /// `Filter: …`, `Buffers: …`, and what looks like the property of an extension.
    Property,
    /// `InitPlan 1`, `CTE x`, `Worker 0:`, `Planning:`, `JIT:`, `Settings: …`, `Trigger …`, `Execution Time: …`.
    Header,
    /// What the client adds below: `(12 rows)` in any language, `Time: 1.234 ms`.
    Footer,
    Other,
}

pub(in crate::plan) fn classify(line: &str) -> LineKind {
    let text = line.trim();
    if text.is_empty() {
        return LineKind::Other;
    }
    if let Some(node) = arrow(text) {
        return if is_titled(node) || is_plausible_title(node) { LineKind::Node } else { LineKind::Other };
    }
    if row_count(text).is_some() || (text.starts_with("Time: ") && text.contains(" ms")) {
        return LineKind::Footer;
    }
    if is_header(text) {
        return LineKind::Header;
    }
    if is_titled(text) || (has_figures(text) && text.starts_with(|c: char| c.is_ascii_uppercase())) {
        return LineKind::Node;
    }
    if property::split(text).is_some() { LineKind::Property } else { LineKind::Other }
}

/// What stands behind the arrow that leads a node.
pub(in crate::plan) fn arrow(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("->")?;
    let node = rest.trim_start_matches(' ');
    (node.len() < rest.len()).then_some(node)
}

/// `12` of `(12 rows)`, `(12 lignes)`, `(12개 행)`.
pub(in crate::plan) fn row_count(text: &str) -> Option<u64> {
    let inside = text.trim().strip_prefix('(')?.strip_suffix(')')?;
    let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = inside.split_at(digits);
    let is_unit = |c: char| c.is_alphabetic() || c == ' ' || c == '.';
    (unit.chars().any(char::is_alphabetic) && unit.chars().all(is_unit)).then_some(())?;
    count.parse().ok()
}

/// A known title, and behind it nothing but what a node line has there.
pub(super) fn is_titled(text: &str) -> bool {
    if !text.as_bytes().first().is_some_and(u8::is_ascii_uppercase) {
        return false;
    }
    let Some((_, rest)) = title::parse(text) else { return false };
    let word = |word: &str| rest.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    rest.is_empty()
        || word(" on")
        || word(" using")
        || word(" Backward")
        || word(" DS_BCAST_INNER")
        || rest.starts_with(" DS_")
        || rest.trim_start().starts_with('(')
}

/// Costs, actual rows, or that there are none.
pub(super) fn has_figures(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = |at: usize| {
        let (above, rest) = bytes.split_at(at);
        above.ends_with(b"  ") && rest.starts_with(b"(cost=")
            || above.ends_with(b" ") && (rest.starts_with(b"(actual time=") || rest.starts_with(b"(actual rows="))
            || above.ends_with(b" ") && rest == b"(never executed)"
    };
    memchr::memchr_iter(b'(', bytes).any(begins)
}

/// A node of an extension or of a version to come: words that begin with a capital.
fn is_plausible_title(text: &str) -> bool {
    has_figures(text)
        || text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.chars().all(|c| c.is_alphanumeric() || " _-.():;".contains(c))
}

fn is_header(text: &str) -> bool {
    const WHOLE: [&str; 5] = ["Planning:", "JIT:", "Query Text:", "Supplied Plan Advice:", "Generated Plan Advice:"];
    const START: [&str; 12] = [
        "Planning Time: ",
        "Execution Time: ",
        "Planning time: ",
        "Execution time: ",
        "Total runtime: ",
        "Settings: ",
        "Serialization: ",
        "Query Identifier: ",
        "Query Text: ",
        "Query Parameters: ",
        "Optimizer: ",
        "JIT: ",
    ];
    let first = text.as_bytes().first();
    WHOLE.contains(&text)
        || START.iter().any(|start| first == start.as_bytes().first() && text.starts_with(start))
        || subplan(text)
        || worker(text).is_some()
        || (text.starts_with("Trigger ") && (text.contains(": time=") || text.contains(": calls=")))
}

/// `InitPlan 1 (returns $0)`, `SubPlan any_1`, `CTE recent`.
pub(super) fn subplan(text: &str) -> bool {
    let name = |prefix: &str| text.strip_prefix(prefix).filter(|name| !name.is_empty());
    let word = |name: &str| {
        let (word, rest) = name.split_once(' ').unwrap_or((name, ""));
        word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && (rest.is_empty() || rest.starts_with("(returns "))
    };
    name("InitPlan ").or(name("SubPlan ")).is_some_and(word)
        || name("CTE ").is_some_and(|name| !name.starts_with("Scan on "))
}

/// `0` of `Worker 0:`, and what follows on the line.
pub(super) fn worker(text: &str) -> Option<(u32, &str)> {
    let rest = text.strip_prefix("Worker ")?;
    let (number, rest) = rest.split_once(':')?;
    Some((number.parse().ok()?, rest.trim_start()))
}
