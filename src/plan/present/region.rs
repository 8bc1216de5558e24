//! Where a plan in JSON, YAML or XML begins and ends among other lines. What stands in it is the structured parser's job.

use super::broken;
use super::cell;
use super::row::{Row, indent};
use crate::plan::model::Format;

/// A plan's lines, and the index of the row after them.
#[derive(Debug)]
pub struct Region<'a> {
    pub format: Format,
    pub rows: Vec<Row<'a>>,
    pub end: usize,
}

/// The plan that begins in this row.
pub fn take<'a>(rows: &[Row<'a>], start: usize) -> Option<Region<'a>> {
    let text = rows[start].text.trim();
    let bare = text.trim_end_matches(MARKS).trim_end();
    let format = format(rows, start, bare)?;
    if bare.len() < text.len()
        && let Some(region) = marked(rows, start, format)
    {
        return Some(region);
    }
    let end = match format {
        Format::Json => json_end(rows, start),
        Format::Xml => xml_end(rows, start),
        Format::Yaml => yaml_end(rows, start),
        Format::Text => return None,
    };
    Some(Region { format, rows: broken::join(format, dedent(rows[start..end].to_vec())), end })
}

const MARKS: [char; 3] = ['+', '\u{21b5}', '|'];

fn format(rows: &[Row<'_>], start: usize, text: &str) -> Option<Format> {
    if text.starts_with("<explain") || text == "<Plan>" {
        return Some(Format::Xml);
    }
    if matches!(text, "- Plan:" | "Plan:") || text.starts_with("- \"Plan\":") {
        return Some(Format::Yaml);
    }
    if text.starts_with("Query Text: \"") || text.starts_with("- Query Text: \"") {
        let plan = |row: &Row<'_>| matches!(row.text.trim().trim_end_matches(MARKS).trim(), "Plan:" | "- Plan:");
        return rows[start..].iter().skip(1).take(3).any(plan).then_some(Format::Yaml);
    }
    let opening = text.trim_start_matches(['"', '\'', '(']);
    let mut chars = opening.chars();
    let bracket = matches!(chars.next(), Some('[' | '{'));
    if start > 0 && rows[start - 1].text == rows[start].text {
        return None;
    }
    if !bracket || chars.next().is_some_and(|next| !" \t{[(\"'\\".contains(next)) {
        return None;
    }
    // A log's `[123]` or a literal's `{a,b}` is no JSON: one of the plan's keys stands near its beginning.
    let mut left = 4096;
    let mut plain = 0;
    for row in &rows[start..rows.len().min(start + 40)] {
        let head = prefix(&row.text, left);
        let has_quote = memchr::memchr2(b'"', b'\'', head.as_bytes()).is_some();
        let may = has_quote && memchr::memchr3(b'P', b'N', b'Q', head.as_bytes()).is_some();
        if may && KEYS.iter().any(|key| quoted(head, key)) {
            return Some(Format::Json);
        }
        left -= head.len();
        plain += usize::from(!has_quote);
        if plain > 8 {
            break;
        }
    }
    None
}

/// Keys near the beginning of a plan in JSON.
const KEYS: [&str; 4] = ["Plan", "Node Type", "Query Text", "QUERY PLAN"];

/// `"Plan"`, `'Plan'`, `\"Plan\"`, `""Plan""`.
fn quoted(text: &str, key: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), key).any(|at| {
        let before = text.as_bytes()[..at].last();
        let after = text.as_bytes().get(at + key.len());
        matches!(before, Some(b'"' | b'\'')) && matches!(after, Some(b'"' | b'\'' | b'\\'))
    })
}

pub fn prefix(text: &str, len: usize) -> &str {
    let end = (0..=len.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    &text[..end]
}

/// psql ends each line of a value with a mark, except the last one.
fn marked<'a>(rows: &[Row<'a>], start: usize, format: Format) -> Option<Region<'a>> {
    let mark = |text: &str| {
        let text = text.trim_end();
        let text = text.strip_suffix(cell::is_bar).unwrap_or(text);
        text.strip_suffix(['+', '\u{21b5}']).map(|rest| rest.trim_end().len())
    };
    let mut lines = Vec::new();
    for (at, row) in rows.iter().enumerate().skip(start) {
        match mark(&row.text) {
            Some(end) => lines.push(row.slice(0..end)),
            None if lines.is_empty() => return None,
            None => {
                let text = row.text.trim_end();
                let text = text.strip_suffix(cell::is_bar).unwrap_or(text);
                lines.push(row.slice(0..text.trim_end().len()));
                return Some(Region { format, rows: dedent(lines), end: at + 1 });
            }
        }
    }
    Some(Region { format, rows: dedent(lines), end: rows.len() })
}

/// To the bracket that closes the first one; to the end when there is none.
fn json_end(rows: &[Row<'_>], start: usize) -> usize {
    let first = rows[start].text.trim_start();
    // A string that holds the plan: it ends with its quote.
    if let Some(quote) = first.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let ends = |row: &Row<'_>| row.text.trim_end_matches([',', ' ', ';', ')', ']']).ends_with(quote);
        let closed = |row: &Row<'_>| ends(row) && row.text.contains([']', '}']);
        return rows.iter().enumerate().skip(start).find(|(_, row)| closed(row)).map_or(rows.len(), |(at, _)| at + 1);
    }
    let mut depth = 0usize;
    let mut string = None;
    let mut last = start;
    for (at, row) in rows.iter().enumerate().skip(start) {
        scan_brackets(&row.text, &mut depth, &mut string);
        if depth == 0 && string.is_none() {
            return at + 1;
        }
        if !row.is_blank() {
            last = at;
        }
    }
    last + 1
}

pub fn scan_brackets(text: &str, depth: &mut usize, string: &mut Option<u8>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match *string {
            Some(quote) => match memchr::memchr2(quote, b'\\', &bytes[at..]) {
                Some(next) if bytes[at + next] == b'\\' => at += next + 2,
                Some(next) => {
                    *string = None;
                    at += next + 1;
                }
                None => at = bytes.len(),
            },
            None => {
                match bytes[at] {
                    b'[' | b'{' | b'(' => *depth += 1,
                    b']' | b'}' | b')' => *depth = depth.saturating_sub(1),
                    quote @ (b'"' | b'\'') => *string = Some(quote),
                    _ => {}
                }
                at += 1;
            }
        }
    }
}

fn xml_end(rows: &[Row<'_>], start: usize) -> usize {
    let close = if rows[start].text.contains("<explain") { "</explain>" } else { "</Plan>" };
    if close == "</explain>" {
        let end = rows.iter().enumerate().skip(start).find(|(_, row)| row.text.contains(close));
        return end.map_or(rows.len(), |(at, _)| at + 1);
    }
    let mut depth = 0usize;
    for (at, row) in rows.iter().enumerate().skip(start) {
        depth += row.text.matches("<Plan>").count();
        depth = depth.saturating_sub(row.text.matches(close).count());
        if depth == 0 {
            return at + 1;
        }
    }
    rows.len()
}

/// As long as lines are keys, list items, or deeper than the first.
fn yaml_end(rows: &[Row<'_>], start: usize) -> usize {
    let base = indent(&rows[start].text);
    let key = |text: &str| {
        let text = text.trim_start().trim_start_matches("- ");
        text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '"')
            && (text.contains(": ") || text.trim_end().ends_with(':'))
    };
    let mut end = start + 1;
    let mut string = broken::open_quote(&rows[start].text);
    for (at, row) in rows.iter().enumerate().skip(start + 1) {
        let text = &row.text;
        if row.is_blank() {
            continue;
        }
        let inside = string;
        string ^= broken::open_quote(text);
        if inside && at == end {
            end = at + 1;
            continue;
        }
        let deeper = indent(text) > base && at == end;
        let sibling = indent(text) == base && at == end && key(text) && is_sibling(text.trim());
        if !deeper && !sibling {
            break;
        }
        end = at + 1;
    }
    end
}

/// What stands beside `Plan` in a YAML document; a second plan of the list belongs to it too.
fn is_sibling(text: &str) -> bool {
    const KEYS: [&str; 12] = [
        "Plan:",
        "- Plan:",
        "Query Text:",
        "Query Parameters:",
        "Query Identifier:",
        "Settings:",
        "Planning:",
        "Planning Time:",
        "Triggers:",
        "JIT:",
        "Execution Time:",
        "Serialization:",
    ];
    KEYS.iter().any(|key| text.starts_with(key))
}

/// Without the indentation that all lines share.
pub fn dedent(mut rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    let shared = rows.iter().filter(|row| !row.is_blank()).map(|row| indent(&row.text)).min().unwrap_or(0);
    if shared > 0 {
        for row in &mut rows {
            let from = if row.is_blank() { row.text.len() } else { shared };
            *row = row.slice(from..row.text.len());
        }
    }
    rows
}
