//! Lines that stand beside the plans: which of them need no word, and the words for the others.

use super::margin;
use super::query;
use super::row::Row;
use super::shape::{Shape, shape};
use crate::plan::model::Warning;

/// Where lines stand that belong to no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    Before,
    Between,
    After,
}

/// A warning that counts the lines of which nothing was read.
pub fn ignored(rows: &[Row<'_>], place: Where) -> Option<Warning> {
    let mut lines = rows.iter().filter(|row| !is_expected(&row.text));
    let first = lines.next()?;
    let count = 1 + lines.count();
    let (lines, were) = if count == 1 { ("line", "was") } else { ("lines", "were") };
    let place = match place {
        Where::Before => "before the plan",
        Where::Between => "between the plans",
        Where::After => "after the plan",
    };
    let message = format!("{count} {lines} {place} {were} ignored");
    Some(Warning::new(first.line, message, "If they are a part of the plan, paste it again as the server printed it."))
}

/// What people write around a plan.
fn is_sentence(content: &str) -> bool {
    let words = content.split(' ').filter(|word| word.starts_with(char::is_alphabetic)).count();
    let ends = content.ends_with(['.', '?', '!', ':', ',']);
    let plain = !content.contains("(cost=") && !content.contains("->") && !content.contains("::");
    plain && content.starts_with(char::is_alphabetic) && (ends && words > 1 || content.ends_with(['!', '?']))
}

/// `Time: 1.234 ms`, `Zeit: 1,234 ms (00:01,234)`: in whatever language.
fn is_timing(content: &str) -> bool {
    let Some((word, rest)) = content.split_once(": ") else { return false };
    let Some((number, _)) = rest.split_once(" ms") else { return false };
    word.chars().all(char::is_alphabetic) && number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
}

/// What clients, logs and chats put around a plan.
fn is_expected(text: &str) -> bool {
    const CHATTER: [&str; 24] = [
        "EXPLAIN",
        "SET",
        "RESET",
        "BEGIN",
        "START TRANSACTION",
        "COMMIT",
        "ROLLBACK",
        "ANALYZE",
        "VACUUM",
        "LOAD",
        "PREPARE",
        "DEALLOCATE",
        "\"QUERY PLAN\"",
        "'QUERY PLAN'",
        "....",
        "<p>",
        "</p>",
        "<pre>",
        "</pre>",
        ".LP",
        ".DE",
        ".DS L",
        "\\noindent",
        "\"",
    ];
    const STARTS: [&str; 17] = [
        "SET ",
        "set ",
        "\\",
        "Time: ",
        "Timing is ",
        "Expanded display is ",
        "Pager usage is ",
        "Border style is ",
        "Line style is ",
        "Output format is ",
        "Target width is ",
        "Tuples only is ",
        "Title is ",
        "You are now connected",
        "psql (",
        "[options=",
        "[cols=",
    ];
    let content = text.trim();
    if !matches!(shape(text), Shape::Other | Shape::Footer | Shape::Property | Shape::Root | Shape::Arrow) {
        return true;
    }
    let (prompted, statement) = query::without_prompt(content);
    is_timing(content)
        || is_sentence(content)
        || CHATTER.contains(&content)
        || STARTS.iter().any(|start| content.starts_with(start))
        || margin::is_plan_message(content)
        || prompted && (statement.is_empty() || statement.starts_with('\\') || query::begins(statement))
        || content.starts_with("\\pset")
        || content.starts_with("<p>(")
        || content.starts_with("\\noindent (")
        || content.starts_with("\",") && content.ends_with([',', '"'])
}
