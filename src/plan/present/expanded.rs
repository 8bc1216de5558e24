//! psql's expanded display (`\x`) of the one column `QUERY PLAN`: one line a record, with the column's name in front.

use super::cell::{self, Cell};
use super::row::{Row, indent};
use super::shape::is_rule;
use super::table::Table;

const NAME: &str = "QUERY PLAN";

/// What stands between the name and the value. Psql puts a mark in the place of the blank, or of the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    Bar(char),
    Blank,
    /// Unaligned, and csv: a value's other lines have nothing in front.
    Tight(char),
}

/// The records that begin in this row.
pub fn take<'a>(rows: &[Row<'a>], start: usize) -> Option<Table<'a>> {
    let first = if is_separator(&rows[start].text) { start + 1 } else { start };
    let head = rows.get(first)?;
    let (separator, _) = named(&head.text[inner(&head.text)], None)?;
    let mut cells = Vec::new();
    let mut at = first;
    while let Some(row) = rows.get(at) {
        let range = inner(&row.text);
        let text = &row.text[range.clone()];
        let (from, to) = (range.start, range.end);
        if let Some((_, value)) = named(text, Some(separator)) {
            cells.push(Cell::new(row, from + value, to));
        } else if is_separator(&row.text) || row.is_blank() {
            if at > first && (is_first_record(&row.text) || !goes_on(rows, at + 1, separator)) {
                break;
            }
        } else if let Some((value, wraps)) = continued(text, separator) {
            cells.push(if wraps { Cell::continued(row, from + value, to) } else { Cell::new(row, from + value, to) });
        } else if matches!(separator, Separator::Tight(_)) {
            cells.push(Cell::new(row, 0, row.text.len()));
        } else {
            break;
        }
        at += 1;
    }
    // The bottom of the frame.
    while rows.get(at).is_some_and(|row| is_rule(row.text.trim())) {
        at += 1;
    }
    Some(Table { cells: cell::join(cells, None), count: None, end: at })
}

/// Between the bars of border 2; everything without them.
fn inner(text: &str) -> std::ops::Range<usize> {
    let Some(rest) = text.strip_prefix(cell::is_bar) else { return 0..text.len() };
    if !rest.starts_with(" QUERY PLAN ") && !rest.starts_with("            ") {
        return 0..text.len();
    }
    let from = text.len() - rest.len() + 1;
    let end = text.trim_end();
    let end = end.strip_suffix(cell::is_bar).filter(|rest| rest.len() >= from).unwrap_or(end);
    // The place of the mark.
    from..end.strip_suffix(' ').unwrap_or(end).len().max(from)
}

/// The separator behind the name, and where the value begins.
fn named(text: &str, expected: Option<Separator>) -> Option<(Separator, usize)> {
    let behind = text.strip_prefix(NAME)?;
    if let Some(expected) = expected.filter(|_| behind.trim().is_empty()) {
        return Some((expected, text.len()));
    }
    let mut chars = behind.chars();
    let (separator, skip) = match (chars.next()?, chars.next()) {
        (' ', Some(bar)) if cell::is_bar(bar) => (Separator::Bar(bar), 1 + bar.len_utf8()),
        (bar @ ('|' | ',' | '\t'), _) => (Separator::Tight(bar), 1),
        (' ', _) => (Separator::Blank, 0),
        _ => return None,
    };
    let value = behind[skip..].trim_matches(|c: char| c == ' ' || cell::is_bar(c));
    let fits = expected.map_or(!value.is_empty(), |expected| expected == separator);
    fits.then_some((separator, NAME.len() + skip))
}

/// A line of the value that stands below its first: where it begins, and whether the one above was wrapped.
fn continued(text: &str, separator: Separator) -> Option<(usize, bool)> {
    let lead = indent(text);
    match separator {
        Separator::Bar(_) => {
            let mark = text[lead..].chars().next().filter(|&c| cell::is_bar(c) || matches!(c, ':' | ';'))?;
            (lead >= NAME.len()).then_some((lead + mark.len_utf8(), mark == ';'))
        }
        Separator::Blank if lead >= NAME.len() => Some((NAME.len(), false)),
        _ => None,
    }
}

/// `-[ RECORD 1 ]---`, `* Record 1`, and the rule of `\pset tuples_only`.
fn is_separator(text: &str) -> bool {
    let text = text.trim();
    let ends = |rest: &str| rest.trim_end().ends_with(|c: char| c.is_ascii_digit());
    text.contains("[ ") && text.contains(" ]") && number_of(text).is_some()
        || text.strip_prefix("* ").is_some_and(ends)
        || is_rule(text)
}

fn number_of(text: &str) -> Option<&str> {
    let (_, inner) = text.split_once("[ ")?;
    let (inner, _) = inner.split_once(" ]")?;
    inner.rsplit(' ').next().filter(|number| number.bytes().all(|b| b.is_ascii_digit()))
}

/// Another result begins.
fn is_first_record(text: &str) -> bool {
    number_of(text) == Some("1") || text.trim().strip_prefix("* ").is_some_and(|rest| rest.ends_with(" 1"))
}

fn goes_on(rows: &[Row<'_>], at: usize, separator: Separator) -> bool {
    rows.get(at).is_some_and(|row| named(&row.text[inner(&row.text)], Some(separator)).is_some())
}
