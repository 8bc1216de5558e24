//! A plan that stands as the server wrote it, alone in the input, is recognised in one pass and needs no copy.

use super::region;
use super::shape::{self, Shape};
use crate::plan::model::Format;

/// The format, if nothing has to be taken off. In doubt `None`: the slow way finds the same plan.
pub fn format(input: &str) -> Option<Format> {
    let content = input.trim_start();
    match content.as_bytes().first()? {
        b'[' | b'{' => is_json(content).then_some(Format::Json),
        _ => is_text(input).then_some(Format::Text),
    }
}

/// Several documents with blank lines between them, each with the line that it begins in. `None` if there is anything else.
pub fn blocks(input: &str) -> Option<Vec<(u32, &str, Format)>> {
    let mut found = Vec::new();
    let (mut start, mut line) = (0, 1);
    for end in memchr::memmem::find_iter(input.as_bytes(), b"\n\n").chain([input.len()]) {
        let blank = input[start..].bytes().take_while(|byte| *byte == b'\n').count();
        let block = input.get(start + blank..end).unwrap_or_default();
        if !block.is_empty() {
            found.push((line + u32::try_from(blank).ok()?, block, format(block)?));
        }
        line += u32::try_from(memchr::memchr_iter(b'\n', &input.as_bytes()[start..end.max(start)]).count()).ok()?;
        start = end.max(start);
    }
    (found.len() > 1).then_some(found)
}

/// One document, pretty-printed or on one line, whose lines begin as the server writes them (`explain.c`,
/// `ExplainJSONLineEnding`).
fn is_json(content: &str) -> bool {
    let head = region::prefix(content, 4096);
    let body = content.trim_end();
    let opening = body.as_bytes()[0];
    let closes = body.as_bytes().last() == Some(if opening == b'[' { &b']' } else { &b'}' });
    if !closes || !["\"Plan\"", "\"Query Text\""].iter().any(|key| head.contains(key)) {
        return false;
    }
    let bytes = body.as_bytes();
    memchr::memchr_iter(b'\n', bytes).all(|at| {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let last = at.checked_sub(1).map_or(b' ', |at| bytes[at]);
        matches!(next, b' ' | b']' | b'}' | b'{' | b'\n') && !matches!(last, b'+' | 0xb5 | b'|') && next != opening
            || at + 2 >= bytes.len()
    })
}

/// A node in the first line, below it lines that are indented or are known to stand in column 0, no literal that goes
/// over lines, and no character that may stand for another.
fn is_text(input: &str) -> bool {
    let bytes = input.as_bytes();
    let first = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let root = &input[..first];
    // A name alone: the slow way looks at what surrounds it.
    if root.starts_with(' ') || shape::shape(root) != Shape::Root || !shape::figures(root) {
        return false;
    }
    if memchr::memchr3(b'\t', b'\r', b'&', bytes).is_some() || memchr::memchr2(0xC2, 0xE2, bytes).is_some() {
        return false;
    }
    let (mut single, mut double, mut start) = (false, false, 0);
    for at in memchr::memchr3_iter(b'\n', b'\'', b'"', bytes) {
        match bytes[at] {
            b'\'' => single = !single,
            b'"' => double = !double,
            _ => {
                if single || double || !is_line(&input[start..at], start == 0) {
                    return false;
                }
                start = at + 1;
            }
        }
    }
    let last = &input[start..];
    !single && !double && (last.is_empty() || is_line(last, start == 0))
}

/// It begins as a line of the server's and ends like one.
fn is_line(line: &str, root: bool) -> bool {
    let Some(last) = line.as_bytes().last() else { return false };
    if matches!(last, b'+' | b'|' | b'"' | b' ' | b'.' | b'(' | b',' | b';' | b'=') {
        return false;
    }
    let content = line.trim_start_matches(' ');
    match line.len() - content.len() {
        0 => root || shape::is_footer(content),
        1 => false,
        _ if content.starts_with("->  ") => line.ends_with(')'),
        _ => content.starts_with(|c: char| c.is_ascii_uppercase()) && shape::key(content).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "\
Nested Loop  (cost=0.00..140.75 rows=1 width=2) (actual time=0.543..0.543 rows=0 loops=1)
  Join Filter: (o.customer = c.id)
  ->  Seq Scan on orders o  (cost=0.00..137.50 rows=1 width=4) (actual time=0.542..0.542 rows=0 loops=1)
        Filter: (note = ')'::text)
        Rows Removed by Filter: 5000
  ->  Seq Scan on customers c  (cost=0.00..2.00 rows=100 width=6) (never executed)
Planning Time: 0.480 ms
Execution Time: 0.608 ms
";

    #[test]
    fn what_the_server_wrote_is_clean() {
        assert_eq!(format(PLAN), Some(Format::Text));
        assert_eq!(format("[\n  {\n    \"Plan\": {\n    }\n  }\n]\n"), Some(Format::Json));
        assert_eq!(format("{\n  \"Query Text\": \"x\",\n  \"Plan\": {\n  }\n}"), Some(Format::Json));
        assert_eq!(format("[{\"Plan\": {}}]"), Some(Format::Json));
    }

    #[test]
    fn several_stand_by_themselves() {
        let json = "[\n  {\n    \"Plan\": {\n    }\n  }\n]\n";
        let input = format!("{PLAN}\n{PLAN}\n\n\n{json}");
        let found = blocks(&input).unwrap();
        let lines: Vec<u32> = found.iter().map(|(line, ..)| *line).collect();
        assert_eq!(lines, [1, 10, 21]);
        for (line, text, _) in &found {
            assert_eq!(input.lines().nth(*line as usize - 1), text.lines().next());
        }
        assert_eq!(blocks(PLAN), None);
        assert_eq!(blocks(&format!("{PLAN}\nSELECT 1\n\n{PLAN}")), None);
    }

    #[test]
    fn anything_else_is_not() {
        for input in [
            PLAN.replace("rows=0 loops", "rows=0\nloops"),
            PLAN.replace("  Join", "\tJoin"),
            PLAN.replace('\n', "\r\n"),
            PLAN.replace("..", "…"),
            PLAN.replace("')'", "'a\n  B'"),
            format!("{PLAN}(8 rows)\n"),
            format!("{PLAN}{PLAN}"),
            format!(" {PLAN}"),
            "[\n  {\n    \"Plan\": {\n    }\n  }\n]\n[\n  {\n    \"Plan\": {\n    }\n  }\n]\n".into(),
            "[       +\n  {     +\n    \"Plan\": {}+\n  }\n]".into(),
            "{\"query_block\": {}}".into(),
            "Result".into(),
            String::new(),
        ] {
            assert_eq!(format(&input), None, "{input}");
        }
    }
}
