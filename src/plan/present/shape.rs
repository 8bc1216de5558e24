//! What a line of a text plan looks like, whatever stands around it: enough to find where a plan begins, ends and goes on.

use super::row::trim;
use crate::plan::model::Key;
use crate::plan::text::grammar::{self, LineKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Blank,
    /// A node without an arrow: where a plan begins.
    Root,
    /// `->  Hash Join …`, or the label of a sub-plan.
    Arrow,
    /// `Filter: …`, as it stands below a node.
    Property,
    /// `Planning Time: …`, as it stands below the whole plan.
    Footer,
    /// `(12 rows)`, in whatever language.
    Count(u64),
    /// `QUERY PLAN`.
    Title,
    /// `-----`, `+---+`, `═══`, and other lines at which a plan ends.
    Rule,
    Other,
}

/// Below the whole plan, in column 0 (`explain.c`, `ExplainOnePlan`, `ExplainPrintPlan`).
const FOOTERS: &[&str] = &[
    "Planning:",
    "Planning Time:",
    "Planning time:",
    "Execution Time:",
    "Execution time:",
    "Total runtime:",
    "Serialization:",
    "Settings:",
    "Query Identifier:",
    "JIT:",
    "Supplied Plan Advice:",
    "Generated Plan Advice:",
    "Optimizer:",
    "Memory used:",
];

/// Keys that only the text format has.
const TEXT_KEYS: &[&str] = &[
    "Buffers",
    "WAL",
    "I/O Timings",
    "Buckets",
    "Batches",
    "Hits",
    "Heap Blocks",
    "Functions",
    "Options",
    "Timing",
    "Memory",
    "Order By",
    "TID Cond",
    "Worker 0",
    "Sampling",
    "Repeatable Seed",
    "Sort Keys",
    "Estimates",
    "Prefetch",
    "Pre-sorted Groups",
    "Full-sort Groups",
    "Planned Partitions",
    "Tuples",
    "Task Count",
    "Tasks Shown",
    "Node",
];

pub fn shape(text: &str) -> Shape {
    let indented = text.starts_with(' ');
    let content = trim(text);
    let Some(&first) = content.as_bytes().first() else { return Shape::Blank };
    if first == b'-' && (is_arrow(content) || content == "->" && indented) {
        return Shape::Arrow;
    }
    if first == b'('
        && let Some(count) = count(content)
    {
        return Shape::Count(count);
    }
    if content == "QUERY PLAN" {
        return Shape::Title;
    }
    if is_boundary(content) {
        return Shape::Rule;
    }
    if !first.is_ascii_alphabetic() {
        return if is_rule(content) { Shape::Rule } else { Shape::Other };
    }
    if is_footer(content) {
        return Shape::Footer;
    }
    if let Some(key) = key(content) {
        let known = Key::known(key).is_some() || TEXT_KEYS.contains(&key) || is_worker(key);
        return if known || (indented && first.is_ascii_uppercase()) { Shape::Property } else { Shape::Other };
    }
    if figures(content) || named(content) {
        return Shape::Root;
    }
    if indented && is_label(content) {
        return Shape::Arrow;
    }
    Shape::Other
}

/// `->  Hash Join`, `->  Parallel`, `->`: the rest may stand in the next line.
fn is_arrow(content: &str) -> bool {
    let Some(rest) = content.strip_prefix("->") else { return false };
    let name = rest.trim_start();
    let words = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-');
    figures(name)
        || named(name)
        || rest.starts_with("  ") && name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(words)
}

/// A name, then costs or times.
pub fn figures(content: &str) -> bool {
    if !content.as_bytes().first().is_some_and(u8::is_ascii_uppercase) || key(content).is_some() {
        return false;
    }
    memchr::memchr_iter(b'(', content.as_bytes()).skip_while(|&at| at == 0).any(|at| {
        let rest = &content.as_bytes()[at + 1..];
        rest.starts_with(b"cost=") || rest.starts_with(b"actual ") || rest.starts_with(b"never executed)")
    })
}

/// A node's name and nothing that a node line could not have.
pub fn named(content: &str) -> bool {
    grammar::classify(content) == LineKind::Node
}

/// `SubPlan 1`, `CTE recent`.
pub fn is_label(content: &str) -> bool {
    ["InitPlan ", "SubPlan ", "CTE "]
        .iter()
        .any(|label| content.strip_prefix(label).is_some_and(|name| !name.trim().is_empty() && !name.contains('=')))
}

/// A partition that is written to: such lines stand below a ModifyTable (`explain.c`, `show_modifytable_info`).
pub fn is_target(text: &str) -> bool {
    let text = text.trim_start();
    let text = text.strip_prefix("Foreign ").unwrap_or(text);
    ["Update on ", "Delete on ", "Insert on ", "Merge on "].iter().any(|word| text.starts_with(word)) && !figures(text)
}

pub fn is_footer(content: &str) -> bool {
    let first = content.as_bytes().first();
    FOOTERS.iter().any(|footer| first == footer.as_bytes().first() && content.starts_with(footer))
        || first == Some(&b'T')
            && content.starts_with("Trigger ")
            && [": time=", ": calls=", "for constraint "].iter().any(|word| content.contains(word))
}

fn is_worker(key: &str) -> bool {
    key.strip_prefix("Worker ").is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
}

/// `Filter` of `Filter: (a = 1)`.
pub fn key(content: &str) -> Option<&str> {
    let bytes = content.as_bytes();
    let head = &bytes[..bytes.len().min(64)];
    let end = head.iter().position(|&byte| ENDS_KEY[usize::from(byte)])?;
    let ends = bytes[end] == b':' && bytes.get(end + 1).is_none_or(|&byte| byte == b' ');
    (ends && end > 0).then(|| &content[..end])
}

static ENDS_KEY: [bool; 256] = {
    let mut ends = [false; 256];
    let mut at = 0;
    while at < b":('\"=,".len() {
        ends[b":('\"=,"[at] as usize] = true;
        at += 1;
    }
    ends
};

/// `(12 rows)`, `(1 Zeile)`, `(12 行)`, `(12行)`.
fn count(content: &str) -> Option<u64> {
    let inner = content.strip_prefix('(')?.strip_suffix(')')?;
    let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
    let (number, word) = inner.split_at(digits);
    let word = word.trim();
    let plain = !word.is_empty() && word.chars().count() <= 16 && word.chars().all(|c| c.is_alphabetic() || c == ' ');
    if plain { number.parse().ok() } else { None }
}

/// Fences of chats, and the beginnings of what is no text plan.
fn is_boundary(content: &str) -> bool {
    match content.as_bytes()[0] {
        b'`' => content.starts_with("```"),
        b'~' => content.starts_with("~~~"),
        b'Q' => content.starts_with("Query Text: "),
        b'"' | b'\'' | b'-' | b'[' | b'<' => {
            let bare = content.trim_start_matches(['"', '\'']);
            let bare = if bare.len() < 64 { bare.trim_end_matches(['+', '\u{21b5}', ' ']) } else { bare };
            matches!(bare, "- Plan:" | "[" | "[{") || bare.starts_with("<explain")
        }
        _ => super::margin::is_plan_message(content),
    }
}

/// Nothing but what rules are drawn with.
pub fn is_rule(content: &str) -> bool {
    let markdown = content.starts_with('|');
    let drawn = |c: char| matches!(c, '-' | '+' | '=' | '|' | ':' | '\u{2500}'..='\u{257F}');
    content.len() >= 3
        && content.chars().all(|c| drawn(c) || markdown && c == ' ')
        && content.chars().any(|c| !matches!(c, '|' | ':' | '+' | ' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_shapes() {
        for (text, expected) in [
            ("Seq Scan on a  (cost=0.00..1.00 rows=1 width=4)", Shape::Root),
            ("Result", Shape::Root),
            (" Limit (actual rows=1 loops=1)", Shape::Root),
            ("Custom Scan (Citus Adaptive)", Shape::Root),
            ("Gather Motion 3:1  (slice1; segments: 3)  (cost=0.00..1.00 rows=1 width=4)", Shape::Root),
            ("Sort of a problem", Shape::Other),
            ("Update orders set a = 1", Shape::Other),
            ("Delete from orders", Shape::Other),
            ("  ->  Parallel Seq Scan on a", Shape::Arrow),
            ("  InitPlan 1 (returns $0)", Shape::Arrow),
            ("  CTE recent", Shape::Arrow),
            ("  -> y'::text))", Shape::Other),
            ("  Filter: (a = '(cost=1..2'::text)", Shape::Property),
            ("Worker 12:  Sort Method: quicksort  Memory: 25kB", Shape::Property),
            ("  Something New: 12", Shape::Property),
            ("Note: this is slow", Shape::Other),
            ("Planning Time: 0.1 ms", Shape::Footer),
            ("Trigger for constraint x_fkey on t: time=1.2 calls=1", Shape::Footer),
            ("(12 rows)", Shape::Count(12)),
            ("(1 Zeile)", Shape::Count(1)),
            ("(12 行)", Shape::Count(12)),
            ("(12行)", Shape::Count(12)),
            ("(12 строк)", Shape::Count(12)),
            ("(a = 1)", Shape::Other),
            ("       QUERY PLAN  ", Shape::Title),
            ("-------", Shape::Rule),
            ("╔═════╗", Shape::Rule),
            ("|", Shape::Other),
            ("", Shape::Blank),
        ] {
            assert_eq!(shape(text), expected, "{text}");
        }
    }
}
